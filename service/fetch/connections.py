"""Connects to the very addresses that were checked, within one deadline.

A host name is resolved once; the addresses found are checked, and the connection goes to one of
them. So neither a redirect, nor a name that resolves differently the second time, can lead to a
private network. One deadline limits all waits for the network except name lookup: the resolver
accepts no time limit.
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
        """Seconds until the deadline. Raises httpcore.ReadTimeout if none are left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("The page came too slowly.")
        return left

    def clip(self, timeout: float | None) -> float:
        """Seconds until the deadline, at most `timeout`.

        Raises httpcore.ReadTimeout if none are left.
        """
        return self.left() if timeout is None else min(timeout, self.left())


class _Timely(httpcore.NetworkStream):
    """A connection on which no wait outlasts the deadline.

    The timeouts of httpx are not enough: they start anew with each chunk that arrives.
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
    """Connects to the very addresses that were checked, within the deadline.

    With `public_only` it connects to public addresses only.
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
            # An equal share of the time: a silent address leaves time for the next ones.
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
