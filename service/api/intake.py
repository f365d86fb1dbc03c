"""From a body that is well formed to a ticket for its answer: limits, the page that an address leads to, the queue."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import anyio
from fastapi import Request

from service.api.admission import QueueFull
from service.api.answers import Listener, Ticket, heard
from service.api.dependencies import Parts
from service.api.problems import ApiError
from service.api.schemas import SummarizeBody
from service.fetch import fetch
from service.pages import without_prologue

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


def check(parts: Parts, body: SummarizeBody) -> None:
    """Refuses what can be refused before anything is done, and before it counts against the client's limit.

    Raises ApiError, NotReady and QueueFull.
    """
    _check(parts, body)
    parts.answers.check(body.request(None))


def longest(parts: Parts, body: SummarizeBody) -> float:
    """How long the answer to `body` may take, in seconds."""
    return min(body.deadline_seconds or parts.settings.deadline_seconds, parts.settings.deadline_seconds)


async def fetched(parts: Parts, body: SummarizeBody) -> Fetched:
    """The first step of `admit`: the limits, and the page. Raises what `admit` does."""
    _check(parts, body)
    begun = time.monotonic()
    page = None if body.url is None else await _page(parts, body.url, longest(parts, body))
    await _check_page(parts, "html" if body.url is None else "url", page or body.html or "")
    return Fetched(page, time.monotonic() - begun)


async def _page(parts: Parts, address: str, seconds: float) -> str:
    """The page at `address`, at most `seconds` from now. Raises QueueFull where too many others are being fetched."""
    parts.worker.check()  # nothing is fetched for a service that cannot use it
    parts.worker.queue.check(1)
    begun, timeout = time.monotonic(), min(seconds, parts.settings.url_timeout_seconds)
    place = await _place(parts.fetches, timeout)
    left = seconds - (time.monotonic() - begun)
    async with asyncio.timeout(left):
        return await _in_thread(parts.fetches, place, lambda: fetch(address, min(timeout, left)))


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


async def _check_page(parts: Parts, field: str, page: str) -> None:
    """Refuses a page that is too long before it takes a turn in the queue: extracting its article takes the longest of all."""
    most = parts.settings.max_characters
    if len(page) <= most:
        return
    characters = await anyio.to_thread.run_sync(text_length, page)
    if characters > most:
        detail = (
            f"{field}: a page of at most {most} characters of text is read, {characters} were found; "
            "send the article's part of it, or its text."
        )
        raise ApiError(422, "text_too_long", detail)


def text_length(page: str) -> int:
    """How many characters of text a page holds, white space as a browser shows it: an article read from it has no more."""
    import trafilatura
    from lxml import etree

    tree = trafilatura.load_html(without_prologue(page))
    if tree is None:
        return 0
    data = tree.xpath(".//script[@type='application/ld+json']/text()")  # an article may be read from there instead
    etree.strip_elements(tree, "script", "style", with_tail=False)
    return max([len(" ".join(tree.text_content().split())), *map(len, data)])


async def _place(limiter: anyio.CapacityLimiter, seconds: float) -> object:
    """What holds a place of `limiter` from now on. Raises QueueFull if none is free within so many seconds."""
    place = object()
    try:
        async with asyncio.timeout(seconds):
            await limiter.acquire_on_behalf_of(place)
    except TimeoutError:
        raise QueueFull(f"{MAX_FETCHES} pages are being fetched", math.ceil(seconds)) from None
    return place


async def _in_thread(limiter: anyio.CapacityLimiter, place: object, function: Callable[[], T]) -> T:
    """Runs `function` in a thread, which is left alone when nobody waits for it any more, and keeps its place until it ends."""

    async def run() -> T:
        try:
            return await anyio.to_thread.run_sync(function, limiter=anyio.CapacityLimiter(1))
        finally:
            limiter.release_on_behalf_of(place)

    task: asyncio.Future[Any] = asyncio.ensure_future(run())
    task.add_done_callback(heard)
    await asyncio.wait({task})  # which does not cancel it: the thread would go on without a place
    result: T = task.result()
    return result


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
