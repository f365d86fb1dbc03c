"""Makes the entry of a story: one item, summarised, and what its other sources say."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from service.feeds.grouping.additions import SourcedSentence, find_additions
from service.feeds.grouping.differences import SourcedFigure, find_differences
from service.feeds.grouping.stories import Story
from service.feeds.incoming.marks import CUT, printable
from service.feeds.item import Item
from service.fetch.errors import FetchError
from service.reading.article import ArticleError
from service.text.sentences import sentences
from service.text.words import count_words

FULL_TEXT: Final = 2_000  # Characters. A longer text of a feed is taken for the whole article.
MOST_PAGES: Final = 2  # pages that are fetched for a story
PAGES_AHEAD: Final = 8  # stories whose pages are fetched while others are summarised
EXCERPT_SENTENCES: Final = 2
EXCERPT_CHARACTERS: Final = 400
# Words of a title that may be the headline. In place of other titles one would be generated.
_OWN_HEADLINE: Final = range(2, 21)

# Takes the fields of `POST /summarize`, and returns the fields of its answer. Raises ArticleError
# for an input without an article.
Summarise = Callable[[dict[str, Any]], dict[str, Any]]
# Takes an item's link and its feed's address, and returns the page's HTML. Raises FetchError.
FetchPage = Callable[[str, str], str]


class Basis(StrEnum):
    """What an entry is made of. The words are in `writing/words.toml`."""

    PAGE = "page"  # a summary of the page, or of an article that was given
    FEED = "feed"  # a summary of what the feed gives of the item
    EXCERPT = "excerpt"  # the feed's own words
    OPENING = "opening"  # the first words of an article that was given


@dataclass(frozen=True)
class Telling:
    """One source of a story."""

    source: str
    title: str
    link: str
    published: datetime | None


@dataclass(frozen=True)
class EntrySentence:
    """A sentence of an entry, and the sentences of the article that support it."""

    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A story as the digest tells it.

    `key` is the same in each run. `sentences` is empty where the feed gives only a title.
    `additions` holds sentences that other sources add, `differences` pairs of figures on which
    sources differ. `folder` is the folder in the OPML list; it may be empty.
    """

    key: str
    headline: str
    sentences: tuple[EntrySentence, ...]
    telling: Telling
    basis: Basis = Basis.PAGE
    others: tuple[Telling, ...] = ()
    additions: tuple[SourcedSentence, ...] = ()
    differences: tuple[tuple[SourcedFigure, SourcedFigure], ...] = ()
    folder: str = ""

    @property
    def summary(self) -> str:
        """All sentences."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def heading(self) -> str:
        """The heading above the entry: its folder, else its source."""
        return self.folder or self.telling.source


class EntryWriter:
    """Makes entries of stories, in one language: `fr` or `en`.

    `count_turns` returns how many summaries may be made at a time. It is called only if there are
    stories.
    """

    def __init__(
        self,
        summarise: Summarise,
        fetch_page: FetchPage,
        language: str,
        count_turns: Callable[[], int] = lambda: 1,
    ) -> None:
        self._answer_fields, self._fetch_page, self._language = summarise, fetch_page, language
        self._count_turns = count_turns
        self._turns = threading.Semaphore()

    def write_all(self, stories: Sequence[Story], tell: Callable[[int, int], None]) -> list[Entry]:
        """The entries of stories, in order. Pages are fetched while others are summarised.

        `tell` is called with the number of finished entries and the number of all entries. After
        an error, entries that have begun go on in their threads: the caller must stop them.
        """
        if not stories:
            return []
        turns = self._count_turns()
        self._turns = threading.Semaphore(turns)
        threads = ThreadPoolExecutor(turns + PAGES_AHEAD)
        tell(0, len(stories))
        try:
            entries = [threads.submit(self.write, story) for story in stories]
            for number, entry in enumerate(as_completed(entries), 1):
                entry.result()
                tell(number, len(stories))
            return [entry.result() for entry in entries]
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    def _summarise(self, fields: dict[str, Any]) -> dict[str, Any]:
        with self._turns:
            return self._answer_fields(fields)

    def write(self, story: Story) -> Entry:
        """The entry of a story.

        If no article of the story can be summarised, the entry holds the feed's own words. Errors
        of the model or the service are raised.
        """
        item, basis, answer = self._answer(story)
        tellings = [telling_of(item), *map(telling_of, _others(story, item))]
        headline = printable(answer.get("headline") or "") if self._shows_headline(item) else ""
        article = (answer.get("article") or {}).get("text") or item.text
        return Entry(
            key=item.link or f"{item.feed}#{item.key}",
            headline=headline or item.title,
            sentences=tuple(_sentences(answer) if answer else _excerpt(item)),
            telling=tellings[0],
            basis=basis,
            others=tuple(tellings[1:]),
            additions=tuple(self._additions(story, item, article)),
            differences=tuple(find_differences(story)),
            folder=next((each.folder for each in (item, *story.items) if each.folder), ""),
        )

    def _answer(self, story: Story) -> tuple[Item, Basis, dict[str, Any]]:
        """The first item that can be summarised, and its summary; else the newest item, and {}."""
        for body, item in self._bodies(story):
            # A summary may rely on the headline above it. The item's own title costs nothing.
            has_own = not _is_untitled(item) and count_words(item.title) in _OWN_HEADLINE
            headline = self._shows_headline(item) or has_own
            fields = {"language": self._language, "length": "medium", "headline": headline, **body}
            basis = Basis.PAGE if "html" in body or not item.feed else Basis.FEED
            try:
                return item, basis, self._summarise({**fields, "language_check": True})
            except ArticleError:
                continue
        newest = story.items[0]
        return newest, Basis.EXCERPT if newest.feed else Basis.OPENING, {}

    def _shows_headline(self, item: Item) -> bool:
        """True if the headline of the answer is shown; False if the item's own title is."""
        return self._language != "fr" or (not item.feed and _is_untitled(item))

    def _bodies(self, story: Story) -> Iterator[tuple[dict[str, str], Item]]:
        """What may be summarised, with its item: whole articles, then feed texts; newest first."""
        for item in story.items[:MOST_PAGES]:
            if item.page:
                yield {"html": item.page}, item
            elif not item.feed or len(item.text) >= FULL_TEXT:
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

    def _additions(self, story: Story, item: Item, article: str) -> Iterator[SourcedSentence]:
        """What other sources add, in the language of the digest."""
        for addition in find_additions(story, item, article):
            if self._language == "fr":
                yield addition
                continue
            fields = {"language": self._language, "length": "short", "language_check": False}
            try:
                answer = self._summarise({**fields, "text": addition.text})
            except ArticleError:
                continue
            yield replace(addition, text=printable(answer.get("summary") or ""))


def _sentences(answer: dict[str, Any]) -> Iterator[EntrySentence]:
    for sentence in answer["sentences"]:
        evidence = (printable(passage["text"]) for passage in sentence["evidence"])
        yield EntrySentence(printable(sentence["text"]), tuple(evidence))


def _text_body(item: Item) -> dict[str, str]:
    text = item.text.replace("\n", "\n\n")
    return {"text": text if _is_untitled(item) else f"{item.title}\n\n{text}"}


def _is_untitled(item: Item) -> bool:
    """True if the title of an item is only its opening. In a feed, such a title ends in CUT."""
    is_opening = item.text.startswith(item.title.removesuffix(CUT))
    return is_opening and (not item.feed or item.title.endswith(CUT))


def _excerpt(item: Item) -> Iterator[EntrySentence]:
    """The first sentences that a feed gives of an item, if they say more than its title."""
    text = " ".join(sentences(" ".join(item.text.split()))[:EXCERPT_SENTENCES])
    is_title = text.casefold().startswith(item.title.casefold())
    if not text or (is_title and len(text) < len(item.title) + 2):
        return
    if len(text) > EXCERPT_CHARACTERS:
        text = text[:EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + "…"
    yield EntrySentence(text)


def telling_of(item: Item) -> Telling:
    """The source of an item."""
    return Telling(item.source, item.title, item.link, item.published)


def _others(story: Story, item: Item) -> Iterator[Item]:
    """The newest item of each other source."""
    sources = {item.source}
    for other in story.items:
        if other.source not in sources:
            sources.add(other.source)
            yield other
