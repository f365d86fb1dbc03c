"""Figures (numbers, amounts, times, ordinals) as French and English write them, to be compared.

"3,5 Md€" and "3.5 billion euros" have the same value and unit; "18h30" and "6:30 p.m." are the same
time. A translation may have left French forms unchanged. The English reader reads these too, and
marks them as foreign.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from service.facts import figure_forms as forms
from service.facts.bounds import MAX_LOOK_BACK, MAX_NUMBERS
from service.facts.numbers import (
    ABOUT_VALUES,
    IMPLIED_VALUES,
    VERSION,
    SpokenNumber,
    decimal_of,
    find_spoken_numbers,
    is_number_word,
    multiply,
    power_of,
    singular,
    value_of_roman,
    value_of_small,
)
from service.facts.units import STRICT, kind_of, unit_of

ABOUT: Final = "about "  # begins the English of "une vingtaine"
# Not numbers: "cents" are coins or belong to "pour cent", and "O" is a name ("Cédric O").
_NO_NUMBERS: Final = frozenset({"cents", "O", "o"})
# "neuf" is also French for "new", and "zéro" a point of reference.
_AMBIGUOUS: Final = frozenset({"neuf", "neufs", "zéro", "zero"})
# Words before and behind an English ordinal for which French has none: "a third of", "a third
# party".
_BEFORE_SHARE: Final = ("a ", "one ", "two ", "two-")
_BEHIND_SHARE: Final = re.compile(r" of|[ -]part(?:y|ies)")
_DECADE: Final = re.compile(r"(?:19|20)\d0")
_THREE_DECIMALS: Final = re.compile(r"\d{1,3},\d{3}")
_FRENCH_DIGITS: Final = re.compile(r",\d{1,2}(?!\d)|\d[ '’]\d{3}")
# A scale is not meant for a number that it would make so many times the one behind it.
_TOO_MANY_TIMES: Final = 100
_FRENCH_BYTES: Final = re.compile(r"[kmgtp]o|\w*octets?", re.IGNORECASE)


class FigureKind(StrEnum):
    """How a figure is written in English."""

    AMOUNT = "amount"
    ORDINAL = "ordinal"
    TIME = "time"
    VAGUE = "vague"  # "des millions", "hundreds"
    VERSION = "version"  # "3.4.1": never touched


@dataclass(frozen=True)
class Figure:
    """A figure of a text, with the value by which it is compared.

    - `value`: the value, with the scale multiplied in ("3 milliards": 3000000000).
    - `also`: a second reading, or empty ("2 à 3 milliards": 2, also 2000000000).
    - `start`, `end`: the offsets of the figure in the text; `written` stands between them.
    - `number`, `scale`: the English writing ("3.5", "billion").
    - `unit`: a name from `service.facts.units`, or empty; `symbol`: the text writes it as a sign.
    - `loose`: a faithful translation may lack or add the figure (un, neuf, une dizaine).
    - `foreign`: an English text has the figure in a French form.
    - `shared`: the unit stands behind the next figure ("5 à 10 ans").
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
    shared: bool = False

    @property
    def values(self) -> frozenset[str]:
        """Both readings of the figure, or its only one."""
        return frozenset({self.value, self.also} - {""})


def figures(text: str, language: str) -> list[Figure]:
    """Returns the figures of a French or English sentence, in order, the first MAX_NUMBERS."""
    return _Reader(forms.SPACE.sub(" ", text), language).read()


class _Reader:
    """Reads one sentence. Masks what it has read, so that no later pattern reads it again."""

    def __init__(self, text: str, language: str) -> None:
        self._text, self._rest, self._language = text, text, language
        self._is_english = language == "en"

    def read(self) -> list[Figure]:
        steps = (
            self._read_versions,
            self._read_times,
            self._read_ordinals,
            self._read_english_halves if self._is_english else self._read_french_halves,
            self._read_amounts,
            self._read_single_words,
            self._read_vague,
            self._read_spoken,
        )
        read = [figure for step in steps for figure in step()]
        read.sort(key=lambda figure: figure.start)
        return _share_units(self._text, read[:MAX_NUMBERS])

    def _match(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yields the matches in what has not been read, and masks each of them afterwards."""
        for match in pattern.finditer(self._rest):
            yield match
            self._mask(match.start(), match.end())

    def _mask(self, start: int, end: int) -> None:
        self._rest = self._rest[:start] + forms.MASK * (end - start) + self._rest[end:]

    def _make(self, kind: FigureKind, value: str, span: tuple[int, int], **more: object) -> Figure:
        start, end = span
        figure = Figure(kind, value, start, end, self._text[start:end])
        return replace(figure, **more)  # type: ignore[arg-type]  # the fields of Figure, by name

    def _read_versions(self) -> Iterator[Figure]:
        for match in self._match(VERSION):
            yield self._make(FigureKind.VERSION, match.group(), match.span())

    def _read_times(self) -> Iterator[Figure]:
        if self._is_english:
            yield from self._read_english_times()
        for match in self._match(forms.FRENCH_TIME):
            yield self._read_french_time(match)
        for match in self._match(forms.DURATION[self._language]):
            yield self._make_time(int(match.group(1)), match.group(2).zfill(2), match.span())
        if self._is_english:
            yield from self._read_hours_and_a_half()
        for match in self._match(forms.NOON[self._language]):
            hour = 12 if match.group(1).lower() in {"midi", "noon"} else 0
            time = self._make_time(hour, "00", match.span())
            yield replace(time, loose=not self._is_english)

    def _read_english_times(self) -> Iterator[Figure]:
        for match in self._match(forms.ENGLISH_TIME):
            hour = int(match["hour"] or match["hour24"])
            if match["half"]:
                hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
            minute = match["minute"] or match["minute24"] or "00"
            yield self._make_time(hour, minute, match.span())

    def _read_french_time(self, match: re.Match[str]) -> Figure:
        hour, minute = int(match["hour"]), match["minute"] or match["digits"]
        time = self._make_time(hour, minute or "00", match.span())
        time = replace(time, also="" if minute else str(hour), foreign=self._is_english)
        may_be_duration = self._is_english and not minute
        if may_be_duration and not forms.CLOCK.search(self._text, 0, match.start()):  # "within 24h"
            hours = str(hour)
            amount = replace(time, kind=FigureKind.AMOUNT, value=hours, also=time.value)
            return replace(amount, unit="hour", number=hours)
        return time

    def _read_hours_and_a_half(self) -> Iterator[Figure]:
        """Reads "two and a half hours" as 2:30, with a second reading of 2.

        French writes "2 h 30" or "deux heures et demie". Of the latter the French reader reads only
        the hours.
        """
        for match in self._match(forms.HOURS_AND_A_HALF):
            hours = value_of_small(match[1], "en")
            yield replace(self._make_time(hours, "30", match.span()), also=str(hours))

    def _make_time(self, hour: int, minute: str, span: tuple[int, int]) -> Figure:
        written = f"{hour % 24}:{minute}"
        return self._make(FigureKind.TIME, written, span, number=written)

    def _read_ordinals(self) -> Iterator[Figure]:
        if self._is_english:
            for match in self._match(forms.ENGLISH_ORDINAL):
                yield self._make_ordinal(match.group(1), match.span())
        for match in self._match(forms.FRENCH_ORDINAL):
            number = match["number"] or str(value_of_roman(match["roman"]))
            ordinal = self._make_ordinal(number, match.span())
            yield replace(ordinal, foreign=self._is_english)

    def _make_ordinal(self, digits: str, span: tuple[int, int]) -> Figure:
        number = str(int(digits))
        return self._make(FigureKind.ORDINAL, number, span, number=number, loose=number == "1")

    def _read_english_halves(self) -> Iterator[Figure]:
        """Reads "one and a half million" and "a million and a half"."""
        for match in self._match(forms.ENGLISH_AND_A_HALF):
            number = f"{value_of_small(match[1], 'en')}.5"
            power = power_of(match[2] or match[3], "en")
            value = multiply(number, power)
            yield self._make_worded(value, match.span(), number, forms.SCALES[power])

    def _read_french_halves(self) -> Iterator[Figure]:
        """Reads "deux fois moins" as a half, so that its "deux" is not read as 2."""
        for match in self._match(forms.HALVED):
            yield self._make(FigureKind.VAGUE, "0.5", match.span(), number="half")

    def _read_amounts(self) -> Iterator[Figure]:
        for match in self._match(forms.AMOUNTS[self._language]):
            yield self._read_amount(match)

    def _read_amount(self, match: re.Match[str]) -> Figure:
        digits, scale = match["number"], singular(match["scale"] or "")
        power = power_of(scale, self._language)
        number = decimal_of(digits, self._language)
        if match["half"] and number.isdigit():
            number = digits = f"{number}.5"
        value = multiply(number, power)
        sign = match["unit"] or (match["before"] or "").strip()
        unit = unit_of(sign)
        english, english_scale = forms.write_number(number, power, digits)
        amount = self._make(FigureKind.AMOUNT, value, match.span(), number=english)
        return replace(
            amount,
            scale=english_scale,
            unit=unit,
            symbol=_is_symbol(sign),
            also=self._read_otherwise(match, digits, value, unit),
            loose=value == "1" and kind_of(unit) not in STRICT,
            foreign=self._is_english and _is_foreign(match, scale, digits, sign),
        )

    def _read_otherwise(self, match: re.Match[str], digits: str, value: str, unit: str) -> str:
        """Returns the second reading of an amount; empty if there is none.

        "18 heures" may be a time of day. A French "trillion" (10^18) of money may be an English one
        (10^12). The comma of "3,540 mètres" may separate thousands, but not that of "1,042
        million". A decade may lack its century ("the 90s").
        """
        power = power_of(match["scale"] or "", self._language)
        if power == 18 and kind_of(unit) == "money":
            return multiply(value, -6)
        if not self._is_english:
            if unit == "hour" and value.isdigit() and int(value) <= 24:
                return f"{int(value) % 24}:00"
            if not power and _THREE_DECIMALS.fullmatch(digits):
                return digits.replace(",", "")
        before, after = self._text[: match.start("number")], self._text[match.end() :]
        is_decade = before.lower().endswith("années ") or re.match(r"s\b", after)
        return digits[2:] if is_decade and _DECADE.fullmatch(digits) else ""

    def _read_single_words(self) -> Iterator[Figure]:
        """Reads "un demi-million", "a billion", "une dizaine", "both", "tenfold"."""
        for match in self._match(forms.HALF):
            power = power_of(match.group(1) or match.group(2), self._language)
            value = multiply("0.5", power)
            yield self._make_worded(value, match.span(), *forms.write_number("0.5", power, "0.5"))
        for match in self._match(forms.ONE_SCALE[self._language]):
            power = power_of(match.group(1), self._language)
            value = multiply("1", power)
            yield self._make_worded(value, match.span(), *forms.write_number("1", power, "1"))
        yield from self._read_implied() if self._is_english else self._read_about()

    def _read_about(self) -> Iterator[Figure]:
        for match in self._match(forms.ABOUT):
            number = ABOUT_VALUES[match.group(1).lower()]
            power = power_of(match.group(2) or "", "fr")
            value, scale = multiply(str(number), power), forms.SCALES.get(power, "")
            figure = self._make_worded(value, match.span(), f"{ABOUT}{number:,}", scale)
            yield replace(figure, loose=not power and number < 1000)

    def _read_implied(self) -> Iterator[Figure]:
        for match in self._match(forms.IMPLIED):
            word, times = match.groups()
            value = value_of_small(times, "en") if times else IMPLIED_VALUES[word.lower()]
            yield self._make(FigureKind.AMOUNT, str(value), match.span(), loose=True)

    def _read_vague(self) -> Iterator[Figure]:
        """Reads orders of magnitude ("des millions"), not scales of numbers ("deux millions")."""
        end = -1
        for match in forms.VAGUE[self._language].finditer(self._rest):
            follows = match.start() == end + 1  # "several hundred thousand"
            if not follows and not self._is_vague(match):
                continue
            end = match.end()
            power = power_of(match.group(1), self._language)
            self._mask(*match.span())
            yield self._make(
                FigureKind.VAGUE, f"~{power}", match.span(), number=forms.VAGUE_NAMES[power]
            )

    def _is_vague(self, match: re.Match[str]) -> bool:
        """True if the word is a plural or follows "few" or "several", but follows no number."""
        look_from = max(0, match.start() - MAX_LOOK_BACK)
        before = forms.LAST_WORD.search(self._rest, look_from, match.start())
        is_several = match.group(1).lower().endswith("s") or match.start() < match.start(1)
        return is_several and not (before and is_number_word(before.group(1), self._language))

    def _read_spoken(self) -> Iterator[Figure]:
        """Reads numbers in words."""
        end = 0  # of the last number with its scale and unit
        for number in find_spoken_numbers(self._rest, self._language):
            written = self._text[number.start : number.end]
            if number.start < end or written in _NO_NUMBERS:
                continue
            if number.is_ordinal:
                yield self._read_spoken_ordinal(number)
            else:
                figure = self._read_spoken_amount(number)
                end = figure.end
                yield figure

    def _read_spoken_ordinal(self, number: SpokenNumber) -> Figure:
        ordinal = self._make_ordinal(number.value, (number.start, number.end))
        before, after = self._text[: number.start].lower(), self._text[number.end :]
        is_share = before.endswith(_BEFORE_SHARE) or bool(_BEHIND_SHARE.match(after))
        loose = ordinal.written.lower() == "second" or (self._is_english and is_share)
        return replace(ordinal, loose=ordinal.loose or loose)

    def _read_spoken_amount(self, number: SpokenNumber) -> Figure:
        power, end = 0, number.end
        if scale := forms.WORD_SCALE[self._language].match(self._rest, end):
            power, end = power_of(scale.group(1), self._language), scale.end()
        value = Decimal(multiply(number.value, power))
        half = None if self._is_english else forms.AND_A_HALF.match(self._rest, end)
        if value >= 1000 and half:
            value, end = value + Decimal(10) ** (value.adjusted() // 3 * 3) / 2, half.end()
        exact = multiply(str(value), 0)
        figure = self._make_worded(exact, (number.start, end), *forms.write_value(value))
        is_ambiguous = self._text[number.start : end].lower() in _AMBIGUOUS
        # "Un an" is often "a year".
        is_one = exact == "1" and kind_of(figure.unit) not in STRICT
        return replace(figure, loose=is_ambiguous or is_one)

    def _make_worded(
        self, value: str, span: tuple[int, int], number: str, scale: str = ""
    ) -> Figure:
        """Returns an amount in words, with the unit that follows."""
        start, end = span
        sign = ""
        if unit := forms.AFTER_UNIT[self._language].match(self._rest, end):
            sign, end = unit.group(1), unit.end()
        amount = self._make(FigureKind.AMOUNT, value, (start, end), number=number, scale=scale)
        return replace(amount, unit=unit_of(sign), symbol=_is_symbol(sign))


def _is_symbol(sign: str) -> bool:
    """True if a unit is written as a sign ("€", "US$")."""
    return bool(sign) and not sign[-1].isalpha()


def _is_foreign(match: re.Match[str], scale: str, digits: str, sign: str) -> bool:
    """True if an amount of an English text is written in a French form."""
    has_unit_behind = bool(match["unit"])
    return bool(
        _FRENCH_DIGITS.search(digits)
        or _FRENCH_BYTES.fullmatch(sign)
        or (has_unit_behind and sign in "€$£¥")
        or (sign == "%" and re.search(r"\s%", match.group()))
        or (has_unit_behind and scale in {"m", "k"})
        or scale in forms.FRENCH_ONLY
    )


def _share_units(text: str, read: list[Figure]) -> list[Figure]:
    """Returns the figures, the first of each range with the unit of the second ("5 à 10 ans").

    The scale of the second makes a second reading of the first ("2 à 3 milliards"), but not where
    the first would become far larger than the second ("900 000 à 1,2 million").
    """
    shared = list(read)
    for place, (first, second) in enumerate(pairwise(read)):
        is_range = (
            forms.RANGE.fullmatch(text[first.end : second.start])
            and first.kind is second.kind is FigureKind.AMOUNT
        )
        if is_range and not first.unit and not first.scale and not first.also:
            shared[place] = replace(
                first,
                also=_scale_like(second, first.value),
                unit=second.unit,
                symbol=second.symbol,
                shared=True,
            )
    return shared


def _scale_like(second: Figure, value: str) -> str:
    """Returns a value times the scale of the figure behind it; empty if the scale is not meant."""
    power = forms.POWERS_OF_SCALES.get(second.scale)
    if power is None:
        return ""
    scaled = multiply(value, power)
    return scaled if Decimal(scaled) < _TOO_MANY_TIMES * Decimal(second.value) else ""
