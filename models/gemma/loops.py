"""Up to two loops over the steps of a model, each with its own requests and its part of the
threads.

Threads that share every product of a step wait for each other between the products; loops that take
steps of their own do not. A second loop begins when there is enough for both, and requests go to
the one that has fewer.
"""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

import torch

from models.cpu.processors import in_thread_of_its_own

Loop = Callable[[int], None]  # is told its number
LOOPS: Final = 2  # more were not measured
WORTH: Final = 4  # requests of one loop that are worth another: see docs/decisions/two-loops.md
# How long a thread of Python may keep the others waiting; the default, 5 ms, is a quarter of what a
# step takes.
SWITCH_SECONDS: Final = 0.0005


def prepare(threads: int) -> None:
    """Gives the products of this thread, and of those that are yet to come, so many threads, and
    lets loops take turns."""
    torch.set_num_threads(threads)
    if threads > 1:
        sys.setswitchinterval(min(SWITCH_SECONDS, sys.getswitchinterval()))


class Crew:
    """The loops of one run over `threads` threads, and how many requests each has under way."""

    def __init__(self, threads: int) -> None:
        self._threads, self._lock = threads, threading.Lock()
        self._mine: dict[int, int] = {}
        self._others: list[Future[None]] = []
        self._failed = False

    def run(self, loop: Loop) -> None:
        """Has `loop` run in this thread; returns when those that it started have ended too. Raises
        what the first of them raised that failed."""
        try:
            self._run(loop, self._begun())
        finally:
            for other in self._others:  # which grow meanwhile
                other.exception()
            torch.set_num_threads(
                self._threads
            )  # of this thread, and of those that are yet to come
        for other in self._others:
            other.result()

    def start(self, loop: Loop) -> None:
        """Has another loop run beside those that do."""
        number = self._begun()
        self._others.append(in_thread_of_its_own(lambda: self._run(loop, number), "breve-loop"))

    def takes(self, number: int, mine: int) -> bool:
        """True if the loop, with so many requests under way, is the one to take the next; gives it
        its part of the threads."""
        with self._lock:
            self._mine[number] = mine
            self._use(max(1, self._threads // len(self._mine)))
            return not self._failed and mine <= min(self._mine.values())

    def worth_another(self, mine: int) -> bool:
        """True if what comes next is better done by a new loop than by one that has so many
        requests."""
        return mine >= WORTH and len(self._mine) < min(LOOPS, self._threads)

    def _begun(self) -> int:
        with self._lock:
            number = next(k for k in range(LOOPS) if k not in self._mine)
            self._mine[number] = 0
            return number

    def _run(self, loop: Loop, number: int) -> None:
        try:
            loop(number)
        except BaseException:
            self._failed = True
            raise
        finally:
            with self._lock:
                del self._mine[number]

    @staticmethod
    def _use(threads: int) -> None:
        """So many for the products of this thread, and of those that are yet to come."""
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
