"""Pairs of items that tell the same event, or another one of the same firm or kind.

`python -m tests.service.feeds.grouping.pairs` measures both halves. The thresholds were chosen on
the half `choose`, and `report` was looked at once. The items are our own, about invented firms.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from service.feeds.grouping.likeness import ALIKE, Comparison, traits_of
from service.feeds.item import Item

STORIES = Path(__file__).parent / "stories.jsonl"


@dataclass(frozen=True)
class Score:
    """Precision and recall of pairs, and how many there are."""

    precision: float
    recall: float
    same: int
    different: int


def rows(half: str) -> list[dict[str, str]]:
    lines = STORIES.read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["half"] == half]


def pairs(half: str, *, within: bool) -> Iterator[tuple[float, bool]]:
    """The likeness of each pair of one group (`within`) or of two, and whether it is one event."""
    known = [
        (row["group"], row["event"], traits_of(Item(str(place), row["title"], row["text"])))
        for place, row in enumerate(rows(half))
    ]
    comparison = Comparison([traits for _, _, traits in known])
    for (group, event, traits), (other_group, other_event, other) in combinations(known, 2):
        if (group == other_group) == within:
            yield comparison.likeness(traits, other), within and event == other_event


def score(half: str) -> Score:
    """How well pairs within a group are told apart."""
    outcomes = [(is_same, value >= ALIKE) for value, is_same in pairs(half, within=True)]
    hits = sum(is_same and is_alike for is_same, is_alike in outcomes)
    taken = sum(is_alike for _, is_alike in outcomes)
    same = sum(is_same for is_same, _ in outcomes)
    return Score(hits / taken, hits / same, same, len(outcomes) - same)


if __name__ == "__main__":
    for name in ("choose", "report"):
        print(name, score(name))
