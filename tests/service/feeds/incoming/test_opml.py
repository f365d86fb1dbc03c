"""OPML lists, whole and broken."""

from service.feeds.incoming.opml import is_opml, read_opml

LIST = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="Matériel"><outline text="Un" xmlUrl="https://un.example/rss"/>
<outline text="Puces"><outline title="Deux" text="x" xmlURL="feed://deux.example/atom"/></outline></outline>
<outline text="Trois" xmlurl=" https://trois.example/feed "/>
<outline text="Un encore" xmlUrl="https://un.example/rss"/>
<outline text="Fichier" xmlUrl="file:///etc/passwd"/><outline text="Lien" url="https://lien.example"/>
</body></opml>"""


def test_feeds_with_their_folders() -> None:
    feeds = [(feed.address, feed.folder, feed.title) for feed in read_opml(LIST.encode())]
    assert feeds == [
        ("https://un.example/rss", "Matériel", "Un"),
        ("http://deux.example/atom", "Matériel / Puces", "Deux"),
        ("https://trois.example/feed", "", "Trois"),
    ]


def test_the_scheme_feed_is_that_of_the_web() -> None:
    (feed,) = read_opml(b'<opml><body><outline xmlUrl="FEED://Un.example/rss"/></body></opml>')
    assert feed.address == "http://Un.example/rss"


def test_titles_hold_only_what_documents_may() -> None:
    outline = (
        b'<outline text="a&#1;b"><outline text="c&#1;d" xmlUrl="https://un.example"/></outline>'
    )
    (feed,) = read_opml(b"<opml><body>" + outline + b"</body></opml>")
    assert (feed.folder, feed.title) == ("ab", "cd")


def test_a_broken_list_gives_what_can_be_read() -> None:
    cut = LIST[: LIST.index('<outline text="Trois"')]
    assert len(read_opml(cut.encode())) == 2
    assert read_opml(b"<opml>") == []
    assert read_opml(b"") == []


def test_entities_are_not_resolved() -> None:
    bad = '<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="a&x;b" xmlUrl="https://a.example"/></body></opml>'
    assert "root" not in read_opml(bad.encode())[0].title


def test_deep_folders_end() -> None:
    deep = "<opml><body>" + '<outline text="a">' * 5_000
    assert read_opml(deep.encode()) == []


def test_in_utf_16() -> None:
    content = LIST.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")
    assert is_opml(content)
    assert len(read_opml(content)) == 3
    assert not is_opml(b"<rss/>")
