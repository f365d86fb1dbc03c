"""What counts as a page, what as a text, and in which charset they are read."""

import pytest

from service.fetch.errors import FetchError
from service.fetch.pages import fetch
from service.reading.pages import unwrap_text
from service.reading.reader import read_article
from tests.service.fetch.site import PAGE, page, site


@pytest.mark.parametrize(
    "kind",
    [
        "text/html; charset=utf-8",
        "text/html",
        "Text/HTML; Charset=UTF-8",
        "APPLICATION/XHTML+XML",
        "",
        None,
        "text/html; charset='utf-8'",
        *(
            f"text/html; charset={name}"
            for name in ("nonsense", "undefined", "idna", "punycode", "base64", "utf8mb4", "rot13")
        ),
    ],
)
def test_pages_of_any_usual_charset_and_of_none(kind: str | None) -> None:
    with site(lambda _, send: send(page(kind=kind))) as url:
        assert "L'hébergeur" in fetch(url, 5, public_only=False)


@pytest.mark.parametrize(
    "charset",
    [
        "iso-8859-1",
        "latin1",
        "windows-1252",
        "ISO-8859-15",
        "utf-16",
        "UTF-8",
        "macintosh",
        "koi8-r",
    ],
)
def test_usual_charsets_are_believed(charset: str) -> None:
    text = "Où ?" if charset != "koi8-r" else "Да"
    with site(
        lambda _, send: send(page(text.encode(charset), f"text/html; charset={charset}"))
    ) as url:
        assert fetch(url, 5, public_only=False) == text


FRENCH = "L’hébergeur coûte 45 € à l’œuvre…"


@pytest.mark.parametrize("label", ["ISO-8859-1", "latin1", "us-ascii", "windows-1252", "CP819"])
@pytest.mark.parametrize("place", ["header", "meta", "http-equiv", "xml"])
def test_latin_1_is_windows_1252(label: str, place: str) -> None:
    head = {
        "header": "",
        "meta": f"<meta charset='{label}'>",
        "http-equiv": f'<META http-equiv="Content-Type" content="text/html; charset={label}">',
        "xml": f'<?xml version="1.0" encoding="{label}"?>',
    }[place]
    content = f"{head}<p>{FRENCH}</p>".encode("cp1252")
    kind = f"text/html; charset={label}" if place == "header" else "text/html"
    with site(lambda _, send: send(page(content, kind))) as url:
        assert FRENCH in fetch(url, 5, public_only=False)


RELEASE = (
    "Nuagis ouvre une région\n\nL'hébergeur <i>français</i> ouvre mardi une région à Lille & une "
    "autre à Brest cette année.\n"
)


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "text/plain; charset=utf-8", "Text/Markdown", "text/x-markdown", "", None],
)
def test_what_is_sent_as_text_is_read_as_text(kind: str | None) -> None:
    with site(lambda _, send: send(page(RELEASE.encode(), kind))) as url:
        html = fetch(url, 5, public_only=False)
    assert unwrap_text(html) == RELEASE
    article = read_article(html=html)
    assert article.header.title == "Nuagis ouvre une région"
    assert article.text == RELEASE
    assert "tags" not in {warning.code for warning in article.warnings}


def test_a_page_that_is_sent_as_text_is_a_page() -> None:
    with site(lambda _, send: send(page(PAGE, "text/plain"))) as url:
        assert fetch(url, 5, public_only=False) == PAGE.decode()


@pytest.mark.parametrize(
    "html", ["<pre>a</pre>", "<html><body><pre>a <b>b</b></pre></body></html>", "<p>a</p>", "a"]
)
def test_pages_of_more_than_one_text(html: str) -> None:
    assert unwrap_text(html) is None


def test_a_text_as_a_browser_saves_it() -> None:
    head = '<head><meta name="color-scheme" content="light dark"></head>'
    assert (
        unwrap_text(
            f'<html>{head}<body><pre style="white-space: pre-wrap;">a &lt; b</pre></body></html>\n'
        )
        == "a < b"
    )


FEED = (
    b'<?xml version="1.0"?>\n<!-- made -->\n'
    b'<rss version="2.0"><channel><title>Fil</title></channel></rss>'
)


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("text/xml", FEED, "a feed, not an article: give the addresses"),
        ("text/html", FEED, "a feed, not an article"),
        (
            "application/xml",
            b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>",
            "a feed, not an article",
        ),
        ("application/rss+xml", FEED, "not a page but a feed: give the addresses"),
        ("text/xml", b"<?xml version='1.0'?><note>a</note>", "XML that is no page"),
        ("application/xml", b"<note>a</note>", "application/xml, not a page"),
        ("text/plain", rb"{\rtf1\ansi Bonjour}", "an RTF document"),
        ("text/css", b"p {}", "text/css, not a page"),
        ("text/javascript", b"a()", "text/javascript, not a page"),
    ],
)
def test_what_is_no_article_is_refused(kind: str, content: bytes, words: str) -> None:
    with (
        site(lambda _, send: send(page(content, kind))) as url,
        pytest.raises(FetchError, match=words),
    ):
        fetch(url, 5, public_only=False)


def test_xhtml_that_is_sent_as_xml_is_a_page() -> None:
    content = (
        b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">'
        b"<body><p>Bonjour</p></body></html>"
    )
    with site(lambda _, send: send(page(content, "application/xml"))) as url:
        assert fetch(url, 5, public_only=False) == content.decode()
