"""What Ctrl-C does: it ends the command at once, or, while there is something to put away, as KeyboardInterrupt."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

INTERRUPTED: Final = 130  # exit status, as shells have it for Ctrl-C


def end_at_once(*_: Any) -> None:
    """Ends the process with what it has printed so far. Its threads may be deep in a library: nothing waits for them."""
    with suppress(Exception):  # the signal may have come in the midst of a write
        sys.stdout.flush()
    with suppress(OSError):  # the prompt of a shell is not to follow a line of progress
        os.write(2, b"\n" if os.isatty(2) else b"")
    os._exit(INTERRUPTED)


@contextmanager
def put_away_first() -> Iterator[None]:
    """Turns the first Ctrl-C into KeyboardInterrupt, so that what is done can be kept; the next one ends the command at once."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not end_at_once:
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
