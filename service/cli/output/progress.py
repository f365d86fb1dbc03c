"""Shows on standard error what is under way.

In a terminal it is one line that changes; elsewhere they are plain lines.
"""

import sys
import threading
import time
from typing import Final

import click

_ERASE: Final = "\r\x1b[2K"
_TICK_SECONDS: Final = 1.0


class Progress:
    """Says what the command does at the moment.

    In a terminal the line counts the seconds, and is gone when the work is done.
    """

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._step, self._start = "", 0.0
        self._lock = threading.Lock()
        self._ended: threading.Event | None = None

    def say(self, step: str) -> None:
        """Says that `step` begins. The same step is said once."""
        with self._lock:
            if step == self._step:
                return
            self._step, self._start = step, time.monotonic()
            if not self._live:
                click.echo(f"breve: {step}", err=True)
                return
            self._write()
        if self._ended is None:
            self._ended = threading.Event()
            clock = threading.Thread(target=self._count, args=(self._ended,), daemon=True)
            clock.start()

    def note(self, line: str) -> None:
        """Says something that stays in the terminal."""
        self.clear()
        say_line(line)

    def clear(self) -> None:
        """Takes the line out of the terminal, so that something else can be printed."""
        with self._lock:
            if self._live and self._step:
                click.echo(_ERASE, nl=False, err=True)
            self._step = ""

    def close(self) -> None:
        """Ends the line and its clock."""
        self.clear()
        if self._ended is not None:
            self._ended.set()

    def _count(self, ended: threading.Event) -> None:
        while not ended.wait(_TICK_SECONDS):
            with self._lock:
                if self._step:
                    self._write()

    def _write(self) -> None:
        seconds = int(time.monotonic() - self._start)
        click.echo(f"{_ERASE}{self._step}{f' {seconds} s' if seconds else ''}", nl=False, err=True)


def say_line(step: str) -> None:
    """Says what is under way in a line of its own."""
    click.echo(f"breve: {step}", err=True)
