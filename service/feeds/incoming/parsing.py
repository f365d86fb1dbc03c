"""From the bytes of a feed to its items: RSS and Atom by feedparser, JSON Feed by our own reader.

A feed that is broken is read as far as it goes.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from service.feeds.incoming.dates import read_date
from service.feeds.incoming.json_feed import is_json, read_json_feed
from service.feeds.incoming.marks import line_of, opening_of, printable, text_of
from service.feeds.item import Feed, FeedError, FeedTrouble, Item, Trouble
from service.text.addresses import join_link

MAX_ITEMS: Final = 1_000  # of a feed, the newest ones
_WEB: Final = ("http", "https")
_DIGITS: Final = 16  # hexadecimal digits of a key that is made up
_OLDEST: Final = datetime.min.replace(tzinfo=UTC)


def read_feed(content: bytes, address: str, content_type: str, now: datetime) -> Feed:
    """The feed that `content` holds; `address` is its own, `now` the time with its zone.

    Raises FeedError where it is no feed, or an empty one.
    """
    if is_json(content):
        title, items = read_json_feed(content, address, now)
    else:
        title, items = _read_xml(content, address, content_type, now)
    told = [_complete(item) for item in items if item.title or item.text]
    by_key: dict[str, Item] = {}
    for item in told:
        by_key.setdefault(item.key, item)
    kept = sorted(by_key.values(), key=lambda item: item.published or _OLDEST, reverse=True)
    if not kept:
        raise FeedError(FeedTrouble.EMPTY)
    newest = tuple(kept[:MAX_ITEMS])
    return Feed(title, newest, tuple(_troubles(len(kept), newest)))


def _troubles(count: int, items: tuple[Item, ...]) -> Iterator[Trouble]:
    if count > len(items):
        yield Trouble(FeedTrouble.CUT, f"{count}/{len(items)}")
    if unlinked := sum(not item.link for item in items):
        yield Trouble(FeedTrouble.WITHOUT_LINKS, str(unlinked))


def _complete(item: Item) -> Item:
    """The item with a key, with a title, and with a link of the web or none."""
    link = printable(item.link) if _scheme_of(item.link) in _WEB else ""
    content = "\n".join((item.title, item.text)).encode()
    key = printable(item.key) or link or hashlib.sha256(content).hexdigest()[:_DIGITS]
    title = item.title or opening_of(item.text)
    return replace(item, key=key, title=title, link=link)


def _scheme_of(link: str) -> str:
    """The scheme of an address in lower case; empty for one that is broken."""
    try:
        return urlsplit(link).scheme.lower()
    except ValueError:
        return ""


def _read_xml(
    content: bytes, address: str, content_type: str, now: datetime
) -> tuple[str, list[Item]]:
    import feedparser

    headers = {"content-type": content_type or "application/xml", "content-location": address}
    # As a stream: if plain bytes are the name of a file, feedparser opens that file.
    document = feedparser.parse(io.BytesIO(content), response_headers=headers)
    if not document.get("version"):
        raise FeedError(FeedTrouble.NO_FEED)
    items = [_read_entry(entry, address, now) for entry in document.entries]
    return line_of(document.feed.get("title", "")), items


def _read_entry(entry: Any, address: str, now: datetime) -> Item:
    contents = [content.get("value", "") for content in entry.get("content", ())]
    text = text_of(max([*contents, entry.get("summary", "")], key=len))
    # A plain dictionary: feedparser's own warns where it gives one date in place of another.
    fields = dict(entry)
    moment = fields.get("published_parsed") or fields.get("updated_parsed")
    written = fields.get("published") or fields.get("updated") or ""
    link = entry.get("link", "")
    return Item(
        key=entry.get("id", ""),
        title=line_of(entry.get("title", "")),
        text=text,
        link=join_link(address, link) if link else "",
        published=read_date(moment, written, now),
    )
