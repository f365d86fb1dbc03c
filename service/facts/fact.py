"""Finds the facts of a summary that its source lacks.

A fact is an expression that can be checked. A summary must invent no number, name, day or
quotation.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from service.facts.days import find_days
from service.facts.names import find_names, find_opening_names
from service.facts.numbers import read_numbers
from service.facts.peoples import find_foreign_peoples
from service.facts.special_numbers import (
    find_fractions,
    find_magnitudes,
    find_times,
    foreign_fractions,
    foreign_times,
    has_magnitude,
    powers_of,
)
from service.text.folding import plain
from service.text.quotation_marks import find_quotations

_NO_WORD: Final = re.compile(r"[^\w]+")
_CAPITALISED: Final = re.compile(r"\b[A-ZÀ-Ý][\w-]{2,}")
BEGINNING: Final = 6  # Letters that two forms of a word share.
MIN_BEGINNING: Final = 4


class FactKind(StrEnum):
    """What kind of fact an expression states."""

    NUMBER = "number"
    NAME = "name"
    DAY = "day"
    QUOTE = "quote"
    UNIT = "unit"
    NEGATION = "negation"
    SPEAKER = "speaker"
    RELATION = "relation"
    TERM = "term"


@dataclass(frozen=True)
class Fact:
    """A checkable expression of a text, as it is written there."""

    kind: FactKind
    text: str


class Source:
    """The facts of a French source text, against which a summary is checked."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def words(self) -> frozenset[str]:
        """All words, without case and accents, split at hyphens and apostrophes."""
        return frozenset(_split(self.text))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names, as written."""
        return tuple(find_names(self.text))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(read_numbers(self.text))

    @cached_property
    def _magnitudes(self) -> frozenset[int]:
        return powers_of(self._numbers) | find_magnitudes(self.text).keys()

    @cached_property
    def _times(self) -> dict[str, str]:
        return find_times(self.text)

    @cached_property
    def _fractions(self) -> dict[str, str]:
        return find_fractions(self.text)

    @cached_property
    def _plain_text(self) -> str:
        return _pad(self.text)

    @cached_property
    def _capitalised(self) -> dict[str, str]:
        """Each capitalised word, as the source first writes it, by its plain form."""
        return {plain(word): word for word in reversed(_CAPITALISED.findall(self.text))}

    def spelt(self, text: str) -> str:
        """Returns `text` with the source's accents on capitalised words ("Etats-Unis").

        An editor can then search the article for such a word.
        """

        def spell(match: re.Match[str]) -> str:
            word = match[0]
            return word if word in self.text else self._capitalised.get(plain(word), word)

        return _CAPITALISED.sub(spell, text)

    def has_name(self, name: str) -> bool:
        """True if every part of `name` is a word of the source."""
        parts = [part for part in _split(name) if len(part) > 1 or part.isdigit()]
        return all(part in self.words or part.rstrip("s") in self.words for part in parts)

    def has_number(self, value: str) -> bool:
        """True if the source has a number of this value."""
        return value in self._numbers

    def has_words(self, text: str) -> bool:
        """True if the source has the words of `text` in the same order."""
        return _pad(text) in self._plain_text

    def has(self, fact: Fact) -> bool:
        """True if the source has this number, name, day or quotation."""
        if fact.kind is FactKind.NUMBER:
            values = read_numbers(fact.text)
            return not self._foreign_magnitudes(fact.text) and all(map(self.has_number, values))
        if fact.kind is FactKind.NAME:
            return self.has_name(fact.text)
        return self.has_words(fact.text)

    def unsupported(self, text: str) -> tuple[Fact, ...]:
        """Returns the facts of the French `text` that the source lacks, grouped by kind."""
        numbers, names = FactKind.NUMBER, FactKind.NAME
        foreign_days = (day for day in find_days(text) if not self.has_words(day))
        quotations = (quote for quote in find_quotations(text) if not self.has_words(quote))
        return (
            *_make_facts(numbers, self._foreign_numbers(text)),
            *_make_facts(numbers, self._foreign_magnitudes(text)),
            *_make_facts(numbers, foreign_times(find_times(text), self._times)),
            *_make_facts(numbers, foreign_fractions(find_fractions(text), self._fractions)),
            *_make_facts(names, self._foreign_names(text)),
            *_make_facts(names, find_foreign_peoples(text, self.words)),
            *_make_facts(FactKind.DAY, foreign_days),
            *_make_facts(FactKind.QUOTE, quotations),
        )

    def _foreign_numbers(self, text: str) -> Iterator[str]:
        for value, written in read_numbers(text).items():
            if not self.has_number(value):
                yield written

    def _foreign_magnitudes(self, text: str) -> list[str]:
        return [
            written
            for power, written in find_magnitudes(text).items()
            if not has_magnitude(power, self._magnitudes)
        ]

    def _foreign_names(self, text: str) -> Iterator[str]:
        openings = (word for word in find_opening_names(text) if not self._has_form(word))
        for name in (*find_names(text), *openings):
            if not self.has_name(name):
                yield name

    def _has_form(self, word: str) -> bool:
        """True if the source has a word with the same beginning ("Interrogé", "interroge")."""
        beginning = plain(word)[:BEGINNING]
        return len(beginning) >= MIN_BEGINNING and any(
            other.startswith(beginning) for other in self.words
        )


def _split(text: str) -> list[str]:
    """Returns the words of `text` in plain form; the first and the last may be empty."""
    return _NO_WORD.split(plain(text))


def _pad(text: str) -> str:
    """Returns the words of `text` in plain form, with a space before and behind each."""
    return " ".join(["", *filter(None, _split(text)), ""])


def _make_facts(kind: FactKind, texts: Iterable[str]) -> Iterator[Fact]:
    """Yields one fact for each distinct text."""
    return (Fact(kind, text) for text in dict.fromkeys(texts))
