"""Puts wrong English figures right: one number, a unit, or the words before one ("more than").

A number is put right only where nothing has to be guessed: the translation lacks exactly one figure
of the French sentence, adds exactly one, and the two are alike (`FigurePairs`).
"""

import re
from collections.abc import Collection
from typing import Final

from service.english.post_editing.english_figures import (
    choose_kind,
    is_attributive,
    write_figure,
)
from service.english.post_editing.figure_pairs import FigurePairs
from service.facts.figures import Figure
from service.facts.units import BY_NAME, STRICT, kind_of
from service.text.folding import straight

_MORE, _LESS = 1, -1
# Words before a number: the French, its English, and whether more or less than the number is meant.
_BOUNDS: Final = {
    "plus de": ("more than", _MORE),
    "au moins": ("at least", _MORE),
    "plus d'": ("more than", _MORE),
    "près de": ("nearly", _LESS),
    "près d'": ("nearly", _LESS),
    "presque": ("almost", _LESS),
    "moins de": ("less than", _LESS),
    "moins d'": ("less than", _LESS),
    "au plus": ("at most", _LESS),
    "jusqu'à": ("up to", _LESS),
}
_ENGLISH_BOUNDS: Final = {
    "more than": _MORE,
    "over": _MORE,
    "at least": _MORE,
    "above": _MORE,
    "nearly": _LESS,
    "almost": _LESS,
    "less than": _LESS,
    "fewer than": _LESS,
    "under": _LESS,
    "below": _LESS,
    "close to": _LESS,
    "up to": _LESS,
    "at most": _LESS,
}
_BOUND: Final = re.compile(
    rf"(?<!\w)(?<!\bpas )(?<!\bnon )({'|'.join(_BOUNDS)})\s?\Z", re.IGNORECASE
)
_ENGLISH_BOUND: Final = re.compile(
    rf"(?<!\w)({'|'.join(_ENGLISH_BOUNDS)}) (?:an? )?\Z", re.IGNORECASE
)


def find_repairs(pairs: FigurePairs) -> dict[Figure, str]:
    """Returns the right wording for each English figure that is wrong."""
    wrong = [
        (french, english)
        for french, english in pairs.matched
        if french.shared == english.shared and _has_wrong_unit(french, english, pairs.english_text)
    ]
    if len(pairs.lost) == len(pairs.added) == 1:
        lost, added = pairs.lost[0], pairs.added[0]
        if pairs.are_alike(lost, added):
            wrong.append((lost, added))
    return {
        english: write_figure(french, choose_kind(french, english), is_attributive(english))
        for french, english in wrong
    }


def find_bound_repairs(
    pairs: FigurePairs, repaired: Collection[Figure]
) -> list[tuple[int, int, str]]:
    """Returns edits for wrong words before a number, such as "more than" for "près de".

    An edit is a start, an end and the right words. `repaired` are the English figures whose number
    is put right.
    """
    replaced = [
        (french, english) for french in pairs.lost for english in pairs.added if english in repaired
    ]
    french_text, edits = straight(pairs.french_text), []
    for french, english in (*pairs.matched, *replaced):
        french_bound = _BOUND.search(french_text, 0, french.start)
        english_bound = _ENGLISH_BOUND.search(pairs.english_text, 0, english.start)
        if french_bound is None or english_bound is None:
            continue
        right, direction = _BOUNDS[french_bound[1].lower()]
        wrong = english_bound[1]
        if direction != _ENGLISH_BOUNDS[wrong.lower()]:
            right = right.capitalize() if wrong[0].isupper() else right
            edits.append((*english_bound.span(1), right))
    return edits


def _has_wrong_unit(french: Figure, english: Figure, english_text: str) -> bool:
    """True if the English figure of the same value has another unit, or lost its unit."""
    if english.unit and french.unit and kind_of(english.unit) == kind_of(french.unit):
        return english.unit != french.unit
    if english.unit or kind_of(french.unit) not in STRICT or french.also or english.also:
        return False
    return not _names_unit(english_text, french.unit)


def _names_unit(english: str, unit: str) -> bool:
    """True if the translation has the unit anywhere: "from 3 to 5%" need not repeat it."""
    names = BY_NAME[unit].english
    return re.search(rf"(?<![^\W\d])(?:{names})(?!\w)", english, re.IGNORECASE) is not None
