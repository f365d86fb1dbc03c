"""Ctrl-C ends the command at once, or raises KeyboardInterrupt where work must be kept."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

INTERRUPTED: Final = 130  # Exit status, as shells have it for Ctrl-C.


def end_at_once(*_: Any) -> None:
    """Ends the process without waiting for threads. Text that it has printed so far is kept."""
    with suppress(Exception):  # The signal may have come in the midst of a write.
        sys.stdout.flush()
    with suppress(OSError):  # The prompt of a shell should begin a new line.
        os.write(2, b"\n" if os.isatty(2) else b"")
    os._exit(INTERRUPTED)


@contextmanager
def put_away_first() -> Iterator[None]:
    """Turns the first Ctrl-C into KeyboardInterrupt, so that finished work can be kept.

    The next one ends the command at once.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGINT) is not end_at_once:
        yield
        return

    def interrupt(*_: Any) -> None:
        signal.signal(signal.SIGINT, end_at_once)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, end_at_once)
