"""Corrects verbs of change that their own figures contradict: "rises from 38 to 35 million".

French "passer de … à …" does not say whether an amount rises or falls, so a translation may guess
wrong. A wrong verb is replaced by a neutral one ("goes"). `changes.toml` has the verbs.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from service.facts.figures import Figure, FigureKind, figures
from service.text.tables import table

_TABLE: Final[dict[str, list[str]]] = table(__package__, "changes")
_RISING: Final = frozenset(" ".join(_TABLE["rising"]).split())
_FALLING: Final = frozenset(" ".join(_TABLE["falling"]).split())
_CHANGE: Final = re.compile(
    r"\b(?:(?P<auxiliary>has|have|had|is|are|was|were|be|been|being) (?:\w+ly )?)?"
    rf"(?P<verb>{'|'.join(sorted(_RISING | _FALLING))}) from (?=\S*\d)"
)


def correct_changes(english: str) -> tuple[str, int]:
    """Returns `english` with neutral verbs for those that contradicted their figures.

    The second value is how many verbs were replaced.
    """
    changes = list(_CHANGE.finditer(english))
    if not changes:
        return english, 0
    read = figures(english, "en")
    amounts = [figure for figure in read if figure.kind is FigureKind.AMOUNT]
    wrong = [change for change in changes if _is_contradicted(change, amounts)]
    for change in reversed(wrong):
        start, end = change.span("verb")
        english = english[:start] + _find_neutral_verb(change) + english[end:]
    return english, len(wrong)


def _is_contradicted(change: re.Match[str], amounts: Sequence[Figure]) -> bool:
    """True if the two figures behind a verb go the other way."""
    behind = [amount for amount in amounts if amount.start >= change.end()]
    difference = _find_difference(change.string, behind)
    return difference < 0 if change["verb"] in _RISING else difference > 0


def _find_difference(english: str, amounts: Sequence[Figure]) -> Decimal:
    """Returns the second figure of "38 to 35 million" minus the first: here -3 million.

    It is 0 where two such figures do not follow, or their units differ ("500 MB to 1 GB").
    """
    if len(amounts) < 2 or english[amounts[0].end : amounts[1].start].strip() != "to":
        return Decimal(0)
    first, second = amounts[:2]
    units = {first.unit, second.unit} - {""}
    if len(units) > 1:
        return Decimal(0)
    # In "38 to 35 million", the scale of the second figure is meant for the first one, too.
    scaled = first.also if first.shared else ""
    return Decimal(second.value) - Decimal(scaled or first.value)


def _find_neutral_verb(change: re.Match[str]) -> str:
    """Returns the form of "go" that stands for a verb, or "changed" for a passive."""
    verb, auxiliary = change["verb"], change["auxiliary"]
    if verb.endswith("ing"):
        return "going"
    if auxiliary:
        return "gone" if auxiliary.startswith("ha") else "changed"
    return "goes" if verb.endswith("s") else "went"
