"""Figures (numbers, amounts, times, ordinals) as French and English write them, read so that the two can be compared.

"3,5 Md€" and "3.5 billion euros" have the same value and unit; "18h30" and "6:30 p.m." are the same time. The English
reader also takes French forms, which a translation may have left as they are, and marks them as foreign.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from text_to_num import find_numbers, text2num

from service.facts import value_of
from service.units import FRENCH_UNITS, UNITS, unit_of


class FigureKind(StrEnum):
    """How a figure is written in English."""

    AMOUNT = "amount"
    ORDINAL = "ordinal"
    TIME = "time"
    VAGUE = "vague"  # "des millions", "hundreds"
    VERSION = "version"  # "3.4.1": never touched


@dataclass(frozen=True)
class Figure:
    """A number of a text. `value` is what is compared (scale counted), `also` a second reading of it, where there is one
    ("2 à 3 milliards": 2, also 2 000 000 000).

    `number` and `scale` are its English writing ("3.5", "billion"), `unit` one of `service.units`, `symbol` says whether
    that is written as a sign. `loose`: a faithful translation may lack or add it (un, neuf, une dizaine). `foreign`: written
    in a French form. `start` and `end` are offsets.
    """

    kind: FigureKind
    value: str
    start: int
    end: int
    written: str
    number: str = ""
    scale: str = ""
    unit: str = ""
    symbol: bool = False
    also: str = ""
    loose: bool = False
    foreign: bool = False

    @property
    def values(self) -> frozenset[str]:
        """All its readings."""
        return frozenset({self.value, self.also} - {""})


_SPACE: Final = re.compile(r"[\u00a0\u2007\u2009\u202f]")
_GROUPS: Final = r"\d{1,3}(?:[ .,'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_FRENCH_SCALE: Final = r"milliers?|mille|millions?|milliards?|billions?|trillions?|mds?"
_ENGLISH_SCALE: Final = r"thousand|millions?|billions?|trillions?|bn|mn|milliers?|mille|milliards?|mds?"
_BEFORE_MONEY: Final = r"[mk](?=\s?(?:[€$£]|euros|dollars|d['’]euros|de\sdollars))"
_LINK: Final = r"(?:[\s-]?d['’]\s?|\s?de\s|[\s-])?"  # between a number and its unit
# Powers of ten. French "billion" is 10^12, "trillion" 10^18.
_POWERS: Final = {
    "fr": {"mille": 3, "millier": 3, "k": 3, "million": 6, "m": 6, "milliard": 9, "md": 9, "billion": 12, "trillion": 18},
    "en": {
        "thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "billion": 9, "bn": 9, "b": 9, "trillion": 12,
        "mille": 3, "millier": 3, "milliard": 9, "md": 9,
    },
}  # fmt: skip
_ENGLISH_NAMES: Final = {6: "million", 9: "billion", 12: "trillion"}
_FRENCH_ONLY: Final = frozenset({"mille", "millier", "milliard", "md"})


def _amount(language: str) -> re.Pattern[str]:
    scale = _FRENCH_SCALE if language == "fr" else _ENGLISH_SCALE
    return re.compile(
        rf"(?P<before>(?:US)?[$€£¥]\s?)?(?<!\w)(?<!\d[.,])(?P<number>{_GROUPS})"
        rf"(?:[\s-]?(?P<scale>{scale}|{_BEFORE_MONEY}|(?(before)[mbk]|(?!)))(?!\w))?"
        rf"(?:{_LINK}(?P<unit>{FRENCH_UNITS if language == 'fr' else UNITS})(?!\w))?",
        re.IGNORECASE,
    )


_AMOUNTS: Final = {language: _amount(language) for language in ("fr", "en")}
_VERSION: Final = re.compile(r"(?<![\w.,])(?!\d{1,3}(?:\.\d{3})+(?![\w.]))\d+(?:\.\d+){2,}(?!\w)")
_FRENCH_TIME: Final = re.compile(r"(?<![\w:.,])([01]?\d|2[0-4])(?:\s?h(?:\s?([0-5]\d))?|:([0-5]\d))(?![\w:])")
_ENGLISH_TIME: Final = re.compile(
    r"(?<![\w:.,])([01]?\d|2[0-4])(?:[:h.]\s?([0-5]\d))?\s?(?:(a|p)\.?m\b\.?)|(?<![\w:.,])([01]?\d|2[0-4]):([0-5]\d)(?![\w:])",
    re.IGNORECASE,
)
_NOON: Final = {
    "fr": re.compile(r"(?<![\w-])(midi|minuit)(?![\w-])", re.IGNORECASE),
    "en": re.compile(r"(?<![\w-])(noon|midnight)(?![\w-])", re.IGNORECASE),
}
_FRENCH_ORDINAL: Final = re.compile(
    r"(?<![\w.,])(?:(\d+)\s?(?:ers?|[èe]res?|res?|[èe]mes?|es?|ndes?|ᵉʳ|ᵉ)"
    r"|((?=[IVX])X{0,3}(?:IX|IV|V?I{0,3}))(?:e|ème))(?!\w)"
)
_ENGLISH_ORDINAL: Final = re.compile(r"(?<![\w.,])(\d+)(?:st|nd|rd|th)(?!\w)", re.IGNORECASE)
_VAGUE: Final = {
    "fr": re.compile(r"(?<!\w)(dizaines|centaines|milliers|millions|milliards|billions)(?!\w)", re.IGNORECASE),
    "en": re.compile(r"(?<!\w)(tens|dozens|hundreds|thousands|millions|billions|trillions)(?!\w)", re.IGNORECASE),
}
_VAGUE_POWERS: Final = {
    "dizaines": 1, "tens": 1, "dozens": 1, "centaines": 2, "hundreds": 2, "milliers": 3, "thousands": 3,
}  # fmt: skip
_VAGUE_NAMES: Final = {1: "dozens", 2: "hundreds", 3: "thousands", 6: "millions", 9: "billions", 12: "trillions"}
_LAST_WORD: Final = re.compile(r"([^\W\d_][\w-]*)\s$")
_ROUND: Final = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip
_ABOUT: Final = re.compile(rf"(?<!\w)une? (?:bonne |petite )?({'|'.join(_ROUND)})(?!\w)", re.IGNORECASE)
_IMPLIED: Final = re.compile(r"(?<!\w)(both|twice|pair|couple|dozen|decade)(?!\w)", re.IGNORECASE)
_IMPLIED_VALUES: Final = {"both": 2, "twice": 2, "pair": 2, "couple": 2, "dozen": 12, "decade": 10}
_HALF: Final = re.compile(r"(?<!\w)(?:un demi-(million|milliard)|half a (million|billion|trillion))(?!\w)", re.IGNORECASE)
_AND_A_HALF: Final = re.compile(r"\s+et\sdemie?(?!\w)", re.IGNORECASE)
_WORD_SCALE: Final = {
    "fr": re.compile(r"\s(milliers?|millions?|milliards?|billions?|trillions?)(?!\w)", re.IGNORECASE),
    "en": re.compile(r"\s(thousand|millions?|billions?|trillions?)(?!\w)", re.IGNORECASE),
}
_ONE_SCALE: Final = {
    "fr": re.compile(r"(?<!\w)un (billion|trillion)(?!\w)", re.IGNORECASE),
    "en": re.compile(r"(?<!\w)(?:an?|one) (thousand|million|billion|trillion)(?!\w)", re.IGNORECASE),
}
_AFTER_UNIT: Final = {
    "fr": re.compile(rf"{_LINK}({FRENCH_UNITS})(?!\w)", re.IGNORECASE),
    "en": re.compile(rf"{_LINK}({UNITS})(?!\w)", re.IGNORECASE),
}
_PIECE: Final = re.compile(r"\w+|\s+|[^\w\s]")
_RANGE: Final = re.compile(r"\s?(?:à|et|ou|to|and|or|-|–)\s?")
_ROMAN: Final = {"I": 1, "V": 5, "X": 10}
_MASK: Final = ";"


def figures(text: str, language: str) -> list[Figure]:
    """The figures of a French or English sentence, in order."""
    return _Reader(_SPACE.sub(" ", text), language).read()


class _Reader:
    """Reads one sentence: what has been read is masked, so that the next pattern does not read it again."""

    def __init__(self, text: str, language: str) -> None:
        self._text, self._rest, self._language = text, text, language

    def read(self) -> list[Figure]:
        steps = (self._versions, self._times, self._ordinals, self._amounts, self._round, self._vague, self._words)
        found = [figure for step in steps for figure in step()]
        return _ranges(self._text, sorted(found, key=lambda figure: figure.start))

    def _matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        for match in pattern.finditer(self._rest):
            yield match
            self._hide(match.start(), match.end())

    def _hide(self, start: int, end: int) -> None:
        self._rest = self._rest[:start] + _MASK * (end - start) + self._rest[end:]

    def _figure(self, kind: FigureKind, value: str, span: tuple[int, int], **more: object) -> Figure:
        start, end = span
        made = Figure(kind, value, start, end, self._text[start:end])
        return replace(made, **more)  # type: ignore[arg-type]  # the fields of Figure, by name

    def _versions(self) -> Iterator[Figure]:
        for match in self._matches(_VERSION):
            yield self._figure(FigureKind.VERSION, match.group(), match.span())

    def _times(self) -> Iterator[Figure]:
        if self._language == "en":
            for match in self._matches(_ENGLISH_TIME):
                hour, minute = int(match.group(1) or match.group(4)), match.group(2) or match.group(5) or "00"
                half = (match.group(3) or "").lower()
                yield self._time((hour % 12 + 12 * (half == "p")) if half else hour, minute, match.span())
        for match in self._matches(_FRENCH_TIME):
            hour, minute = int(match.group(1)), match.group(2) or match.group(3)
            time = self._time(hour, minute or "00", match.span())
            yield replace(time, also="" if minute else str(hour), foreign=self._language == "en")
        for match in self._matches(_NOON[self._language]):
            hour = 12 if match.group(1).lower() in {"midi", "noon"} else 0
            yield replace(self._time(hour, "00", match.span()), loose=self._language == "fr")

    def _time(self, hour: int, minute: str, span: tuple[int, int]) -> Figure:
        written = f"{hour % 24}:{minute}"
        return self._figure(FigureKind.TIME, written, span, number=written)

    def _ordinals(self) -> Iterator[Figure]:
        if self._language == "en":
            for match in self._matches(_ENGLISH_ORDINAL):
                yield self._ordinal(int(match.group(1)), match.span(), False)
        for match in self._matches(_FRENCH_ORDINAL):
            number = int(match.group(1)) if match.group(1) else _roman(match.group(2))
            yield self._ordinal(number, match.span(), self._language == "en")

    def _ordinal(self, number: int, span: tuple[int, int], foreign: bool) -> Figure:
        return self._figure(FigureKind.ORDINAL, str(number), span, number=str(number), loose=number == 1, foreign=foreign)

    def _amounts(self) -> Iterator[Figure]:
        for match in self._matches(_AMOUNTS[self._language]):
            yield self._of_amount(match)

    def _of_amount(self, match: re.Match[str]) -> Figure:
        digits, scale = match["number"], _singular(match["scale"] or "")
        power = _POWERS[self._language].get(scale, 0)
        plain = _bare(digits, self._language)
        value = _shifted(plain, power)
        sign = match["unit"] or (match["before"] or "").strip()
        number, name = _english(plain, power, digits)
        unit = unit_of(sign) if sign else ""
        hours = self._language == "fr" and unit == "hour" and value.isdigit() and int(value) <= 24
        # "3,540 mètres" may be meant in the English way.
        grouped = self._language == "fr" and re.fullmatch(r"\d{1,3},\d{3}", digits)
        also = f"{int(value) % 24}:00" if hours else _shifted(digits.replace(",", ""), power) if grouped else ""
        return self._figure(
            FigureKind.AMOUNT, value, match.span(), number=number, scale=name, unit=unit,
            symbol=bool(sign) and not sign[-1].isalpha(), also=also, loose=value == "1" and not unit,
            foreign=self._language == "en" and _is_foreign(match, scale, digits, sign),
        )  # fmt: skip

    def _round(self) -> Iterator[Figure]:
        """Figures without a number: "un demi-million", "a billion", "une dizaine", "both"."""
        for match in self._matches(_HALF):
            scale = (match.group(1) or match.group(2)).lower()
            power = _POWERS[self._language][scale]
            yield self._worded(_shifted("0.5", power), match.span(), "0.5", _ENGLISH_NAMES[power])
        for match in self._matches(_ONE_SCALE[self._language]):
            power = _POWERS[self._language][match.group(1).lower()]
            yield self._worded(_shifted("1", power), match.span(), *_english("1", power, "1"))
        if self._language == "fr":
            for match in self._matches(_ABOUT):
                number = _ROUND[match.group(1).lower()]
                about = self._figure(FigureKind.AMOUNT, str(number), match.span(), number=f"about {number:,}")
                yield replace(about, loose=number < 1000)
        else:
            for match in self._matches(_IMPLIED):
                yield self._figure(FigureKind.AMOUNT, str(_IMPLIED_VALUES[match.group(1).lower()]), match.span(), loose=True)

    def _vague(self) -> Iterator[Figure]:
        """Orders of magnitude ("des millions"), not the scale of a number ("deux millions")."""
        for match in _VAGUE[self._language].finditer(self._rest):
            before = _LAST_WORD.search(self._rest, 0, match.start())
            if before and _is_number(before.group(1), self._language):
                continue
            word = match.group(1).lower()
            power = _VAGUE_POWERS.get(word) or _POWERS[self._language][_singular(word)]
            self._hide(*match.span())
            yield self._figure(FigureKind.VAGUE, f"~{power}", match.span(), number=_VAGUE_NAMES[power])

    def _words(self) -> Iterator[Figure]:
        """Numbers in words, through text2num."""
        pieces = [_Piece(match.group(), match.start()) for match in _PIECE.finditer(self._rest)]
        for found in find_numbers(pieces, self._language, 0):
            start, last = pieces[found.start].start, pieces[found.end - 1]
            end = last.start + len(last.text())
            word, number = self._text[start:end].lower(), str(int(found.value))
            if found.is_ordinal:
                # "a third of": a share, which French does not write with an ordinal.
                loose = number == "1" or word == "second" or self._rest[end : end + 3] == " of"
                yield self._figure(FigureKind.ORDINAL, number, (start, end), number=number, loose=loose)
            else:
                yield from self._number_in_words(number, start, end)

    def _number_in_words(self, number: str, start: int, end: int) -> Iterator[Figure]:
        power = 0
        if scale := _WORD_SCALE[self._language].match(self._rest, end):
            power, end = _POWERS[self._language][_singular(scale.group(1))], scale.end()
        value = Decimal(_shifted(number, power))
        if value >= 1000 and self._language == "fr" and (half := _AND_A_HALF.match(self._rest, end)):
            value, end = value + Decimal(10) ** (value.adjusted() // 3 * 3) / 2, half.end()
        exact = format(value.normalize(), "f")
        large = next((p for p in (12, 9, 6) if value >= Decimal(10) ** p), 0)
        written = _shifted(exact, -large)
        figure = self._worded(exact, (start, end), f"{Decimal(written):,}", _ENGLISH_NAMES.get(large, ""))
        loose = (exact == "1" and not figure.unit) or self._text[start:end].lower() == "neuf"
        yield replace(figure, loose=loose)

    def _worded(self, value: str, span: tuple[int, int], number: str, scale: str = "") -> Figure:
        """An amount in words, with the unit that follows."""
        start, end = span
        if unit := _AFTER_UNIT[self._language].match(self._rest, end):
            end = unit.end()
        sign = unit.group(1) if unit else ""
        return self._figure(
            FigureKind.AMOUNT, value, (start, end), number=number, scale=scale, unit=unit_of(sign) if sign else "",
            symbol=bool(sign) and not sign[-1].isalpha(),
        )  # fmt: skip


class _Piece:
    """A word, space or sign, as text2num wants it."""

    def __init__(self, text: str, start: int) -> None:
        self._text, self.start = text, start

    def text(self) -> str:
        return self._text

    def nt_separated(self, previous: "_Piece") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


def _is_number(word: str, language: str) -> bool:
    try:
        text2num(word.lower(), language)
    except ValueError:
        return False
    return True


def _singular(scale: str) -> str:
    scale = scale.lower()
    return scale.removesuffix("s")


def _bare(digits: str, language: str) -> str:
    """`digits` as a plain decimal number."""
    return value_of(re.sub(r"(?<=\d)['’](?=\d{3})", "", digits), None, language)


def _shifted(number: str, power: int) -> str:
    return format((Decimal(number) * Decimal(10) ** power).normalize(), "f")


def _english(plain: str, power: int, digits: str) -> tuple[str, str]:
    """The English number and scale of a plain number: 3.5 and 9 give "3.5" and "billion"."""
    name = _ENGLISH_NAMES.get(power, "")
    if power == 18:
        plain, name = _shifted(plain, 6), "trillion"
    elif not name:
        plain = _shifted(plain, power)
    whole, point, rest = plain.partition(".")
    # "5,0 %" and "1.50 €" keep their last zero, which the value does not have.
    written = re.search(r"[.,](\d{1,2})$", digits)
    rest = written.group(1) if written and (not point or len(written.group(1)) > len(rest)) and power != 3 else rest
    grouped = len(whole) > 4 or (len(whole) == 4 and (power == 3 or not digits.isdigit()))
    return (f"{int(whole):,}" if grouped else whole) + (f".{rest}" if rest else ""), name


def _is_foreign(match: re.Match[str], scale: str, digits: str, sign: str) -> bool:
    """True if an amount of an English text is written in a French form."""
    comma = re.search(r",(?!\d{3}(?!\d))|\d[ '’]\d{3}", digits)
    symbol_last = bool(match["unit"]) and sign in "€$£¥"
    spaced = sign == "%" and bool(re.search(r"\s%", match.group()))
    octets = re.fullmatch(r"[kmgtp]o|\w*octets?", sign, re.IGNORECASE)
    money = scale in {"m", "k"} and bool(match["unit"])
    return bool(comma or octets) or symbol_last or spaced or money or scale in _FRENCH_ONLY


def _ranges(text: str, found: list[Figure]) -> list[Figure]:
    """The figures, those that begin a range with a second reading: the scale and the unit stand at its end."""
    done = list(found)
    for k, (first, second) in enumerate(pairwise(found)):
        beside = _RANGE.fullmatch(text[first.end : second.start]) and first.kind is second.kind is FigureKind.AMOUNT
        if beside and not first.unit and not first.scale and not first.also:
            factor = Decimal(second.value) / Decimal(second.number.replace(",", "").removeprefix("about ") or second.value or 1)
            also = format((Decimal(first.value) * factor).normalize(), "f")
            done[k] = replace(first, also=also if also != first.value else "", unit=second.unit, symbol=second.symbol)
    return done


def _roman(numeral: str) -> int:
    values = [_ROMAN[letter] for letter in numeral]
    return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))
