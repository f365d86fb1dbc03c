"""Limits of connections: how many there are, how long each may wait, and how small the pieces of a
body may be.

uvicorn has none of them. Idle connections could take every file descriptor, and a body in pieces of
one byte the event loop.
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

from service.api.contract.problems import MEDIA_TYPE, Problem, ProblemResponse, problem

logger = logging.getLogger("breve.connections")

# h11 takes about 20 µs for each piece of a body, and meanwhile nobody else is served. A client that
# writes JSON piece by piece, as `json.JSONEncoder.iterencode` does, sends some 15 for each article,
# one of them its text.
FREE_PIECES: Final = 1_000
SMALLEST_PIECE: Final = 64  # bytes that the pieces of a longer body have on average
RETRY_SECONDS: Final = 5  # after which a client that was turned away may try again


@dataclass(frozen=True)
class ConnectionLimits:
    """The most connections at once.

    `seconds` are the most for the headers of a request to arrive, and for a client to read on.
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
        """What comes next."""
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
    """Calls `end` when so many seconds have passed since its start, unless it is stopped."""

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self._seconds, self._end = seconds, end
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Starts it, if it does not run."""
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(self._seconds, self._end)

    def stop(self) -> None:
        """Stops it, if it runs."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None


class LimitedConnection(H11Protocol):
    """One connection. Where there are too many, the one that has been quiet for longest makes
    room."""

    def __init__(self, limits: ConnectionLimits, **given: Any) -> None:
        super().__init__(**given)
        self.conn: _CountedPieces = _CountedPieces()
        self._limits = limits
        self._headers_due = _Timer(limits.seconds, self._end)  # of the next request
        self._reading_due = _Timer(limits.seconds, self._end)  # by the client, of what was sent
        self._quiet_since = time.monotonic()

    @property
    def is_quiet(self) -> bool:
        """True while no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def is_ending(self) -> bool:
        """True if its descriptor is about to be given back; one with bytes that nobody reads keeps
        it."""
        return self.transport.is_closing() and self.transport.get_write_buffer_size() == 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Makes room for this connection, or turns it away where all others are at work."""
        super().connection_made(transport)
        self._headers_due.start()
        ours = [other for other in self.connections if isinstance(other, LimitedConnection)]
        kept = [other for other in ours if not other.is_ending]
        if len(kept) <= self._limits.connections:
            return
        quiet = [other for other in kept if other.is_quiet and other is not self]
        if quiet:
            min(quiet, key=lambda other: other._quiet_since).transport.abort()
        else:
            self._turn_away()

    def _turn_away(self) -> None:
        """Makes the next request be answered 503, in the place of the application."""
        most = self._limits.connections
        logger.warning("%d connections are at work: others are turned away", most)
        detail = f"{most} connections are at work already; try again in {RETRY_SECONDS} s."
        body = problem(_identifier(), 503, "queue_full", detail)
        self.app = ProblemResponse(body, {"Retry-After": str(RETRY_SECONDS), **_last_headers(body)})

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the times."""
        super().connection_lost(exc)
        self._headers_due.stop()
        self._reading_due.stop()

    def data_received(self, data: bytes) -> None:
        """Reads on. From the first byte of a request its headers have their time to arrive."""
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
        """Waits for the client to read, but not without an end."""
        super().pause_writing()
        self._reading_due.start()

    def resume_writing(self) -> None:
        """Goes on, as the client has read."""
        super().resume_writing()
        self._reading_due.stop()

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no HTTP, and a body in too small pieces. An answer that has begun is cut
        off."""
        if not self.is_quiet and self.cycle.response_started:
            self.transport.abort()
        elif self.conn.in_small_pieces:
            detail = (
                f"The body comes in pieces that are too small: after the first {FREE_PIECES} they "
                f"should have at least "
                f"{SMALLEST_PIECE} bytes on average; send it whole."
            )
            self._refuse(problem(_identifier(), 400, "small_pieces", detail))
        else:
            super().send_400_response(msg)

    def _end(self) -> None:
        self.transport.abort()

    def _refuse(self, body: Problem) -> None:
        """Answers with a problem in the place of the application, and closes the connection."""
        content = body.model_dump_json(exclude_none=True).encode()
        headers = {
            "Content-Type": MEDIA_TYPE,
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
    """What uvicorn makes a connection of: it calls this as it would call a class."""

    def connection(**given: Any) -> LimitedConnection:
        return LimitedConnection(limits, **given)

    return cast(type[asyncio.Protocol], connection)


def _identifier() -> str:
    return uuid.uuid4().hex[:16]


def _last_headers(body: Problem) -> dict[str, str]:
    """The headers of a problem that is the last answer of its connection."""
    return {"X-Request-ID": body.request_id, "Connection": "close"}
