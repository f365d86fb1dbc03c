"""Closed lists of the function words of French in plain form, and the signs that end a clause.

`function_words.toml` holds the lists and says what each of them is for.
"""

from typing import Final

from service.text.tables import table


def _read(*names: str) -> frozenset[str]:
    """Returns the words of the named lists as one set."""
    lists = table(__package__, "function_words")
    return frozenset(word for name in names for word in lists[name].split())


CLAUSE_ENDS: Final = frozenset(",;.!?()…–—")

DEMONSTRATIVE_PRONOUNS: Final = _read("demonstrative_pronouns")

THAT: Final = _read("that")
INTRODUCTIONS: Final = _read("introductions")
CLAUSE_JOINERS: Final = _read("clause_joiners")

HAVE: Final = _read("have")
AUXILIARIES: Final = _read("auxiliaries")

NE: Final = _read("ne")
NEGATIVE_PARTICLES: Final = _read("negative_particles")

NAME_PARTICLES: Final = _read("name_particles")
BEFORE_UNITS: Final = _read("before_units")
FREQUENT: Final = _read("frequent")
WITHOUT_CONTENT: Final = _read("without_content", "auxiliaries")
