"""How long servers that misbehave are waited for, and which of their addresses are tried."""

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from service.fetch.errors import FetchError, FetchTimeout
from service.fetch.pages import fetch
from tests.service.fetch.site import drip, page, site

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

    monkeypatch.setattr("service.fetch.addresses.socket.getaddrinfo", resolve)
    monkeypatch.setattr("service.fetch.addresses.is_public", lambda _: True)
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
