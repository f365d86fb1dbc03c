"""Fetches pages and feeds, from public addresses only.

The address is checked when the connection is made, after the name was resolved. So neither a
redirect, nor a name that resolves differently the second time, can lead to a private network. One
deadline bounds all waits for the network but that for the resolver, which takes no limit.
"""

import errno
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

import httpcore
import httpx
from httpx._utils import get_environment_proxies

from models.wording import WordedError
from service.text.charsets import decoded

MAX_PAGE_BYTES: Final = 5_000_000
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# All of IPv6 that is assigned for public use. The rest is for special uses.
GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
# Interface identifiers that hold an IPv4 address (ISATAP, RFC 5214).
ISATAP: Final = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
# Networks that are not public, beside those that Python knows: protocol assignments, the address
# under which a cloud (Azure) talks to its machines, Teredo, and documentation.
NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "168.63.129.16", "2001::/32", "3fff::/20")
)
MAX_REDIRECTS: Final = 5
_FOR_GOOD: Final = (301, 308)  # Statuses of redirects that hold for good.
# With these, a piece of 64 kB unpacks to 64 MB at most. With others (br, zstd) it may be gigabytes
# before its size can be checked.
ENCODINGS: Final = ("gzip", "deflate")
# Media types of pages, and of texts, Markdown included. XHTML was often sent as XML; whether XML is
# a page, its beginning shows.
_PAGES: Final = ("text/html", "application/xhtml+xml", "text/xml", "application/xml")
_TEXTS: Final = ("text/plain", "text/markdown", "text/x-markdown", "text/x-web-markdown")
_FEEDS: Final = ("application/rss+xml", "application/atom+xml")
_ACCEPT: Final = "text/html,application/xhtml+xml,text/markdown;q=0.5,text/plain;q=0.5"
# Addresses that no proxy is asked for: those that this machine itself serves.
_NOT_PROXIED: Final = ("all://localhost", "all://*.localhost", "all://127.0.0.1", "all://[::1]")
USER_AGENT: Final = "breve (article summarizer)"


class FetchError(WordedError):
    """The page could not be fetched.

    `code` is one word for programs.
    """

    code = "fetch_failed"

    @property
    def status(self) -> int:
        """The status of the site's answer; 0 where there was none."""
        status = self.values.get("status", 0)
        return status if isinstance(status, int) else 0


class FetchTimeout(FetchError):
    """The page did not arrive in time."""

    code = "fetch_timeout"


class ForbiddenAddress(FetchError):
    """The address is not public, or no web address at all."""

    code = "forbidden_url"


class TooLarge(FetchError):
    """The answer has more than MAX_PAGE_BYTES."""


@dataclass(frozen=True)
class Download:
    """What an address holds.

    `address` is where the redirects led, and `is_moved` says that all of them are for good.
    `headers` are those of the answer. An answer `is_unchanged` if it has the validators that were
    sent. Then it has no content.
    """

    content: bytes
    media_type: str
    charset: str | None
    address: str
    headers: Mapping[str, str]
    is_moved: bool = False
    is_unchanged: bool = False


class _Deadline:
    """The end of a fetch, `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then. Raises httpcore.ReadTimeout if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("The page came too slowly.")
        return left

    def clip(self, timeout: float | None) -> float:
        """What is left of `timeout`. Raises httpcore.ReadTimeout if nothing is."""
        return self.left() if timeout is None else min(timeout, self.left())


class _Timely(httpcore.NetworkStream):
    """A connection on which no wait outlasts the deadline.

    The limits of httpx are not enough: they begin again with each piece that arrives.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Reads what has arrived."""
        return self._stream.read(max_bytes, self._deadline.clip(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends `buffer`."""
        self._stream.write(buffer, self._deadline.clip(timeout))

    def close(self) -> None:
        """Ends the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted."""
        timeout = self._deadline.clip(timeout)
        encrypted = self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _Timely(encrypted, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Information about the connection."""
        return self._stream.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Connects to the very addresses that were checked, until the deadline.

    With `public_only` it connects to public ones only.
    """

    def __init__(self, deadline: _Deadline, public_only: bool) -> None:
        self._backend = httpcore.SyncBackend()
        self._deadline, self._public_only = deadline, public_only

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connects to the first address of `host` that answers.

        Raises ForbiddenAddress if any of its addresses is forbidden.
        """
        addresses = self._resolve(host, port)
        for untried in range(len(addresses), 0, -1):
            address = addresses[-untried]
            # An address that is silent leaves time for the next ones.
            share = self._deadline.clip(timeout) / untried
            try:
                stream = self._backend.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if untried == 1:
                    raise
            else:
                return _Timely(stream, self._deadline)
        raise httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        """Raises ForbiddenAddress: sockets of this machine are no pages."""
        raise ForbiddenAddress("Sockets of this machine are not fetched.")

    def sleep(self, seconds: float) -> None:
        """Waits between retries."""
        self._backend.sleep(self._deadline.clip(seconds))

    def _resolve(self, host: str, port: int) -> list[str]:
        addresses = _resolve(host, port)
        if self._public_only and not all(is_public(address) for address in addresses):
            raise ForbiddenAddress("{host} is not a public address.", host=host)
        return addresses


def _resolve(host: str, port: int) -> list[str]:
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        # In this order: not found, a label too long, no such port.
        raise httpcore.ConnectError(f"{host} was not found") from error
    return [str(entry[4][0]) for entry in entries]


def is_of_private_network(url: str) -> bool:
    """True if the host of a web address has an address that is not public."""
    try:
        address = _read_address(url)
        return not all(is_public(each) for each in _resolve(address.host, address.port or 80))
    except (ForbiddenAddress, httpcore.ConnectError):
        return False


def is_public(address: str) -> bool:
    """True for an address of the public internet. Of IPv4 within IPv6, the IPv4 address counts."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ipv4 = _ipv4_within(ip)
        if ipv4 is None and ip not in GLOBAL_UNICAST:
            return False
        ip = ipv4 or ip
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in NOT_PUBLIC)


def _ipv4_within(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, if it has a form that does."""
    if ip in NAT64 or (ip in GLOBAL_UNICAST and ip.packed[8:12] in ISATAP):
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour


def certificates() -> ssl.SSLContext:
    """The certificates to trust: those that SSL_CERT_FILE or SSL_CERT_DIR name, else certifi's.

    Raises OSError for certificates that cannot be read.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one.
        variables = (name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name))
        source = next(variables, "certifi")
        reason = f"the certificates that {source} names cannot be used ({error.strerror or error})"
        path = os.environ.get(source, "")
        raise OSError(error.errno or errno.EINVAL, reason, path) from error


def _transport(
    context: ssl.SSLContext, public_only: bool, deadline: _Deadline
) -> httpx.HTTPTransport:
    transport = httpx.HTTPTransport(verify=context)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=context, network_backend=_Network(deadline, public_only)
    )
    return transport


def _proxies(context: ssl.SSLContext, deadline: _Deadline) -> dict[str, httpx.BaseTransport | None]:
    """The proxies that the environment names, by the addresses that each is for; None means none.

    A proxy looks up names itself, so only fetches that may go anywhere use one. The deadline counts
    on the way to it too.
    """
    mounts: dict[str, httpx.BaseTransport | None] = {}
    for pattern, proxy in get_environment_proxies().items():
        if proxy is None:
            mounts[pattern] = None
            continue
        try:
            transport = httpx.HTTPTransport(verify=context, proxy=proxy)
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            raise FetchError(
                "The proxy that the environment names cannot be used: {reason}", reason=error
            ) from error
        transport._pool._network_backend = _Network(deadline, public_only=False)
        mounts[pattern] = transport
    return mounts | dict.fromkeys(_NOT_PROXIED) if mounts else {}


def fetch(url: str, timeout: float, *, public_only: bool = True) -> str:
    """The HTML of the page at `url`, at most `timeout` seconds from now.

    An answer that is text comes back as a page that holds it whole (`pages.wrap_text`). Limits and
    errors are those of `download`.
    """
    page = download(url, timeout, public_only=public_only, check=_check_is_page)
    return _as_page(decoded(page.content, page.charset), page.media_type)


def download(
    url: str,
    timeout: float,
    *,
    public_only: bool = True,
    headers: Mapping[str, str] | None = None,
    check: Callable[[str], None] = lambda media_type: None,
) -> Download:
    """What the address `url` holds, at most `timeout` seconds from now.

    With `public_only` no proxy is asked, whatever the environment names: it would look up names
    behind the check. Without it, proxies are used, but not for loopback. At most MAX_PAGE_BYTES are
    read. `headers` are sent along. `check` may refuse a media type before the content is read.
    Raises ForbiddenAddress, FetchTimeout or FetchError, and OSError for certificates that cannot be
    read.
    """
    deadline = _Deadline(timeout)
    try:
        address = _read_address(url)
        with _client(timeout, deadline, public_only) as client:
            request = client.build_request("GET", address, headers=headers)
            return _follow(client, request, deadline, check)
    except (httpx.TimeoutException, httpcore.TimeoutException) as error:
        raise FetchTimeout("The page did not come within {time:.0f} s.", time=timeout) from error
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise FetchError("The page was answered with status {status}.", status=status) from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        # UnicodeError is for a name that is no IDNA, like xn--a.
        raise FetchError("The page could not be fetched: {reason}.", reason=error) from error


def _client(timeout: float, deadline: _Deadline, public_only: bool) -> httpx.Client:
    context = ssl.create_default_context() if public_only else certificates()
    return httpx.Client(
        transport=_transport(context, public_only, deadline),
        mounts={} if public_only else _proxies(context, deadline),
        timeout=timeout,
        headers={
            "User-Agent": USER_AGENT,
            "Accept": _ACCEPT,
            "Accept-Encoding": ", ".join(ENCODINGS),
        },
        trust_env=False,
    )


def _read_address(url: str) -> httpx.URL:
    """The address in `url`, without white space around it.

    Raises ForbiddenAddress if it is no web address.
    """
    try:
        address = httpx.URL(url.strip())
        host = address.host  # Raises UnicodeError for a name that is no IDNA, like xn--a.
    except (httpx.InvalidURL, UnicodeError) as error:
        reason = str(error).rstrip(".")
        raise ForbiddenAddress("This is no address of a page: {reason}.", reason=reason) from error
    _check_scheme(address)
    if not host:
        raise ForbiddenAddress("This is no address of a page: it names no host.")
    return address


def _check_scheme(url: httpx.URL) -> None:
    if url.scheme not in ("http", "https"):
        raise ForbiddenAddress("Only http and https addresses are fetched.")


def _follow(
    client: httpx.Client,
    request: httpx.Request,
    deadline: _Deadline,
    check: Callable[[str], None],
) -> Download:
    """What `request` leads to.

    Redirects are followed here: httpx would read all of the body that comes with them.
    """
    statuses: list[int] = []
    for _ in range(MAX_REDIRECTS + 1):
        _check_scheme(request.url)
        with closing(client.send(request, stream=True)) as response:
            if response.next_request is None:
                is_moved = bool(statuses) and all(status in _FOR_GOOD for status in statuses)
                return _read(response, deadline, check, is_moved)
            statuses.append(response.status_code)
            request = response.next_request
    raise FetchError(
        "The address leads to another, and so on: more than {most} redirects are not followed.",
        most=MAX_REDIRECTS,
    )


def _read(
    response: httpx.Response, deadline: _Deadline, check: Callable[[str], None], is_moved: bool
) -> Download:
    is_unchanged = response.status_code == httpx.codes.NOT_MODIFIED
    content = b""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not is_unchanged:
        response.raise_for_status()
        check(media_type)
        _check_encoding(response)
        content = _read_body(response.iter_bytes(), deadline)
    charset, url, headers = response.charset_encoding, str(response.url), dict(response.headers)
    return Download(content, media_type, charset, url, headers, is_moved, is_unchanged)


def _check_is_page(media_type: str) -> None:
    """Raises FetchError for a media type that is named, and is neither a page nor a text."""
    if media_type and media_type not in (*_PAGES, *_TEXTS):
        feed = " but a feed: give the addresses of its articles" if media_type in _FEEDS else ""
        raise FetchError("The address holds {type}, not a page{feed}.", type=media_type, feed=feed)


def _as_page(content: str, media_type: str) -> str:
    """The page that an answer holds.

    Text becomes a page of its own kind. A reader of pages would make one paragraph of it.
    """
    from service.reading.pages import begins_as_page, describe_other_format, wrap_text

    if kind := describe_other_format(content):
        raise FetchError("The address holds {kind}.", kind=kind)
    if begins_as_page(content):
        return content
    if media_type.endswith("/xml"):
        raise FetchError("The address holds {type}, not a page.", type=media_type)
    is_text = media_type in _TEXTS or (not media_type and not content.lstrip().startswith("<"))
    return wrap_text(content) if is_text else content


def _check_encoding(response: httpx.Response) -> None:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", *ENCODINGS):
        raise FetchError(
            "The page is packed with {encoding!r}; gzip or deflate was asked for.",
            encoding=encoding[:20],
        )


def _read_body(chunks: Iterable[bytes], deadline: _Deadline) -> bytes:
    """All bytes of the page. A server that sends them too slowly is not waited for."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        deadline.left()
        if len(content) > MAX_PAGE_BYTES:
            raise TooLarge("The page is larger than {most} bytes.", most=MAX_PAGE_BYTES)
    return bytes(content)
