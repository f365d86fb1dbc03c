"""Feeds of three formats, whole and broken."""

import json
import time
from datetime import UTC, datetime

import pytest

from service.feeds.incoming.parsing import MAX_ITEMS, read_feed
from service.feeds.item import Feed, FeedError, FeedTrouble

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
ADDRESS = "https://un.example/feed.xml"
RSS = (
    '<?xml version="1.0"{encoding}?>{doctype}<rss version="2.0"><channel><title>Un</title>{items}'
    "</channel></rss>"
)
ITEM = "<item><title>Panne chez Nuagis</title><link>/panne</link><pubDate>{date}</pubDate></item>"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Deux</title><entry><id>tag:1</id>'
    '<title type="html">Panne &amp;amp; reprise</title><link href="https://deux.example/1"/>'
    "<updated>2026-11-28T10:00:00+01:00</updated>"
    '<content type="html">&lt;p&gt;Un &lt;b&gt;site&lt;/b&gt;.&lt;/p&gt;&lt;script&gt;x()'
    "&lt;/script&gt;&lt;p&gt;Deux.&lt;/p&gt;</content></entry></feed>"
)


def rss(items: str, encoding: str = "", doctype: str = "") -> bytes:
    named = f' encoding="{encoding}"' if encoding else ""
    text = RSS.format(encoding=named, doctype=doctype, items=items)
    return text.encode(encoding or "utf-8")


def read(content: bytes | str, kind: str = "application/xml") -> Feed:
    raw = content.encode() if isinstance(content, str) else content
    return read_feed(raw, ADDRESS, kind, NOW)


def test_rss() -> None:
    feed = read(rss(ITEM.format(date="Sat, 28 Nov 2026 10:00:00 +0100")))
    item = feed.items[0]
    assert (feed.title, item.title, item.link) == (
        "Un", "Panne chez Nuagis", "https://un.example/panne",
    )  # fmt: skip
    assert item.published == datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    assert not feed.troubles


def test_atom_and_its_html() -> None:
    item = read(ATOM).items[0]
    assert (item.key, item.title, item.text) == ("tag:1", "Panne & reprise", "Un site.\nDeux.")


def test_json_feed() -> None:
    items = [
        {"id": 7, "title": "Panne", "content_html": "<p>Un.</p>", "url": "/7",
         "date_published": "2026-11-28T10:00:00+01:00"},
        {"id": "8", "content_text": "Un texte sans titre."},
        {"id": "10", "content_text": f"{'mot ' * 12}, fin.\nUn autre."},
        "no item", {"id": "9"}, {"title": ["no", "title"], "summary": {"a": 1}},
        {"id": "\ud800", "title": "demi\ud800"},
    ]  # fmt: skip
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Trois", "items": items}
    got = {item.key: item for item in read(json.dumps(feed), "application/feed+json").items}
    assert got["7"].link == "https://un.example/7"
    assert got["7"].published == datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    assert got["8"].title == "Un texte sans titre."
    assert got["10"].title == " ".join(["mot"] * 12) + "…"
    assert len(got) == 4
    assert all(item.title.encode() and key.encode() for key, item in got.items())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("sam., 28 nov. 2026 10:00:00 +0100", "2026-11-28"),
        ("28 novembre 2026", "2026-11-28"),
        ("28/11/2026 10:00", "2026-11-28"),
        ("2026-11-28 10:00", "2026-11-28"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Sat, 28 Nov 2099 10:00:00 GMT", None),
        ("0000-00-00", None),
        ("demain", None),
        ("9" * 100_000, None),
    ],
)
def test_odd_dates(written: str, expected: str | None) -> None:
    published = read(rss(ITEM.format(date=written))).items[0].published
    assert (published and published.date().isoformat()) == expected


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1252"])
def test_charsets(encoding: str) -> None:
    title = "<item><title>L'été à Orléans</title></item>"
    assert read(rss(title, encoding)).items[0].title == "L'été à Orléans"


def test_latin_1_without_a_label() -> None:
    content = rss("<item><title>L'été</title></item>").decode().encode("latin-1")
    assert read(content, "text/xml").items[0].title == "L'été"


def test_entities_are_neither_unpacked_nor_followed() -> None:
    levels = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 10))
    bomb = f'<!DOCTYPE r [<!ENTITY e0 "aaaaaaaaaa">{levels}]>'
    begin = time.monotonic()
    items = "<item><title>a &e9; b</title></item>"
    assert len(read(rss(items, doctype=bomb)).items[0].title) < 300
    secret = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    items = "<item><title>a &x; b</title></item>"
    assert "root" not in read(rss(items, doctype=secret)).items[0].title
    assert time.monotonic() - begin < 10


def test_the_name_of_a_file_is_no_feed() -> None:
    with pytest.raises(FeedError) as raised:
        read(str(__file__))
    assert raised.value.trouble.kind is FeedTrouble.NO_FEED


def test_what_is_broken_is_read_as_far_as_it_goes() -> None:
    broken = rss("<item><title>a & b</title></item><item><title>c\x01d").decode()
    assert next(item.title for item in read(broken[:-20]).items) == "a & b"


def test_five_thousand_items() -> None:
    items = "".join(
        f"<item><title>T{k}</title><link>/{k}</link>"
        f"<pubDate>2026-10-{1 + k % 28:02}T00:00:00Z</pubDate></item>"
        for k in range(5_000)
    )
    feed = read(rss(items))
    assert len(feed.items) == MAX_ITEMS
    assert min(item.published.day for item in feed.items if item.published) >= 22
    assert [(t.kind, t.detail) for t in feed.troubles] == [(FeedTrouble.CUT, "5000/1000")]


def test_items_without_links_are_told_and_kept() -> None:
    feed = read(
        rss("<item><title>a</title></item><item><title>b</title><link>javascript:x</link></item>")
    )
    assert [item.link for item in feed.items] == ["", ""]
    assert len({item.key for item in feed.items}) == 2
    assert [(t.kind, t.detail) for t in feed.troubles] == [(FeedTrouble.WITHOUT_LINKS, "2")]


def test_a_json_feed_with_a_broken_link() -> None:
    items = [{"id": "1", "title": "Panne", "url": "http://[x"}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    assert [item.link for item in read(json.dumps(feed)).items] == [""]


@pytest.mark.parametrize("content", ["", "{}", "{", "[1]", "<html></html>", "<note/>", "\0" * 50])
def test_what_is_no_feed(content: str) -> None:
    with pytest.raises(FeedError) as raised:
        read(content)
    assert raised.value.trouble.kind is FeedTrouble.NO_FEED


def test_an_empty_feed() -> None:
    with pytest.raises(FeedError) as raised:
        read(rss(""))
    assert raised.value.trouble.kind is FeedTrouble.EMPTY
