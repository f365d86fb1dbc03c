"""Fetches a page for its article, from public addresses only.

The address is checked when the connection is made, after the name was resolved: neither a redirect nor a name that
resolves differently the second time can lead to a private network.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any, Final

import httpcore
import httpx

MAX_PAGE_BYTES: Final = 5_000_000
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
MAX_REDIRECTS: Final = 5
# A piece of 64 kB unpacks to 64 MB at most; with others (br, zstd) it may be gigabytes before the size is looked at.
ENCODINGS: Final = ("gzip", "deflate")
USER_AGENT: Final = "breve (article summarizer)"


class FetchError(Exception):
    """The page could not be had. `code` is one word for programs."""

    code = "fetch_failed"


class FetchTimeout(FetchError):
    """The page did not come in time."""

    code = "fetch_timeout"


class ForbiddenAddress(FetchError):
    """The address is not public, or no web address at all."""

    code = "forbidden_url"


class _PublicOnly(httpcore.NetworkBackend):
    """Connects to public addresses only, and to the very address that was checked."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        """Connects to `host` if all its addresses are public."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, OverflowError) as error:  # not found; a label too long; no such port
            raise httpcore.ConnectError(f"{host} was not found") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not all(is_public(address) for address in addresses):
            raise ForbiddenAddress(f"{host} is not a public address.")
        return self._backend.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> httpcore.NetworkStream:
        """Never."""
        raise ForbiddenAddress("Sockets of this machine are not fetched.")

    def sleep(self, seconds: float) -> None:
        """Waits between retries."""
        self._backend.sleep(seconds)


def is_public(address: str) -> bool:
    """True for an address of the public internet; of IPv4 within IPv6, the IPv4 address counts."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(ip.packed[-4:]) if ip in NAT64 else None)
        if within is not None:
            ip = within
    return ip.is_global and not ip.is_multicast


def _transport(public_only: bool) -> httpx.HTTPTransport:
    transport = httpx.HTTPTransport(trust_env=not public_only)
    if public_only:
        transport._pool = httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=_PublicOnly())
    return transport


def fetch(url: str, timeout: float, *, public_only: bool = True) -> str:
    """The HTML of the page at `url`.

    Raises ForbiddenAddress, FetchTimeout or FetchError; at most MAX_PAGE_BYTES are read.
    """
    headers = {"User-Agent": USER_AGENT, "Accept": "text/html,application/xhtml+xml", "Accept-Encoding": ", ".join(ENCODINGS)}
    deadline = time.monotonic() + timeout
    try:
        if httpx.URL(url).scheme not in ("http", "https"):
            raise ForbiddenAddress("Only http and https addresses are fetched.")
        with (
            httpx.Client(
                transport=_transport(public_only), timeout=timeout, follow_redirects=True, max_redirects=MAX_REDIRECTS,
                trust_env=not public_only,
            ) as client,
            client.stream("GET", url, headers=headers) as response,
        ):  # fmt: skip
            response.raise_for_status()
            _check_encoding(response)
            return _decoded(response, _read(response.iter_bytes(), deadline))
    except httpx.TimeoutException as error:
        raise FetchTimeout(f"The page did not come within {timeout:.0f} s.") from error
    except httpx.HTTPStatusError as error:
        raise FetchError(f"The page was answered with status {error.response.status_code}.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"The page could not be fetched: {error}.") from error


def _check_encoding(response: httpx.Response) -> None:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", *ENCODINGS):
        raise FetchError(f"The page is packed with {encoding[:20]!r}; gzip or deflate was asked for.")


def _read(chunks: Iterable[bytes], deadline: float) -> bytes:
    """The whole page; a server that sends it drop by drop is not waited for."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("The page came too slowly.")
        if len(content) > MAX_PAGE_BYTES:
            raise FetchError(f"The page is larger than {MAX_PAGE_BYTES} bytes.")
    return bytes(content)


def _decoded(response: httpx.Response, content: bytes) -> str:
    from trafilatura.utils import decode_file

    kind = response.headers.get("content-type", "text/html").split(";")[0].strip()
    if not kind.startswith(("text/", "application/xhtml")):
        raise FetchError(f"The address holds {kind}, not a page.")
    text: str = content.decode(response.charset_encoding, "replace") if response.charset_encoding else decode_file(content)
    return text
