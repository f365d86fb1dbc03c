"""The plural of English terms, and English names without their genitive."""

import re
from collections.abc import Mapping
from typing import Final

from service.text.tables import table

# What stands behind the noun of a term: "of staff", "-in-chief".
_COMPLEMENT: Final = re.compile(r"(?: (?:of|in|for|to|on|with|without|against|into|at|by) |-in-).*")
_PLURAL_ENDINGS: Final[Mapping[str, str]] = table(__package__, "inflection")["plural_endings"]
_LONGEST_FIRST: Final = sorted(_PLURAL_ENDINGS, key=len, reverse=True)


def english_plural(singular: str) -> str:
    """The plural of a noun, or of the noun before a preposition ("chiefs of staff")."""
    complement = _COMPLEMENT.search(singular)
    if complement is None or complement.start() == 0:
        return _pluralise(singular)
    return _pluralise(singular[: complement.start()]) + complement.group()


def _pluralise(noun: str) -> str:
    for ending in _LONGEST_FIRST:
        if noun.endswith(ending):
            return noun.removesuffix(ending) + _PLURAL_ENDINGS[ending]
    # A "y" with nothing before it is the name of the letter: its plural is "ys".
    if noun.endswith("y") and noun[-2:-1] not in "aeou":
        return f"{noun[:-1]}ies"
    if noun.endswith(("ss", "us", "is", "x", "z", "ch", "sh")):
        return f"{noun}es"
    return noun if not noun or noun.endswith("s") else f"{noun}s"  # "headquarters"


def strip_genitive(name: str) -> str:
    """An English name without the ending of its genitive ("SpaceX's")."""
    return re.sub(r"['’]s$", "", name)
