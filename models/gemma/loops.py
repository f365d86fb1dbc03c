"""Up to two loops over the steps of a model, each with its requests and its part of the threads.

Threads that share every product of a step wait for each other between the products. Loops with
steps of their own do not. A second loop begins when there are enough requests for both, and
requests go to the loop that has fewer.
"""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

import torch

from models.cpu.processors import in_thread_of_its_own

# The argument of a loop is its number.
Loop = Callable[[int], None]
# More than two loops were not measured.
LOOPS: Final = 2
# A second loop pays once the first has this many requests: see docs/decisions/two-loops.md.
WORTH: Final = 4
# How long a thread of Python may keep the others waiting. The default, 5 ms, is a fourth of a step.
SWITCH_SECONDS: Final = 0.0005


def prepare(threads: int) -> None:
    """Sets the number of threads for products, here and in later threads.

    With several threads, loops also take turns more often.
    """
    torch.set_num_threads(threads)
    if threads > 1:
        sys.setswitchinterval(min(SWITCH_SECONDS, sys.getswitchinterval()))


class Crew:
    """The loops of one run over `threads` threads, and how many requests each has under way."""

    def __init__(self, threads: int) -> None:
        self._threads, self._lock = threads, threading.Lock()
        self._under_way: dict[int, int] = {}
        self._others: list[Future[None]] = []
        self._failed = False

    def run(self, loop: Loop) -> None:
        """Runs `loop` in this thread, and returns when all loops that it started have ended.

        Raises the error of the first loop that failed.
        """
        try:
            self._run(loop, self._next_number())
        finally:
            # The list may grow while a loop ends.
            for other in self._others:
                other.exception()
            torch.set_num_threads(self._threads)
        for other in self._others:
            other.result()

    def start(self, loop: Loop) -> None:
        """Starts another loop, in a thread of its own."""
        number = self._next_number()
        self._others.append(in_thread_of_its_own(lambda: self._run(loop, number), "breve-loop"))

    def takes(self, number: int, under_way: int) -> bool:
        """True if the loop `number`, with `under_way` requests, should take the next one.

        Also gives the loop its part of the threads.
        """
        with self._lock:
            self._under_way[number] = under_way
            self._use_threads(max(1, self._threads // len(self._under_way)))
            return not self._failed and under_way <= min(self._under_way.values())

    def worth_another(self, under_way: int) -> bool:
        """True if a loop with `under_way` requests should leave the next one to a new loop."""
        return under_way >= WORTH and len(self._under_way) < min(LOOPS, self._threads)

    def _next_number(self) -> int:
        with self._lock:
            number = next(k for k in range(LOOPS) if k not in self._under_way)
            self._under_way[number] = 0
            return number

    def _run(self, loop: Loop, number: int) -> None:
        try:
            loop(number)
        except BaseException:
            self._failed = True
            raise
        finally:
            with self._lock:
                del self._under_way[number]

    @staticmethod
    def _use_threads(threads: int) -> None:
        """Sets the number of threads for products, in this thread and in later ones."""
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
