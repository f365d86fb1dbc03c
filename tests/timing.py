"""How long some work takes, whatever else the machine does meanwhile."""

import time
from collections.abc import Callable


def seconds_of(work: Callable[[], object]) -> float:
    """The processor time of `work` in this thread; what other threads do does not count."""
    started = time.thread_time()
    work()
    return time.thread_time() - started
