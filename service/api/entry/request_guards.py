"""The middleware that every request passes: it gives an id, and checks host, key and body.

Bodies are refused if they come without a key, are too large, too many, too slow or not JSON.
"""

import asyncio
import ipaddress
import re
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.contract.problems import ApiError, ProblemResponse, error_response, problem
from service.api.entry.access import Keys
from service.api.entry.body_memory import BodyRoom, NoRoom
from service.api.entry.json_shape import check_shape
from service.api.observing.logs import CLIENT_LEFT, REQUEST_ID

MAX_HOST: Final = 100  # Characters of a Host header that an answer repeats.
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Gives each request an id: the client's `X-Request-ID` if it is a plain one, else a new one.

    It also answers the errors that no other handler has answered: the server would log their
    messages, which may quote the article. A cancelled request is answered with 503 if
    `is_stopping`. Otherwise its client has left, and gets no answer.
    """

    def __init__(self, app: ASGIApp, is_stopping: Callable[[], bool]) -> None:
        self._app, self._is_stopping = app, is_stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; the answer carries the id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client_id = Headers(scope=scope).get("x-request-id", "")
        identifier = client_id if _ID.fullmatch(client_id) else uuid.uuid4().hex[:16]
        scope.setdefault("state", {})["request_id"] = identifier
        REQUEST_ID.set(identifier)
        begun = False

        async def send_with_id(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message)["X-Request-ID"] = identifier
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            response = error_response(error, identifier)
            if not begun:
                await response(scope, receive, send_with_id)
        except asyncio.CancelledError:
            if self._is_stopping() and not begun:  # The grace period is over.
                await _stopping(identifier)(scope, receive, send_with_id)
            raise


def _stopping(identifier: str) -> ProblemResponse:
    """The answer to a request that the server cannot finish because it stops."""
    body = problem(identifier, 503, "stopped", "The service is stopping.")
    return ProblemResponse(body, {"Retry-After": "5", "Connection": "close"})


class HeadAsGet:
    """Answers HEAD as GET, without the body: monitoring programs often send HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_without_body)


class HostGuard:
    """Answers 421 to requests whose Host is neither in `allowed` nor an IP address.

    A site can point its own name at this machine (DNS rebinding). Its pages would then have the
    origin of the service. The requests of these pages name that site, never an IP address.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app, self._allowed = app, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Looks at the header and passes the request on."""
        if scope["type"] == "http":
            host = _host_name(Headers(scope=scope).get("host", ""))
            if host and not self._allows(host):  # Every browser sends a Host.
                await _refuse(scope, self._refusal(host))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _allows(self, host: str) -> bool:
        return host in self._allowed or _is_address(host)

    def _refusal(self, host: str) -> ApiError:
        names = ", ".join(sorted(self._allowed))
        detail = (
            f"Host: {host[:MAX_HOST]!r} is no name of this service, which is asked by its IP "
            f"address or as {names}; BREVE_ALLOWED_HOSTS adds names."
        )
        return ApiError(421, "wrong_host", detail)


class UnreadBodies:
    """Closes the connection after the answer to a request whose body nobody reads.

    Otherwise the body could go on arriving without end. The body itself is no error: some clients
    send an empty object with every GET.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http" or _brings_body(scope) or not _announces_body(scope):
            await self._app(scope, receive, send)
            return

        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, send_and_close)


class KeyGuard:
    """Answers 401 to requests with a body and without one of `keys`, before any byte is kept.

    Otherwise anybody could fill the room for bodies, and keep out clients with a key. For requests
    without a body, the routes check the key.
    """

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app, self._keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Looks at the headers and passes the request on."""
        if _brings_body(scope):
            try:
                self._keys.client(Headers(scope=scope).get("authorization", ""), "")
            except ApiError as error:
                await _refuse(scope, error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class BodyLimits:
    """The limits of one body.

    These are its bytes, the seconds for it to arrive, and its lists and objects (`containers`).
    """

    bytes: int
    seconds: float
    containers: int = 1_000


class BodyGuard:
    """Reads bodies within `limits`, and holds each until its request is answered.

    It refuses a body
    - with 415 if it is not JSON,
    - with 413 if it has too many bytes, without reading further,
    - with 408 if it takes too long to arrive,
    - with 503 if `room` cannot hold it beside the others; `retry_after` says for how many seconds,
    - with 422 if it holds too many lists and objects.

    `left` is called where the client leaves before its whole body has arrived.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: BodyLimits,
        room: BodyRoom,
        retry_after: Callable[[], int],
        left: Callable[[], None],
    ) -> None:
        self._app, self._limits = app, limits
        self._room, self._retry_after, self._left = room, retry_after, left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body up to the limits and passes the request on."""
        if not _brings_body(scope):
            await self._app(scope, receive, send)
            return
        with self._room.share() as take:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    body = await self._read_body(Headers(scope=scope), receive, take)
            except TimeoutError:
                refusal = self._too_slow()
            except NoRoom as full:
                refusal = self._no_room(full)
            except ApiError as error:
                refusal = error
            except _Left:
                self._left()
                await Response(status_code=CLIENT_LEFT)(scope, receive, send)
                return
            else:
                await self._app(scope, _replay(body, receive), send)
                return
        await _refuse(scope, refusal)(scope, receive, send)

    async def _read_body(
        self, headers: Headers, receive: Receive, take: Callable[[int], None]
    ) -> bytes:
        """Reads the body. Raises ApiError if it is not JSON or too large, NoRoom, and _Left."""
        _check_type(headers)
        self._check_length(headers.get("content-length", ""))
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Left
            chunk = message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) + len(chunk) > self._limits.bytes:
                raise self._too_large(f"over {self._limits.bytes}")
            take(len(chunk))
            body += chunk
        check_shape(body, self._limits.containers)
        return bytes(body)

    def _check_length(self, length: str) -> None:
        """Refuses a body by the length that its headers announce."""
        if not length.isdigit():
            return
        if int(length) > self._limits.bytes:
            raise self._too_large(length)
        self._room.check(int(length))

    def _too_slow(self) -> ApiError:
        detail = f"The body did not arrive within {self._limits.seconds:.0f} s."
        return ApiError(408, "slow_body", detail)

    def _no_room(self, full: NoRoom) -> ApiError:
        seconds = self._retry_after()
        detail = f"{full}; try again in {seconds} s."
        return ApiError(503, "queue_full", detail, {"Retry-After": str(seconds)})

    def _too_large(self, size: str) -> ApiError:
        detail = f"The body has {size} bytes; at most {self._limits.bytes} are allowed."
        return ApiError(413, "too_large", detail)


class _Left(Exception):
    """The client has left before its whole body had arrived."""


def _check_type(headers: Headers) -> None:
    """Raises ApiError for a body that is not JSON, or is compressed."""
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        actual = f"not {media_type}" if media_type else "but its type is not given (Content-Type)"
        detail = f"The body should be application/json, {actual}."
        raise ApiError(415, "unsupported_media_type", detail)
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", ""):
        detail = (
            f"The body should be sent as it is, not packed with {encoding[:20]} (Content-Encoding)."
        )
        raise ApiError(415, "unsupported_media_type", detail, {"Accept-Encoding": "identity"})


def _refuse(scope: Scope, error: ApiError) -> ProblemResponse:
    """The answer to a request whose body is not read to its end.

    The connection cannot be used again, and is closed.
    """
    body = problem(scope["state"]["request_id"], error.status, error.code, error.detail)
    return ProblemResponse(body, {**error.headers, "Connection": "close"})


def _host_name(header: str) -> str:
    """The name in a Host header, without its port, in lower case."""
    name, colon, port = header.rpartition(":")
    host = name if colon and port.isdigit() else header.removesuffix(":")
    return host.strip().lower().removesuffix(".")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _brings_body(scope: Scope) -> bool:
    """True for requests whose body is read: POST to a route that takes it, so no 404 or 405."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    return any(route.matches({**scope})[0] is Match.FULL for route in scope["app"].router.routes)


def _announces_body(scope: Scope) -> bool:
    """True for requests whose headers say that a body follows."""
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != ""


def _replay(body: bytes, receive: Receive) -> Receive:
    """Makes a `receive` that gives `body` as one message, then what the client does next."""
    delivered = False

    async def replay() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
