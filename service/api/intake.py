"""From a body that is well formed to a ticket for its answer: limits, the page that an address leads to, the queue."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import anyio
from fastapi import Request

from service.api.answers import Listener, Ticket, heard
from service.api.dependencies import Parts
from service.api.problems import ApiError
from service.api.schemas import SummarizeBody
from service.fetch import fetch

MAX_FETCHES: Final = 16  # pages that are fetched at the same time, each in a thread

T = TypeVar("T")


class ClientLeft(Exception):
    """Nobody waits for the answer any more."""


def unheard(step: str) -> None:
    """The listener of who does not care for steps."""


@dataclass(frozen=True)
class Fetched:
    """The page that an article's address led to, None if it has none, and how long that took."""

    page: str | None
    seconds: float


async def admit(parts: Parts, body: SummarizeBody, listener: Listener = unheard, group: object | None = None) -> Ticket:
    """A ticket for the answer to `body`.

    The deadline runs from here: the time to fetch a page counts. Raises ApiError for what this service does not do,
    NotReady, QueueFull, FetchError, and TimeoutError if the page took all the time there was.
    """
    return ask(parts, body, await fetched(parts, body), listener, group)


def longest(parts: Parts, body: SummarizeBody) -> float:
    """How long the answer to `body` may take, in seconds."""
    return min(body.deadline_seconds or parts.settings.deadline_seconds, parts.settings.deadline_seconds)


async def fetched(parts: Parts, body: SummarizeBody) -> Fetched:
    """The first step of `admit`: the limits, and the page. Raises what `admit` does."""
    _check(parts, body)
    if body.url is None:
        return Fetched(None, 0)
    parts.worker.check()  # nothing is fetched for a service that cannot use it
    parts.worker.queue.check(1)
    address, begun, seconds = body.url, time.monotonic(), longest(parts, body)
    timeout = min(seconds, parts.settings.url_timeout_seconds)
    async with asyncio.timeout(seconds):
        page = await in_thread(parts.fetches, lambda: fetch(address, timeout))
    return Fetched(page, time.monotonic() - begun)


def ask(parts: Parts, body: SummarizeBody, found: Fetched, listener: Listener, group: object | None) -> Ticket:
    """The second step of `admit`: the queue. Raises NotReady or QueueFull."""
    deadline = time.monotonic() + longest(parts, body) - found.seconds
    return parts.answers.ask(body.request(found.page), deadline, listener, group)


def _check(parts: Parts, body: SummarizeBody) -> None:
    settings = parts.settings
    if body.text is not None and len(body.text) > settings.max_characters:
        detail = f"text: at most {settings.max_characters} characters are allowed, {len(body.text)} were given."
        raise ApiError(422, "text_too_long", detail)
    if body.model is not None and body.model != settings.model:
        raise ApiError(422, "unknown_model", f"model: this service serves {settings.model!r}, not {body.model!r}.")
    if body.url is not None and not settings.allow_urls:
        raise ApiError(403, "urls_disabled", "This service does not fetch addresses (BREVE_ALLOW_URLS).")


async def in_thread(limiter: anyio.CapacityLimiter, function: Callable[[], T]) -> T:
    """Runs `function` in a thread, which is left alone when nobody waits for it any more."""
    return await anyio.to_thread.run_sync(function, limiter=limiter, abandon_on_cancel=True)


async def while_there(request: Request, work: Awaitable[T]) -> T:
    """The result of `work`, which is cancelled when the client leaves (ClientLeft) or the server stops."""
    task: asyncio.Future[Any] = asyncio.ensure_future(work)
    gone: asyncio.Future[Any] = asyncio.ensure_future(_disconnected(request))
    task.add_done_callback(heard)
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientLeft
        result: T = task.result()
        return result
    finally:
        task.cancel()
        gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
