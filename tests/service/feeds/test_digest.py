"""Which items a digest tells, and what it says of those without a date."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.feeds.digest import Digest, DigestMaker, Wishes
from service.feeds.entries import EntryWriter
from service.feeds.store import Store, open_store
from service.feeds.writing.data import write_json
from service.feeds.writing.feeds import write_atom, write_json_feed
from service.fetch.downloads import Download
from service.fetch.errors import FetchError
from service.reading.article import ArticleError

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
DAY = Wishes(NOW - timedelta(hours=24), 50)
FEED = "https://un.example/rss"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "s.sqlite") as opened:
        yield opened


def rss(*dates: str) -> bytes:
    """A feed of items that are called by their place, of which some have dates."""
    items = "".join(
        f"<item><title>Robot{k} Sujet{k}</title><guid>{k}</guid>"
        f"{f'<pubDate>{date}</pubDate>' if date else ''}</item>"
        for k, date in enumerate(dates)
    )
    return f"<rss version='2.0'><channel><title>Un</title>{items}</channel></rss>".encode()


def make(feed: bytes, store: Store, wishes: Wishes, now: datetime = NOW) -> Digest:
    def refuse(*_: object) -> dict[str, object]:
        raise ArticleError("No time is left for this article.")

    def refuse_page(link: str, feed: str) -> str:
        raise FetchError("No pages are here.")

    download = Download(feed, "application/xml", None, FEED, {})
    writer = EntryWriter(refuse, refuse_page, "fr")
    maker = DigestMaker(lambda *_: download, writer, "fr")
    return maker.make([FEED], store, wishes, now)


def titles(digest: Digest) -> set[str]:
    return {entry.headline for entry in digest.entries}


def test_no_time_is_made_up(store: Store) -> None:
    digest = make(rss(""), store, Wishes(None, 50))
    (entry,) = digest.entries
    assert entry.telling.published is None
    (item,) = json.loads(write_json_feed(digest))["items"]
    assert "date_published" not in item
    assert (
        json.loads(write_json(digest))["sections"][0]["entries"][0]["telling"]["published"] is None
    )
    assert f"<updated>{NOW.isoformat()}</updated>" in write_atom(digest)  # Atom asks for one.


def test_of_a_feed_that_is_not_known_an_item_without_a_date_is_not_new(store: Store) -> None:
    assert titles(make(rss("", "2026-11-29T07:00:00Z", ""), store, DAY)) == {"Robot1 Sujet1"}


def test_of_a_feed_without_dates_the_first_items_are_told(store: Store) -> None:
    digest = make(rss(*[""] * (10 + 5)), store, DAY)
    assert titles(digest) == {f"Robot{k} Sujet{k}" for k in range(10)}


def test_an_item_without_a_date_is_as_old_as_the_store_knows_it(store: Store) -> None:
    make(rss(""), store, DAY, NOW - timedelta(days=2))
    assert titles(make(rss("", ""), store, DAY)) == {"Robot1 Sujet1"}
    assert titles(make(rss("", ""), store, DAY, NOW + timedelta(hours=1))) == {"Robot1 Sujet1"}
