"""A rough test of whether a French article supports an English text, for summaries that are scored.

Like `models/scoring/support.py`, it deliberately shares nothing with the checks of the product: it
has its own code and word lists (`support_english.toml`).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from models.scoring.support import inner_capitals, normalised, without_accents

_WORDS: Final[Mapping[str, Any]] = tomllib.loads(
    files(__package__).joinpath("support_english.toml").read_text(encoding="utf-8")
)
_FRENCH_NUMBERS: Final[Mapping[str, float]] = _WORDS["french_numbers"]
_ENGLISH_NUMBERS: Final[Mapping[str, float]] = _WORDS["english_numbers"]
# For each English word, the expression that finds a French word for it.
_FRENCH_FOR: Final = {
    english: re.compile(rf"\b(?:{'|'.join(beginnings)})")
    for english, beginnings in _WORDS["french_for"].items()
}
_SENTENCE_START: Final = re.compile(r'(?<=[.!?:])\s+|(?<=["“])\s*')
_POSSESSIVE: Final = re.compile(r"'s$")
# For example "the VIIe arrondissement".
_ROMAN: Final = re.compile(r"\b([IVXLC]+)e\b")
_ROMAN_DIGITS: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
# "6 pm" for "18h"
_AFTERNOON: Final = re.compile(r"\b(1[0-2]|[1-9])(:\d\d)? ?p\.?m\b")
# "18:00" for "18h"
_FULL_HOUR: Final = re.compile(r"(?<=\d):00\b")
_FRENCH_NUMBER: Final = re.compile(
    r"(\d{1,3}(?:[ .]\d{3})+(?!\d)|\d+)(?:,(\d+))?"
    r"(?:[ -]?(mille|milliers?|k|millions?|m|milliards?|mds?|mrds?|billions?)(?![a-z]))?"
)
_ENGLISH_NUMBER: Final = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(\d+))?"
    r"(?:[ -]?(thousand|k|million|billion|bn|trillion)s?(?![a-z]))?"
)
# A version, or a number written as in English.
_POINTED_NUMBER: Final = re.compile(r"\d+\.\d+")
# "1m65"
_HEIGHT: Final = re.compile(r"\b([12])m(\d\d)\b")
# Words that follow a name and are not part of it ("Paris-based").
_SUFFIXES: Final = frozenset(
    "backed based born controlled early language led like owned run speaking style".split()
)
# Two values are the same if they differ by less than this share of one of them.
_TOLERANCE: Final = 1e-6


def foreign_facts_in_english(article: str, text: str) -> list[str]:
    """The facts of the English `text` that the French `article` does not have in any form.

    Facts are numbers, in digits and in words, and capitalised words inside sentences.
    """
    french = _fold(article)
    known = _known_values(french) | {_roman_value(numeral) for numeral in _ROMAN.findall(article)}
    names = inner_capitals(normalised(text), _SENTENCE_START, _POSSESSIVE)
    return [
        *_foreign_numbers(_with_french_hours(_fold(text)), known),
        *(name for name in names if not _has_name(french, name)),
    ]


def _fold(text: str) -> str:
    """`text` in lower case, without accents."""
    return without_accents(normalised(text).lower())


def _with_french_hours(english: str) -> str:
    """`english` with hours as French counts them: 18 for "6 pm" and "18:00"."""
    counted = _AFTERNOON.sub(lambda time: f"{int(time[1]) % 12 + 12}{time[2] or ''}", english)
    return _FULL_HOUR.sub("", counted)


def _foreign_numbers(english: str, known: set[float]) -> Iterator[str]:
    """The numbers of a folded text whose values are not `known`: first in digits, then in words."""
    for written, _, value in _values(english, _ENGLISH_NUMBER, _WORDS["english_scales"]):
        if not any(abs(value - other) <= _TOLERANCE * value for other in known):
            yield written
    for word in re.findall(r"[a-z]+", english):
        if word in _ENGLISH_NUMBERS and _ENGLISH_NUMBERS[word] not in known:
            yield word


def _values(
    text: str, number: re.Pattern[str], scales: Mapping[str, float]
) -> Iterator[tuple[str, float, float]]:
    """For each number in digits, its written form and its value without and with its scale.

    A scale is a word such as "million" behind the digits.
    """
    for match in number.finditer(text):
        whole, fraction, scale = match.groups()
        digits = re.sub(r"\D", "", whole)
        value = float(f"{digits}.{fraction or '0'}")
        yield match.group(), value, value * scales.get((scale or "").removesuffix("s"), 1.0)


def _roman_value(numeral: str) -> float:
    values = [_ROMAN_DIGITS[letter] for letter in numeral]
    return sum(-value if value < max(values[k:]) else value for k, value in enumerate(values))


def _known_values(article: str) -> set[float]:
    """The values that a folded article states, in any form."""
    known: set[float] = set()
    for _, plain, scaled in _values(article, _FRENCH_NUMBER, _WORDS["french_scales"]):
        known |= {plain, scaled}
    known |= {float(number) for number in _POINTED_NUMBER.findall(article)}
    known |= {float(f"{metres}.{rest}") for metres, rest in _HEIGHT.findall(article)}
    return known | {
        value for word, value in _FRENCH_NUMBERS.items() if re.search(rf"\b{word}s?\b", article)
    }


def _has_name(article: str, name: str) -> bool:
    """True if a folded article has the name, its parts, or French words for them."""
    folded = _fold(name)
    if folded in article or folded.removesuffix("s") in article:
        return True
    parts = [part for part in re.split(r"[-.&']", folded) if part not in _SUFFIXES]
    return all(part in article or _has_french_word(article, part) for part in parts)


def _has_french_word(article: str, word: str) -> bool:
    """True if a folded article has a French word for the English `word`, or for its singular."""
    french = _FRENCH_FOR.get(word, _FRENCH_FOR.get(word.removesuffix("s")))
    return french is not None and bool(french.search(article))
