"""Finds the article sentence that a generated one copies, and compares the two word by word.

Most generated sentences are sentences of the article with words left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final

from service.checking.copying import most_in_order
from service.text.folding import plain

MIN_COPIED: Final = 0.7  # share of a sentence's words that the copied one has in the same order

_TOKEN: Final = re.compile(r"\d+(?:[.,\s]\d{3})*(?:,\d+)?|\w+(?:-\w+)*['’]?|[^\w\s]")


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign, and where it stands."""

    text: str
    plain: str
    start: int
    end: int

    @property
    def is_sign(self) -> bool:
        """True if it is neither a word nor a number."""
        return not self.text[0].isalnum()

    @property
    def is_capitalised(self) -> bool:
        """True if it begins with a capital."""
        return self.text[0].isupper()

    @property
    def is_number(self) -> bool:
        """True if it begins with a digit."""
        return self.text[0].isdigit()


def tokenize(text: str) -> list[Token]:
    """The words, numbers and signs of `text`; an apostrophe belongs to the word before it."""
    return [
        Token(match.group(), plain(match.group()), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def capitalise(text: str) -> str:
    """Returns `text` with its first letter as a capital."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Copy:
    """A generated sentence, and its `source`: the sentence of the article that it copies."""

    text: str
    source: str

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens of the sentence."""
        return tokenize(self.text)

    @cached_property
    def source_tokens(self) -> list[Token]:
        """The tokens of the article's sentence."""
        return tokenize(self.source)

    @cached_property
    def opcodes(self) -> Sequence[tuple[str, int, int, int, int]]:
        """The edits that turn the article's tokens into the sentence's, as difflib gives them."""
        source_words = [token.plain for token in self.source_tokens]
        words = [token.plain for token in self.tokens]
        return SequenceMatcher(None, source_words, words, autojunk=False).get_opcodes()

    def find_place(self, k: int) -> int | None:
        """Returns the place of token `k` in the article's sentence; None if it is not there."""
        for tag, source_start, _, start, end in self.opcodes:
            if tag == "equal" and start <= k < end:
                return source_start + k - start
        return None

    def count_equal(self, k: int, reach: int) -> int:
        """Returns how many of the `reach` tokens from `k` on are in the article's sentence."""
        return sum(self.find_place(place) is not None for place in range(k, k + reach))


class Originals:
    """The sentences of an article, for finding the one that a sentence copies."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._sentences = sentences
        self._copies: dict[str, Copy | None] = {}

    @cached_property
    def _words(self) -> list[list[str]]:
        return [_words_of(sentence) for sentence in self._sentences]

    def find_copied(self, text: str) -> Copy | None:
        """Returns `text` with the sentence that it copies with changes; None if there is none.

        The copied sentence has most of the words of `text` in the same order.
        """
        if text not in self._copies:
            self._copies[text] = self._compare(text)
        return self._copies[text]

    def _compare(self, text: str) -> Copy | None:
        words = _words_of(text)
        most, place = most_in_order(words, self._words)
        source = self._sentences[place] if most else text
        copied = source != text and most >= MIN_COPIED * len(words)
        return Copy(text, source) if copied else None


def _words_of(text: str) -> list[str]:
    return [token.plain for token in tokenize(text) if not token.is_sign]
