"""Finds adjectives of peoples ("le chanteur américain Bono") that a summary adds to its source.

The check of names reads only words with a capital, so it misses these adjectives.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

from service.text.folding import plain
from service.text.tables import table

_WORD: Final = re.compile(r"[^\W\d_]+")
_NO_NOUNS: Final = frozenset(table(__package__, "peoples")["before"]["no_nouns"].split())
_IRREGULAR_FEMININES: Final = {"grec": "grecque", "turc": "turque"}


def find_foreign_peoples(text: str, source_words: Collection[str]) -> list[str]:
    """Returns the adjectives of peoples in a French `text` for which the source has no word.

    `source_words` are in lower case, without accents.
    """
    return [
        word
        for word in _WORD.findall(text)
        if is_people(word)
        and not any(other.startswith(_beginnings()[plain(word)]) for other in source_words)
    ]


def is_people(word: str) -> bool:
    """True if `word` is an adjective of a people, in lower case."""
    return word.islower() and plain(word) in _beginnings()


def remove_peoples(text: str, adjectives: Iterable[str]) -> str:
    """Returns `text` without the `adjectives` that stand behind a noun.

    "Le président américain Donald Trump" loses the adjective. Elsewhere the adjective stays: the
    sentence states it ("il est américain"), or it stands for a person ("un Américain").
    """

    def keep_first_word(match: re.Match[str]) -> str:
        is_noun = match[1].lower() not in _NO_NOUNS
        return match[1] if is_noun else match[0]

    for adjective in adjectives:
        text = re.sub(rf"\b([^\W\d_]+) {adjective}\b", keep_first_word, text)
    return text


@cache
def _beginnings() -> dict[str, tuple[str, ...]]:
    """Returns, by each form of an adjective, the beginnings of source words that support it."""
    return {
        form: tuple(beginnings)
        for adjective, beginnings in table(__package__, "peoples")["beginnings"].items()
        for form in _forms_of(adjective)
    }


def _forms_of(adjective: str) -> tuple[str, ...]:
    """Returns the masculine, its plural, the feminine and its plural."""
    plural = adjective if adjective.endswith("s") else f"{adjective}s"
    feminine = _feminine_of(adjective)
    return adjective, plural, feminine, f"{feminine}s"


def _feminine_of(adjective: str) -> str:
    if adjective.endswith("en"):
        return f"{adjective}ne"
    if adjective.endswith("e"):
        return adjective
    return _IRREGULAR_FEMININES.get(adjective, f"{adjective}e")
