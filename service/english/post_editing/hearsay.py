"""Finds hearsay that the English states as a fact.

In "L'homme aurait demandé", the conditional says that others report it. English says "is said to
have asked" or "reportedly asked". `hearsay.toml` has the words.
"""

import re
from typing import Final

from service.text.tables import table

_WORDS: Final = {name: "|".join(words) for name, words in table(__package__, "hearsay").items()}
_CONDITIONAL_OF_HEARSAY: Final = re.compile(r"\b(?:se|au)rai(?:en)?t\b", re.IGNORECASE)
_DOUBT: Final = re.compile(rf"\b(?:{_WORDS['doubts']})\b|['’]d\b", re.IGNORECASE)
# ", the daily reports.", "For its critics, …"
_ENGLISH_SOURCE: Final = re.compile(
    rf",[\"”]? [^,]{{2,60}} (?:{_WORDS['verbs_of_sources']})[.,;]?(?=\s|\Z)"
    r"|\A(?:For|To) [^,]{0,20}(?:critics|detractors|opponents|supporters)\b"
)


def find_stated_hearsay(english: str, french: str) -> str:
    """Returns the French conditional of hearsay ("aurait") that the translation states as a fact.

    It is empty where there is none.
    """
    conditional = _CONDITIONAL_OF_HEARSAY.search(french)
    leaves_doubt = _DOUBT.search(english) or _ENGLISH_SOURCE.search(english)
    return conditional.group() if conditional and not leaves_doubt else ""
