"""Limits connections: how many there are, how long each may wait, how small a body's pieces may be.

uvicorn has none of these limits. Idle connections could take every file descriptor. A body in
pieces of one byte could take the event loop.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.api.contract.problems import Problem, ProblemResponse, problem, rendered

logger = logging.getLogger("breve.connections")

# h11 takes about 20 µs for each piece of a body. No other request is served meanwhile. A client
# that writes JSON piece by piece, as `json.JSONEncoder.iterencode` does, sends some 15 pieces for
# each article. One of them is its text.
FREE_PIECES: Final = 1_000
SMALLEST_PIECE: Final = 64  # Bytes that a piece must have on average, once there are more.
RETRY_SECONDS: Final = 5  # Until a client that was turned away may try again.


@dataclass(frozen=True)
class ConnectionLimits:
    """The most connections at once, and the most `seconds` that each may keep the service waiting.

    Within `seconds`, the headers of a request must arrive, and a client must read on.
    """

    connections: int
    seconds: float


class _CountedPieces(h11.Connection):
    """Reads HTTP. Raises h11.RemoteProtocolError for a body in too many small pieces."""

    def __init__(self) -> None:
        super().__init__(h11.SERVER)
        self._pieces = self._bytes = 0

    @property
    def in_small_pieces(self) -> bool:
        """True if the body that is read comes in too many small pieces."""
        return self._pieces > FREE_PIECES and self._bytes < SMALLEST_PIECE * self._pieces

    def next_event(self) -> Any:
        """The next event of the connection."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._pieces = self._bytes = 0
        elif isinstance(event, h11.Data):
            self._pieces += 1
            self._bytes += len(event.data)
            if self.in_small_pieces:
                raise h11.RemoteProtocolError("The body comes in pieces that are too small.")
        return event


class _Timer:
    """A timer that calls `end` after `seconds`, unless it is stopped before."""

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self._seconds, self._end = seconds, end
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Starts the timer, if it does not run."""
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(self._seconds, self._end)

    def stop(self) -> None:
        """Stops the timer, if it runs."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None


class LimitedConnection(H11Protocol):
    """One connection. Where there are too many, the one that has been idle longest is closed."""

    def __init__(self, limits: ConnectionLimits, **options: Any) -> None:
        super().__init__(**options)
        self.conn: _CountedPieces = _CountedPieces()
        self._limits = limits
        self._headers_due = _Timer(limits.seconds, self._end)  # For the next request.
        self._reading_due = _Timer(limits.seconds, self._end)  # For the client to read.
        self._quiet_since = time.monotonic()

    @property
    def is_quiet(self) -> bool:
        """True while no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def is_unread(self) -> bool:
        """True while the client has not read all bytes of an answer."""
        return self.transport.get_write_buffer_size() > 0

    @property
    def is_ending(self) -> bool:
        """True if the file descriptor of the connection is about to be free.

        A closing connection keeps its descriptor until the client has read all bytes.
        """
        return self.transport.is_closing() and not self.is_unread

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn's own.
        """Makes room for this connection, or turns it away where all others are at work."""
        super().connection_made(transport)
        self._headers_due.start()
        connections = [other for other in self.connections if isinstance(other, LimitedConnection)]
        staying = [other for other in connections if not other.is_ending]
        if len(staying) <= self._limits.connections:
            return
        quiet = [other for other in staying if other.is_quiet and other is not self]
        if quiet:
            # A connection whose client has read its answer goes first.
            longest_quiet = min(quiet, key=lambda other: (other.is_unread, other._quiet_since))
            longest_quiet.transport.abort()
            staying.remove(longest_quiet)
        # `staying` also has connections that were turned away. To close one of them frees no place.
        if len(staying) > self._limits.connections:
            self._turn_away()

    def _turn_away(self) -> None:
        """Answers the next request with 503, in the place of the application."""
        most = self._limits.connections
        logger.warning(
            "%d connections are at work: others are turned away (BREVE_MAX_CONNECTIONS)", most
        )
        detail = f"{most} connections are at work already; try again in {RETRY_SECONDS} s."
        body = problem(_new_identifier(), 503, "queue_full", detail)
        headers = {"Retry-After": str(RETRY_SECONDS), **_last_headers(body)}
        self.app = ProblemResponse(body, headers)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the timers."""
        super().connection_lost(exc)
        self._headers_due.stop()
        self._reading_due.stop()

    def data_received(self, data: bytes) -> None:
        """Reads on. The time for a request's headers runs until all of them have arrived."""
        super().data_received(data)
        if self.is_quiet:
            self._headers_due.start()
        else:
            self._headers_due.stop()

    def on_response_complete(self) -> None:
        """Goes on to the next request."""
        self._quiet_since = time.monotonic()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Waits for the client to read, for a limited time only."""
        super().pause_writing()
        self._reading_due.start()

    def resume_writing(self) -> None:
        """Goes on, once the client has read."""
        super().resume_writing()
        self._reading_due.stop()

    def send_400_response(self, msg: str) -> None:
        """Refuses bytes that are not HTTP, and a body in too small pieces.

        An answer that has begun is cut off.
        """
        if not self.is_quiet and self.cycle.response_started:
            self.transport.abort()
        elif self.conn.in_small_pieces:
            detail = (
                f"The body comes in pieces that are too small: after the first {FREE_PIECES} they "
                f"should have at least {SMALLEST_PIECE} bytes on average; send it whole."
            )
            self._refuse(problem(_new_identifier(), 400, "small_pieces", detail))
        else:
            super().send_400_response(msg)

    def _end(self) -> None:
        self.transport.abort()

    def _refuse(self, body: Problem) -> None:
        """Answers with a problem in the place of the application, and closes the connection."""
        content, media_type = rendered(body, self.scope["path"])
        headers = {
            "Content-Type": media_type,
            "Content-Length": str(len(content)),
            **_last_headers(body),
        }
        lines = [
            f"HTTP/1.1 {body.status} {body.title}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + content)
        self.transport.close()


def limited_protocol(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """Makes the protocol for uvicorn: a function that uvicorn calls in the place of a class."""

    def connect(**options: Any) -> LimitedConnection:
        return LimitedConnection(limits, **options)

    return cast(type[asyncio.Protocol], connect)


def _new_identifier() -> str:
    return uuid.uuid4().hex[:16]


def _last_headers(body: Problem) -> dict[str, str]:
    """The headers of a problem that is the last answer of its connection."""
    return {"X-Request-ID": body.request_id, "Connection": "close"}
