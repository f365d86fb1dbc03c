"""Words that do not exist. A small model sometimes makes one up ("mettriront", "leurder"), which no check of facts sees.

Such a word is in none of two dictionaries that were made differently: pyspellchecker's list of words by frequency, which lacks
rarer forms ("islamistes"), and simplemma's forms and lemmas, which lack some small words ("notamment"). Words of the article are
good in any case: its names of peoples and its trade's newest words are in no dictionary.
"""

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Final

import simplemma
from spellchecker import SpellChecker

_WORD: Final = re.compile(r"[^\W\d_]+")
# Whole words of four letters or more: no parts of "week-end", "aujourd'hui", "néo-zélandais".
_WHOLE: Final = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w'’-])")
# Too new for both dictionaries, and common.
NEW: Final = frozenset("coronavirus covid podcast podcasts cluster clusters apps tech online smartphone smartphones".split())


@cache
def _french() -> SpellChecker:
    """The list of words (with the other one 0.3 s and 40 MB once)."""
    return SpellChecker("fr")


@lru_cache(maxsize=10_000)
def _is_listed(word: str) -> bool:
    spellings = (word, word.replace("œ", "oe"), word.replace("oe", "œ"))
    return any(spelling in _french() or simplemma.is_known(spelling, lang="fr") for spelling in spellings)


def is_known(word: str) -> bool:
    """True if `word`, in lower case, is a French word."""
    return word in NEW or _is_listed(word)


def words(text: str) -> frozenset[str]:
    """The words of `text` in lower case."""
    return frozenset(_WORD.findall(text.lower()))


def made_up(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The words of a French `text` that do not exist and are not among the `known` ones. Capitalised words are names."""
    lower = (word for word in _WHOLE.findall(text) if word.islower())
    return tuple(word for word in lower if word not in known and not is_known(word))
