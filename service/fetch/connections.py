"""Connects to the very addresses that were checked, until one deadline.

The address is checked when the connection is made, after the name was resolved. So neither a
redirect, nor a name that resolves differently the second time, can lead to a private network. One
deadline bounds all waits for the network but that for the resolver, which takes no limit.
"""

import ssl
import time
from typing import Any

import httpcore

from service.fetch.addresses import resolve, resolve_public
from service.fetch.errors import ForbiddenAddress


class Deadline:
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

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
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


class Network(httpcore.NetworkBackend):
    """Connects to the very addresses that were checked, until the deadline.

    With `public_only` it connects to public ones only.
    """

    def __init__(self, deadline: Deadline, public_only: bool) -> None:
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
        return resolve_public(host, port) if self._public_only else resolve(host, port)
