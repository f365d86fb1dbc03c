"""What every request passes first: it gets an id, and bodies without a key, too large, too many or not JSON are turned away."""

import asyncio
import re
import uuid
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.access import Keys
from service.api.problems import ApiError, answer, problem, response
from service.api.room import BodyRoom, NoRoom

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Gives each request an id: the client's `X-Request-ID` if it is a plain one, else a fresh one.

    What no other handler answered is answered here, with the id too; passed further on, the server would log an
    error's words, which may quote the article.
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
                await response(stopped, {"Retry-After": "5", "Connection": "close"})(scope, receive, send_with_id)
            raise


class KeyGuard:
    """Answers 401 to bodies that come without one of `keys`, before anything of them is kept: else anybody could fill the
    room for bodies, and keep out those who have a key. Where nothing is sent, the routes say whether a key is needed."""

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


class BodyGuard:
    """Answers 415 to bodies that are not JSON, 413 to those over `max_bytes`, without reading further, 408 to those that
    take more than `max_seconds` to arrive, and 503 to those that `room` cannot hold beside the others; `retry_after` says
    when it may, in seconds. A body is held until its request is answered."""

    def __init__(self, app: ASGIApp, max_bytes: int, max_seconds: float, room: BodyRoom, retry_after: Callable[[], int]) -> None:
        self._app, self._max_bytes, self._max_seconds = app, max_bytes, max_seconds
        self._room, self._retry_after = room, retry_after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body up to the limits and passes the request on."""
        if not _brings_body(scope):
            await self._app(scope, receive, send)
            return
        with self._room.share() as take:
            try:
                async with asyncio.timeout(self._max_seconds):
                    body = await self._body(Headers(scope=scope), receive, take)
            except TimeoutError:
                refusal = ApiError(408, "slow_body", f"The body did not arrive within {self._max_seconds:.0f} s.")
            except NoRoom as full:
                refusal = self._no_room(full)
            except ApiError as error:
                refusal = error
            else:
                await self._app(scope, _replay(body, receive), send)
                return
        await _refused(scope, refusal)(scope, receive, send)

    async def _body(self, headers: Headers, receive: Receive, take: Callable[[int], None]) -> bytes:
        """The body. Raises ApiError if it is not JSON or larger than allowed, and NoRoom."""
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            detail = f"The body should be application/json, not {kind or 'without a type'}."
            raise ApiError(415, "unsupported_media_type", detail)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._max_bytes:
            raise self._too_large(length)
        if length.isdigit():
            self._room.check(int(length))
        body = bytearray()
        more = True
        while more:
            message = await receive()
            chunk = message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) + len(chunk) > self._max_bytes:
                raise self._too_large(f"over {self._max_bytes}")
            take(len(chunk))
            body += chunk
        return bytes(body)

    def _no_room(self, full: NoRoom) -> ApiError:
        seconds = self._retry_after()
        return ApiError(503, "queue_full", f"{full}; try again in {seconds} s.", {"Retry-After": str(seconds)})

    def _too_large(self, given: str) -> ApiError:
        return ApiError(413, "too_large", f"The body has {given} bytes; at most {self._max_bytes} are allowed.")


def _refused(scope: Scope, error: ApiError) -> JSONResponse:
    """The answer to a body that is not read to its end: the connection cannot be used again."""
    body = problem(scope["state"]["request_id"], error.status, error.code, error.detail)
    return response(body, {**error.headers, "Connection": "close"})


def _brings_body(scope: Scope) -> bool:
    """True for requests whose body is read; what will be answered 404 or 405 is none."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    return any(route.matches({**scope})[0] is Match.FULL for route in scope["app"].router.routes)


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
