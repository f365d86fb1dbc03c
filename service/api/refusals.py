"""The errors of a service that takes no work now."""

from enum import StrEnum


class State(StrEnum):
    """What the worker is doing. Only READY takes work."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"
    DEAD = "dead"
    STUCK = "stuck"
    STOPPED = "stopped"


class NotReady(Exception):
    """The worker takes no work now."""

    def __init__(self, state: State, detail: str) -> None:
        super().__init__(detail)
        self.state = state


class QueueFull(Exception):
    """Too many requests wait. `retry_after` estimates in how many seconds this one finds room."""

    def __init__(self, waiting: str, retry_after: int) -> None:
        super().__init__(f"{waiting} already; try again in {retry_after} s.")
        self.retry_after = retry_after
