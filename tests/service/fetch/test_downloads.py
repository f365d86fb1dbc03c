"""Redirects, and what is packed."""

import gzip
import zlib
from collections.abc import Callable

import pytest

from service.fetch.downloads import MAX_PAGE_BYTES, MAX_REDIRECTS
from service.fetch.errors import FetchError, ForbiddenAddress
from service.fetch.pages import fetch
from tests.service.fetch.site import page, site


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


@pytest.mark.parametrize(
    "packed", [gzip.compress, zlib.compress, lambda content: gzip.compress(gzip.compress(content))]
)
def test_what_headers_do_not_call_packed_is_not_unpacked(packed: Callable[[bytes], bytes]) -> None:
    content = packed(b"<p>aaaaaa</p>" * (2 * MAX_PAGE_BYTES // 13))
    with site(lambda _, send: send(page(content, "text/html"))) as url:
        assert len(fetch(url, 5, public_only=False)) <= len(content)
