"""Takes a ticket for an order, and hears the steps until its answer comes.

The routes for one article share these functions, whatever the form of their answers.
"""

import asyncio
import time
from typing import Any

from service.api.step_listeners import Listener
from service.api.work.answers import Ticket, ignore_step
from service.api.work.dependencies import Parts
from service.api.work.fetching import complete
from service.api.work.validation import Order


async def admit(parts: Parts, order: Order, client: str) -> None:
    """Counts the order for its client.

    Raises NotReady or QueueFull if there is no room for the order now, which is then not counted.
    Raises ApiError 429 where the client has asked too often.
    """
    parts.answers.check(order.request)
    await parts.limit.take(client, 1)


async def take_ticket(parts: Parts, order: Order, listener: Listener = ignore_step) -> Ticket:
    """A ticket for the answer. Raises what `complete` raises, and what the queue does."""
    deadline = time.monotonic() + order.seconds  # The time to fetch a page counts.
    completed = await complete(parts, order)
    return parts.answers.ask(completed.request, deadline, listener)


async def next_step(steps: "asyncio.Queue[str]", answer: "asyncio.Future[Any]") -> str | None:
    """The next step, or None when the answer comes first."""
    step: asyncio.Future[str] = asyncio.ensure_future(steps.get())
    try:
        both: set[asyncio.Future[Any]] = {step, answer}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return step.result() if step.done() else None
    finally:
        step.cancel()
