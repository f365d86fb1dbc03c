"""Waits for work only as long as the client waits for it."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from fastapi import Request

from service.api.work.answers import retrieve_error

T = TypeVar("T")


class ClientLeft(Exception):
    """Nobody waits for the answer any more."""


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """Waits for the result of `work`.

    The work is cancelled when the client leaves, which raises ClientLeft, or when the server stops.
    """
    task: asyncio.Future[Any] = asyncio.ensure_future(work)
    leaving: asyncio.Future[Any] = asyncio.ensure_future(_wait_for_disconnect(request))
    task.add_done_callback(retrieve_error)
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientLeft
        result: T = task.result()
        return result
    finally:
        task.cancel()
        leaving.cancel()


async def _wait_for_disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
