"""Fetches a page for its article, from public addresses only.

The address is checked when the connection is made, after the name was resolved. So neither a
redirect, nor a name that resolves differently the second time, can lead to a private network. One
deadline bounds all waits for the network. Only the resolver of names, which takes no limit, is
outside of it.
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

from models.wording import WordedError
from service.text.charsets import detect_marked_charset

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
# With these, a piece of 64 kB unpacks to 64 MB at most. With others (br, zstd) it may be gigabytes
# before its size can be checked.
ENCODINGS: Final = ("gzip", "deflate")
# Python's names of the Encoding Standard's charsets, and ASCII. Python knows others, but they are
# no text (base64), fail (undefined) or take time with the square of the length (punycode).
CHARSETS: Final = re.compile(
    r"ascii|utf-(8|16|16-[bl]e|32)|iso8859-\d+|cp(125\d|866|874|932|949)|koi8-[ru]"
    r"|mac-(roman|cyrillic)|gb(k|2312|18030)|big5(hkscs)?|euc_(jp|kr)|shift_jis|iso2022_jp"
)
# Charsets that the Encoding Standard, and every browser, reads as another one than Python does.
_READ_AS: Final = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}
# Bytes of a page's beginning in which its own label is looked for, as browsers do.
LABEL_BYTES: Final = 1024
_LABEL: Final = re.compile(
    rb"""(?:<meta\b[^<>]*?\bcharset|<\?xml\b[^<>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
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
    """The page could not be fetched. `code` is one word for programs."""

    code = "fetch_failed"


class FetchTimeout(FetchError):
    """The page did not arrive in time."""

    code = "fetch_timeout"


class ForbiddenAddress(FetchError):
    """The address is not public, or no web address at all."""

    code = "forbidden_url"


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
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, OverflowError) as error:
            # In this order: not found, a label too long, no such port.
            raise httpcore.ConnectError(f"{host} was not found") from error
        addresses = [str(entry[4][0]) for entry in entries]
        if self._public_only and not all(is_public(address) for address in addresses):
            raise ForbiddenAddress("{host} is not a public address.", host=host)
        return addresses


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

    An answer that is text comes back as a page that holds it whole (`pages.wrap_text`). With
    `public_only` no proxy is asked, whatever the environment names: it would look up names behind
    the check. Without it, proxies are used, but not for loopback. At most MAX_PAGE_BYTES are read.
    Raises ForbiddenAddress, FetchTimeout or FetchError, and OSError for certificates that cannot be
    read.
    """
    deadline = _Deadline(timeout)
    try:
        address = _read_address(url)
        with _client(timeout, deadline, public_only) as client:
            return _fetch_page(client, client.build_request("GET", address), deadline)
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


def _fetch_page(client: httpx.Client, request: httpx.Request, deadline: _Deadline) -> str:
    """The page that `request` leads to.

    Redirects are followed here: httpx would read all of the body that comes with them.
    """
    for _ in range(MAX_REDIRECTS + 1):
        _check_scheme(request.url)
        with closing(client.send(request, stream=True)) as response:
            if response.next_request is None:
                return _read_page(response, deadline)
            request = response.next_request
    raise FetchError(
        "The address leads to another, and so on: more than {most} redirects are not followed.",
        most=MAX_REDIRECTS,
    )


def _read_page(response: httpx.Response, deadline: _Deadline) -> str:
    response.raise_for_status()
    media_type = _media_type(response)
    _check_encoding(response)
    content = _read_body(response.iter_bytes(), deadline)
    return _as_page(decoded(content, response.charset_encoding), media_type)


def _media_type(response: httpx.Response) -> str:
    """The media type; empty where none is named. Raises FetchError if it is no page and no text."""
    header: str = response.headers.get("content-type", "")
    media_type = header.partition(";")[0].strip().lower()
    if media_type and media_type not in (*_PAGES, *_TEXTS):
        feed = " but a feed: give the addresses of its articles" if media_type in _FEEDS else ""
        raise FetchError("The address holds {type}, not a page{feed}.", type=media_type, feed=feed)
    return media_type


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
            raise FetchError("The page is larger than {most} bytes.", most=MAX_PAGE_BYTES)
    return bytes(content)


def decoded(content: bytes, named: str | None = None) -> str:
    """A page's bytes as text, read as browsers read them.

    A byte order mark counts first, then the charset `named` by the header, then UTF-8 if the bytes
    are valid. After these come the page's own label, and a guess. Pages that were converted often
    keep their old label, so UTF-8 counts before it. Labels are read as the Encoding Standard has
    it: ISO-8859-1 and ASCII are windows-1252, ISO-8859-9 is windows-1254. Nothing is unpacked.
    """
    if charset := detect_marked_charset(content):
        return content.decode(charset, "replace")
    if charset := _find_charset(named or ""):
        return content.decode(charset, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        pass
    if charset := _read_label(content[:LABEL_BYTES]):
        return content.decode(charset, "replace")
    return _guess(content)


def _read_label(beginning: bytes) -> str | None:
    """The charset of a page's own label."""
    label = _LABEL.search(beginning)
    charset = _find_charset(label[1].decode("ascii", "replace")) if label else None
    # A label that can be read byte by byte is not in UTF-16, whatever it says.
    return "utf-8" if charset and charset.startswith("utf") else charset


def _guess(content: bytes) -> str:
    from trafilatura.utils import detect_encoding

    # Where windows-1252 is possible, others (cp1250) often seem as likely, but articles are in
    # French.
    guesses = sorted(detect_encoding(content), key=lambda name: name != "cp1252")
    for name in guesses:
        with suppress(LookupError, UnicodeDecodeError):
            return content.decode(_READ_AS.get(codecs.lookup(name).name, name))
    return content.decode(errors="replace")


def _find_charset(label: str) -> str | None:
    """Python's name of the charset that a label means; None if no page has such a charset."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if CHARSETS.fullmatch(name) else None
