"""Completes a request by its page, which is fetched where an address is given, and refused if it is
too long."""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import anyio

from service.api.contract.problems import ApiError
from service.api.refusals import QueueFull
from service.api.work.answers import heard
from service.api.work.dependencies import Parts
from service.api.work.validation import Asked
from service.fetch import fetch
from service.reading.pages import text_length
from service.summarizer import SummaryRequest

MAX_FETCHES: Final = 16  # pages that are fetched at the same time, each in a thread
MAX_MEASURED: Final = (
    2  # pages that are parsed at the same time, for their length; each takes up to 70 MB
)

T = TypeVar("T")


@dataclass(frozen=True)
class Completed:
    """A request with its page, and how long that took."""

    request: SummaryRequest
    seconds: float


async def completed(parts: Parts, asked: Asked) -> Completed:
    """What is asked, with its page.

    Raises ApiError and TooManyTags for a page that is not read, NotReady, QueueFull, FetchError,
    and TimeoutError if the page took all the time there was.
    """
    begun, request = time.monotonic(), asked.request
    if asked.address is not None:
        request = replace(request, html=await _page(parts, asked.address, asked.seconds))
    await _check_page(parts, "html" if asked.address is None else "url", request.html or "")
    return Completed(request, time.monotonic() - begun)


async def _page(parts: Parts, address: str, seconds: float) -> str:
    """The page at `address`, at most `seconds` from now. Raises QueueFull where too many others are
    being fetched."""
    parts.worker.check()  # nothing is fetched for a service that cannot use it
    parts.worker.queue.check(1)
    begun, timeout = time.monotonic(), min(seconds, parts.settings.url_timeout_seconds)
    place = await _place(parts.fetches, timeout)
    left = seconds - (time.monotonic() - begun)
    async with asyncio.timeout(left):
        return await _in_thread(parts.fetches, place, lambda: fetch(address, min(timeout, left)))


async def _check_page(parts: Parts, field: str, page: str) -> None:
    """Refuses a page that is too long before it takes a turn in the queue: extracting its article
    takes the longest of all."""
    most = parts.settings.max_characters
    if len(page) <= most:
        return
    characters = await anyio.to_thread.run_sync(text_length, page, limiter=parts.measures)
    if characters > most:
        detail = (
            f"{field}: a page of at most {most} characters of text is read, {characters} were "
            f"found; "
            "send the article's part of it, or its text."
        )
        raise ApiError(422, "text_too_long", detail)


async def _place(limiter: anyio.CapacityLimiter, seconds: float) -> object:
    """What holds a place of `limiter` from now on. Raises QueueFull if none is free within so many
    seconds."""
    place = object()
    try:
        async with asyncio.timeout(seconds):
            await limiter.acquire_on_behalf_of(place)
    except TimeoutError:
        raise QueueFull(f"{MAX_FETCHES} pages are being fetched", math.ceil(seconds)) from None
    return place


async def _in_thread(limiter: anyio.CapacityLimiter, place: object, function: Callable[[], T]) -> T:
    """Runs `function` in a thread, which is left alone when nobody waits for it any more, and keeps
    its place until it ends."""

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
