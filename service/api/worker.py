"""One model, one thread, a bounded queue: refuses at the door what it cannot do in time."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from models.engine import Cancelled, EngineDescription
from service.summarizer import Summarizer, SummaryRequest
from service.summary import Summary

logger = logging.getLogger("breve")

DIED: Final = "The worker thread has died; restart the service."
STUCK_FACTOR: Final = 2.0  # a job that runs this many deadlines long counts as stuck
WARM_UP: Final = SummaryRequest(
    text="Un éditeur de logiciels français annonce une nouvelle version de son outil. "
    "Elle corrige une faille de sécurité découverte la semaine dernière. "
    "Les administrateurs sont invités à installer la mise à jour sans attendre.",
    max_words=30,
)


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
    """Too many requests wait. `retry_after` is when to try again, in seconds."""

    def __init__(self, waiting: int, retry_after: int) -> None:
        super().__init__(f"{waiting} requests are waiting already; try again in {retry_after} s.")
        self.retry_after = retry_after


@dataclass
class Job:
    """One request on its way. `deadline` is a time of the monotonic clock."""

    request: SummaryRequest
    deadline: float
    progress: Callable[[str], None]
    result: "Future[Summary]" = field(default_factory=Future)
    left: bool = False
    _gone: threading.Event = field(default_factory=threading.Event)

    def cancel(self, left: bool = False) -> None:
        """Says that nobody waits for the result any more; `left` if it is because the client has gone."""
        self.left = left
        self._gone.set()

    def cancelled(self) -> bool:
        """True if the client has left or the deadline has passed."""
        return self._gone.is_set() or time.monotonic() > self.deadline


class Worker:
    """Loads the model and summarises, one job after the other, in a thread of its own."""

    def __init__(self, load: Callable[[], Summarizer], queue_size: int, deadline_seconds: float) -> None:
        self._load = load
        self._deadline_seconds = deadline_seconds
        self._jobs: queue.Queue[Job | None] = queue.Queue(maxsize=queue_size)
        self._state, self._detail = State.LOADING, "The model is loading."
        self._busy_since: float | None = None
        self._mean_seconds = 5.0
        self.description: EngineDescription | None = None
        self.thread = threading.Thread(target=self._run, name="breve-worker", daemon=True)

    def start(self) -> None:
        """Begins to load the model; returns at once."""
        self.thread.start()

    def stop(self) -> None:
        """Ends the thread after the job that it is doing; what still waits is refused."""
        self._state, self._detail = State.STOPPED, "The service is stopping."
        self._refuse_waiting()
        self._jobs.put(None)
        if self.thread.is_alive():
            self.thread.join(timeout=self._deadline_seconds)

    def state(self) -> tuple[State, str]:
        """What the worker is doing, and a sentence about it."""
        if self._state is State.READY and not self.thread.is_alive():
            return State.DEAD, DIED
        busy = self._busy_since  # read once: the worker's thread clears it
        if self._state is State.READY and busy and time.monotonic() - busy > STUCK_FACTOR * self._deadline_seconds:
            return State.STUCK, f"A request has been running for over {STUCK_FACTOR * self._deadline_seconds:.0f} s."
        return self._state, self._detail

    def check(self) -> None:
        """Raises NotReady unless the worker takes work."""
        state, detail = self.state()
        if state is not State.READY:
            raise NotReady(state, detail)

    def submit(self, request: SummaryRequest, progress: Callable[[str], None]) -> Job:
        """Puts a request into the queue. Raises NotReady or QueueFull."""
        self.check()
        job = Job(request, time.monotonic() + self._deadline_seconds, progress)
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            waiting = self._jobs.qsize()
            raise QueueFull(waiting, max(1, round(waiting * self._mean_seconds))) from None
        if self.state()[0] is not State.READY:  # it ended meanwhile, perhaps after refusing what waited
            self._refuse_waiting()
        return job

    def _run(self) -> None:
        try:
            summarizer = self._load()
            summarizer.summarize(WARM_UP)
            self.description = summarizer.description
            if self._state is State.LOADING:
                self._state, self._detail = State.READY, "Ready."
        except BaseException as error:
            self._state, self._detail = State.FAILED, f"The model could not be loaded: {str(error) or type(error).__name__}"
            logger.error("model not loaded: %s", str(error) or type(error).__name__)
            return
        try:
            while (job := self._jobs.get()) is not None:
                self._do(job, summarizer)
        except BaseException as error:
            # Told by its kind only, and not raised: the interpreter would print its words, which may quote the article.
            logger.critical("worker thread ended: %s", type(error).__name__)
            self._state, self._detail = State.DEAD, DIED
        finally:
            self._refuse_waiting()

    def _do(self, job: Job, summarizer: Summarizer) -> None:
        """Does one job. An error of one job is its own; only what is no Exception ends the thread."""
        if not job.result.set_running_or_notify_cancel():
            return
        if job.cancelled():
            job.result.set_exception(Cancelled())
            return
        started = self._busy_since = time.monotonic()
        try:
            job.result.set_result(summarizer.summarize(job.request, job.cancelled, job.progress))
            self._mean_seconds += 0.2 * (time.monotonic() - started - self._mean_seconds)
        except Exception as error:
            job.result.set_exception(error)
        except BaseException:
            self._state, self._detail = State.DEAD, DIED
            job.result.set_exception(NotReady(State.DEAD, DIED))
            raise
        finally:
            self._busy_since = None

    def _refuse_waiting(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None and job.result.set_running_or_notify_cancel():
                job.result.set_exception(NotReady(*self.state()))
