"""What every request passes first: it gets an id, and bodies that are too large or not JSON are turned away."""

import asyncio
import re
import uuid
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import answer, problem, response

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


class BodyGuard:
    """Answers 415 to bodies that are not JSON and 413 to those over `max_bytes`, without reading further."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app, self._max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body up to the limit and passes the request on."""
        if scope["type"] != "http" or scope["method"] != "POST" or not _has_route(scope):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        identifier = scope["state"]["request_id"]
        if kind != "application/json":
            detail = f"The body should be application/json, not {kind or 'without a type'}."
            refusal = problem(identifier, 415, "unsupported_media_type", detail)
            await response(refusal, {"Connection": "close"})(scope, receive, send)
            return
        body = await self._body(headers, receive)
        if body is None:
            given = headers.get("content-length", f"over {self._max_bytes}")
            detail = f"The body has {given} bytes; at most {self._max_bytes} are allowed."
            await response(problem(identifier, 413, "too_large", detail), {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The body, or None if it is larger than allowed."""
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._max_bytes:
            return None
        body = bytearray()
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._max_bytes:
                return None
        return bytes(body)


def _has_route(scope: Scope) -> bool:
    """False for what will be answered 404 or 405."""
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
