"""Keeps a model from inventing numbers and names: which next tokens the facts of a source text
allow.

A number may only be one of the source's, and a capitalised word inside a sentence only one of its
words. The rule works on the characters that are written so far, with any tokenizer that marks the
start of a word by "▁" or whose tokens are bytes (as GPT-2's are): a word that has begun may only go
on as one of the source's words does, and may only end where one of them ends. (Lexically
constrained decoding in the sense of De Cao et al. 2021, who keep a generated name inside a given
set with a prefix tree.)

What it cannot see: number words, a name that opens a sentence, and true names in a wrong relation.
"""

import logging
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache
from tokenizers.decoders import ByteLevel

logger = logging.getLogger("breve")

Mask = npt.NDArray[
    np.bool_
]  # [vocabulary]; NumPy, since so small an operation costs PyTorch's threads more than its work

WORD_START: Final = "▁"
BYTE_SPACE: Final = (
    "Ġ"  # how vocabularies of bytes write a space, which there begins a word's token
)
RARE: Final = "ÿ"  # stands for a byte of a character that has no token of its own
# Capitalised in French without being a name that could be invented.
SAFE: Final = frozenset({"État", "États", "Internet", "Web", "M", "Mme", "Mmes", "MM"})
# Small models date the news from memory ("a annoncé mardi"): a day counts as a name.
DAYS: Final = frozenset(
    {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "hier"}
)
# characters of what is written that a rule looks at; longer words and numbers are not made sure of
LOOK_BACK: Final = 100
SPACES: Final = "\u202f\xa0"
CACHE_BYTES: Final = (
    64 * 2**20
)  # of the constraints that are kept: those of some 50 ordinary articles
MASKS: Final = 6  # of a constraint, and of one call that makes them: each has a byte for each token
BYTES_PER_CHARACTER: Final = 40  # of a source: what it and its words take (up to 30 were measured)
LAST: Final = chr(sys.maxunicode)  # behind all words in the order of strings
_WORD: Final = re.compile(r"[^\W_]+")
_OPEN_WORD: Final = re.compile(r"[^\W_]+$")
_NUMBER: Final = re.compile(r"(?<!\w)\d+(?:[ .,]\d+)*")
_OPEN_NUMBER: Final = re.compile(r"(?<![\w])(?<!\d[ .,])\d[\d .,]*$")
_GROUPING: Final = re.compile(r"(?<=\d)[ .](?=\d{3}(?!\d))")
_AFTER_NUMBER: Final = re.compile(
    r"\d[ .,]$"
)  # a digit here would make another number of the one before
_BYTES: Final = ByteLevel()
_SENTENCE_START: Final = re.compile(
    r"(?:^|[.!?…:«»\"“”\n])\s*$"
)  # no bracket: initials stand there


def _is_marked(word: str) -> bool:
    """True if the word may be a name, a number or a day: it holds a capital or a digit, or is a
    day."""
    return word in DAYS or any(character.isupper() or character.isdigit() for character in word)


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


@dataclass(frozen=True)
class _Piece:
    """A token that holds a capital or a digit: its words, and whether the last of them may go
    on."""

    token: int
    words: tuple[str, ...]
    is_open: bool


class Pieces:
    """The strings of a tokenizer's tokens; made once for each tokenizer."""

    def __init__(self, tokens: Sequence[str], special: Collection[int]) -> None:
        """`tokens` are the vocabulary's own strings, in order; those of the ids in `special` write
        nothing."""
        self.size = len(tokens)
        ordinary = ["" if k in special else token for k, token in enumerate(tokens)]
        written = _writing(ordinary)
        self.marks_words = written is not None
        self.texts = list(map(written or _text, ordinary))
        self.ids: dict[str, list[int]] = {}
        for token, text in enumerate(self.texts):
            self.ids.setdefault(text, []).append(token)
        marked = [
            token
            for token, text in enumerate(self.texts)
            if any(map(_is_marked, _WORD.findall(text)))
        ]
        pieces = [self._piece(token) for token in marked]
        self.compound = [piece for piece in pieces if len(piece.words) > 1]
        # Of the others, which are most: those that write a word, whole or so that it may go on.
        self.longest = max(map(len, self.texts), default=0)  # characters of a token
        self.whole: dict[str, list[int]] = {}
        self.open: dict[str, list[int]] = {}
        self.names, self.numbers = (
            np.zeros(self.size, dtype=bool) for _ in range(2)
        )  # all of them, and those with a digit
        for piece in pieces:
            if len(piece.words) == 1:
                (self.open if piece.is_open else self.whole).setdefault(piece.words[0], []).append(
                    piece.token
                )
                self.names[piece.token], self.numbers[piece.token] = (
                    True,
                    _has_digit(piece.words[0]),
                )
        # Tokens that end the word before them, and tokens that would put a capital or a digit into
        # it.
        self.boundary: Mask = np.array([not text or not text[0].isalnum() for text in self.texts])
        self.marks_word: Mask = np.array([_is_marked(_head(text)) for text in self.texts])
        self.several: Mask = np.array(
            [text[:1].isalnum() and len(_WORD.findall(text)) > 1 for text in self.texts]
        )
        self.numbers_word: Mask = np.array([_has_digit(_head(text)) for text in self.texts])

    @classmethod
    def of_rows(
        cls, vocabulary: Mapping[str, int], special: Collection[int], rows: int
    ) -> "Pieces":
        """Those of a model with so many `rows` in its output layer, of which the vocabulary may
        name more or fewer."""
        named = {row: token for token, row in vocabulary.items()}
        pieces = cls([named.get(row, "") for row in range(rows)], special)
        if not pieces.marks_words:
            logger.warning(
                "the tokenizer marks no words: answers are not held to the article's names and "
                "numbers"
            )
        return pieces

    def _piece(self, token: int) -> _Piece:
        text = self.texts[token]
        return _Piece(token, tuple(_WORD.findall(text)), text[-1].isalnum())

    def text(self, tokens: Iterable[int]) -> str:
        """What some tokens write."""
        return "".join(self.texts[token] for token in tokens)


def _writing(tokens: Sequence[str]) -> Callable[[str], str] | None:
    """What says what a token of this vocabulary writes; None if nothing shows which of them begin a
    word."""
    for mark, written in (
        (WORD_START, _text),
        (BYTE_SPACE, _text_of_bytes),
    ):  # in this order: with "▁", Ġ is a mere letter
        if any(token.startswith(mark) for token in tokens):
            return written
    return None


def _text_of_bytes(token: str) -> str:
    """What a token of bytes writes."""
    text: str = _BYTES.decode([token])
    return text.replace("\ufffd", RARE)


def _text(token: str) -> str:
    """What a token writes."""
    byte = re.fullmatch(r"<0x([0-9A-F]{2})>", token)
    if byte is None:
        return token.replace(WORD_START, " ")
    code = int(byte.group(1), 16)
    return chr(code) if code < 128 else RARE


def _head(text: str) -> str:
    """The part of a token's text that goes on with the word before it."""
    found = _WORD.match(text)
    return found.group() if found else ""


class FactConstraint:
    """The tokens that one source text allows. Words are compared as they are written, a first
    capital more is no matter."""

    def __init__(self, pieces: Pieces, source: str) -> None:
        self._pieces = pieces
        for space in SPACES:
            source = source.replace(space, " ")
        words = {word for word in _WORD.findall(source) if not word.isdigit()}
        self._allowed = (
            words
            | {word[0].upper() + word[1:] for word in words}
            | SAFE
            | _number_forms(source, words)
        )
        self._sorted = sorted(self._allowed)
        self._found: dict[
            str, list[int]
        ] = {}  # by `_continuations`: beams and steps ask for the same ones
        self.bytes = MASKS * pieces.size + BYTES_PER_CHARACTER * len(source)

    @classmethod
    def of(cls, pieces: Pieces, source: str) -> "FactConstraint | None":
        """The constraint of a source; one made shortly before is taken again. None if the tokenizer
        marks no words."""
        if not pieces.marks_words:
            return None
        key = (pieces, source)  # the sections of one article have the same source
        with _CACHE_LOCK:
            known = _CACHE.get(key)
        if known is not None:
            return known
        made = cls(pieces, source)
        with _CACHE_LOCK:
            if made.bytes <= CACHE_BYTES:
                _CACHE[key] = made
        return made

    @cached_property
    def _foreign(self) -> tuple[Mask, Mask]:
        """Tokens that begin a word or number that the source lacks: all of them, and those with a
        digit."""
        pieces = self._pieces
        known = [token for word in self._allowed for token in pieces.whole.get(word, ())]
        beginnings = {word[:end] for word in self._allowed for end in self._ends(word)}
        known += [token for word in beginnings for token in pieces.open.get(word, ())]
        names, numbers = pieces.names.copy(), pieces.numbers.copy()
        names[known] = numbers[known] = False
        for piece in pieces.compound:
            foreign = [
                word for k, word in enumerate(piece.words) if self._is_foreign(word, piece, k)
            ]
            names[piece.token] = bool(foreign)
            numbers[piece.token] = any(map(_has_digit, foreign))
        return names, numbers

    @cached_property
    def _inside(self) -> dict[bool, Mask]:
        """What may not follow within a word of letters, its own continuations apart, by whether the
        word opened a sentence."""
        pieces = self._pieces
        names, _ = self._foreign
        marks = {True: pieces.numbers_word, False: pieces.marks_word}
        return {
            opens: np.where(pieces.boundary, names, marked | (names & pieces.several))
            for opens, marked in marks.items()
        }

    def _is_foreign(self, word: str, piece: _Piece, place: int) -> bool:
        is_last = place == len(piece.words) - 1
        known = self._begins_word(word) if is_last and piece.is_open else word in self._allowed
        return _is_marked(word) and not known

    def _begins_word(self, beginning: str) -> bool:
        """True if an allowed word begins so, or is that."""
        place = bisect_left(self._sorted, beginning)
        return (
            bool(beginning)
            and place < len(self._sorted)
            and self._sorted[place].startswith(beginning)
        )

    def _ends(self, word: str) -> range:
        """Where the beginnings of a word end that one token can write."""
        return range(1, min(len(word), self._pieces.longest) + 1)

    def banned(self, tokens: Sequence[int]) -> Mask:
        """The tokens that may not follow what `tokens` have written."""
        text = self._pieces.text(tokens)
        start = max(0, len(text) - LOOK_BACK)
        number, word = self._open_number(text, start), _match(_OPEN_WORD, text, start)
        names, numbers = self._foreign
        fresh = numbers if _SENTENCE_START.search(text, start) else names  # a word that begins now
        if not number and not word:
            return fresh | self._pieces.numbers_word if _AFTER_NUMBER.search(text, start) else fresh
        opens = bool(
            _SENTENCE_START.search(text, start, len(text) - len(word))
        )  # the word that goes on began a sentence
        if number or _has_digit(word) or (_is_marked(word) and not opens):
            return self._held(number or word, fresh)
        banned = self._inside[opens].copy()
        banned[self._continuations(word)] = False
        return banned

    def _held(self, unit: str, fresh: Mask) -> Mask:
        """What may not follow the beginning of a name or number: all but its own continuations, and
        its end if it is whole."""
        banned = ~self._pieces.boundary | fresh if unit in self._allowed else np.ones_like(fresh)
        banned[self._continuations(unit)] = False
        return fresh if banned.all() else banned

    def _open_number(self, text: str, start: int) -> str:
        """The number that `text` ends with, as far as it goes, if one of the source's numbers
        begins so."""
        number = _match(_OPEN_NUMBER, text, start)
        return number if self._begins_word(number) else ""

    def _continuations(self, unit: str) -> list[int]:
        """The tokens that go on with `unit` as some allowed word does, whole or in part."""
        known = self._found.get(unit)
        if known is None:
            words = self._sorted
            longer = words[bisect_right(words, unit) : bisect_left(words, unit + LAST)]
            rests = {word[len(unit) : len(unit) + self._pieces.longest] for word in longer}
            starts = {rest[:end] for rest in rests for end in self._ends(rest)}
            known = self._found[unit] = [
                token for start in starts for token in self._pieces.ids.get(start, ())
            ]
        return known


_CACHE: Final[LRUCache[tuple[Pieces, str], FactConstraint]] = LRUCache(
    CACHE_BYTES, lambda constraint: constraint.bytes
)
_CACHE_LOCK: Final = Lock()


def _match(pattern: re.Pattern[str], text: str, start: int) -> str:
    found = pattern.search(text, start)
    return found.group() if found else ""


def _number_forms(source: str, words: set[str]) -> set[str]:
    """The source's numbers as a summary may write them: with their grouping and without, and
    without a unit's letters."""
    found = set(_NUMBER.findall(source))
    forms = {_GROUPING.sub(joint, number) for number in found for joint in ("", " ")} | found
    with_unit = (re.fullmatch(r"(\d+)[^\W\d_]{1,3}", word) for word in words)  # 45M€, 10Go, 2e
    return forms | {match.group(1) for match in with_unit if match}
