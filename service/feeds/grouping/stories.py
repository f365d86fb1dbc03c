"""Groups items into stories: one for each event."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.feeds.grouping.likeness import ALIKE, Comparison, Traits, traits_of
from service.feeds.item import Item

LEAST_SHARED: Final = 2  # names, figures or words without which two items are not compared
MOST_COMPARED: Final = 50  # items that one item is compared with: those that share most with it
# Parts of a link that only count readers.
_FOLLOWED: Final = re.compile(
    r"(?<=[?&])(?:utm_\w{1,20}|xtor)=[^&#]*(?:&|(?=#)|\Z)|#(?:utm_\w{1,20}|xtor)=.*", re.DOTALL
)
_NO_PARAMETERS: Final = re.compile(r"(?<![?&])[?&]+(?=#|\Z)")


@dataclass(frozen=True)
class Story:
    """Items that tell one event, the newest first."""

    items: tuple[Item, ...]

    @property
    def sources(self) -> int:
        """How many sources tell it."""
        return len({item.source for item in self.items})

    @property
    def published(self) -> datetime | None:
        """When its newest item appeared."""
        return self.items[0].published


def group(items: Sequence[Item]) -> list[Story]:
    """One story for each event, in no order. Items with one link are one item."""
    once = list(_by_link(items))
    known = [traits_of(item) for item in once]
    comparison = Comparison(known)
    stories: list[list[int]] = []
    story_of: dict[int, int] = {}
    for place, near in enumerate(_near(known)):
        likely = {other: comparison.likeness(known[place], known[other]) for other in near}
        chosen = _choose(likely, stories, story_of)
        if chosen is None:
            chosen = len(stories)
            stories.append([])
        stories[chosen].append(place)
        story_of[place] = chosen
    return [Story(_newest_first(once[place] for place in story)) for story in stories]


def _by_link(items: Iterable[Item]) -> Iterator[Item]:
    """The items, each link once, whatever marks say from which feed it was followed."""
    links: set[str] = set()
    for item in items:
        link = _NO_PARAMETERS.sub("", _FOLLOWED.sub("", item.link))
        if not link or link not in links:
            links.add(link)
            yield item


def _near(known: Sequence[Traits]) -> Iterator[list[int]]:
    """For each item the earlier ones that it may be like."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, traits in enumerate(known):
        shared = Counter(other for sign in traits.signs for other in places[sign])
        yield [other for other, count in shared.most_common(MOST_COMPARED) if count >= LEAST_SHARED]
        for sign in traits.signs:
            places[sign].append(place)


def _choose(
    likely: dict[int, float], stories: Sequence[Sequence[int]], story_of: dict[int, int]
) -> int | None:
    """The story that an item belongs to: at least half of its items are like this one."""
    best: tuple[float, int] | None = None
    for number in {story_of[other] for other, value in likely.items() if value >= ALIKE}:
        values = [likely.get(other, 0.0) for other in stories[number]]
        alike = sum(value >= ALIKE for value in values)
        if 2 * alike >= len(values):
            best = max(best or (0.0, -1), (max(values), number))
    return best[1] if best else None


def _newest_first(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(
        sorted(items, key=lambda item: item.published.timestamp() if item.published else 0.0)
    )[::-1]
