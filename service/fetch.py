"""Fetches a page for its article, from public addresses only.

The address is checked when the connection is made, after the name was resolved: neither a redirect
nor a name that resolves differently the second time can lead to a private network. One deadline
bounds all of it: each wait for the network ends when it has passed (only the resolver of names,
which takes no limit, is asked outside of it).
"""

import codecs
import errno
import ipaddress
import os
import re
import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from typing import Any, Final

import httpcore
import httpx
from httpx._utils import get_environment_proxies

from service.text.charsets import detect_marked_charset

MAX_PAGE_BYTES: Final = 5_000_000
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
GLOBAL_UNICAST: Final = ipaddress.ip_network(
    "2000::/3"
)  # all that is given out of IPv6; the rest is for special uses
# Interface identifiers that hold an IPv4 address (ISATAP, RFC 5214).
ISATAP: Final = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
# Beside what Python knows: protocol assignments, the address under which a cloud (Azure) talks to
# its machines, Teredo, and documentation.
NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "168.63.129.16", "2001::/32", "3fff::/20")
)
MAX_REDIRECTS: Final = 5
# A piece of 64 kB unpacks to 64 MB at most; with others (br, zstd) it may be gigabytes before the
# size is looked at.
ENCODINGS: Final = ("gzip", "deflate")
# Python's names of the Encoding Standard's charsets, and ASCII. Others that it knows are no text
# (base64), fail (undefined) or take time with the square of the length (punycode).
CHARSETS: Final = re.compile(
    r"ascii|utf-(8|16|16-[bl]e|32)|iso8859-\d+|cp(125\d|866|874|932|949)|koi8-[ru]|mac-(roman"
    r"|cyrillic)"
    r"|gb(k|2312|18030)|big5(hkscs)?|euc_(jp|kr)|shift_jis|iso2022_jp"
)
# What the Encoding Standard, and every browser, takes for another charset than Python does.
_READ_AS: Final = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}
LABEL_BYTES: Final = (
    1024  # of a page's beginning, in which its own label is looked for, as browsers do
)
_LABEL: Final = re.compile(
    rb"""(?:<meta\b[^<>]*?\bcharset|<\?xml\b[^<>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
# What is a page, and what is text, Markdown included. XHTML was often sent as XML; whether that is
# a page shows its beginning.
_PAGES: Final = ("text/html", "application/xhtml+xml", "text/xml", "application/xml")
_TEXTS: Final = ("text/plain", "text/markdown", "text/x-markdown", "text/x-web-markdown")
_FEEDS: Final = ("application/rss+xml", "application/atom+xml")
_ACCEPT: Final = "text/html,application/xhtml+xml,text/markdown;q=0.5,text/plain;q=0.5"
# What the variables of a proxy do not count for: what this machine itself serves.
_NOT_PROXIED: Final = ("all://localhost", "all://*.localhost", "all://127.0.0.1", "all://[::1]")
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


class _Deadline:
    """The moment at which everything ends, `seconds` from now."""

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
    """A connection of which no wait outlasts the deadline: httpx's own limit starts anew with each
    piece that comes."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come."""
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
        return _Timely(
            self._stream.start_tls(ssl_context, server_hostname, self._deadline.clip(timeout)),
            self._deadline,
        )

    def get_extra_info(self, info: str) -> Any:
        """What the connection says about itself."""
        return self._stream.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Connects to the very addresses that were checked, until the deadline; to public ones only,
    where that is asked for."""

    def __init__(self, deadline: _Deadline, public_only: bool) -> None:
        self._backend, self._deadline, self._public_only = (
            httpcore.SyncBackend(),
            deadline,
            public_only,
        )

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connects to the first address of `host` that answers; none is asked unless all of them
        may be."""
        addresses = self._addresses(host, port)
        for untried in range(len(addresses), 0, -1):
            share = (
                self._deadline.clip(timeout) / untried
            )  # one that is silent leaves time for the next
            try:
                stream = self._backend.connect_tcp(
                    addresses[-untried], port, share, local_address, socket_options
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
        """Never."""
        raise ForbiddenAddress("Sockets of this machine are not fetched.")

    def sleep(self, seconds: float) -> None:
        """Waits between retries."""
        self._backend.sleep(self._deadline.clip(seconds))

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (
            OSError,
            UnicodeError,
            OverflowError,
        ) as error:  # not found; a label too long; no such port
            raise httpcore.ConnectError(f"{host} was not found") from error
        addresses = [str(entry[4][0]) for entry in found]
        if self._public_only and not all(is_public(address) for address in addresses):
            raise ForbiddenAddress(f"{host} is not a public address.")
        return addresses


def is_public(address: str) -> bool:
    """True for an address of the public internet; of IPv4 within IPv6, the IPv4 address counts."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        within = _ipv4_within(ip)
        if within is None and ip not in GLOBAL_UNICAST:
            return False
        ip = within or ip
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in NOT_PUBLIC)


def _ipv4_within(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, if it is of a form that does."""
    if ip in NAT64 or (ip in GLOBAL_UNICAST and ip.packed[8:12] in ISATAP):
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour


def certificates() -> ssl.SSLContext:
    """What certificates of servers are held to: those that SSL_CERT_FILE or SSL_CERT_DIR name, else
    certifi's. Raises OSError."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one
        wrong = next(
            (name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), "certifi"
        )
        reason = f"the certificates that {wrong} names cannot be used ({error.strerror or error})"
        raise OSError(error.errno or errno.EINVAL, reason, os.environ.get(wrong, "")) from error


def _transport(
    context: ssl.SSLContext, public_only: bool, deadline: _Deadline
) -> httpx.HTTPTransport:
    transport = httpx.HTTPTransport(verify=context)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=context, network_backend=_Network(deadline, public_only)
    )
    return transport


def _proxies(context: ssl.SSLContext, deadline: _Deadline) -> dict[str, httpx.BaseTransport | None]:
    """The proxies that the environment names, by the addresses that each is for; None: none is.

    A proxy looks names up itself, so this is for fetches that may go anywhere only. The deadline
    counts on the way to it too.
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
                f"The proxy that the environment names cannot be used: {error}"
            ) from error
        transport._pool._network_backend = _Network(deadline, public_only=False)
        mounts[pattern] = transport
    return mounts | dict.fromkeys(_NOT_PROXIED) if mounts else {}


def fetch(url: str, timeout: float, *, public_only: bool = True) -> str:
    """The HTML of the page at `url`, at most `timeout` seconds from now.

    What is sent as text is given back as a page that holds it whole (`pages.wrap_text`). With
    `public_only` no proxy is asked, whatever the environment names: it would look names up behind
    the check. Without it, proxies are used as elsewhere, but for loopback. Raises ForbiddenAddress,
    FetchTimeout or FetchError, and OSError for certificates that cannot be read; at most
    MAX_PAGE_BYTES are read.
    """
    headers = {"User-Agent": USER_AGENT, "Accept": _ACCEPT, "Accept-Encoding": ", ".join(ENCODINGS)}
    deadline = _Deadline(timeout)
    try:
        address = _address(url)
        context = ssl.create_default_context() if public_only else certificates()
        transport, mounts = (
            _transport(context, public_only, deadline),
            {} if public_only else _proxies(context, deadline),
        )
        with httpx.Client(
            transport=transport, mounts=mounts, timeout=timeout, headers=headers, trust_env=False
        ) as client:
            return _page(client, client.build_request("GET", address), deadline)
    except (httpx.TimeoutException, httpcore.TimeoutException) as error:
        raise FetchTimeout(f"The page did not come within {timeout:.0f} s.") from error
    except httpx.HTTPStatusError as error:
        raise FetchError(
            f"The page was answered with status {error.response.status_code}."
        ) from error
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        UnicodeError,
    ) as error:  # the last: of a name that is no IDNA, like xn--a
        raise FetchError(f"The page could not be fetched: {error}.") from error


def _address(url: str) -> httpx.URL:
    """What `url` says, without white space around it. Raises ForbiddenAddress if that is no web
    address."""
    try:
        address = httpx.URL(url.strip())
        host = address.host  # which raises UnicodeError for a name that is no IDNA, like xn--a
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ForbiddenAddress(
            f"This is no address of a page: {str(error).rstrip('.')}."
        ) from error
    _check_scheme(address)
    if not host:
        raise ForbiddenAddress("This is no address of a page: it names no host.")
    return address


def _check_scheme(url: httpx.URL) -> None:
    if url.scheme not in ("http", "https"):
        raise ForbiddenAddress("Only http and https addresses are fetched.")


def _page(client: httpx.Client, request: httpx.Request, deadline: _Deadline) -> str:
    """The page that `request` leads to. Redirects are followed here: httpx would read all that is
    sent along with them."""
    for _ in range(MAX_REDIRECTS + 1):
        _check_scheme(request.url)
        with closing(client.send(request, stream=True)) as response:
            if response.next_request is None:
                response.raise_for_status()
                kind = _kind(response)
                _check_encoding(response)
                return _page_of(
                    decoded(_read(response.iter_bytes(), deadline), response.charset_encoding), kind
                )
            request = response.next_request
    raise FetchError(
        f"The address leads to another, and so on: more than {MAX_REDIRECTS} redirects are not "
        f"followed."
    )


def _kind(response: httpx.Response) -> str:
    """The media type, empty where none is said. Raises FetchError for one that is neither a page
    nor a text."""
    kind: str = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind and kind not in (*_PAGES, *_TEXTS):
        feed = " but a feed: give the addresses of its articles" if kind in _FEEDS else ""
        raise FetchError(f"The address holds {kind}, not a page{feed}.")
    return kind


def _page_of(content: str, kind: str) -> str:
    """The page that an answer holds. Text, which a page's reader would make one paragraph of,
    becomes a page of its own sort."""
    from service.reading.pages import begins_as_page, describe_other_format, wrap_text

    if found := describe_other_format(content):
        raise FetchError(f"The address holds {found}.")
    if begins_as_page(content):
        return content
    if kind.endswith("/xml"):
        raise FetchError(f"The address holds {kind}, not a page.")
    is_text = kind in _TEXTS or (not kind and not content.lstrip().startswith("<"))
    return wrap_text(content) if is_text else content


def _check_encoding(response: httpx.Response) -> None:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", *ENCODINGS):
        raise FetchError(
            f"The page is packed with {encoding[:20]!r}; gzip or deflate was asked for."
        )


def _read(chunks: Iterable[bytes], deadline: _Deadline) -> bytes:
    """The whole page; a server that sends it drop by drop is not waited for."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        deadline.left()
        if len(content) > MAX_PAGE_BYTES:
            raise FetchError(f"The page is larger than {MAX_PAGE_BYTES} bytes.")
    return bytes(content)


def decoded(content: bytes, named: str | None = None) -> str:
    """A page's bytes as text: by the charset `named`, that of its header, else by its own label,
    else as UTF-8, else as a guess.

    A byte order mark says more than any name, and bytes that are UTF-8 say more than the page's own
    label: pages that were converted often keep their old one. Labels are read as the Encoding
    Standard has it: ISO-8859-1 and ASCII are windows-1252, ISO-8859-9 is windows-1254. Nothing is
    unpacked.
    """
    if charset := detect_marked_charset(content):
        return content.decode(charset, "replace")
    if known := _charset(named or ""):
        return content.decode(known, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        pass
    label = _LABEL.search(content[:LABEL_BYTES])
    if label and (known := _charset(label[1].decode("ascii", "replace"))):
        # A label that was read byte by byte is not in UTF-16, whatever it says.
        return content.decode("utf-8" if known.startswith("utf") else known, "replace")
    return _guessed(content)


def _guessed(content: bytes) -> str:
    from trafilatura.utils import detect_encoding

    # Where windows-1252 is possible, others (cp1250) often seem as likely: an article is to be in
    # French.
    for name in sorted(detect_encoding(content), key=lambda name: name != "cp1252"):
        with suppress(LookupError, UnicodeDecodeError):
            return content.decode(_READ_AS.get(codecs.lookup(name).name, name))
    return content.decode(errors="replace")


def _charset(label: str) -> str | None:
    """Python's name of the charset that a label stands for; None for one that is unknown or no
    charset of pages."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if CHARSETS.fullmatch(name) else None
