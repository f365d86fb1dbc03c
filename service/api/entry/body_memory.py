"""Bounds the memory of all request bodies together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class NoRoom(Exception):
    """A body does not fit beside those that are held already."""


class BodyRoom:
    """Counts the bytes of all bodies that are held, at most `max_bytes`.

    Only bytes that have arrived count: a body that is announced and never sent takes no room from
    others. Only the event loop may use it.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.held = 0

    def check(self, more: int) -> None:
        """Raises NoRoom if so many bytes more do not fit."""
        if self.held + more > self._max_bytes:
            detail = (
                f"{self.held} bytes of request bodies are held, {more} more do not fit into the "
                f"{self._max_bytes} allowed"
            )
            raise NoRoom(detail)

    @contextmanager
    def share(self) -> Iterator[Callable[[int], None]]:
        """Yields a function that takes room for more bytes of one body, or raises NoRoom.

        All its bytes are free again at the end of the context, also after an error.
        """
        taken = 0

        def take(more: int) -> None:
            nonlocal taken
            self.check(more)
            self.held += more
            taken += more

        try:
            yield take
        finally:
            self.held -= taken
