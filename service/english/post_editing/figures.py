"""Holds an English translation to the figures of its French sentence.

French forms are rewritten in English (`french_forms.py`). Figures are paired with those of the
French sentence (`figure_pairs.py`), and what is wrong beyond doubt is put right
(`figure_repairs.py`, `dates.py`, `changes.py`). What still differs is reported.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from service.english.post_editing.changes import correct_changes
from service.english.post_editing.dates import correct_dates, find_added_dates
from service.english.post_editing.figure_pairs import FigurePairs
from service.english.post_editing.figure_repairs import find_bound_repairs, find_repairs
from service.english.post_editing.french_forms import (
    punctuate_numbers,
    punctuate_times,
    rewrite_french_print,
    translate_foreign_figures,
    translate_number_words,
)
from service.facts.fact import Fact, FactKind
from service.facts.figures import Figure, figures
from service.facts.units import STRICT, kind_of

# A "livre" is a book or a pound. A book is no unit, but the English may have pounds.
_POUNDS: Final = re.compile(r"\blivres?\b", re.IGNORECASE)


@dataclass(frozen=True)
class HeldTranslation:
    """A translation with the figures of its French sentence.

    `text` is what may be printed. `repaired` counts the figures that were wrong and were put right.
    `wrong` are the figures that still differ.
    """

    text: str
    repaired: int
    wrong: tuple[Fact, ...]


def hold_to_figures(english: str, french: str) -> HeldTranslation:
    """Returns `english` with the figures of `french`, its source, whose dates name the month."""
    english = rewrite_french_print(english)
    english = punctuate_numbers(english, french)
    french_figures = figures(french, "fr")
    english = punctuate_times(english, french, french_figures)
    english = translate_number_words(english, french_figures)
    english, changed_dates = correct_dates(english, french)

    pairs = FigurePairs(french, french_figures, english)
    repairs = find_repairs(pairs)
    bound_repairs = find_bound_repairs(pairs, repairs)
    foreign = translate_foreign_figures(english, pairs.english, french, repairs)
    new_figures = {**foreign, **repairs}
    figure_edits = [(figure.start, figure.end, text) for figure, text in new_figures.items()]
    text = _apply_edits(english, [*figure_edits, *bound_repairs])
    text, changed_verbs = correct_changes(text)
    repaired = changed_dates + len(repairs) + len(bound_repairs) + changed_verbs
    wrong = (*_find_differences(pairs, repairs), *find_added_dates(english, french))
    return HeldTranslation(text, repaired, wrong)


def _apply_edits(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Returns `text` with each edit (start, end, new words) made; no two overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _find_differences(pairs: FigurePairs, repaired: Collection[Figure]) -> list[Fact]:
    """Returns the figures that only one sentence has, and the units that only the English has."""
    is_replaced = any(figure in repaired for figure in pairs.added)
    numbers = [] if is_replaced else [*pairs.added, *pairs.lost]
    units = {figure.unit for figure in pairs.french}
    if _POUNDS.search(pairs.french_text):
        units.add("GBP")
    strange_units = [
        english
        for french, english in pairs.matched
        if kind_of(english.unit) in STRICT
        and english.unit not in units
        and english not in repaired
        and not french.also
    ]
    return [
        *(Fact(FactKind.NUMBER, figure.written.strip()) for figure in numbers),
        *(Fact(FactKind.UNIT, figure.written.strip()) for figure in strange_units),
    ]
