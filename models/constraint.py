"""Keeps a model from inventing numbers and names: it bans the next tokens that would write them.

A number must be one of the source's numbers. A capitalised word inside a sentence must be one of
the source's words. The rule looks at the characters that are written so far. A word that has begun
may only continue like one of the source's words, and may only end where one of those ends. The rule
needs a tokenizer that marks the start of a word by "▁", or whose tokens are bytes, as GPT-2's are.
(Lexically constrained decoding in the sense of De Cao et al. 2021, who keep a generated name inside
a set with a prefix tree.)

The rule cannot see number words, a name that opens a sentence, or true names in a wrong relation.
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

# Shape [vocabulary]. It is a NumPy array: PyTorch's threads would cost more than so small an
# operation.
Mask = npt.NDArray[np.bool_]

WORD_START: Final = "▁"
# How vocabularies of bytes write a space. The first token of a word begins with it.
BYTE_SPACE: Final = "Ġ"
# Stands for a byte of a character that has no token.
RARE: Final = "ÿ"
# Capitalised in French without being a name that could be invented.
SAFE: Final = frozenset({"État", "États", "Internet", "Web", "M", "Mme", "Mmes", "MM"})
# Small models date the news from memory ("a annoncé mardi"): a day counts as a name.
DAYS: Final = frozenset(
    {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "hier"}
)
# How many of the last characters the rule looks at. Longer words and numbers are not checked whole.
LOOK_BACK: Final = 100
SPACES: Final = "\u202f\xa0"
# The size of the constraints that are kept: those of some 50 ordinary articles.
CACHE_BYTES: Final = 64 * 2**20
# The number of masks of one constraint and of the call that makes it. A mask has a byte for each
# token.
MASKS: Final = 6
# The memory of a source and its words, for each character (up to 30 bytes were measured).
BYTES_PER_CHARACTER: Final = 40
# A character that sorts behind all words.
LAST: Final = chr(sys.maxunicode)
_WORD: Final = re.compile(r"[^\W_]+")
_OPEN_WORD: Final = re.compile(r"[^\W_]+$")
_NUMBER: Final = re.compile(r"(?<!\w)\d+(?:[ .,]\d+)*")
_OPEN_NUMBER: Final = re.compile(r"(?<![\w])(?<!\d[ .,])\d[\d .,]*$")
_GROUPING: Final = re.compile(r"(?<=\d)[ .](?=\d{3}(?!\d))")
# A digit behind this would change the number before.
_AFTER_NUMBER: Final = re.compile(r"\d[ .,]$")
_BYTE: Final = re.compile(r"<0x([0-9A-F]{2})>")
_BYTES: Final = ByteLevel()
# Brackets are left out: initials stand in them.
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?…:«»\"“”\n])\s*$")


def _is_marked(word: str) -> bool:
    """True if the word may be a name, a number or a day."""
    return word in DAYS or any(character.isupper() or character.isdigit() for character in word)


def _is_plain(text: str) -> bool:
    """True if a token writes one word, or a part of one, that is not marked. Most tokens do."""
    word = text.removeprefix(" ")
    return word.islower() and word.isalpha() and word not in DAYS


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


@dataclass(frozen=True)
class _Piece:
    """A token with a marked word: its words, and whether the last word may continue."""

    token: int
    words: tuple[str, ...]
    is_open: bool


class Pieces:
    """The strings of a tokenizer's tokens; made once for each tokenizer."""

    def __init__(self, tokens: Sequence[str], special: Collection[int]) -> None:
        """`tokens` are the strings of the vocabulary, in order.

        Tokens with `special` ids write nothing.
        """
        self.size = len(tokens)
        ordinary = ["" if k in special else token for k, token in enumerate(tokens)]
        decode = _find_decoder(ordinary)
        self.marks_words = decode is not None
        self.texts = list(map(decode or _decode_text, ordinary))
        # The characters of the longest token.
        self.longest = max(map(len, self.texts), default=0)
        self.ids: dict[str, list[int]] = {}
        for token, text in enumerate(self.texts):
            self.ids.setdefault(text, []).append(token)
        # Plain tokens, which are most, need no closer look.
        others = [token for token, text in enumerate(self.texts) if not _is_plain(text)]
        self._sort_marked(others)
        self._mask_tokens(others)

    def _sort_marked(self, tokens: Iterable[int]) -> None:
        """Sorts the tokens that have a marked word by the words that they write.

        `compound` holds the tokens with several words. Most tokens have one word: `whole` and
        `open` have their ids by that word. The words of `open` may continue. `names` is the mask of
        all tokens with one marked word, `numbers` that of those with a digit.
        """
        self.compound: list[_Piece] = []
        self.whole: dict[str, list[int]] = {}
        self.open: dict[str, list[int]] = {}
        self.names: Mask = np.zeros(self.size, dtype=bool)
        self.numbers: Mask = np.zeros(self.size, dtype=bool)
        for token in tokens:
            text = self.texts[token]
            words = _WORD.findall(text)
            if not any(map(_is_marked, words)):
                continue
            is_open = text[-1].isalnum()
            if len(words) > 1:
                self.compound.append(_Piece(token, tuple(words), is_open))
                continue
            (word,) = words
            by_word = self.open if is_open else self.whole
            by_word.setdefault(word, []).append(token)
            self.names[token] = True
            self.numbers[token] = _has_digit(word)

    def _mask_tokens(self, others: Iterable[int]) -> None:
        """Makes masks of what tokens do to a word before them.

        `others` are the tokens that are not plain.

        Tokens of `boundary` end the word. Tokens of `marks_word` put a capital or a digit into it,
        those of `numbers_word` a digit. Tokens of `several` continue the word, and write further
        words.
        """
        self.boundary: Mask = np.array([not text or not text[0].isalnum() for text in self.texts])
        self.marks_word: Mask = np.zeros(self.size, dtype=bool)
        self.numbers_word: Mask = np.zeros(self.size, dtype=bool)
        self.several: Mask = np.zeros(self.size, dtype=bool)
        for token in others:
            text = self.texts[token]
            head = _head(text)
            self.marks_word[token] = _is_marked(head)
            self.numbers_word[token] = _has_digit(head)
            self.several[token] = text[:1].isalnum() and len(_WORD.findall(text)) > 1

    @classmethod
    def of_rows(
        cls, vocabulary: Mapping[str, int], special: Collection[int], rows: int
    ) -> "Pieces":
        """The pieces of a model whose output layer has `rows` rows.

        The vocabulary may name more tokens than that, or fewer.
        """
        named = {row: token for token, row in vocabulary.items()}
        pieces = cls([named.get(row, "") for row in range(rows)], special)
        if not pieces.marks_words:
            logger.warning(
                "the tokenizer marks no words: answers are not held to the article's names and "
                "numbers"
            )
        return pieces

    def text(self, tokens: Iterable[int]) -> str:
        """The text that some tokens write."""
        return "".join(self.texts[token] for token in tokens)


def _find_decoder(tokens: Sequence[str]) -> Callable[[str], str] | None:
    """The decoder of this vocabulary's tokens; None if they do not show where words begin."""
    # The order matters: in a vocabulary with "▁", "Ġ" is a mere letter.
    for mark, decode in ((WORD_START, _decode_text), (BYTE_SPACE, _decode_bytes)):
        if any(token.startswith(mark) for token in tokens):
            return decode
    return None


def _decode_bytes(token: str) -> str:
    """The text that a token of bytes writes."""
    text: str = _BYTES.decode([token])
    return text.replace("\ufffd", RARE)


def _decode_text(token: str) -> str:
    """The text that a token writes."""
    byte = _BYTE.fullmatch(token)
    if byte is None:
        return token.replace(WORD_START, " ")
    code = int(byte.group(1), 16)
    return chr(code) if code < 128 else RARE


def _head(text: str) -> str:
    """The part of a token's text that continues the word before it."""
    word = _WORD.match(text)
    return word.group() if word else ""


class FactConstraint:
    """The tokens that one source text allows.

    Upper and lower case count, but a word of the source may also begin with a capital.
    """

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
        # The results of `_continuations` are kept: beams and steps ask for the same ones.
        self._continuation_ids: dict[str, list[int]] = {}
        self.bytes = MASKS * pieces.size + BYTES_PER_CHARACTER * len(source)

    @classmethod
    def of(cls, pieces: Pieces, source: str) -> "FactConstraint | None":
        """The constraint of a source, made or taken from the cache.

        None if the tokenizer marks no words.
        """
        if not pieces.marks_words:
            return None
        # The sections of one article have the same source.
        key = (pieces, source)
        with _CACHE_LOCK:
            known = _CACHE.get(key)
        if known is not None:
            return known
        constraint = cls(pieces, source)
        with _CACHE_LOCK:
            if constraint.bytes <= CACHE_BYTES:
                _CACHE[key] = constraint
        return constraint

    @cached_property
    def _foreign(self) -> tuple[Mask, Mask]:
        """Tokens that begin a word or number which the source lacks.

        The first mask has all of them, the second only those with a digit.
        """
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
        """The tokens that may not follow a word of letters.

        The key says whether the word opened a sentence. The masks still include the continuations
        of the word, which are allowed.
        """
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
        """True if an allowed word begins with `beginning`, or is the same."""
        place = bisect_left(self._sorted, beginning)
        return (
            bool(beginning)
            and place < len(self._sorted)
            and self._sorted[place].startswith(beginning)
        )

    def _ends(self, word: str) -> range:
        """The lengths of the beginnings of a word that one token can write."""
        return range(1, min(len(word), self._pieces.longest) + 1)

    def banned(self, tokens: Sequence[int]) -> Mask:
        """The tokens that may not follow what `tokens` have written."""
        text = self._pieces.text(tokens)
        start = max(0, len(text) - LOOK_BACK)
        number, word = self._open_number(text, start), _match(_OPEN_WORD, text, start)
        names, numbers = self._foreign
        # The tokens that may not begin a word now.
        fresh = numbers if _SENTENCE_START.search(text, start) else names
        if not number and not word:
            return fresh | self._pieces.numbers_word if _AFTER_NUMBER.search(text, start) else fresh
        # True if the word under way began a sentence.
        opens = bool(_SENTENCE_START.search(text, start, len(text) - len(word)))
        if number or _has_digit(word) or (_is_marked(word) and not opens):
            return self._banned_after(number or word, fresh)
        banned = self._inside[opens].copy()
        banned[self._continuations(word)] = False
        return banned

    def _banned_after(self, unit: str, fresh: Mask) -> Mask:
        """The tokens that may not follow the beginning of a name or number.

        All tokens are banned but its continuations and, if it is whole, those that may follow it.
        """
        banned = ~self._pieces.boundary | fresh if unit in self._allowed else np.ones_like(fresh)
        banned[self._continuations(unit)] = False
        return fresh if banned.all() else banned

    def _open_number(self, text: str, start: int) -> str:
        """The number that `text` ends with, if one of the source's numbers begins with it."""
        number = _match(_OPEN_NUMBER, text, start)
        return number if self._begins_word(number) else ""

    def _continuations(self, unit: str) -> list[int]:
        """The tokens that continue `unit` like an allowed word, to the word's end or not."""
        known = self._continuation_ids.get(unit)
        if known is None:
            words = self._sorted
            longer = words[bisect_right(words, unit) : bisect_left(words, unit + LAST)]
            rests = {word[len(unit) : len(unit) + self._pieces.longest] for word in longer}
            starts = {rest[:end] for rest in rests for end in self._ends(rest)}
            known = [token for start in starts for token in self._pieces.ids.get(start, ())]
            self._continuation_ids[unit] = known
        return known


_CACHE: Final[LRUCache[tuple[Pieces, str], FactConstraint]] = LRUCache(
    CACHE_BYTES, lambda constraint: constraint.bytes
)
_CACHE_LOCK: Final = Lock()


def _match(pattern: re.Pattern[str], text: str, start: int) -> str:
    match = pattern.search(text, start)
    return match.group() if match else ""


def _number_forms(source: str, words: set[str]) -> set[str]:
    """The source's numbers as a summary may write them.

    A number may have its grouping or not, and may lack the letters of its unit.
    """
    numbers = set(_NUMBER.findall(source))
    forms = {_GROUPING.sub(joint, number) for number in numbers for joint in ("", " ")} | numbers
    # For example 45M€, 10Go, 2e.
    with_unit = (re.fullmatch(r"(\d+)[^\W\d_]{1,3}", word) for word in words)
    return forms | {match.group(1) for match in with_unit if match}
