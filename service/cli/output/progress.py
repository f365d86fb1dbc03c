"""Shows progress on standard error.

In a terminal it is one line that changes, elsewhere plain lines.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import click

_ERASE: Final = "\r\x1b[2K"
_TICK_SECONDS: Final = 1.0
_LINE_SECONDS: Final = 10.0  # Between two lines that say how many are done.

Item = TypeVar("Item")


class Progress:
    """Shows the present step of a command.

    In a terminal the line counts the seconds, and is gone when the work is done.
    """

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._step, self._start = "", 0.0
        self._lock = threading.Lock()
        self._ended: threading.Event | None = None

    def say(self, step: str) -> None:
        """Says that `step` begins. A step that was just named is not named again."""
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

    def say_count(self, step: str) -> None:
        """Says how far a step has come: in a terminal always, elsewhere every ten seconds."""
        if not self._live and time.monotonic() - self._start < _LINE_SECONDS:
            return
        self.say(step)

    def note(self, line: str) -> None:
        """Says something that stays in the terminal."""
        self.clear()
        say_line(line)

    def clear(self) -> None:
        """Removes the line from the terminal, so that other text can be printed."""
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


@contextmanager
def shown_count(items: Iterator[Item], count: int, label: str) -> Iterator[Iterator[Item]]:
    """Passes `items` on, and shows how many of `count` have come: as a bar, or in lines."""
    if not sys.stderr.isatty():
        yield _count_in_lines(items, count, label)
        return
    with click.progressbar(items, count, label, file=sys.stderr, show_pos=True) as bar:
        yield iter(bar)


def _count_in_lines(items: Iterator[Item], count: int, label: str) -> Iterator[Item]:
    say_line(label)
    last_line = time.monotonic()
    for number, item in enumerate(items, 1):
        if number == count or time.monotonic() - last_line >= _LINE_SECONDS:
            say_line(f"{label} – {number}/{count}")
            last_line = time.monotonic()
        yield item


def say_line(step: str) -> None:
    """Prints a line that says what is under way."""
    click.echo(f"breve: {step}", err=True)
