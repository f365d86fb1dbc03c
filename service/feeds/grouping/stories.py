"""Groups items into stories: one for each event."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Final

from service.feeds.grouping.likeness import ALIKE, Comparison, Traits, traits_of
from service.feeds.item import Item

LEAST_SHARED: Final = 2  # names, figures or words; items that share fewer are not compared
MOST_COMPARED: Final = 50  # items that one item is compared with: those that share most with it
# Tracking parameters: parts of a link that only count readers.
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
        """How many sources tell the event."""
        return len({item.source for item in self.items})

    @property
    def published(self) -> datetime | None:
        """When its newest item appeared."""
        return self.items[0].published


def group(items: Iterable[Item]) -> list[Story]:
    """One story for each event, in no order. Items with the same link count once.

    The stories do not depend on the order of `items`.
    """
    once = list(_by_link(sorted(items, key=_rank)))
    known = [traits_of(item) for item in once]
    comparison = Comparison(known)
    alike = {
        (place, other): value
        for place, near in enumerate(_near(known))
        for other in near
        if (value := comparison.likeness(known[place], known[other])) >= ALIKE
    }
    return [Story(tuple(once[place] for place in sorted(story))) for story in _join(alike, once)]


def _rank(item: Item) -> tuple[float, str, str, str, str, str]:
    """The sort key of an item: the newest comes first, one without a date last."""
    age = -item.published.timestamp() if item.published else inf
    return age, item.source, item.feed, item.key, item.title, item.text


def _by_link(items: Iterable[Item]) -> Iterator[Item]:
    """The items, each link once. Tracking parameters do not make another link."""
    links: set[str] = set()
    for item in items:
        link = _NO_PARAMETERS.sub("", _FOLLOWED.sub("", item.link))
        if not link or link not in links:
            links.add(link)
            yield item


def _near(known: Sequence[Traits]) -> Iterator[list[int]]:
    """For each item the places of the earlier items that it is compared with."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, traits in enumerate(known):
        shared = Counter(other for sign in traits.signs for other in places[sign])
        yield [other for other, count in shared.most_common(MOST_COMPARED) if count >= LEAST_SHARED]
        for sign in traits.signs:
            places[sign].append(place)


def _join(alike: Mapping[tuple[int, int], float], items: Sequence[Item]) -> list[list[int]]:
    """The stories, each as the places of its items.

    The most alike pairs are joined first. Two stories become one if at least half of the pairs
    between them are alike.
    """
    stories = {place: [place] for place in range(len(items))}
    story_of = list(stories)
    links: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for place, other in alike:
        links[place][other] += 1
        links[other][place] += 1
    waiting = sorted(alike, key=lambda pair: (-alike[pair], pair))
    is_new = True
    while is_new:
        is_new = False
        for place, other in waiting:
            kept, joined = story_of[place], story_of[other]
            if kept == joined:
                continue
            if 2 * links[kept][joined] < len(stories[kept]) * len(stories[joined]):
                continue
            for moved in stories[joined]:
                story_of[moved] = kept
            stories[kept] += stories.pop(joined)
            _move_links(links, joined, kept)
            is_new = True
    return list(stories.values())


def _move_links(links: dict[int, Counter[int]], joined: int, kept: int) -> None:
    """Counts the alike pairs of the story `joined` as those of `kept`."""
    for third, count in links.pop(joined).items():
        del links[third][joined]
        if third != kept:
            links[kept][third] += count
            links[third][kept] += count
