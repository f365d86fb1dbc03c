"""What every request passes first: it gets an id, and bodies without a key, too large, too many or
not JSON are turned away."""

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

from service.api.contract.problems import CLIENT_LEFT, ApiError, ProblemResponse, answer, problem
from service.api.entry.access import Keys
from service.api.entry.body_room import BodyRoom, NoRoom
from service.api.entry.json_shape import check_shape

MAX_HOST: Final = 100  # characters of a Host header that are repeated
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Gives each request an id: the client's `X-Request-ID` if it is a plain one, else a fresh one.

    What no other handler answered is answered here, with the id too; passed further on, the server
    would log an error's words, which may quote the article.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; the answer carries the id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identifier = given if _ID.fullmatch(given) else uuid.uuid4().hex[:16]
        scope.setdefault("state", {})["request_id"] = identifier
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
            failed = answer(error, identifier)
            if not begun:
                await failed(scope, receive, send_with_id)
        except asyncio.CancelledError:
            if not begun:  # the server stops and has waited long enough
                stopped = problem(identifier, 503, "stopped", "The service is stopping.")
                await ProblemResponse(stopped, {"Retry-After": "5", "Connection": "close"})(
                    scope, receive, send_with_id
                )
            raise


class HeadAsGet:
    """Answers HEAD as GET, without the body: who watches a service often asks so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send(
                {**message, "body": b""} if message["type"] == "http.response.body" else message
            )

        await self._app({**scope, "method": "GET"}, receive, send_without_body)


class HostGuard:
    """Answers 421 to requests for another host than `allowed` names and that is no IP address.

    A page of any site can lead its own name to this machine (DNS rebinding), and would then be of
    the same origin as the service. Such a request names that site; one that names an address cannot
    be of it.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app, self._allowed = app, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Looks at the header and passes the request on."""
        if scope["type"] == "http":
            host = _host_name(Headers(scope=scope).get("host", ""))
            if (
                host and host not in self._allowed and not _is_address(host)
            ):  # every browser names one
                detail = (
                    f"Host: {host[:MAX_HOST]!r} is no name of this service, which is asked by its "
                    f"IP address or as "
                    f"{', '.join(sorted(self._allowed))}; BREVE_ALLOWED_HOSTS adds names."
                )
                await _refused(scope, ApiError(421, "wrong_host", detail))(scope, receive, send)
                return
        await self._app(scope, receive, send)


class UnreadBodies:
    """Closes the connection behind the answer to a request whose body is not read: it would go on
    to come, without an end.

    Nothing is said against the body itself: some clients send an empty object with every GET.
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
    """Answers 401 to bodies that come without one of `keys`, before anything of them is kept: else
    anybody could fill the room for bodies, and keep out those who have a key. Where nothing is
    sent, the routes say whether a key is needed."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app, self._keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Looks at the headers and passes the request on."""
        if _brings_body(scope):
            try:
                self._keys.client(Headers(scope=scope).get("authorization", ""), "")
            except ApiError as error:
                await _refused(scope, error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class BodyLimits:
    """The most bytes of a body, the most seconds for it to arrive, and the most lists and objects
    that it may hold."""

    bytes: int
    seconds: float
    containers: int = 1_000


class BodyGuard:
    """Answers 415 to bodies that are not JSON, 413 to those with more bytes than `limits` allows,
    without reading further, 408 to those that take more seconds to arrive, and 503 to those that
    `room` cannot hold beside the others; `retry_after` says when it may, in seconds. 422 is for
    those of too many lists and objects. A body is held until its request is answered. Of a client
    that leaves before all is there, nothing is read; `left` is called."""

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
                    body = await self._body(Headers(scope=scope), receive, take)
            except TimeoutError:
                refusal = ApiError(
                    408,
                    "slow_body",
                    f"The body did not arrive within {self._limits.seconds:.0f} s.",
                )
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
        await _refused(scope, refusal)(scope, receive, send)

    async def _body(self, headers: Headers, receive: Receive, take: Callable[[int], None]) -> bytes:
        """The body. Raises ApiError if it is not JSON or larger than allowed, NoRoom, and _Left."""
        _check_type(headers)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._limits.bytes:
            raise self._too_large(length)
        if length.isdigit():
            self._room.check(int(length))
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

    def _no_room(self, full: NoRoom) -> ApiError:
        seconds = self._retry_after()
        return ApiError(
            503, "queue_full", f"{full}; try again in {seconds} s.", {"Retry-After": str(seconds)}
        )

    def _too_large(self, given: str) -> ApiError:
        return ApiError(
            413,
            "too_large",
            f"The body has {given} bytes; at most {self._limits.bytes} are allowed.",
        )


class _Left(Exception):
    """The client has left before its body was there."""


def _check_type(headers: Headers) -> None:
    """Raises ApiError for a body that is not JSON, or packed."""
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        given = f"not {kind}" if kind else "but its type is not given (Content-Type)"
        raise ApiError(
            415, "unsupported_media_type", f"The body should be application/json, {given}."
        )
    packed = headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("identity", ""):
        detail = (
            f"The body should be sent as it is, not packed with {packed[:20]} (Content-Encoding)."
        )
        raise ApiError(415, "unsupported_media_type", detail, {"Accept-Encoding": "identity"})


def _refused(scope: Scope, error: ApiError) -> ProblemResponse:
    """The answer to a body that is not read to its end: the connection cannot be used again."""
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
    """True for requests whose body is read; what will be answered 404 or 405 is none."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    return any(route.matches({**scope})[0] is Match.FULL for route in scope["app"].router.routes)


def _announces_body(scope: Scope) -> bool:
    """True for requests whose headers say that a body follows."""
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != ""


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives `body` as one message, then what the client does next."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
