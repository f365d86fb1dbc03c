"""Room for request bodies: each is bounded, and so are all of them together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class NoRoom(Exception):
    """A body does not fit beside those that are held already."""


class BodyRoom:
    """Counts the bytes of all bodies that are held, at most `max_bytes`; for the event loop only.

    Only bytes that have arrived count: a body that is announced and never sent takes no room from
    others.
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
        """The room of one body: yields a function that takes so many bytes more, or raises NoRoom.

        All of them are free again at the end, however it ends.
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
