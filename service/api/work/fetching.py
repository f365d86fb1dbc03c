"""Completes a request by its page.

The page is fetched if the request has an address. A page that is too long is refused.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import anyio

from service.api.contract.problems import ApiError
from service.api.refusals import QueueFull
from service.api.work.answers import retrieve_error
from service.api.work.dependencies import Parts
from service.api.work.validation import Order
from service.fetch.pages import fetch
from service.reading.pages import text_length
from service.summarizer import SummaryRequest

MAX_FETCHES: Final = 16  # Pages that are fetched at once, each in a thread.
MAX_DIGESTS: Final = 2  # Digests that are made at once, each in up to nine threads.
MAX_MEASURED: Final = 2  # Pages that are parsed at once for their length. Each takes up to 70 MB.

T = TypeVar("T")


@dataclass(frozen=True)
class CompleteRequest:
    """A request with its page, and the seconds that it took to fetch and check the page."""

    request: SummaryRequest
    seconds: float


async def complete(parts: Parts, order: Order) -> CompleteRequest:
    """Completes the request of an order by its page.

    Raises ApiError and TooManyTags for a page that is not read, NotReady, QueueFull, FetchError,
    and TimeoutError if the page took all the time of the order.
    """
    begun, request = time.monotonic(), order.request
    if order.address is not None:
        page = await _fetch_page(parts, order.address, order.seconds)
        request = replace(request, html=page)
    field = "html" if order.address is None else "url"
    async with asyncio.timeout(order.seconds - (time.monotonic() - begun)):
        await _check_length(parts, field, request.html or "")
    return CompleteRequest(request, time.monotonic() - begun)


async def _fetch_page(parts: Parts, address: str, seconds: float) -> str:
    """The page at `address`, at most `seconds` from now.

    Raises QueueFull where too many other pages are being fetched.
    """
    parts.worker.check()  # Nothing is fetched for a service that cannot use it.
    parts.worker.queue.check(1)
    begun, timeout = time.monotonic(), min(seconds, parts.settings.url_timeout_seconds)
    holder = await acquire(parts.fetches, timeout, "pages are being fetched")
    left = seconds - (time.monotonic() - begun)
    async with asyncio.timeout(left):
        return await run_in_thread(
            parts.fetches, holder, lambda: fetch(address, min(timeout, left))
        )


async def _check_length(parts: Parts, field: str, page: str) -> None:
    """Refuses a page that is too long, before it takes a turn in the queue.

    Of all steps, extracting its article would take longest.
    """
    most = parts.settings.max_characters
    if len(page) <= most:
        return
    characters = await anyio.to_thread.run_sync(text_length, page, limiter=parts.measures)
    if characters > most:
        detail = (
            f"{field}: a page of at most {most} characters of text is read, {characters} were "
            "found; send the article's part of it, or its text."
        )
        raise ApiError(422, "text_too_long", detail)


async def acquire(limiter: anyio.CapacityLimiter, seconds: float, busy: str) -> object:
    """Takes a place of `limiter`, and returns the holder that gives it back.

    Raises QueueFull if none is free within so many seconds; `busy` says what takes the places.
    """
    holder = object()
    try:
        async with asyncio.timeout(seconds):
            await limiter.acquire_on_behalf_of(holder)
    except TimeoutError:
        words = f"{limiter.total_tokens:.0f} {busy}"
        raise QueueFull(words, math.ceil(seconds)) from None
    return holder


async def run_in_thread(
    limiter: anyio.CapacityLimiter, holder: object, function: Callable[[], T]
) -> T:
    """Runs `function` in a thread.

    A thread that nobody waits for any more goes on alone. It keeps the place of `holder` until it
    ends.
    """

    async def run() -> T:
        try:
            return await anyio.to_thread.run_sync(function, limiter=anyio.CapacityLimiter(1))
        finally:
            limiter.release_on_behalf_of(holder)

    task: asyncio.Future[Any] = asyncio.ensure_future(run())
    task.add_done_callback(retrieve_error)
    # Unlike `await task`, `wait` never cancels the task: its thread would go on without a place.
    await asyncio.wait({task})
    result: T = task.result()
    return result
