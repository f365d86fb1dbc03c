"""Feeds from a site of this machine: what is wrong with one loses nothing of the others."""

import gzip
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from service.feeds.incoming.collecting import Collector, Reach
from service.feeds.incoming.opml import MAX_FEEDS
from service.feeds.item import Collected, FeedTrouble
from service.feeds.visiting import RunTime, Visitor
from service.fetch.downloads import Download, download
from service.fetch.errors import FetchTimeout
from tests.engines import ARTICLE
from tests.service.feeds.incoming.test_parsing import ATOM, ITEM, NOW, rss
from tests.service.feeds.site import Site, serving

GOOD = rss(ITEM.format(date="Sat, 28 Nov 2026 10:00:00 +0100"))
PAGE = (
    "<html><head><title>Nuagis ouvre une région</title>{head}</head><body><article>"
    f"<h1>Nuagis ouvre une région</h1><p>{ARTICLE}</p></article></body></html>"
)

REFERRERS: dict[str, str] = {}  # Who named each address that was fetched last.


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def fetch(address: str, headers: Mapping[str, str], referrer: str) -> Download:
    REFERRERS[address] = referrer
    return download(address, 2.0, public_only=False, headers=headers)


def collect(*names: str, validators: Any = None) -> dict[str, Collected]:
    collected = Collector(fetch, validators or {}, NOW, Reach(with_files=True)).collect(names)
    return {result.subscription.address: result for result in collected}


def troubles(result: Collected) -> list[tuple[FeedTrouble, str]]:
    return [(trouble.kind, trouble.detail) for trouble in result.troubles]


def endless(write: Callable[[bytes], Any]) -> None:
    write(b'<?xml version="1.0"?><rss version="2.0"><channel>')
    end = time.monotonic() + 10
    while time.monotonic() < end:
        write(b"<item><title>a</title></item>")
        time.sleep(0.02)


def huge(write: Callable[[bytes], Any]) -> None:
    for _ in range(50):
        write(b" " * 1_000_000)


def test_each_fault_is_told_and_loses_nothing_of_the_others(site: Site) -> None:
    bomb = gzip.compress(b"<rss>" + b" " * 50_000_000)
    faults = {
        site.url + "/missing": (FeedTrouble.STATUS, "404"),
        site.put("/endless", "", stream=endless): (FeedTrouble.TIMEOUT, ""),
        site.put("/huge", "", stream=huge): (FeedTrouble.TOO_LARGE, ""),
        site.put("/bomb", bomb, headers={"Content-Encoding": "gzip"}): (FeedTrouble.TOO_LARGE, ""),
        site.put("/no", "<html><body>rien</body></html>", "text/html"): (FeedTrouble.NO_FEED, ""),
        site.put("/empty", rss("")): (FeedTrouble.EMPTY, ""),
        "http://127.0.0.1:9/feed": (FeedTrouble.NO_ANSWER, ""),
        "http://no.such.site.invalid/": (FeedTrouble.UNKNOWN_HOST, ""),
        "http:///feed": (FeedTrouble.FORBIDDEN, ""),
        "/no/such/file.xml": (FeedTrouble.UNREADABLE, "No such file or directory"),
    }
    good = site.put("/good", GOOD)
    collected = collect(*faults, good)
    assert {name: troubles(collected[name]) for name in faults} == {
        name: [fault] for name, fault in faults.items()
    }
    assert all(collected[name].feed is None for name in faults)
    feed = collected[good].feed
    assert feed is not None
    assert [(item.title, item.source, item.feed) for item in feed.items] == [
        ("Panne chez Nuagis", "Un", good)
    ]


def test_lists_are_followed_and_keep_folders(site: Site, tmp_path: Path) -> None:
    outline = '<outline text="Cloud"><outline text="U" xmlUrl="{url}/good"/></outline>'
    opml = f"<opml><body>{outline}</body></opml>"
    site.put("/good", GOOD)
    address = site.put("/list", opml, "text/x-opml")
    path = tmp_path / "feeds.opml"
    path.write_text(opml.replace("{url}", site.url), encoding="utf-8")
    collected = collect(address, str(path))
    assert list(collected) == [site.url + "/good"]
    assert len([path for path, _ in site.asked if path == "/good"]) == 1
    feed = collected[site.url + "/good"].feed
    assert feed is not None
    assert feed.items[0].folder == "Cloud"
    assert REFERRERS[site.url + "/good"] == address
    collect(str(path))
    assert REFERRERS[site.url + "/good"] == ""


def test_a_page_without_feed_in_a_list_is_no_news(site: Site) -> None:
    page = site.put("/home", PAGE.replace("{head}", ""), "text/html")
    link = '<link rel="alternate" type="application/atom+xml" href="/atom">'
    announcing = site.put("/blog", PAGE.replace("{head}", link), "text/html")
    site.put("/atom", ATOM)
    outlines = f'<outline xmlUrl="{page}"/><outline xmlUrl="{announcing}"/>'
    address = site.put("/list", f"<opml><body>{outlines}</body></opml>")
    listed = collect(address)
    assert listed[page].feed is None
    assert troubles(listed[page]) == [(FeedTrouble.NO_FEED, "")]
    assert listed[announcing].feed
    assert collect(page, address)[page].feed  # The user names it too.


def test_a_list_of_too_many_feeds(site: Site) -> None:
    outlines = "".join(f'<outline xmlUrl="{{url}}/{k}"/>' for k in range(5))
    address = site.put("/list", f"<opml><body>{outlines}</body></opml>")
    results = Collector(fetch, {}, NOW, Reach(most_feeds=3)).collect([address])
    assert troubles(results[0]) == [(FeedTrouble.MANY_FEEDS, "5/3")]
    assert len(results) == 4


def test_feeds_that_are_too_large_together(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.feeds.incoming.collecting.MAX_CHARACTERS", 100)
    text = f"<item><title>a</title><description>{'Un texte. ' * 6}</description></item>"
    addresses = [site.put(f"/{k}", rss(text)) for k in range(3)]
    results = collect(*addresses).values()
    kinds = [trouble.kind for result in results for trouble in result.troubles]
    assert kinds.count(FeedTrouble.NO_ROOM) == 2
    assert sum(result.feed is not None for result in results) == 1


def test_an_unchanged_feed_is_asked_for_changes_only(site: Site) -> None:
    address = site.put("/good", GOOD, headers={"ETag": '"1"'})
    first = collect(address)[address]
    assert first.validators == (("If-None-Match", '"1"'),)
    again = collect(address, validators={address: dict(first.validators)})[address]
    assert (again.feed, again.is_unchanged, again.troubles) == (None, True, ())


def test_a_feed_that_has_moved(site: Site) -> None:
    site.put("/new", GOOD)
    for path, status in (("/old", 301), ("/for-now", 302)):
        site.put(path, "", status=status, headers={"Location": "/new"})
    moved, temporary = collect(site.url + "/old", site.url + "/for-now").values()
    assert moved.feed
    assert temporary.feed
    assert troubles(moved) == [(FeedTrouble.MOVED, site.url + "/new")]
    assert not temporary.troubles


def test_a_public_feed_does_not_lead_to_a_private_address(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as private:
        private.put("/feed", GOOD)
        address = f"http://[::ffff:127.0.0.1]:{private.url.rsplit(':', 1)[1]}/feed"
        site.put("/away", "", status=302, headers={"Location": address})
        monkeypatch.setattr("service.fetch.addresses.is_public", lambda name: name == "127.0.0.1")
        fetch_public = Visitor(RunTime(20.0), 5.0, lambda referrer: True).fetch_feed
        (result,) = Collector(fetch_public, {}, NOW, Reach()).collect([site.url + "/away"])
        assert troubles(result) == [(FeedTrouble.FORBIDDEN, "")]
        assert not private.asked
    assert [path for path, _ in site.asked] == ["/away"]


def test_a_page_leads_to_its_feed(site: Site) -> None:
    link = '<link rel="alternate" type="application/atom+xml" href="/atom?a=1&amp;b=2">'
    page = site.put("/", PAGE.replace("{head}", link), "text/html")
    site.put("/atom?a=1&b=2", ATOM)
    feed = collect(page)[page].feed
    assert feed is not None
    assert feed.title == "Deux"
    assert REFERRERS[site.url + "/atom?a=1&b=2"] == page


def test_a_page_without_feed_is_an_item(site: Site, tmp_path: Path) -> None:
    page = site.put("/article", PAGE.replace("{head}", ""), "text/html")
    path = tmp_path / "article.html"
    path.write_text(PAGE.replace("{head}", ""), encoding="utf-8")
    collected = collect(page, str(path))
    for name, link in ((page, page), (str(path), "")):
        feed = collected[name].feed
        assert feed is not None
        assert [(item.title, item.link) for item in feed.items] == [
            ("Nuagis ouvre une région", link)
        ]
        assert feed.items[0].page.startswith("<html>")


@pytest.mark.parametrize(
    ("character", "error"),
    [("&#xd800;", "UnicodeEncodeError"), ("&#x110000000;", "OverflowError")],
)
def test_what_the_reader_of_feeds_cannot_take(site: Site, character: str, error: str) -> None:
    bad = site.put("/bad", rss(f"<item><title>a {character}</title></item>"))
    good = site.put("/good", GOOD)
    collected = collect(bad, good)
    assert troubles(collected[bad]) == [(FeedTrouble.BROKEN, error)]
    assert collected[good].feed


@pytest.mark.parametrize("reader", ["read_feed", "read_opml"])
def test_an_error_of_our_own_is_that_of_one_feed(
    site: Site, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    good = site.put("/good", PAGE.replace("{head}", ""), "text/html")
    bad = site.put("/bad", GOOD if reader == "read_feed" else "<opml></opml>")
    monkeypatch.setattr(f"service.feeds.incoming.collecting.{reader}", fail)
    collected = collect(bad, good)
    assert troubles(collected[bad]) == [(FeedTrouble.BROKEN, "RuntimeError")]
    assert collected[good].feed


def test_an_announced_feed_is_read_whole(site: Site) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/good">'
    page = site.put("/", PAGE.replace("{head}", link), "text/html")
    good = site.put("/good", GOOD, headers={"ETag": '"1"'})
    feed = collect(page, validators={good: {"If-None-Match": '"1"'}})[page].feed
    assert feed is not None


def test_a_list_of_more_feeds_than_are_read(site: Site) -> None:
    outlines = "".join(f'<outline xmlUrl="{{url}}/{k}"/>' for k in range(MAX_FEEDS + 5))
    address = site.put("/list", f"<opml><body>{outlines}</body></opml>")
    content = download(address, 5.0, public_only=False)

    def answer(name: str, headers: Mapping[str, str], referrer: str) -> Download:
        if name == address:
            return content
        raise FetchTimeout("No time is left for this address.")

    results = Collector(answer, {}, NOW, Reach()).collect([address])
    many = (FeedTrouble.MANY_FEEDS, f"{MAX_FEEDS + 5}/{MAX_FEEDS}")
    assert troubles(results[0]) == [many]
    assert len(results) == MAX_FEEDS + 1


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "huge.xml"
    path.write_bytes(b" " * 5_000_001)
    assert troubles(collect(str(path))[str(path)]) == [(FeedTrouble.TOO_LARGE, "")]


def test_files_are_read_only_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(GOOD)
    (result,) = Collector(fetch, {}, NOW, Reach()).collect([str(path)])
    assert troubles(result) == [(FeedTrouble.FORBIDDEN, "")]
