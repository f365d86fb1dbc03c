"""From a story to an entry of the digest: its newest item, summarised, and its other sources."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from service.feeds.grouping.differences import SourcedFigure, find_differences
from service.feeds.grouping.stories import Story
from service.feeds.incoming.marks import printable
from service.feeds.item import Item
from service.fetch import FetchError
from service.reading.article import ArticleError
from service.text.sentences import sentences

FULL_TEXT: Final = 2_000  # Characters from which on a feed gives the whole article.
MOST_PAGES: Final = 2  # pages that are fetched for a story
EXCERPT_SENTENCES: Final = 2
EXCERPT_CHARACTERS: Final = 400

# From the fields of `POST /summarize` to a summary. It raises ArticleError for what is no article.
Summarise = Callable[[dict[str, Any]], dict[str, Any]]
# From the link of an item and the address of its feed to the HTML of a page. It raises FetchError.
FetchPage = Callable[[str, str], str]


@dataclass(frozen=True)
class Telling:
    """One source of a story."""

    source: str
    title: str
    link: str
    published: datetime | None


@dataclass(frozen=True)
class Entry:
    """A story as the digest tells it.

    `key` is the same in each run. `summary` is empty where the feed gives a title only, and
    `is_excerpt` where it is the feed's own text. `published` is when the newest item appeared.
    """

    key: str
    headline: str
    summary: str
    telling: Telling
    others: tuple[Telling, ...] = ()
    differences: tuple[tuple[SourcedFigure, SourcedFigure], ...] = ()
    folder: str = ""
    is_excerpt: bool = False

    @property
    def published(self) -> datetime | None:
        """When the newest item appeared."""
        return self.telling.published

    @property
    def sources(self) -> int:
        """How many sources tell the story."""
        return len({self.telling.source, *(other.source for other in self.others)})


class EntryWriter:
    """Makes entries of stories, in one language: `fr` or `en`."""

    def __init__(self, summarise: Summarise, fetch_page: FetchPage, language: str) -> None:
        self._summarise, self._fetch_page, self._language = summarise, fetch_page, language

    def write(self, story: Story) -> Entry:
        """The entry of a story.

        An article that cannot be read or summarised leaves what its feed says of it. Errors of the
        model or the service are raised.
        """
        item, answer = self._answer(story)
        tellings = [telling_of(item), *map(telling_of, _others(story, item))]
        headline = printable(answer.get("headline") or "") if self._language != "fr" else ""
        return Entry(
            key=item.link or f"{item.feed}#{item.key}",
            headline=headline or item.title,
            summary=printable(answer.get("summary") or "") or _excerpt(item),
            telling=tellings[0],
            others=tuple(tellings[1:]),
            differences=tuple(find_differences(story)),
            folder=next((each.folder for each in (item, *story.items) if each.folder), ""),
            is_excerpt=not answer,
        )

    def _answer(self, story: Story) -> tuple[Item, dict[str, Any]]:
        """The first item that gives a summary, and this; else the newest one, and nothing."""
        for body, item in self._bodies(story):
            fields = {"language": self._language, "length": "medium", "headline": True, **body}
            try:
                return item, self._summarise({**fields, "language_check": True})
            except ArticleError:
                continue
        return story.items[0], {}

    def _bodies(self, story: Story) -> Iterator[tuple[dict[str, str], Item]]:
        """What may be summarised: whole articles before the texts of feeds, newer ones first."""
        for item in story.items[:MOST_PAGES]:
            if item.page:
                yield {"html": item.page}, item
            elif len(item.text) >= FULL_TEXT:
                yield _text_body(item), item
            elif item.link and (page := self._try_to_fetch(item)):
                yield {"html": page}, item
        for item in story.items:
            yield _text_body(item), item

    def _try_to_fetch(self, item: Item) -> str | None:
        try:
            return self._fetch_page(item.link, item.feed)
        except FetchError:
            return None


def _text_body(item: Item) -> dict[str, str]:
    return {"text": f"{item.title}\n\n" + item.text.replace("\n", "\n\n")}


def _excerpt(item: Item) -> str:
    """The first sentences that a feed gives of an item, if they say more than its title."""
    text = " ".join(sentences(" ".join(item.text.split()))[:EXCERPT_SENTENCES])
    if text.casefold().startswith(item.title.casefold()) and len(text) < len(item.title) + 2:
        return ""
    if len(text) <= EXCERPT_CHARACTERS:
        return text
    return text[:EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + "…"


def telling_of(item: Item) -> Telling:
    """The source of an item."""
    return Telling(item.source, item.title, item.link, item.published)


def _others(story: Story, item: Item) -> Iterator[Item]:
    """An item of each other source, the newest one."""
    sources = {item.source}
    for other in story.items:
        if other.source not in sources:
            sources.add(other.source)
            yield other
