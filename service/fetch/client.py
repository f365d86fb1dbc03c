"""The HTTP client of a fetch: its certificates, its proxies and its headers."""

import errno
import os
import ssl
from typing import Final

import httpcore
import httpx
from httpx._utils import get_environment_proxies

from service.fetch.connections import Deadline, Network
from service.fetch.errors import FetchError

USER_AGENT: Final = "breve (article summarizer)"
# With these, a chunk of 64 kB unpacks to 64 MB at most. With others (br, zstd) it may unpack to
# gigabytes before its size can be checked.
ENCODINGS: Final = ("gzip", "deflate")
_ACCEPT: Final = "text/html,application/xhtml+xml,text/markdown;q=0.5,text/plain;q=0.5"
# Addresses that are fetched without a proxy: those of this machine itself.
_NOT_PROXIED: Final = ("all://localhost", "all://*.localhost", "all://127.0.0.1", "all://[::1]")


def open_client(timeout: float, deadline: Deadline, public_only: bool) -> httpx.Client:
    """A client for one fetch.

    Raises FetchError for a proxy that cannot be used, and OSError for unreadable certificates.
    """
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


def certificates() -> ssl.SSLContext:
    """The certificates to trust: those that SSL_CERT_FILE or SSL_CERT_DIR name, else certifi's.

    Raises OSError for certificates that cannot be read.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError is an OSError.
        variables = (name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name))
        source = next(variables, "certifi")
        reason = f"the certificates that {source} names cannot be used ({error.strerror or error})"
        path = os.environ.get(source, "")
        raise OSError(error.errno or errno.EINVAL, reason, path) from error


def _transport(
    context: ssl.SSLContext, public_only: bool, deadline: Deadline
) -> httpx.HTTPTransport:
    transport = httpx.HTTPTransport(verify=context)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=context, network_backend=Network(deadline, public_only)
    )
    return transport


def _proxies(context: ssl.SSLContext, deadline: Deadline) -> dict[str, httpx.BaseTransport | None]:
    """The environment's proxies, by pattern of addresses; None: these addresses need no proxy.

    A proxy looks up host names itself, so only fetches that may go to any address use one. The
    deadline also limits the connection to the proxy.
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
        transport._pool._network_backend = Network(deadline, public_only=False)
        mounts[pattern] = transport
    return mounts | dict.fromkeys(_NOT_PROXIED) if mounts else {}
