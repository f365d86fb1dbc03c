"""How English writes a figure: "3.5 billion euros", "2nd", "18:30"."""

from service.facts.figures import Figure, FigureKind, figures
from service.facts.units import BY_NAME

_ORDINAL_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def write_figure(figure: Figure, kind: FigureKind | None = None, attributive: bool = False) -> str:
    """Returns `figure` as English writes it.

    It is written as a figure of its own kind, or of the `kind` given. An `attributive` unit stands
    before a noun, so it is in the singular ("a 3 million euro deal").
    """
    kind = kind or figure.kind
    if kind is FigureKind.VERSION:
        return figure.written
    if kind is FigureKind.ORDINAL and figure.value.isdigit():
        return _write_ordinal(int(figure.value))
    number = f"{figure.number} {figure.scale}" if figure.scale else figure.number
    if not figure.unit or figure.shared:
        return number
    unit = BY_NAME[figure.unit]
    if figure.symbol and unit.before:
        return f"{unit.before}{number}"
    is_singular = attributive or (number == "1" and unit.kind != "bytes")
    return number + (unit.after.removesuffix("s") if is_singular else unit.after)


def list_number_forms(french: str) -> list[str]:
    """Returns all the ways in which a translation of `french` may write its numbers.

    Among them are numbers with and without commas, ordinals, decades and hours of the clock.
    """
    forms = []
    for figure in figures(french, "fr"):
        forms += [write_figure(figure), figure.number]
        if figure.kind is FigureKind.TIME:
            hour, minute = figure.value.split(":")
            clock_hour = int(hour) % 12 or 12
            forms += [hour, str(clock_hour), f"{clock_hour}:{minute}"]
        for value in figure.values:
            if value.isdigit():
                number = int(value)
                forms += [value, f"{number:,}", f"{value}s", _write_ordinal(number)]
    return forms


def choose_kind(french: Figure, english: Figure) -> FigureKind:
    """Returns the kind as which the French figure is written in place of the English one.

    A French day of the month is a plain number, where English may have an ordinal.
    """
    plain_kinds = {FigureKind.AMOUNT, FigureKind.ORDINAL}
    are_plain = {french.kind, english.kind} <= plain_kinds and not french.unit
    return english.kind if are_plain else french.kind


def is_attributive(english: Figure) -> bool:
    """True if the unit stands before a noun ("billion dollar" in "a billion dollar deal")."""
    unit = BY_NAME.get(english.unit)
    plural = unit.after.strip() if unit else ""
    singular = plural[:-1].lower()
    return (
        plural.endswith("s") and english.written.lower().endswith(singular) and english.value != "1"
    )


def is_in_words(figure: Figure) -> bool:
    """True if the text has the figure in letters ("quatorze")."""
    return not any(map(str.isdigit, figure.written))


def _write_ordinal(number: int) -> str:
    is_teen = 10 <= number % 100 <= 20
    ending = "th" if is_teen else _ORDINAL_ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"
