"""Holds an English translation to the figures of its French sentence: what is only written in the
French way is written in the English one, one wrong number or unit is put right, and what still
differs is told.

A number is put right only where nothing is to be guessed: one figure of the French sentence is
missing, one that it lacks stands in the translation, both are of the same kind (an amount in money,
a share, a time…) and both or neither belong to a date.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from service.english.lexicon.notations import NUMERIC_DATE, with_month_names
from service.english.post_editing.directions import with_directions
from service.english.post_editing.sayings import SAYINGS
from service.facts.fact import Fact, FactKind
from service.facts.figures import ABOUT, Figure, FigureKind, figures
from service.facts.units import BY_NAME, STRICT, kind_of
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain, straight

_SEASONS: Final = {"septembre": "rentree"}  # what tells of a month without its name
_MONTH: Final = "|".join(MONTHS)
_ENGLISH_MONTH: Final = "|".join(MONTHS.values())
# "Mars" with a capital inside a sentence is the planet.
_LEFT_MONTH: Final = re.compile(
    rf"(?<=\d )(?-i:(?!Mars\b))({_MONTH})\b|(?<=\der )({_MONTH})\b|\b(?-i:(?!Mars\b))({_MONTH})(?= "
    rf"\d{{4}}\b)",
    re.IGNORECASE,
)
# A capital inside a sentence, or "du" before it, makes a name of it ("Le Journal du Dimanche").
_LEFT_DAY: Final = re.compile(
    rf"(?<!\bdu )(?<!\b[dl]e )\b([Cc]e )?({'|'.join(WEEK_DAYS)})\b|\A(?i:({'|'.join(WEEK_DAYS)}))\b"
)
_QUOTED: Final = re.compile(r"«\s*([^«»]*?)\s*»")
_NUMERO: Final = re.compile(
    r"\b(?:[Nn][°º]\s?|No\s(?=\d+\b))(?=\d)|\b[Nn]uméro (?=\d)"
)  # not "NO2", nor "no 5G"
_AFTER_MONTH: Final = re.compile(rf"\b(?:{_MONTH}|{_ENGLISH_MONTH})\W*\Z", re.IGNORECASE)
_BEFORE_MONTH: Final = re.compile(rf"(?:\W|of)*\b(?:{_MONTH}|{_ENGLISH_MONTH})\b", re.IGNORECASE)
# What stands before a number: French, its English, and how many more or fewer are meant.
_BOUNDS: Final = {
    "plus de": ("more than", 1), "au moins": ("at least", 1), "plus d'": ("more than", 1),
    "près de": ("nearly", -1),
    "près d'": ("nearly", -1), "presque": ("almost", -1), "moins de": ("less than", -1),
    "moins d'": ("less than", -1),
    "au plus": ("at most", -1), "jusqu'à": ("up to", -1),
}  # fmt: skip
_ENGLISH_BOUNDS: Final = {
    "more than": 1, "over": 1, "at least": 1, "above": 1, "nearly": -1, "almost": -1,
    "less than": -1, "fewer than": -1,
    "under": -1, "below": -1, "close to": -1, "up to": -1, "at most": -1,
}  # fmt: skip
_BOUND: Final = re.compile(
    rf"(?<!\w)(?<!\bpas )(?<!\bnon )({'|'.join(_BOUNDS)})\s?\Z", re.IGNORECASE
)
_ENGLISH_BOUND: Final = re.compile(
    rf"(?<!\w)({'|'.join(_ENGLISH_BOUNDS)}) (?:an? )?\Z", re.IGNORECASE
)
_POINTS: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?![.,]?\d)")
# "1,042 million": with a scale behind it three digits behind a comma are decimals.
_THOUSANDTHS: Final = re.compile(
    r"(?<![\w.,])(\d{1,3}),(\d{3})(?=\s?(?:[mb]illions?|milliards?|Md|M€)\b)"
)
_NAME_BEFORE: Final = re.compile(r"\b(?!(?:The|A|An|In|On) )[\w-]*[A-ZÀ-Ý][\w-]* \Z")
# Between the digits of a number.
_GAP: Final = re.compile(r"(?<=\d)[ .,\u00a0\u202f](?=\d{3}(?!\d))")
_SMALL: Final = frozenset(map(str, range(13)))
_YEAR: Final = re.compile(r"(?:19|20)\d{2}")
_POUNDS: Final = re.compile(
    r"\blivres?\b", re.IGNORECASE
)  # books, too: they are no unit, but may be the English one
_EURO_CODE: Final = re.compile(r"\bEUR (?=\d)")


@dataclass(frozen=True)
class HeldTranslation:
    """The translation as it may be printed, how many of its figures were wrong and put right, and
    what still differs."""

    text: str
    repaired: int
    wrong: tuple[Fact, ...]


def hold_to_figures(english: str, french: str) -> HeldTranslation:
    """`english` with the figures of `french`, its source."""
    for date in NUMERIC_DATE.finditer(french):
        english = english.replace(date.group(), with_month_names(date.group()))
    english = _grouped(in_english_print(english), french)
    french = with_month_names(french)
    given = figures(french, "fr")
    english = _without_french_words(_with_clock(english, french, given), given)
    english, moved = _with_french_day(english, french)
    pairs = _Pairs(french, given, english)
    text, turned = with_directions(pairs.written(), french)
    repaired = moved + len(pairs.repairs) + len(pairs.bounds) + turned
    return HeldTranslation(text, repaired, (*pairs.wrong(), *_added_days(english, french)))


def english_days(french: str) -> list[str]:
    """The English of the week days that a French text names."""
    return [
        english for day, english in WEEK_DAYS.items() if re.search(rf"(?<!\w){day}s?(?!\w)", french)
    ]


def in_english_print(english: str) -> str:
    """`english` without French quotation marks, "n°", French names of months and week days, and the
    code of the euro."""
    english = _LEFT_MONTH.sub(lambda month: MONTHS[month.group().lower()], english)
    english = _LEFT_DAY.sub(_english_day, english)
    english = _EURO_CODE.sub("€", _QUOTED.sub(r'"\1"', english))
    return _NUMERO.sub("No. ", english)


def _english_day(found: re.Match[str]) -> str:
    this = {"Ce ": "This ", "ce ": "this "}.get(found[1] or "", "")
    return this + WEEK_DAYS[(found[2] or found[3]).lower()]


def written(figure: Figure, kind: FigureKind | None = None, attributive: bool = False) -> str:
    """`figure` as English writes it; as a `kind` of its own, and with its unit in the singular
    before a noun, if asked."""
    kind = kind or figure.kind
    if kind is FigureKind.VERSION:
        return figure.written
    if kind is FigureKind.ORDINAL and figure.value.isdigit():
        return _ordinal(int(figure.value))
    number = f"{figure.number} {figure.scale}" if figure.scale else figure.number
    if not figure.unit or figure.shared:
        return number
    unit = BY_NAME[figure.unit]
    if figure.symbol and unit.before:
        return f"{unit.before}{number}"
    one = attributive or (number == "1" and unit.kind != "bytes")
    return number + (unit.after.removesuffix("s") if one else unit.after)


def english_forms(french: str) -> list[str]:
    """All the ways in which a translation of `french` may write its numbers: with commas and
    without, as ordinals, decades and hours of the clock."""
    forms = []
    for figure in figures(french, "fr"):
        forms += [written(figure), figure.number]
        if figure.kind is FigureKind.TIME:
            hour, minute = figure.value.split(":")
            clock = int(hour) % 12 or 12
            forms += [hour, str(clock), f"{clock}:{minute}"]
        for value in figure.values:
            if value.isdigit():
                number = int(value)
                forms += [value, f"{number:,}", f"{value}s", _ordinal(number)]
    return forms


def _ordinal(number: int) -> str:
    ending = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"


class _Pairs:
    """The figures of both sentences, each with its counterpart; `given` are those of the French
    one."""

    def __init__(self, french: str, given: list[Figure], english: str) -> None:
        self._texts = french, english
        self._french, self._english = given, figures(english, "en")
        self._pairs = self._paired()
        self._lost, self._added = self._differing()
        self.repairs = self._repairs()
        self.bounds = self._bounds()

    @staticmethod
    def _values(found: Sequence[Figure]) -> frozenset[str]:
        return frozenset(value for figure in found for value in figure.values)

    def _paired(self) -> list[tuple[Figure, Figure]]:
        """(French, English) figures of the same value; of several, those with the same unit, then
        the first."""
        free, pairs = list(self._french), []
        for english in self._english:
            same = [french for french in free if french.values & english.values]
            if same:
                french = min(same, key=lambda one: one.unit != english.unit)
                free.remove(french)
                pairs.append((french, english))
        return pairs

    def _differing(self) -> tuple[list[Figure], list[Figure]]:
        """The French figures that the translation lacks, and the English ones that the sentence
        lacks; of a rough number ("une vingtaine") only where another number stands in its place."""
        known, kept = self._values(self._french), self._values(self._english)
        lost = [figure for figure in self._french if not figure.loose and not figure.values & kept]
        added = [
            figure for figure in self._english if not figure.loose and not figure.values & known
        ]
        lost, added = self._without_scaled(*self._without_sayings(lost, added))
        rough = [
            one
            for one in self._french
            if one.number.startswith(ABOUT) and one.loose and not one.values & kept
        ]
        replaced = not lost and len(rough) == len(added) == 1 and self._alike(rough[0], added[0])
        return rough if replaced else lost, added

    def _without_sayings(
        self, lost: list[Figure], added: list[Figure]
    ) -> tuple[list[Figure], list[Figure]]:
        """Both without those of a saying that each sentence has in its own words."""
        french, english = self._texts
        said = [pair for pair in SAYINGS if pair[0].search(french) and pair[1].search(english)]
        return _outside(lost, french, [there for there, _ in said]), _outside(
            added, english, [here for _, here in said]
        )

    def _without_scaled(
        self, lost: list[Figure], added: list[Figure]
    ) -> tuple[list[Figure], list[Figure]]:
        """Both without the only two that are one number with and without its scale."""
        scaled = [
            (french, english)
            for french in lost
            for english in added
            if self._is_scaled(french, english)
        ]
        if len(scaled) != 1:
            return lost, added
        return [one for one in lost if one is not scaled[0][0]], [
            one for one in added if one is not scaled[0][1]
        ]

    def _is_scaled(self, french: Figure, english: Figure) -> bool:
        """True if the scale of another French figure is meant too ("1,2 milliard, contre 1,1",
        "entre 3 et 4 000")."""
        try:
            times = Decimal(english.value) / Decimal(french.value)
        except ArithmeticError:
            return False
        others = [
            Decimal(f.value)
            for f in self._french
            if f is not french and f.kind is FigureKind.AMOUNT
        ]
        return (
            not french.scale
            and times in {1000, 10**6, 10**9, 10**12}
            and any(other >= times for other in others)
        )

    def _repairs(self) -> dict[Figure, str]:
        """What has to stand in the place of English figures that are wrong."""
        pairs = [
            (french, english) for french, english in self._pairs if french.shared == english.shared
        ]
        wrong = [
            (french, english) for french, english in pairs if self._wrong_unit(french, english)
        ]
        if len(self._lost) == len(self._added) == 1 and self._alike(self._lost[0], self._added[0]):
            wrong.append((self._lost[0], self._added[0]))
        return {
            english: written(french, _kind(french, english), _attributive(english))
            for french, english in wrong
        }

    def _wrong_unit(self, french: Figure, english: Figure) -> bool:
        if english.unit and french.unit and kind_of(english.unit) == kind_of(french.unit):
            return english.unit != french.unit
        left_out = (
            not english.unit
            and kind_of(french.unit) in STRICT
            and not french.also
            and not english.also
        )
        return left_out and not self._names_unit(french.unit)

    def _names_unit(self, unit: str) -> bool:
        """True if the translation has the unit somewhere ("from 3 to 5%": it need not repeat
        it)."""
        return bool(
            re.search(
                rf"(?<![^\W\d])(?:{BY_NAME[unit].english})(?!\w)", self._texts[1], re.IGNORECASE
            )
        )

    def _alike(self, french: Figure, english: Figure) -> bool:
        if french.kind is FigureKind.TIME and english.written.replace(".", ":") == french.number:
            return True
        same_kind = _kind(french, english) is english.kind and kind_of(french.unit) == kind_of(
            english.unit
        )
        in_words = [not any(map(str.isdigit, one.written)) for one in (french, english)]
        small = in_words[1] and not in_words[0] and english.value in _SMALL
        dated = [
            _beside_month(text, one)
            for text, one in zip(self._texts, (french, english), strict=True)
        ]
        years = [bool(_YEAR.fullmatch(one.written)) for one in (french, english)]
        days = french.kind is english.kind or dated[0]
        doubtful = (
            bool(french.also) and not french.shared and french.unit != "hour"
        )  # "3,540 mètres", "années 1990"
        alike = (
            same_kind and days and not small and not doubtful and french.shared == english.shared
        )
        return alike and dated[0] == dated[1] and years[0] == years[1]

    def _bounds(self) -> list[tuple[int, int, str]]:
        """The words before English numbers that say the contrary of the French ones ("more than"
        for "près de")."""
        edits = []
        swapped = [
            (french, english)
            for french in self._lost
            for english in self._added
            if english in self.repairs
        ]
        for french, english in (*self._pairs, *swapped):
            meant = _BOUND.search(straight(self._texts[0]), 0, french.start)
            said = _ENGLISH_BOUND.search(self._texts[1], 0, english.start)
            if meant and said:
                right, direction = _BOUNDS[meant.group(1).lower()]
                if direction != _ENGLISH_BOUNDS[said.group(1).lower()]:
                    edits.append(
                        (*said.span(1), right.capitalize() if said.group(1)[0].isupper() else right)
                    )
        return edits

    def written(self) -> str:
        """The translation with its figures in English form, and right where they can be put
        right."""
        text = self._texts[1]
        foreign = {
            figure: self._anew(place, figure)
            for place, figure in enumerate(self._english)
            if self._is_foreign(figure)
        }
        figures_anew = [
            (figure.start, figure.end, new) for figure, new in {**foreign, **self.repairs}.items()
        ]
        for start, end, new in sorted([*figures_anew, *self.bounds], reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _is_foreign(self, figure: Figure) -> bool:
        """True if a figure has to be written in the English way; that of a name has not ("iPhone
        16e", "Intel Xe")."""
        name = (
            _NAME_BEFORE.search(self._texts[1], 0, figure.start)
            if figure.kind is FigureKind.ORDINAL
            else None
        )
        return figure.foreign and not (name and name.group() + figure.written in self._texts[0])

    def _anew(self, place: int, figure: Figure) -> str:
        """An English figure in the English way; behind the beginning of its range with the unit in
        words ("10 to 20 million euros")."""
        ends_range = (
            place > 0
            and self._english[place - 1].shared
            and self._english[place - 1] not in self.repairs
        )
        return written(
            replace(figure, symbol=figure.symbol and not ends_range),
            attributive=_attributive(figure),
        )

    def wrong(self) -> tuple[Fact, ...]:
        """Figures that one sentence has and the other lacks, and units that the French one does not
        have."""
        swapped = not self.repairs.keys().isdisjoint(self._added)
        numbers = [] if swapped else [*self._added, *self._lost]
        units = {figure.unit for figure in self._french} | (
            {"GBP"} if _POUNDS.search(self._texts[0]) else set()
        )
        strange = [
            e
            for f, e in self._pairs
            if kind_of(e.unit) in STRICT
            and e.unit not in units
            and e not in self.repairs
            and not f.also
        ]
        return (
            *(_fact(FactKind.NUMBER, one) for one in numbers),
            *(_fact(FactKind.UNIT, one) for one in strange),
        )


def _outside(
    found: Sequence[Figure], text: str, sayings: Sequence[re.Pattern[str]]
) -> list[Figure]:
    """The figures of a text that are no part of its `sayings`."""
    spans = [match.span() for saying in sayings for match in saying.finditer(text)]
    return [
        figure
        for figure in found
        if not any(figure.start < end and start < figure.end for start, end in spans)
    ]


def _grouped(english: str, french: str) -> str:
    """`english` with commas in the numbers that it writes as the French sentence does with points
    ("30.324 décès"), and a point in those that are a part of a million ("1,042 million")."""
    for number in _POINTS.findall(french):
        english = re.sub(
            rf"(?<![\w.,]){re.escape(number)}(?![.,]?\d)", number.replace(".", ","), english
        )
    for whole, part in _THOUSANDTHS.findall(french):
        english = re.sub(rf"(?<![\w.,]){whole},{part}(?= ?[a-z])", f"{whole}.{part}", english)
    return english


def _with_clock(english: str, french: str, given: Sequence[Figure]) -> str:
    """`english` with the times of the French sentence that it writes as four digits ("at 0803") in
    the usual way; `given` are the figures of that sentence."""
    for figure in given:
        digits = figure.value.replace(":", "").zfill(4)
        if figure.kind is FigureKind.TIME and digits not in _GAP.sub("", french):
            english = re.sub(
                rf"(?<![\w:.,]){digits}(?: hours)?(?![\w:]|[.,]\d)", figure.value, english
            )
    return english


def _without_french_words(english: str, given: Sequence[Figure]) -> str:
    """`english` with the French numbers in words that were left in it ("quatorze jours") in
    English; "un" and "une" are left in names only. `given` are the figures of the French
    sentence."""
    kept = {value for figure in figures(english, "en") for value in figure.values}
    for figure in given:
        in_words = figure.kind is FigureKind.AMOUNT and not any(map(str.isdigit, figure.written))
        if in_words and figure.written.lower() not in {"un", "une"} and not figure.values & kept:
            english = re.sub(rf"(?<!\w){re.escape(figure.written)}(?!\w)", written(figure), english)
    return english


def _fact(kind: FactKind, figure: Figure) -> Fact:
    return Fact(kind, figure.written.strip())


def _kind(french: Figure, english: Figure) -> FigureKind:
    """How the French figure is to be written in place of the English one: days of a month may be
    ordinals."""
    plain_numbers = {FigureKind.AMOUNT, FigureKind.ORDINAL}
    return (
        english.kind
        if {french.kind, english.kind} <= plain_numbers and not french.unit
        else french.kind
    )


def _attributive(english: Figure) -> bool:
    """True for "billion dollar" in "a billion dollar deal": the unit stands before a noun."""
    unit = BY_NAME.get(english.unit)
    plural = unit.after.strip() if unit else ""
    return (
        plural.endswith("s")
        and english.written.lower().endswith(plural[:-1].lower())
        and english.value != "1"
    )


def _beside_month(text: str, figure: Figure) -> bool:
    return bool(
        _AFTER_MONTH.search(text[: figure.start]) or _BEFORE_MONTH.match(text[figure.end :])
    )


def _named(english: str, table: dict[str, str]) -> list[str]:
    """The French names of the days or months in the English text; "May" and "March" only inside a
    sentence."""
    return [
        french for french, name in table.items()
        if re.search(rf"(?<=[\w,;(\"'] ){name}\b" if name in {"May", "March"} else rf"\b{name}s?\b",
        english)
    ]  # fmt: skip


def _absent(english: str, french: str, table: dict[str, str]) -> list[str]:
    """The days or months of the English text that the French one has not, in either language ("le
    Black Friday")."""
    words = set(re.split(r"\W+", plain(french)))
    return [
        name
        for name in _named(english, table)
        if words.isdisjoint(
            {plain(name), plain(name) + "s", plain(table[name]), _SEASONS.get(name)}
        )
    ]


def _with_french_day(english: str, french: str) -> tuple[str, int]:
    """`english` with the week day and the month of the French sentence, where each has one and they
    differ."""
    moved, folded = 0, plain(french)
    for table in (WEEK_DAYS, MONTHS):
        named, absent = _named(english, table), _absent(english, french, table)
        plural = "s?" if table is WEEK_DAYS else ""  # "mais" is no month
        said = [name for name in table if re.search(rf"(?<!\w){plain(name)}{plural}(?!\w)", folded)]
        if len(said) == len(absent) == 1 and said[0] not in named:
            english = re.sub(rf"\b{table[absent[0]]}(s?)\b", rf"{table[said[0]]}\1", english)
            moved += 1
    return english, moved


def _added_days(english: str, french: str) -> list[Fact]:
    return [
        Fact(FactKind.DAY, table[name])
        for table in (WEEK_DAYS, MONTHS)
        for name in _absent(english, french, table)
    ]
