"""From names of feeds to a digest: collect, pick what is new, group, summarise, order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from service.feeds.entries import Entry, EntryWriter
from service.feeds.grouping.stories import Story, group
from service.feeds.incoming.collecting import Collector, Fetch, Reach
from service.feeds.item import Collected, Item, Subscription, Trouble
from service.feeds.store import Store

ANY_ADDRESS: Final = Reach()
MAX_GROUPED: Final = 3_000  # newest items that are compared with each other
MOST_UNDATED: Final = 10  # items that are told of a new feed without dates
_OLDEST: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Health:
    """A trouble of a feed or a given article. `has_failed`: nothing could be read from it."""

    subscription: Subscription
    trouble: Trouble
    has_failed: bool


@dataclass(frozen=True)
class Section:
    """The entries of a folder of the OPML list, or of a feed without one."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Digest:
    """A digest: its entries in sections, and the troubles of its feeds.

    `made` is the time of the run. `feeds` holds the addresses of all feeds, failed ones too.
    `left_out` counts the stories, and the items beyond MAX_GROUPED, that are not told.
    """

    made: datetime
    language: str
    sections: tuple[Section, ...]
    health: tuple[Health, ...]
    feeds: tuple[str, ...]
    left_out: int = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def is_unread(self) -> bool:
        """True if there is nothing to tell because no feed and no given article could be read."""
        failed = {health.subscription.address for health in self.health if health.has_failed}
        return bool(failed) and not self.entries and failed.issuperset(self.feeds)


@dataclass(frozen=True)
class Wishes:
    """What a digest should tell: items from `since` on, or, without `since`, only new items.

    It tells at most `max_entries` stories.
    """

    since: datetime | None
    max_entries: int


class DigestMaker:
    """Makes digests of feeds and articles; `reach` limits what may be read.

    `tell` is called with the number of finished entries and the number of all entries.
    """

    def __init__(
        self,
        fetch: Fetch,
        writer: EntryWriter,
        language: str,
        tell: Callable[[int, int], None] = lambda done, count: None,
        reach: Reach = ANY_ADDRESS,
    ) -> None:
        self._reach = reach
        self._fetch, self._writer, self._language, self._tell = fetch, writer, language, tell

    def make(
        self,
        names: Iterable[str],
        store: Store,
        wishes: Wishes,
        now: datetime,
        given: Iterable[Collected] = (),
    ) -> Digest:
        """The digest of the feeds in `names` (addresses and files) and of the `given` articles.

        `store` remembers all collected items, also those of stories that are left out. Errors of
        the model or the service are raised.
        """
        validators = {} if wishes.since else store.validators()
        of_feeds = Collector(self._fetch, validators, now, self._reach).collect(names)
        collected = [*of_feeds, *given]
        items = _pick(collected, store, wishes.since)
        stories = _order(group(items[:MAX_GROUPED]))
        told = stories[: wishes.max_entries]
        entries = self._writer.write_all(told, self._tell)
        store.remember(collected, now)
        return Digest(
            made=now,
            language=self._language,
            sections=tuple(_sections(entries, collected)),
            health=tuple(_health(collected)),
            feeds=tuple(result.subscription.address for result in of_feeds),
            left_out=len(stories) - len(told) + len(items[MAX_GROUPED:]),
        )


def _pick(collected: Sequence[Collected], store: Store, since: datetime | None) -> list[Item]:
    """The items to tell, the newest first, and those without a date last."""
    picked = [
        item
        for result in collected
        if result.feed
        for item in _pick_of_feed(result.feed.items, store.first_seen(result.feed.items), since)
    ]
    return sorted(picked, key=lambda item: item.published or _OLDEST, reverse=True)


def _pick_of_feed(
    items: Sequence[Item],
    seen: Mapping[tuple[str, str], datetime],
    since: datetime | None,
) -> Iterator[Item]:
    """The items of a feed to tell. A given article is always told.

    Without `since`, the items that are not in the store are told. With `since`, an item without a
    date counts from when the store first saw it. If it is new, it is told where the store knows
    other items of the feed. In an unknown feed such an item may be of any age: the first
    MOST_UNDATED are told, and only if the feed has no dates at all.
    """
    is_undated = not any(item.published for item in items)
    for place, item in enumerate(items):
        first_seen = seen.get((item.feed, item.key))
        date = item.published or first_seen
        if not item.feed:
            is_told = True
        elif since is None:
            is_told = first_seen is None
        elif date is None:
            is_told = bool(seen) or (is_undated and place < MOST_UNDATED)
        else:
            is_told = date >= since
        if is_told:
            yield item


def _order(stories: Iterable[Story]) -> list[Story]:
    """The stories with the most sources first; with as many sources, the newest first."""
    return sorted(
        stories, key=lambda story: (story.sources, story.published or _OLDEST), reverse=True
    )


def _sections(entries: Sequence[Entry], collected: Sequence[Collected]) -> list[Section]:
    """The entries by heading, in the order of the feeds."""
    items = (result.feed.items[0] for result in collected if result.feed)
    headings = dict.fromkeys(item.folder or item.source for item in items)
    sections = [
        Section(heading, tuple(entry for entry in entries if entry.heading == heading))
        for heading in headings
    ]
    return [section for section in sections if section.entries]


def _health(collected: Iterable[Collected]) -> list[Health]:
    return [
        Health(result.subscription, trouble, result.feed is None and not result.is_unchanged)
        for result in collected
        for trouble in result.troubles
    ]
