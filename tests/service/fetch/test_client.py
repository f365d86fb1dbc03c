"""Proxies and certificates that the environment names."""

import time
from collections.abc import Callable, Iterator

import pytest

from service.fetch.errors import FetchError, FetchTimeout
from service.fetch.pages import fetch
from tests.service.fetch.site import drip, page, site


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
