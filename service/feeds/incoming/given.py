"""Reads articles that the user gives: each becomes an item, or a trouble."""

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from service.feeds.incoming.collecting import AT_ONCE, READING, explained
from service.feeds.incoming.dates import read_date
from service.feeds.incoming.marks import LONGEST_LINE, printable
from service.feeds.item import (
    Collected,
    Feed,
    FeedError,
    FeedTrouble,
    Item,
    Subscription,
    Trouble,
)
from service.fetch.errors import FetchError
from service.reading.article import Article, ArticleError, NotFrench
from service.reading.pages import text_length
from service.reading.reader import read_article
from service.text.sentences import sentences

UNNAMED: Final = "Articles"  # The heading of articles whose site is unknown, in both languages.


@dataclass(frozen=True)
class GivenArticle:
    """An article as `text`, `html` or the address of its page (`url`), one of the three.

    `name` stands before its troubles. `title`, `link`, `date` and `source` may be empty; otherwise
    they win over what the article says of itself.
    """

    name: str
    text: str | None = None
    html: str | None = None
    url: str | None = None
    title: str = ""
    link: str = ""
    date: str = ""
    source: str = ""


class GivenArticles:
    """Reads given articles. `now` is the time of the run, with its zone.

    `fetch_page` raises FetchError. An article of more than `most_characters` is not read. Once
    `has_time` returns False, no article is read.
    """

    def __init__(
        self,
        fetch_page: Callable[[str], str],
        most_characters: int,
        has_time: Callable[[], bool],
        now: datetime,
    ) -> None:
        self._fetch_page, self._most, self._now = fetch_page, most_characters, now
        self._has_time = has_time

    def collect(self, articles: Iterable[GivenArticle]) -> list[Collected]:
        """The result of each article, in order."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(self._collect, articles))

    def _collect(self, article: GivenArticle) -> Collected:
        try:
            item = self._read(article)
        except FeedError as error:
            return Collected(Subscription(article.name), troubles=(error.trouble,))
        return Collected(Subscription(article.name), Feed(item.source, (item,)))

    def _read(self, article: GivenArticle) -> Item:
        page = self._fetch(article.url) if article.url else article.html
        self._go_on()
        try:
            # One page is parsed at a time: its tree takes much memory.
            with READING if page else nullcontext():
                self._check_length(article.text, page)
                read = read_article(article.text, page, go_on=self._go_on)
        except ArticleError as error:
            raise _refusal(error) from error
        return self._make_item(article, read, page or "")

    def _fetch(self, address: str) -> str:
        try:
            return self._fetch_page(address)
        except FetchError as error:
            raise explained(error) from error

    def _go_on(self) -> None:
        if not self._has_time():
            raise FeedError(FeedTrouble.NO_TIME)

    def _check_length(self, text: str | None, page: str | None) -> None:
        characters = len(text or page or "")
        if characters > self._most and page:
            characters = text_length(page)
        if characters > self._most:
            raise FeedError(FeedTrouble.TEXT_TOO_LONG, str(self._most))

    def _make_item(self, article: GivenArticle, read: Article, page: str) -> Item:
        text = printable(read.body)
        if not text.strip():
            raise FeedError(FeedTrouble.EMPTY_ARTICLE)
        title = _line(article.title) or _line(read.header.title) or _line(sentences(text)[0])
        link = printable(article.link or article.url or "")
        source = _line(article.source) or _line(read.header.source) or _host_of(link)
        return Item(
            key=hashlib.sha256(f"{title}\n{text}".encode()).hexdigest(),
            title=title,
            text=text,
            link=link,
            published=read_date(None, article.date or read.header.published, self._now),
            source=source or article.name,
            folder="" if source else UNNAMED,
            page=page,
        )


def invalid_article(name: str, detail: str) -> Collected:
    """The result of an article whose fields are wrong."""
    return Collected(Subscription(name), troubles=(Trouble(FeedTrouble.INVALID, detail),))


def _refusal(error: ArticleError) -> FeedError:
    """The trouble of a text that holds no article."""
    if isinstance(error, NotFrench):
        return FeedError(FeedTrouble.NOT_FRENCH, error.language.code)
    kind = FeedTrouble(error.code)
    return FeedError(kind, str(error).rstrip(".") if kind is FeedTrouble.ARTICLE else "")


def _line(text: str) -> str:
    return " ".join(printable(text).split())[:LONGEST_LINE].strip()


def _host_of(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""
