"""Figures of a story on which its sources differ: "12 morts" here, "15 morts" there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from service.facts.statements import Quantity, Statement, stems
from service.facts.units import NOUNS
from service.feeds.grouping.likeness import OF_TIME, is_year, statements_of
from service.feeds.grouping.stories import Story
from service.feeds.item import Item

MOST_TOLD: Final = 3  # differences of a story
FARTHEST: Final = 5  # times the smaller figure; larger ones count different things
_WORDS_TO_UNIT: Final = 3  # words from a number to what it counts
_ELIDED: Final = re.compile(r"\b([dl]) (?=\w)")


@dataclass(frozen=True)
class SourcedFigure:
    """A figure as a source writes it, with what it counts."""

    written: str
    source: str


@dataclass(frozen=True)
class _Count:
    """A figure within its sentence."""

    quantity: Quantity
    statement: Statement
    item: Item

    @property
    def context(self) -> frozenset[str]:
        """The content words of the sentence."""
        return self.statement.stems


def find_differences(story: Story) -> list[tuple[SourcedFigure, SourcedFigure]]:
    """The figures on which two sources of a story differ, the first source being the newer one.

    A source counts only if it gives a single figure for a unit: in its title or, where the title
    gives none, in all of its text. A figure that is the other one rounded is no difference.
    """
    differences: dict[str, tuple[SourcedFigure, SourcedFigure]] = {}
    for item, other in combinations(story.items, 2):
        if item.source == other.source:
            continue
        counts, others = _single_counts(item), _single_counts(other)
        for unit in counts.keys() & others.keys() - differences.keys():
            if _differ(counts[unit], others[unit]):
                differences[unit] = (_sourced(counts[unit]), _sourced(others[unit]))
    return [differences[unit] for unit in sorted(differences)][:MOST_TOLD]


def _single_counts(item: Item) -> dict[str, _Count]:
    """The figures of an item by unit, where the item gives a single one.

    Figures of the title win; the rest counts only for units that the title lacks.
    """
    title, *_ = statements = statements_of(item)
    by_unit: dict[str, list[_Count]] = {}
    for statement in statements:
        for count in _counts(statement, item):
            by_unit.setdefault(count.quantity.unit, []).append(count)
    single = {}
    for unit, counts in by_unit.items():
        of_title = [count for count in counts if count.statement is title]
        values = {count.quantity.value for count in of_title or counts}
        if len(values) == 1:
            # The last mention stands in the text, where the most words explain it.
            single[unit] = [count for count in counts if count.quantity.value in values][-1]
    return single


def _counts(statement: Statement, item: Item) -> Iterator[_Count]:
    for quantity in statement.quantities:
        is_number = quantity.value.replace(".", "", 1).isdigit()
        is_of_time = quantity.unit.split("/")[0] in OF_TIME
        if quantity.unit and is_number and not (is_year(quantity) or is_of_time):
            yield _Count(quantity, statement, item)


def _differ(count: _Count, other: _Count) -> bool:
    quantity, counter = count.quantity, other.quantity
    if quantity.value == counter.value or quantity.rounds(counter):
        return False
    smaller, larger = sorted((float(quantity.value), float(counter.value)))
    shared = (count.context & other.context) - stems(f"{quantity.unit} million milliard")
    return 0 < larger <= FARTHEST * smaller and len(shared) >= 1


def _sourced(count: _Count) -> SourcedFigure:
    return SourcedFigure(_with_unit(count.quantity, count.statement), count.item.source)


def _with_unit(quantity: Quantity, statement: Statement) -> str:
    """The figure, and the words up to what it counts: "2 millions d'abonnés"."""
    words = statement.words
    places = [place for place, word in enumerate(words) if word.value == quantity.value]
    for place in places:
        after = words[place + 1 : place + 1 + _WORDS_TO_UNIT]
        for end, word in enumerate(after, 1):
            if _is_unit(word.plain, quantity):
                written = " ".join((_short(quantity.written), *(part.text for part in after[:end])))
                return _ELIDED.sub("\\1’", written)
    return _short(quantity.written)


def _short(written: str) -> str:
    """A number that was read from words ("deux millions": 2000000) as the press writes it."""
    for word, power in (("milliards", 9), ("millions", 6)):
        if written.isdigit() and len(written) > power and not int(written) % 10 ** (power - 1):
            number = f"{int(written) / 10**power:g}".replace(".", ",")
            return f"{number} {word if float(number.replace(',', '.')) >= 2 else word[:-1]}"
    return written


def _is_unit(word: str, quantity: Quantity) -> bool:
    if quantity.measured:
        return NOUNS.get(word) == quantity.unit.split("/")[0]
    return word.startswith(quantity.unit)
