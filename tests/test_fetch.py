"""Pages that are fetched from servers which do as they please: what is read of them, how long they are waited for, and what
counts as a page."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from service.fetch import MAX_PAGE_BYTES, MAX_REDIRECTS, FetchError, FetchTimeout, ForbiddenAddress, decoded, fetch

PAGE = b"<html><body><p>L'h\xc3\xa9bergeur ouvre.</p></body></html>"
Answer = Callable[[str, Callable[[bytes], None]], None]  # of a path, with what sends bytes


def page(content: bytes = PAGE, kind: str | None = "text/html; charset=utf-8") -> bytes:
    """A whole answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n" + (f"Content-Type: {kind}\r\n" if kind is not None else "")
    return head.encode() + b"\r\n" + content


@contextmanager
def site(answer: Answer) -> Iterator[str]:
    """A server that sends byte by byte what `answer` wants; one request a connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client has heard enough
            path = connection.recv(65_536).split()[1].decode()
            answer(path, connection.sendall)

    def accept() -> None:
        with suppress(OSError):  # closed
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
    assert sent < 20_000_000  # what fits into the buffers of the sockets


@pytest.mark.parametrize("redirects", [MAX_REDIRECTS, MAX_REDIRECTS + 1])
def test_so_many_redirects_are_followed(redirects: int) -> None:
    def answer(path: str, send: Callable[[bytes], None]) -> None:
        left = int(path[1:])
        send(f"HTTP/1.1 302 Found\r\nLocation: /{left - 1}\r\nContent-Length: 0\r\n\r\n".encode() if left else page())

    with site(answer) as url:
        if redirects <= MAX_REDIRECTS:
            assert "L'hébergeur" in fetch(f"{url}/{redirects}", 5, public_only=False)
        else:
            with pytest.raises(FetchError, match=f"more than {MAX_REDIRECTS} redirects"):
                fetch(f"{url}/{redirects}", 5, public_only=False)


@pytest.mark.parametrize("target", ["ftp://a/", "file:///etc/passwd"])
def test_redirects_lead_to_web_addresses_only(target: str) -> None:
    with (
        site(lambda _, send: send(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())) as url,
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
def test_every_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch, public_only: bool) -> None:
    real: Any = socket.getaddrinfo

    def found(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host != "news.example":
            answer: list[Any] = real(host, port, *rest, **more)
            return answer
        kinds = [(socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.2"), (socket.AF_INET, "127.0.0.1")]
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in kinds]

    monkeypatch.setattr("service.fetch.socket.getaddrinfo", found)
    monkeypatch.setattr("service.fetch.is_public", lambda _: True)
    with site(lambda _, send: send(page())) as url:
        port = url.rpartition(":")[2]
        assert "L'hébergeur" in fetch(f"http://news.example:{port}/", 5, public_only=public_only)
    with pytest.raises(FetchError):
        fetch("http://news.example:9/", 5, public_only=public_only)


def test_silent_handshake_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connections wait to be accepted
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
        *(f"text/html; charset={name}" for name in ("nonsense", "undefined", "idna", "punycode", "base64", "utf8mb4", "rot13")),
    ],
)
def test_pages_of_any_usual_charset_and_of_none(kind: str | None) -> None:
    with site(lambda _, send: send(page(kind=kind))) as url:
        assert "L'hébergeur" in fetch(url, 5, public_only=False)


@pytest.mark.parametrize(
    "charset", ["iso-8859-1", "latin1", "windows-1252", "ISO-8859-15", "utf-16", "UTF-8", "macintosh", "koi8-r"]
)
def test_usual_charsets_are_believed(charset: str) -> None:
    text = "Où ?" if charset != "koi8-r" else "Да"
    with site(lambda _, send: send(page(text.encode(charset), f"text/html; charset={charset}"))) as url:
        assert fetch(url, 5, public_only=False) == text


@pytest.mark.parametrize("public_only", [True, False])
@pytest.mark.parametrize("address", ["http://xn--/", "http://xn--a/", "https://www.xn--a.example/a"])
def test_names_that_are_none(address: str, public_only: bool) -> None:
    with pytest.raises(FetchError):
        fetch(address, 1, public_only=public_only)
    redirect = f"HTTP/1.1 302 Found\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n".encode()
    with site(lambda _, send: send(redirect)) as url, pytest.raises(FetchError):
        fetch(url, 1, public_only=False)


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
    assert decoded(f"{meta}é".encode("cp1252"), "windows-1252") == f"{meta}é"  # the header before the page
    assert decoded(f"{meta}Да".encode("koi8-r"), "nonsense") == f"{meta}Да"
    assert decoded(f"{meta}é".encode()) == f"{meta}é"  # UTF-8 before the page's label
    assert decoded("Où ?".encode("utf-16"), "utf-8") == "Où ?"  # the byte order mark before all
    assert decoded("Où ?".encode("utf-8-sig"), "iso-8859-1") == "Où ?"
    assert decoded(b"<meta charset=utf-16>Caf\xe9 \xc3\xa9t\xc3\xa9") == "<meta charset=utf-16>Caf\ufffd été"
    assert FRENCH in decoded(f"<p>{FRENCH * 20}</p>".encode("cp1252"))  # a guess


@pytest.mark.parametrize("packed", [gzip.compress, zlib.compress, lambda content: gzip.compress(gzip.compress(content))])
def test_what_headers_do_not_call_packed_is_not_unpacked(packed: Callable[[bytes], bytes]) -> None:
    content = packed(b"<p>aaaaaa</p>" * (2 * MAX_PAGE_BYTES // 13))
    with site(lambda _, send: send(page(content, "text/html"))) as url:
        assert len(fetch(url, 5, public_only=False)) <= len(content)
