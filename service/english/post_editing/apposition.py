"""Puts names behind the nouns for what they are: "l'opérateur Orange".

Translators turn the two round, as in "the Orange group". But "the Orange operator" reads as if the
operator belonged to Orange. `apposition.toml` has the nouns.
"""

import re
from typing import Final

from service.text.tables import table

_NOUNS: Final[dict[str, list[str]]] = table(__package__, "apposition")["nouns"]
_NAME: Final = r"[A-ZÀ-Ý][\w&.-]*\w(?: [A-ZÀ-Ý][\w&.-]*\w)*"
_NOUN_AND_NAME: Final = re.compile(rf"(?<![\w-])({'|'.join(_NOUNS)}) ({_NAME})")


def put_names_behind_nouns(english: str, french: str) -> str:
    """Returns `english` with "the operator Orange" for "the Orange operator".

    The French sentence has noun and name in this order.
    """
    for noun, name in _NOUN_AND_NAME.findall(french):
        nouns = "|".join(_NOUNS[noun])
        reversed_order = rf"\b([Tt]he )({re.escape(name)}) ({nouns})\b(?!['’])"
        english = re.sub(reversed_order, r"\1\3 \2", english)
    return english
