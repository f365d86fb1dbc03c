"""Fetches from servers that misbehave: what is read, how long is waited, what counts as a page."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from service.fetch import (
    MAX_PAGE_BYTES,
    MAX_REDIRECTS,
    FetchError,
    FetchTimeout,
    ForbiddenAddress,
    fetch,
)
from service.reading.pages import unwrap_text
from service.reading.reader import read_article
from service.text.charsets import decoded

PAGE = b"<html><body><p>L'h\xc3\xa9bergeur ouvre.</p></body></html>"
# Answers the request for a path with a function that sends bytes.
Answer = Callable[[str, Callable[[bytes], None]], None]


def page(content: bytes = PAGE, kind: str | None = "text/html; charset=utf-8") -> bytes:
    """A whole answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n" + (
        f"Content-Type: {kind}\r\n" if kind is not None else ""
    )
    return head.encode() + b"\r\n" + content


@contextmanager
def site(answer: Answer) -> Iterator[str]:
    """A server that sends what `answer` wants, one request a connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # The client has heard enough
            path = connection.recv(65_536).split()[1].decode()
            answer(path, connection.sendall)

    def accept() -> None:
        with suppress(OSError):  # Closed
            while True:
                threading.Thread(target=serve, args=[listening.accept()[0]], daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def drip(send: Callable[[bytes], None], piece: bytes) -> None:
    """Sends a piece every now and then, for longer than anybody should wait."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        send(piece)
        time.sleep(0.05)


def test_what_comes_with_a_redirect_is_not_read() -> None:
    sent = 0

    def answer(path: str, send: Callable[[bytes], None]) -> None:
        nonlocal sent
        if path == "/page":
            send(page())
            return
        send(b"HTTP/1.1 302 Found\r\nLocation: /page\r\nContent-Length: 60000000\r\n\r\n")
        for _ in range(60):
            send(b"a" * 1_000_000)
            sent += 1_000_000

    with site(answer) as url:
        assert "L'hébergeur" in fetch(url, 5, public_only=False)
    assert sent < 20_000_000  # What fits into the buffers of the sockets


@pytest.mark.parametrize("redirects", [MAX_REDIRECTS, MAX_REDIRECTS + 1])
def test_so_many_redirects_are_followed(redirects: int) -> None:
    def answer(path: str, send: Callable[[bytes], None]) -> None:
        left = int(path[1:])
        send(
            f"HTTP/1.1 302 Found\r\nLocation: /{left - 1}\r\nContent-Length: 0\r\n\r\n".encode()
            if left
            else page()
        )

    with site(answer) as url:
        if redirects <= MAX_REDIRECTS:
            assert "L'hébergeur" in fetch(f"{url}/{redirects}", 5, public_only=False)
        else:
            with pytest.raises(FetchError, match=f"more than {MAX_REDIRECTS} redirects"):
                fetch(f"{url}/{redirects}", 5, public_only=False)


@pytest.mark.parametrize("target", ["ftp://a/", "file:///etc/passwd"])
def test_redirects_lead_to_web_addresses_only(target: str) -> None:
    with (
        site(
            lambda _, send: send(
                f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
            )
        ) as url,
        pytest.raises(ForbiddenAddress, match="Only http and https"),
    ):
        fetch(url, 5, public_only=False)


HEADS = {
    "status": b"HTTP/1.1 200 O",
    "headers": b"HTTP/1.1 200 OK\r\nX: ",
    "hints": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nContent-Length: 1000\r\nX: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n",
}


@pytest.mark.parametrize("dripped", HEADS)
def test_dripped_answers_end_in_time(dripped: str) -> None:
    def answer(path: str, send: Callable[[bytes], None]) -> None:
        send(HEADS[dripped])
        drip(send, HEADS["hints"] if dripped == "hints" else b"a")

    with site(answer) as url:
        start = time.monotonic()
        with pytest.raises(FetchTimeout):
            fetch(url, 0.3, public_only=False)
        assert time.monotonic() - start < 2


def test_redirects_share_one_deadline() -> None:
    def answer(path: str, send: Callable[[bytes], None]) -> None:
        time.sleep(0.2)
        send(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    with site(answer) as url:
        start = time.monotonic()
        with pytest.raises(FetchTimeout):
            fetch(url, 0.5, public_only=False)
        assert time.monotonic() - start < 2


@pytest.mark.parametrize("public_only", [True, False])
def test_every_address_of_a_name_is_tried(
    monkeypatch: pytest.MonkeyPatch, public_only: bool
) -> None:
    real: Any = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host != "news.example":
            answer: list[Any] = real(host, port, *rest, **more)
            return answer
        kinds = [
            (socket.AF_INET6, "::1"),
            (socket.AF_INET, "127.0.0.2"),
            (socket.AF_INET, "127.0.0.1"),
        ]
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in kinds]

    monkeypatch.setattr("service.fetch.socket.getaddrinfo", resolve)
    monkeypatch.setattr("service.fetch.is_public", lambda _: True)
    with site(lambda _, send: send(page())) as url:
        port = url.rpartition(":")[2]
        assert "L'hébergeur" in fetch(f"http://news.example:{port}/", 5, public_only=public_only)
    with pytest.raises(FetchError):
        fetch("http://news.example:9/", 5, public_only=public_only)


def test_silent_handshake_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # Connections wait to be accepted
        start = time.monotonic()
        with pytest.raises(FetchTimeout):
            fetch(f"https://127.0.0.1:{silent.getsockname()[1]}/", 0.3, public_only=False)
        assert time.monotonic() - start < 2


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


@pytest.mark.parametrize("public_only", [True, False])
@pytest.mark.parametrize(
    "address", ["http://xn--/", "http://xn--a/", "https://www.xn--a.example/a"]
)
def test_names_that_are_no_idna(address: str, public_only: bool) -> None:
    with pytest.raises(FetchError):
        fetch(address, 1, public_only=public_only)
    redirect = f"HTTP/1.1 302 Found\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n".encode()
    with site(lambda _, send: send(redirect)) as url, pytest.raises(FetchError):
        fetch(url, 1, public_only=False)


@pytest.mark.parametrize(
    "address",
    [
        "http://[::1",
        "http://nx:abc/",
        "http://exa\0mple/",
        "http://xn--a/",
        "http:///a",
        "http://",
        "",
        "example.org",
    ],
)
def test_what_is_no_address_is_the_clients_error(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        fetch(address, 1, public_only=False)


def test_white_space_around_an_address_does_not_count() -> None:
    with site(lambda _, send: send(page(b"Bonjour", "text/html"))) as url:
        assert fetch(f" \t{url}\n", 5, public_only=False) == "Bonjour"


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


def test_latin_5_is_windows_1254() -> None:
    content = "<meta charset=iso-8859-9><p>« İstanbul’da »".encode("cp1254")
    assert "« İstanbul’da »" in decoded(content, "ISO-8859-9")
    assert "« İstanbul’da »" in decoded(content)


def test_which_charset_counts() -> None:
    meta = "<meta charset=koi8-r>"
    assert (
        decoded(f"{meta}é".encode("cp1252"), "windows-1252") == f"{meta}é"
    )  # The header before the page
    assert decoded(f"{meta}Да".encode("koi8-r"), "nonsense") == f"{meta}Да"
    assert decoded(f"{meta}é".encode()) == f"{meta}é"  # UTF-8 before the page's label
    assert decoded("Où ?".encode("utf-16"), "utf-8") == "Où ?"  # The byte order mark before all
    assert decoded("Où ?".encode("utf-8-sig"), "iso-8859-1") == "Où ?"
    assert (
        decoded(b"<meta charset=utf-16>Caf\xe9 \xc3\xa9t\xc3\xa9")
        == "<meta charset=utf-16>Caf\ufffd été"
    )
    assert FRENCH in decoded(f"<p>{FRENCH * 20}</p>".encode("cp1252"))  # A guess


@pytest.mark.parametrize(
    "packed", [gzip.compress, zlib.compress, lambda content: gzip.compress(gzip.compress(content))]
)
def test_what_headers_do_not_call_packed_is_not_unpacked(packed: Callable[[bytes], bytes]) -> None:
    content = packed(b"<p>aaaaaa</p>" * (2 * MAX_PAGE_BYTES // 13))
    with site(lambda _, send: send(page(content, "text/html"))) as url:
        assert len(fetch(url, 5, public_only=False)) <= len(content)


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


@pytest.mark.parametrize("charset", ["utf-32-le", "utf-32-be"])
def test_utf_32_is_not_taken_for_utf_16(charset: str) -> None:
    assert decoded("\ufeffOù ?".encode(charset)) == "Où ?"


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The addresses that a proxy, which the environment names, was asked for."""
    asked: list[str] = []

    def answer(path: str, send: Callable[[bytes], None]) -> None:
        asked.append(path)
        if path.endswith("/drips"):
            drip(send, b"a")
        send(page())

    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with site(answer) as url:
        monkeypatch.setenv("http_proxy", url)
        yield asked


def test_the_command_line_asks_the_proxy_that_the_environment_names(
    proxied: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "L'hébergeur" in fetch("http://news.invalid/a", 5, public_only=False)
    assert proxied == ["http://news.invalid/a"]
    monkeypatch.setenv("no_proxy", "news.invalid")
    with pytest.raises(FetchError, match="was not found"):
        fetch("http://news.invalid/a", 5, public_only=False)


def test_a_proxy_is_not_asked_for_what_this_machine_serves(proxied: list[str]) -> None:
    with site(lambda _, send: send(page(b"Bonjour", "text/html"))) as url:
        assert fetch(url, 5, public_only=False) == "Bonjour"
    assert not proxied


@pytest.mark.parametrize(
    "address", ["http://news.invalid/a", "http://10.0.0.1/", "http://169.254.169.254/"]
)
def test_the_service_asks_no_proxy_which_would_go_where_it_must_not(
    proxied: list[str], address: str
) -> None:
    with pytest.raises(FetchError):
        fetch(address, 1)
    assert not proxied


def test_a_slow_proxy_ends_in_time(proxied: list[str]) -> None:
    start = time.monotonic()
    with pytest.raises(FetchTimeout):
        fetch("http://news.invalid/drips", 0.3, public_only=False)
    assert time.monotonic() - start < 2


def test_a_proxy_that_cannot_be_used_is_named(
    proxied: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "gopher://proxy.example")
    with pytest.raises(FetchError, match="The proxy that the environment names"):
        fetch("http://news.invalid/", 1, public_only=False)


def test_certificates_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/none")
    with pytest.raises(OSError, match=r"SSL_CERT_FILE names cannot be used .*/none"):
        fetch("http://news.invalid/", 1, public_only=False)
