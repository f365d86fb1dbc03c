"""What is an address of the web."""

import pytest

from service.fetch.addresses import is_of_private_network
from service.fetch.errors import FetchError, ForbiddenAddress
from service.fetch.pages import fetch
from tests.service.fetch.site import page, site


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


@pytest.mark.parametrize(
    ("addresses", "is_private"),
    [(["10.0.0.1"], True), (["10.0.0.1", "8.8.8.8"], False), (["8.8.8.8"], False)],
)
def test_a_private_address_beside_a_public_one_makes_no_private_network(
    addresses: list[str], is_private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.fetch.addresses.resolve", lambda host, port: addresses)
    assert is_of_private_network("http://feed.example/") is is_private


def test_white_space_around_an_address_does_not_count() -> None:
    with site(lambda _, send: send(page(b"Bonjour", "text/html"))) as url:
        assert fetch(f" \t{url}\n", 5, public_only=False) == "Bonjour"
