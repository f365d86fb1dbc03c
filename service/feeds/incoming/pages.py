"""Pages in place of feeds: the feed that a page announces, or the page as an item of its own."""

import re
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from service.feeds.incoming.dates import read_date
from service.feeds.item import Feed, FeedError, FeedTrouble, Item
from service.reading.article import ArticleError
from service.reading.pages import extract
from service.text.addresses import is_web_address, join_link

_LINK: Final = re.compile(r"<link\b[^<>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"""\b(rel|type|href)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.I
)
_FEEDS: Final = ("application/rss+xml", "application/atom+xml", "application/feed+json")


def find_announced_feed(html: str, address: str) -> str | None:
    """The address of the first feed that a page announces; None where it announces none."""
    for link in _LINK.finditer(html):
        fields = {
            match[1].lower(): (match[2] or match[3] or match[4] or "").strip()
            for match in _ATTRIBUTE.finditer(link[0])
        }
        is_feed = fields.get("type", "").lower() in _FEEDS
        written = fields.get("href", "").replace("&amp;", "&")
        if is_feed and "alternate" in fields.get("rel", "").lower() and written:
            joined = join_link(address, written)
            if joined:
                return joined
    return None


def read_page(html: str, address: str, now: datetime) -> Feed:
    """A page as a feed of one item. Raises FeedError where it holds no article."""
    try:
        page = extract(html)
    except ArticleError as error:
        raise FeedError(FeedTrouble.NO_FEED) from error
    text = "\n".join(paragraph.text for paragraph in page.paragraphs)
    if not page.header.title or not text:
        raise FeedError(FeedTrouble.NO_FEED)
    is_address = is_web_address(address)
    item = Item(
        key=address,
        title=page.header.title,
        text=text,
        link=address if is_address else "",
        published=read_date(None, page.header.published, now),
        page=html,
    )
    host = urlsplit(address).hostname if is_address else None
    return Feed(page.header.source or host or address, (item,))
