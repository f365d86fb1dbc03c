"""Figures (numbers, amounts, times, ordinals) as French and English write them, read so that the
two can be compared.

"3,5 Md€" and "3.5 billion euros" have the same value and unit; "18h30" and "6:30 p.m." are the same
time. The English reader also takes French forms, which a translation may have left as they are, and
marks them as foreign.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from text_to_num import find_numbers, text2num

from service.facts import figure_forms as forms
from service.facts.bounds import MAX_LOOK_BACK, MAX_NUMBERS
from service.facts.facts import decimal_of
from service.facts.units import STRICT, kind_of, unit_of

ABOUT: Final = "about "  # begins the English of "une vingtaine"


class FigureKind(StrEnum):
    """How a figure is written in English."""

    AMOUNT = "amount"
    ORDINAL = "ordinal"
    TIME = "time"
    VAGUE = "vague"  # "des millions", "hundreds"
    VERSION = "version"  # "3.4.1": never touched


@dataclass(frozen=True)
class Figure:
    """A number of a text. `value` is what is compared (scale counted), `also` a second reading of
    it, where there is one ("2 à 3 milliards": 2, also 2 000 000 000).

    `number` and `scale` are its English writing ("3.5", "billion"), `unit` one of
    `service.facts.units`, `symbol` says whether that is written as a sign. `loose`: a faithful
    translation may lack or add it (un, neuf, une dizaine). `foreign`: written in a French form.
    `shared`: its unit stands behind the next figure ("5 à 10 ans"). `start` and `end` are offsets.
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
        """All its readings."""
        return frozenset({self.value, self.also} - {""})


def figures(text: str, language: str) -> list[Figure]:
    """The figures of a French or English sentence, in order; the first MAX_NUMBERS of them."""
    return _Reader(forms.SPACE.sub(" ", text), language).read()


class _Reader:
    """Reads one sentence: what has been read is masked, so that the next pattern does not read it
    again."""

    def __init__(self, text: str, language: str) -> None:
        self._text, self._rest, self._language = text, text, language

    def read(self) -> list[Figure]:
        halves = self._halves if self._language == "en" else self._halved
        steps = (
            self._versions,
            self._times,
            self._ordinals,
            halves,
            self._amounts,
            self._round,
            self._vague,
            self._words,
        )
        found = [figure for step in steps for figure in step()]
        return _ranges(self._text, sorted(found, key=lambda figure: figure.start)[:MAX_NUMBERS])

    def _matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        for match in pattern.finditer(self._rest):
            yield match
            self._hide(match.start(), match.end())

    def _hide(self, start: int, end: int) -> None:
        self._rest = self._rest[:start] + forms.MASK * (end - start) + self._rest[end:]

    def _figure(
        self, kind: FigureKind, value: str, span: tuple[int, int], **more: object
    ) -> Figure:
        start, end = span
        made = Figure(kind, value, start, end, self._text[start:end])
        return replace(made, **more)  # type: ignore[arg-type]  # the fields of Figure, by name

    def _versions(self) -> Iterator[Figure]:
        for match in self._matches(forms.VERSION):
            yield self._figure(FigureKind.VERSION, match.group(), match.span())

    def _times(self) -> Iterator[Figure]:
        if self._language == "en":
            for match in self._matches(forms.ENGLISH_TIME):
                hour, minute = (
                    int(match.group(1) or match.group(4)),
                    match.group(2) or match.group(5) or "00",
                )
                half = (match.group(3) or "").lower()
                yield self._time(
                    (hour % 12 + 12 * (half == "p")) if half else hour, minute, match.span()
                )
        for match in self._matches(forms.FRENCH_TIME):
            hour, minute = int(match.group(1)), match.group(2) or match.group(3)
            time = self._time(hour, minute or "00", match.span())
            time = replace(time, also="" if minute else str(hour), foreign=self._language == "en")
            # "within 24h", which English writes of a time of the day only behind certain words
            lasts = (
                time.foreign and not minute and not forms.CLOCK.search(self._text, 0, match.start())
            )
            yield (
                replace(time, kind=FigureKind.AMOUNT, unit="hour", number=str(hour))
                if lasts
                else time
            )
        for match in self._matches(forms.DURATION[self._language]):
            yield self._time(int(match.group(1)), match.group(2).zfill(2), match.span())
        if self._language == "en":
            for match in self._matches(forms.HOURS_AND_A_HALF):
                yield self._hours_and_a_half(match)
        for match in self._matches(forms.NOON[self._language]):
            hour = 12 if match.group(1).lower() in {"midi", "noon"} else 0
            yield replace(self._time(hour, "00", match.span()), loose=self._language == "fr")

    def _hours_and_a_half(self, match: re.Match[str]) -> Figure:
        """English for "2 h 30", and for "deux heures et demie", of which the hours alone are
        read."""
        word = match[1].lower()
        hours = int(word) if word.isdigit() else forms.FOLD.get(word, 1)
        return replace(self._time(hours, "30", match.span()), also=str(hours))

    def _time(self, hour: int, minute: str, span: tuple[int, int]) -> Figure:
        written = f"{hour % 24}:{minute}"
        return self._figure(FigureKind.TIME, written, span, number=written)

    def _ordinals(self) -> Iterator[Figure]:
        if self._language == "en":
            for match in self._matches(forms.ENGLISH_ORDINAL):
                yield self._ordinal(int(match.group(1)), match.span(), False)
        for match in self._matches(forms.FRENCH_ORDINAL):
            number = int(match.group(1)) if match.group(1) else _roman(match.group(2))
            yield self._ordinal(number, match.span(), self._language == "en")

    def _ordinal(self, number: int, span: tuple[int, int], foreign: bool) -> Figure:
        return self._figure(
            FigureKind.ORDINAL,
            str(number),
            span,
            number=str(number),
            loose=number == 1,
            foreign=foreign,
        )

    def _halves(self) -> Iterator[Figure]:
        """English for "un million et demi"."""
        for match in self._matches(forms.ENGLISH_AND_A_HALF):
            number = int(match[1]) if match[1].isdigit() else forms.FOLD.get(match[1].lower(), 1)
            power = forms.POWERS["en"][(match[2] or match[3]).lower()]
            yield self._worded(
                _shifted(f"{number}.5", power),
                match.span(),
                f"{number}.5",
                forms.ENGLISH_NAMES[power],
            )

    def _halved(self) -> Iterator[Figure]:
        """French for "half as much", which is no two."""
        for match in self._matches(forms.HALVED):
            yield self._figure(FigureKind.VAGUE, "0.5", match.span(), number="half")

    def _amounts(self) -> Iterator[Figure]:
        for match in self._matches(forms.AMOUNTS[self._language]):
            yield self._of_amount(match)

    def _of_amount(self, match: re.Match[str]) -> Figure:
        digits, scale = match["number"], _singular(match["scale"] or "")
        power = forms.POWERS[self._language].get(scale, 0)
        plain = _bare(digits, self._language)
        if match["half"] and plain.isdigit():
            plain = digits = f"{plain}.5"
        value = _shifted(plain, power)
        sign = match["unit"] or (match["before"] or "").strip()
        number, name = _english(plain, power, digits)
        unit = unit_of(sign) if sign else ""
        hours = self._language == "fr" and unit == "hour" and value.isdigit() and int(value) <= 24
        also = f"{int(value) % 24}:00" if hours else self._other_reading(match, digits, power)
        if (
            power == 18 and kind_of(unit) == "money"
        ):  # who writes "trillion" of money means the English one
            also = _shifted(plain, 12)
        return self._figure(
            FigureKind.AMOUNT, value, match.span(), number=number, scale=name, unit=unit,
            symbol=bool(sign) and not sign[-1].isalpha(), also=also,
            loose=value == "1" and kind_of(unit) not in STRICT,
            foreign=self._language == "en" and _is_foreign(match, scale, digits, sign),
        )  # fmt: skip

    def _other_reading(self, match: re.Match[str], digits: str, power: int) -> str:
        """A decade without its century ("années 1990", "the 90s"), or "3,540 mètres" meant in the
        English way: "1,042 million" never is."""
        if self._language == "fr" and not power and re.fullmatch(r"\d{1,3},\d{3}", digits):
            return digits.replace(",", "")
        before, after = self._text[: match.start("number")], self._text[match.end() :]
        decade = before.lower().endswith("années ") or re.match(r"s\b", after)
        return digits[2:] if decade and re.fullmatch(r"(?:19|20)\d0", digits) else ""

    def _round(self) -> Iterator[Figure]:
        """Figures without a number: "un demi-million", "a billion", "une dizaine", "both",
        "tenfold"."""
        for match in self._matches(forms.HALF):
            scale = (match.group(1) or match.group(2)).lower()
            power = forms.POWERS[self._language][scale]
            yield self._worded(
                _shifted("0.5", power), match.span(), "0.5", forms.ENGLISH_NAMES[power]
            )
        for match in self._matches(forms.ONE_SCALE[self._language]):
            power = forms.POWERS[self._language][match.group(1).lower()]
            yield self._worded(_shifted("1", power), match.span(), *_english("1", power, "1"))
        if self._language == "fr":
            for match in self._matches(forms.ABOUT):
                number = forms.ROUND[match.group(1).lower()]
                power = forms.POWERS["fr"][_singular(match.group(2))] if match.group(2) else 0
                value, name = _shifted(str(number), power), forms.ENGLISH_NAMES.get(power, "")
                about = self._worded(value, match.span(), f"{ABOUT}{number:,}", name)
                yield replace(about, loose=not power and number < 1000)
        else:
            for match in self._matches(forms.IMPLIED):
                yield self._figure(
                    FigureKind.AMOUNT, str(_implied(match)), match.span(), loose=True
                )

    def _vague(self) -> Iterator[Figure]:
        """Orders of magnitude ("des millions"), not the scale of a number ("deux millions")."""
        end = -1
        for match in forms.VAGUE[self._language].finditer(self._rest):
            look_from = max(0, match.start() - MAX_LOOK_BACK)
            before = forms.LAST_WORD.search(self._rest, look_from, match.start())
            alone = match.group(1).lower().endswith("s") or match.start() < match.start(1)
            follows = match.start() == end + 1  # "several hundred thousand"
            if not follows and (
                not alone or (before and _is_number(before.group(1), self._language))
            ):
                continue
            end = match.end()
            word = _singular(match.group(1))
            power = forms.VAGUE_POWERS.get(word) or forms.POWERS[self._language][word]
            self._hide(*match.span())
            yield self._figure(
                FigureKind.VAGUE, f"~{power}", match.span(), number=forms.VAGUE_NAMES[power]
            )

    def _words(self) -> Iterator[Figure]:
        """Numbers in words, through text2num."""
        pieces = [
            _Piece(match.group(), match.start()) for match in forms.PIECE.finditer(self._rest)
        ]
        done = 0
        for found in find_numbers(pieces, self._language, 0):
            start, last = pieces[found.start].start, pieces[found.end - 1]
            end = last.start + len(last.text())
            if start < done or self._text[start:end] in {
                "cents",
                "O",
                "o",
            }:  # of "pour cent", or coins; "Cédric O"
                continue
            word, number = self._text[start:end].lower(), str(int(found.value))
            if found.is_ordinal:
                # "a third of", "a third party": what French does not write with an ordinal.
                before, after = self._text[:start].lower(), self._text[end:]
                share = before.endswith(("a ", "one ", "two ", "two-")) or re.match(
                    r" of|[ -]part(?:y|ies)", after
                )
                loose = (
                    number == "1" or word == "second" or (self._language == "en" and bool(share))
                )
                yield self._figure(
                    FigureKind.ORDINAL, number, (start, end), number=number, loose=loose
                )
            else:
                figure = self._number_in_words(number, start, end)
                done = figure.end
                yield figure

    def _number_in_words(self, number: str, start: int, end: int) -> Figure:
        power = 0
        if scale := forms.WORD_SCALE[self._language].match(self._rest, end):
            power, end = forms.POWERS[self._language][_singular(scale.group(1))], scale.end()
        value = Decimal(_shifted(number, power))
        if (
            value >= 1000
            and self._language == "fr"
            and (half := forms.AND_A_HALF.match(self._rest, end))
        ):
            value, end = value + Decimal(10) ** (value.adjusted() // 3 * 3) / 2, half.end()
        exact = format(value.normalize(), "f")
        large = next((p for p in (12, 9, 6) if value >= Decimal(10) ** p), 0)
        written = _shifted(exact, -large)
        figure = self._worded(
            exact, (start, end), f"{Decimal(written):,}", forms.ENGLISH_NAMES.get(large, "")
        )
        # "neuf" is also new, "zero" a point of reference, "un an" often "a year".
        words = self._text[start:end].lower() in {"neuf", "neufs", "zéro", "zero"}
        return replace(figure, loose=words or (exact == "1" and kind_of(figure.unit) not in STRICT))

    def _worded(self, value: str, span: tuple[int, int], number: str, scale: str = "") -> Figure:
        """An amount in words, with the unit that follows."""
        start, end = span
        if unit := forms.AFTER_UNIT[self._language].match(self._rest, end):
            end = unit.end()
        sign = unit.group(1) if unit else ""
        return self._figure(
            FigureKind.AMOUNT, value, (start, end), number=number, scale=scale,
            unit=unit_of(sign) if sign else "",
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


def _implied(match: re.Match[str]) -> int:
    """The number in an English word ("both", "tenfold")."""
    word, times = (group.lower() if group else "" for group in match.groups())
    return forms.FOLD[times] if times else forms.IMPLIED_VALUES[word]


def _singular(scale: str) -> str:
    scale = scale.lower()
    return scale.removesuffix("s")


def _bare(digits: str, language: str) -> str:
    """`digits` as a plain decimal number."""
    return decimal_of(re.sub(r"(?<=\d)['’](?=\d{3})", "", digits), language)


def _shifted(number: str, power: int) -> str:
    return format((Decimal(number) * Decimal(10) ** power).normalize(), "f")


def _english(plain: str, power: int, digits: str) -> tuple[str, str]:
    """The English number and scale of a plain number: 3.5 and 9 give "3.5" and "billion"."""
    name = forms.ENGLISH_NAMES.get(power, "")
    if power == 18:
        plain, digits, name = _shifted(plain, 6), "", "trillion"
    elif not name:
        plain = _shifted(plain, power)
    whole, point, rest = plain.partition(".")
    # "5,0 %" and "1.50 €" keep their last zero, which the value does not have.
    written = re.search(r"[.,](\d{1,2})$", digits)
    rest = (
        written.group(1)
        if written and (not point or len(written.group(1)) > len(rest)) and power != 3
        else rest
    )
    grouped = len(whole) > 4 or (len(whole) == 4 and (power == 3 or not digits.isdigit()))
    return (f"{int(whole):,}" if grouped else whole) + (f".{rest}" if rest else ""), name


def _is_foreign(match: re.Match[str], scale: str, digits: str, sign: str) -> bool:
    """True if an amount of an English text is written in a French form."""
    comma = re.search(r",\d{1,2}(?!\d)|\d[ '’]\d{3}", digits)
    symbol_last = bool(match["unit"]) and sign in "€$£¥"
    spaced = sign == "%" and bool(re.search(r"\s%", match.group()))
    octets = re.fullmatch(r"[kmgtp]o|\w*octets?", sign, re.IGNORECASE)
    money = scale in {"m", "k"} and bool(match["unit"])
    return bool(comma or octets) or symbol_last or spaced or money or scale in forms.FRENCH_ONLY


def _ranges(text: str, found: list[Figure]) -> list[Figure]:
    """The figures, those that begin a range with a second reading: the scale and the unit stand at
    its end."""
    done = list(found)
    for k, (first, second) in enumerate(pairwise(found)):
        beside = (
            forms.RANGE.fullmatch(text[first.end : second.start])
            and first.kind is second.kind is FigureKind.AMOUNT
        )
        if beside and not first.unit and not first.scale and not first.also:
            also = _shifted(first.value, forms.ENGLISH_POWERS.get(second.scale, 0))
            done[k] = replace(
                first,
                also=also if also != first.value else "",
                unit=second.unit,
                symbol=second.symbol,
                shared=True,
            )
    return done


def _roman(numeral: str) -> int:
    values = [forms.ROMAN[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )
