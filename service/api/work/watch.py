"""Ends a process whose worker is broken, so that its service manager starts a new one."""

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Final

from service.api.refusals import State
from service.api.work.job_taker import JobTaker

logger = logging.getLogger("breve")

POLL_SECONDS: Final = 1.0
BROKEN: Final = (State.FAILED, State.DEAD, State.STUCK)


def terminate() -> None:
    """Asks the server to stop gracefully, as a service manager does."""
    signal.raise_signal(signal.SIGTERM)


async def watch(
    worker: JobTaker, end: Callable[[], None] = terminate, every: float = POLL_SECONDS
) -> None:
    """Waits until the worker has failed, died or hangs, then answers all who wait and calls `end`.

    `every` is the number of seconds between two looks at the worker.
    """
    while (state := worker.state()[0]) not in BROKEN:
        await asyncio.sleep(every)
    logger.critical("the worker is %s: the process ends", state.value)
    worker.give_up()
    end()
