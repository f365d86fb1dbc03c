"""Collects all feeds, several at a time. An error in one feed does not stop the others."""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from service.feeds.incoming.opml import MAX_FEEDS, is_opml, read_opml
from service.feeds.incoming.pages import find_announced_feed, read_page
from service.feeds.incoming.parsing import read_feed
from service.feeds.item import (
    Collected,
    Feed,
    FeedError,
    FeedTrouble,
    Item,
    Subscription,
    Trouble,
)
from service.fetch.downloads import MAX_PAGE_BYTES, Download
from service.fetch.errors import FetchError, FetchTimeout, ForbiddenAddress, TooLarge
from service.reading.pages import begins_as_page
from service.text.addresses import is_web_address
from service.text.charsets import decoded

MAX_CHARACTERS: Final = 50_000_000  # of all feeds of a run together
# One feed is parsed at a time: a tree takes many times the memory of its feed.
READING: Final = threading.Lock()
AT_ONCE: Final = 8  # feeds that are fetched at a time
_HEAD_BYTES: Final = 8192  # an even number, for UTF-16
ACCEPT: Final = (
    "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,"
    "text/xml;q=0.9,application/json;q=0.8,text/html;q=0.7,*/*;q=0.5"
)
# Headers of an answer, and those of the next request that ask whether it has changed.
_VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}

# Takes an address, headers, and the referrer: the list or page that names the address, empty if the
# user names it. Returns the download, or raises FetchError.
Fetch = Callable[[str, Mapping[str, str], str], Download]
# For a feed's address, the headers with which a request asks for changes only.
Validators = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Content:
    """The content of a file or an address.

    `address` is where redirects led. `moved_to` is the same if all redirects are permanent, else
    empty.
    """

    content: bytes
    address: str
    content_type: str = ""
    charset: str | None = None
    moved_to: str = ""
    validators: tuple[tuple[str, str], ...] = ()
    is_unchanged: bool = False


def plain_reason(error: BaseException) -> str:
    """Why something failed, as the error says it."""
    return getattr(error, "strerror", None) or str(error).rstrip(".")


@dataclass(frozen=True)
class Reach:
    """What a run may read.

    `with_files`: a name that is no address is read as a file. `most_feeds` limits the feeds that
    are read from OPML lists. `word_reason` words the error behind a trouble.
    """

    with_files: bool = False
    most_feeds: int = MAX_FEEDS
    word_reason: Callable[[BaseException], str] = plain_reason


class Collector:
    """Reads lists of feeds, feeds and pages. `now` is the time of the run, with its zone."""

    def __init__(self, fetch: Fetch, validators: Validators, now: datetime, reach: Reach) -> None:
        self._fetch, self._validators, self._now = fetch, validators, now
        self._reach = reach
        self._room = MAX_CHARACTERS

    def collect(self, names: Iterable[str]) -> list[Collected]:
        """The result of each name (an address or a file), and of each feed of an OPML list.

        A list within a list is not followed.
        """
        given = [Subscription(name) for name in dict.fromkeys(names)]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            results = list(threads.map(self._collect_or_list, given))
            lists = [place for place, result in enumerate(results) if isinstance(result, list)]
            listed = [feed for result in results if isinstance(result, list) for feed in result]
            collected = [result for result in results if isinstance(result, Collected)]
            once = {result.subscription.address: result.subscription for result in collected}
            new = [feed for feed in listed if once.setdefault(feed.address, feed) is feed]
            read = new[: self._reach.most_feeds]
            if len(read) < len(new):
                many = Trouble(FeedTrouble.MANY_FEEDS, f"{len(new)}/{len(read)}")
                collected.append(Collected(given[lists[0]], troubles=(many,)))
            return collected + list(threads.map(self._collect, read))

    def _collect_or_list(self, subscription: Subscription) -> Collected | list[Subscription]:
        try:
            content = self._load(subscription.address, "")
            if is_opml(content.content):
                return _read_list(content)
            return self._read(subscription, content, with_pages=True)
        except Exception as error:
            return Collected(subscription, troubles=(_trouble_of(error),))

    def _collect(self, subscription: Subscription) -> Collected:
        try:
            content = self._load(subscription.address, subscription.referrer)
            return self._read(subscription, content, with_pages=False)
        except Exception as error:
            return Collected(subscription, troubles=(_trouble_of(error),))

    def _load(self, address: str, referrer: str, *, always: bool = False) -> Content:
        """The content of a file or an address.

        An address that has not changed gives no content, unless `always` is set.
        """
        if not is_web_address(address):
            if not self._reach.with_files:
                raise FeedError(FeedTrouble.FORBIDDEN)
            return _read_file(address, self._reach.word_reason)
        known = {} if always else self._validators.get(address, {})
        headers = {"Accept": ACCEPT, **known}
        try:
            return _as_content(self._fetch(address, headers, referrer))
        except FetchError as error:
            raise explained(error, self._reach.word_reason) from error

    def _read(self, subscription: Subscription, content: Content, with_pages: bool) -> Collected:
        moved = (Trouble(FeedTrouble.MOVED, content.moved_to),) if content.moved_to else ()
        if content.is_unchanged:
            return Collected(subscription, None, moved, content.validators, is_unchanged=True)
        feed, validators = self._read_content(content, with_pages)
        self._take_room(feed)
        items = tuple(_with_source(item, feed, subscription) for item in feed.items)
        whole = replace(feed, items=items)
        return Collected(subscription, whole, (*feed.troubles, *moved), validators)

    def _read_content(
        self, content: Content, with_pages: bool
    ) -> tuple[Feed, tuple[tuple[str, str], ...]]:
        """The feed, and its validators if the content is the feed itself, not a page.

        A page that announces no feed becomes an item only if `with_pages` is set: an OPML list
        names feeds, not articles.
        """
        if not begins_as_page(decoded(content.content[:_HEAD_BYTES], content.charset)):
            return self._parse(content), content.validators
        text = decoded(content.content, content.charset)
        announced = find_announced_feed(text, content.address)
        if announced and is_web_address(announced) and announced != content.address:
            return self._parse(self._load(announced, content.address, always=True)), ()
        if not with_pages:
            raise FeedError(FeedTrouble.NO_FEED)
        with READING:
            return read_page(text, content.address, self._now), ()

    def _parse(self, content: Content) -> Feed:
        with READING:
            return read_feed(content.content, content.address, content.content_type, self._now)

    def _take_room(self, feed: Feed) -> None:
        """Raises FeedError where all feeds together are too large."""
        with READING:
            self._room -= sum(len(item.text) + len(item.page) for item in feed.items)
            if self._room < 0:
                raise FeedError(FeedTrouble.NO_ROOM)


def _read_list(content: Content) -> list[Subscription]:
    """The feeds of an OPML list, with the address of the list as their referrer."""
    listed = read_opml(content.content)
    if not listed:
        raise FeedError(FeedTrouble.EMPTY)
    referrer = content.address if is_web_address(content.address) else ""
    return [replace(feed, referrer=referrer) for feed in listed]


def _trouble_of(error: Exception) -> Trouble:
    """The trouble that an error means for a feed.

    Raises errors of this machine again, such as those of its certificates.
    """
    if isinstance(error, FeedError):
        return error.trouble
    if isinstance(error, OSError):
        raise error
    return Trouble(FeedTrouble.BROKEN, type(error).__name__)


def _with_source(item: Item, feed: Feed, subscription: Subscription) -> Item:
    address = subscription.address
    host = urlsplit(address).hostname if is_web_address(address) else Path(address).name
    source = feed.title or subscription.title or host or address
    return replace(item, feed=address, source=source, folder=subscription.folder)


def _read_file(name: str, word_reason: Callable[[BaseException], str]) -> Content:
    try:
        with Path(name).open("rb") as file:
            content = file.read(MAX_PAGE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise FeedError(FeedTrouble.UNREADABLE, word_reason(error)) from error
    if len(content) > MAX_PAGE_BYTES:
        raise FeedError(FeedTrouble.TOO_LARGE)
    return Content(content, name)


def _as_content(download: Download) -> Content:
    headers = {name.lower(): value for name, value in download.headers.items()}
    return Content(
        download.content,
        download.address,
        headers.get("content-type", ""),
        download.charset,
        download.address if download.is_moved else "",
        tuple((ask, headers[name]) for name, ask in _VALIDATORS.items() if name in headers),
        download.is_unchanged,
    )


def explained(
    error: FetchError, word_reason: Callable[[BaseException], str] = plain_reason
) -> FeedError:
    """The trouble of a feed that could not be fetched."""
    if isinstance(error, FetchTimeout):
        return FeedError(FeedTrouble.TIMEOUT)
    if isinstance(error, TooLarge):
        return FeedError(FeedTrouble.TOO_LARGE)
    if isinstance(error, ForbiddenAddress):
        return FeedError(FeedTrouble.FORBIDDEN)
    if error.status:
        return FeedError(FeedTrouble.STATUS, str(error.status))
    if error.is_unconnected:
        is_unknown = error.names_no_host
        return FeedError(FeedTrouble.UNKNOWN_HOST if is_unknown else FeedTrouble.NO_ANSWER)
    return FeedError(FeedTrouble.FAILED, word_reason(error).rstrip("."))
