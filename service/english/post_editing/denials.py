"""Whether an English sentence denies what its French sentence denies: a "not" that is lost, or that
the French has not.

Each language may say the same without a denial ("n'a pas tardé à" is "was quick to"). So a
difference is told only where the other sentence has no word of denial, of a limit or of a contrary
("unable"): see `denials.toml`. Its words were chosen on 36,181 human translations (newstest2013 and
the pairs that the translator was trained with): a difference is told of 0.2 % of them. It is told
of 38 % of 3,700 from which a "not" or "no" was taken, and of 74 % of 23,000 to which a "not" was
added.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from service.facts.fact import Fact, FactKind
from service.facts.negation import denied
from service.facts.quotations import QUOTATION
from service.text.folding import plain
from service.text.function_words import NE
from service.text.tables import table
from service.text.vocabulary import is_known

REACH: Final = 8  # words between a "ne" and its "pas"
NEAR: Final = 3  # words behind "pas" that may make a positive of it
MIN_STEM: Final = 4  # letters of a word behind a prefix: no "un" in "under"
_TOKEN: Final = re.compile(r"\w+|[.,;:!?()…–—]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CONTRACTED: Final = re.compile(r"n['’]t\b")
_YET_TO: Final = re.compile(r"\byet to\b")
# A title that is not always quoted, and words that deny nothing.
_NO_NE: Final = re.compile(r"\b[Oo]n n'est pas couché\b|\bn'importe\b")
_NO_NOT: Final = re.compile(
    r"\bno (?:doubt|less|more than|stranger)\b|\bnot (?:only|far)\b|\bno-confidence\b"
    r"|\b[Nn]o\. |\bNo [A-Z]|\bNothing (?!is|was|will|has been)"
)


def told_otherwise(english: str, french: str) -> list[Fact]:
    """The denial that one of the two sentences has and the other lacks, in its own words; what is
    quoted is left out."""
    here, there = (QUOTATION.sub(" ", text) for text in (english, _NO_NE.sub(" ", french)))
    here = _CONTRACTED.sub(" not", here)
    denials = table(__package__, "denials")["english"]["denials"]
    if (lost := _denial(there)) and not _Words("en", _YET_TO.sub("not", here)).deny(denials):
        return [Fact(FactKind.NEGATION, lost)]
    added = _Words("en", _NO_NOT.sub(" ", here)).first(denials)
    return [Fact(FactKind.NEGATION, added)] if added and not _Words("fr", there).deny() else []


class _Words:
    """The words of a sentence in plain letters, and what its language denies with."""

    def __init__(self, language: str, text: str) -> None:
        self._language, self._words = language, _WORD.findall(plain(text))

    def first(self, wanted: Collection[str]) -> str:
        """The first of the `wanted` words; empty where there is none."""
        return next((word for word in self._words if word in wanted), "")

    def deny(self, more: Collection[str] = ()) -> bool:
        """True if one of them denies something, or says a contrary; so do the words of `more`."""
        signs = _signs(self._language)
        return any(
            word in more or signs.has(word) or self._is_contrary(word, signs.prefixes)
            for word in self._words
        )

    def _is_contrary(self, word: str, prefixes: Sequence[str]) -> bool:
        """True if a prefix makes the contrary of a known word of it."""
        stems = [word.removeprefix(prefix) for prefix in prefixes if word.startswith(prefix)]
        return any(len(stem) >= MIN_STEM and is_known(stem, self._language) for stem in stems)


class _Signs(NamedTuple):
    """The words of a language that deny, and what such words begin, end and are made contraries
    with."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    prefixes: tuple[str, ...]

    def has(self, word: str) -> bool:
        """True if `word` is one of them, or begins or ends like one."""
        return word in self.words or word.startswith(self.beginnings) or word.endswith(self.endings)


@cache
def _signs(language: str) -> _Signs:
    """What the table has of a language."""
    row: Mapping[str, list[str]] = table(__package__, "denials")[
        "french" if language == "fr" else "english"
    ]
    beginnings, endings, prefixes = (
        tuple(row.get(name, ())) for name in ("beginnings", "endings", "prefixes")
    )
    return _Signs(frozenset(row["words"]), beginnings, endings, prefixes)


def _denial(french: str) -> str:
    """The first "ne … pas" of a French sentence that denies something, as it stands there; empty
    where there is none."""
    row = table(__package__, "denials")["french"]
    litotes = tuple(row["litotes"])
    tokens = list(_TOKEN.finditer(french))
    words = [plain(token.group()) for token in tokens]
    places = [place for place, word in enumerate(words) if word in NE]
    for place, scope in zip(places, denied(words), strict=True):
        end = next(
            (
                k
                for k in range(place + 1, min(len(words), place + REACH))
                if words[k] in row["particles"]
            ),
            0,
        )
        is_positive = any(word.startswith(litotes) for word in words[place + 1 : end + 1 + NEAR])
        if scope and end and not is_positive:
            return french[tokens[place].start() : tokens[end].end()]
    return ""
