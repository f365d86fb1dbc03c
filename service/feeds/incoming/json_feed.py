"""Reads JSON Feed (jsonfeed.org), versions 1 and 1.1."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from service.feeds.incoming.dates import read_date
from service.feeds.incoming.marks import line_of, text_of
from service.feeds.item import FeedError, FeedTrouble, Item
from service.text.addresses import join_link

_VERSION: Final = "jsonfeed.org/version/"


def is_json(content: bytes) -> bool:
    """True if a document begins as a JSON object does."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def read_json_feed(content: bytes, address: str, now: datetime) -> tuple[str, list[Item]]:
    """The title of a JSON Feed and its items. Raises FeedError for other JSON."""
    try:
        document = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise FeedError(FeedTrouble.NO_FEED) from error
    if not isinstance(document, dict) or _VERSION not in _string(document, "version"):
        raise FeedError(FeedTrouble.NO_FEED)
    entries = document.get("items")
    return line_of(_string(document, "title")), list(
        _read_items(entries if isinstance(entries, list) else [], address, now)
    )


def _read_items(entries: list[Any], address: str, now: datetime) -> Iterator[Item]:
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        text = text_of(
            _string(entry, "content_html")
            or _string(entry, "content_text")
            or _string(entry, "summary")
        )
        link = _string(entry, "url") or _string(entry, "external_url")
        date = _string(entry, "date_published") or _string(entry, "date_modified")
        yield Item(
            key=str(entry.get("id") or ""),
            title=line_of(_string(entry, "title")),
            text=text,
            link=join_link(address, link) if link else "",
            published=read_date(None, date, now),
        )


def _string(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
