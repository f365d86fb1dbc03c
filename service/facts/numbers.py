"""Reads written numbers as values. All other modules take the value of a number from here.

A value is a plain decimal: "3,5 milliards" and "3 500 000 000" are both "3500000000", "six" is "6".
`read_numbers` and `mark_numbers` read French prose, and `value_of` French digits. In either
language `decimal_of` reads digits, and `find_spoken_numbers` words.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from text_to_num import alpha2digit, find_numbers, text2num

from service.text.folding import straight
from service.text.tables import table

_TABLE: Final = table(__package__, "numbers")
POWERS: Final[Mapping[str, Mapping[str, int]]] = _TABLE["powers"]
SMALL_NUMBERS: Final[Mapping[str, Mapping[str, int]]] = _TABLE["small"]
ABOUT_VALUES: Final[Mapping[str, int]] = _TABLE["about"]
IMPLIED_VALUES: Final[Mapping[str, int]] = _TABLE["implied"]

# A number in digits. Groups of three digits have the same separator throughout: "12,000 300 mm
# wafers" has two numbers. Telephone numbers ("0 805 805 817") and product numbers ("iPhone 16
# 128 Go", "Core Ultra 9 285K") are no such groups.
DIGITS: Final = (
    r"(?<!\b0 )(?<!\b0 \d\d\d )(?<!\b0\d\d\d )[1-9]\d{0,2}(?P<sign>[ .,'’])(?!(?:128|256|512) "
    r"?[GT][oOB]\b)\d{3}"
    r"(?:(?P=sign)\d{3})*(?!\d|(?-i:[HUXFSTV]|K(?![o€$£]))(?!\w))(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
)
FRENCH_SCALE: Final = (
    r"milliers?|mille(?! (?:nautique|marin))|millions?|milliards?|billions?|trillions?|mds?|bn"
)
# "3.4.1", but not "1.234.567", even at the end of a sentence.
VERSION: Final = re.compile(r"(?<![\w.,])(?!\d{1,3}(?:\.\d{3})+(?!\w|\.\d))\d+(?:\.\d+){2,}(?!\w)")
_TIME: Final = re.compile(r"(?<!\w)(\d{1,2})\s?h\s?(\d{2})(?!\w)")
_AND_A_HALF: Final = re.compile(
    rf"(?<!\w)(\d+|{'|'.join(SMALL_NUMBERS['fr'])}) (million|milliard)s? et demi(?!\w)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    rf"(?P<before>[€$£]\s?)?(?<!\w)(?<!\d[.,])(?P<number>{DIGITS})"
    rf"(?:\s?(?P<scale>{FRENCH_SCALE}|[mk](?=\s?[€$£])|(?(before)[mbk]|(?!)))(?!\w))?",
    re.IGNORECASE,
)
_SPACES: Final = str.maketrans("", "", " \u202f\xa0")
_APOSTROPHE_IN_NUMBER: Final = re.compile(r"(?<=\d)['’](?=\d{3})")  # "12'000"
_GROUPED: Final = {
    "fr": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?"),
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
}
_PIECE: Final = re.compile(r"\w+|\s+|[^\w\s]")
_ROMAN_DIGITS: Final = {"I": 1, "V": 5, "X": 10}
MARK: Final = 0xE000  # The first of Unicode's private characters.


def decimal_of(digits: str, language: str) -> str:
    """Returns the `digits` of a French or English text as a plain decimal.

    French writes "1.234,5" where English writes "1,234.5".
    """
    digits = _APOSTROPHE_IN_NUMBER.sub("", digits.translate(_SPACES))
    if _GROUPED[language].fullmatch(digits):
        digits = digits.replace("," if language == "en" else ".", "")
    has_one_sign = digits.count(",") + digits.count(".") <= 1
    digits = digits.replace(",", ".") if has_one_sign else re.sub(r"[.,]", "", digits)
    return multiply(digits, 0)


def multiply(number: str, power: int) -> str:
    """Returns a plain decimal times ten to the `power`, without needless zeros."""
    product = Decimal(number) * Decimal(10) ** power
    return format(product.normalize(), "f")


def singular(scale: str) -> str:
    """Returns a word like "Millions" in lower case, without the "s" of its plural."""
    return scale.lower().removesuffix("s")


def power_of(scale: str, language: str) -> int:
    """Returns the power of ten of a word or letter like "milliards"; 0 if it is none."""
    return POWERS[language].get(singular(scale), 0)


def value_of(digits: str, scale: str | None) -> str:
    """Returns the value of a French number in digits, times its `scale` ("milliards"), if any."""
    return multiply(decimal_of(digits, "fr"), power_of(scale or "", "fr"))


def value_of_small(number: str, language: str) -> int:
    """Returns the value of a small number in digits or in a word; 1 for an article ("an hour")."""
    return int(number) if number.isdigit() else SMALL_NUMBERS[language].get(number.lower(), 1)


def value_of_roman(numeral: str) -> int:
    """Returns the value of a Roman numeral of I, V and X."""
    values = [_ROMAN_DIGITS[letter] for letter in numeral]
    followers = [*values[1:], 0]
    return sum(
        -value if value < follower else value
        for value, follower in zip(values, followers, strict=True)
    )


def read_numbers(text: str) -> dict[str, str]:
    """Returns the numbers of the French `text`, digits and words, as {value: how it is written}."""
    numbers: dict[str, str] = {}

    def keep(value: str, written: str) -> str:
        numbers.setdefault(value, written)
        return " ; "

    _replace_numbers(text, keep)
    return numbers


def mark_numbers(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Replaces each number of the French `text` by one of the characters MARK, MARK + 1 and so on.

    Returns the text and, in the order of the characters, the value and the writing of each number.
    """
    numbers: list[tuple[str, str]] = []

    def mark(value: str, written: str) -> str:
        numbers.append((value, written))
        return f" {chr(MARK + len(numbers) - 1)} "

    return _replace_numbers(text, mark), numbers


def _replace_numbers(text: str, replace: Callable[[str, str], str]) -> str:
    """Returns `text` with each number replaced by `replace(value, writing)`."""

    def replace_match(match: re.Match[str]) -> str:
        return replace(value_of(match["number"], match["scale"]), match.group().strip())

    text = _rewrite_ambiguous_numbers(text)
    text = VERSION.sub(lambda match: replace(match.group(), match.group()), text)
    text = _NUMBER.sub(replace_match, text)
    return _NUMBER.sub(replace_match, alpha2digit(text, "fr"))


def _rewrite_ambiguous_numbers(text: str) -> str:
    """Returns `text` with plain signs, "11h30" as "11:30", "un million et demi" as "1,5 millions".

    In the original writing the patterns and text2num would read wrong numbers.
    """
    text = _TIME.sub(r"\1:\2", straight(text))
    return _AND_A_HALF.sub(
        lambda match: f"{SMALL_NUMBERS['fr'].get(match[1].lower(), match[1])},5 {match[2]}s",
        text,
    )


@dataclass(frozen=True)
class SpokenNumber:
    """A number in words. `start` and `end` are offsets."""

    start: int
    end: int
    value: str
    is_ordinal: bool


def find_spoken_numbers(text: str, language: str) -> Iterator[SpokenNumber]:
    """Yields the numbers in words of a French or English text, in order."""
    pieces = [_Piece(match.group(), match.start()) for match in _PIECE.finditer(text)]
    for number in find_numbers(pieces, language, 0):
        last = pieces[number.end - 1]
        yield SpokenNumber(
            pieces[number.start].start,
            last.start + len(last.text()),
            str(int(number.value)),
            number.is_ordinal,
        )


class _Piece:
    """A word, a run of spaces or a sign, with the methods that text2num calls."""

    def __init__(self, text: str, start: int) -> None:
        self._text, self.start = text, start

    def text(self) -> str:
        return self._text

    def nt_separated(self, previous: "_Piece") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


def is_number_word(word: str, language: str) -> bool:
    """True if `word` is a number in words."""
    try:
        text2num(word.lower(), language)
    except ValueError:
        return False
    return True
