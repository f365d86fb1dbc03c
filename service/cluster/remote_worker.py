"""Sends the jobs of the service to replicas, as many at a time as the replicas take.

Waiting jobs stand in the same queue as on one machine: it is bounded, clients take turns, and
`Retry-After` is the same. If a replica ends, its jobs are sent to another one. If this process
ends, all jobs are lost.
"""

import asyncio
import contextvars
import logging
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, Final, Protocol

from models.engine import Cancelled, EngineDescription
from service.api.observing.metrics import Metrics
from service.api.refusals import NotReady, State
from service.api.work.admission import AdmissionQueue, Job
from service.api.work.worker import STOPPING, end_job
from service.cluster.messages import Done, Failed, Message, Refused
from service.settings import Settings
from service.summarizer import SummaryRequest
from service.summary import Summary

logger = logging.getLogger("breve")

# How often the replicas are counted.
LOOK_SECONDS: Final = 1.0
# The pause before an article is sent again. Serve replaces a broken replica after three health
# checks.
AGAIN_SECONDS: Final = 0.5
# An article is given up after so many of its replicas have ended. The first one may have ended
# because of another article in it.
MOST_LOST: Final = 3
# The longest wait for a count of replicas or of tokens, and the most tries to count tokens.
COUNTING_SECONDS: Final = 10.0
MOST_COUNTS: Final = 2

NO_REPLICA: Final = "No replica has loaded its model; one is being started."
UNCOUNTED: Final = "The replicas could not be counted yet."
NO_ANSWER: Final = "No replica has answered in time; try again."


class ReplicaLost(Exception):
    """A replica has ended before it sent the outcome of an article."""


class GivenUp(Exception):
    """Several replicas have ended while they worked on an article."""


def is_cancelled() -> bool:
    """True if somebody cancels the current task.

    If False, a CancelledError in the task comes from a call that Ray has ended.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Replicas(Protocol):
    """The replicas that take work now. Any of them may answer a call."""

    async def count_places(self) -> int:
        """How many articles may be sent to them at a time; 0 where none takes work."""
        ...

    def summarize(
        self, request: SummaryRequest, seconds: float, request_id: str
    ) -> AsyncGenerator[Message]:
        """Yields the messages of one replica. Closing the generator cancels the work.

        The replica's log names `request_id`. Raises ReplicaLost.
        """
        ...

    async def describe(self) -> EngineDescription:
        """The model of a replica. Raises ReplicaLost."""
        ...

    async def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the model's own count. Raises ReplicaLost."""
        ...


class _StepTeller:
    """Tells the steps of an article, each once, however often the article is sent."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._position = self._told = 0

    def begin(self) -> None:
        """Notes that the article is sent, perhaps again."""
        self._position = 0

    def tell(self, step: str) -> None:
        """Tells a step, unless it was told before."""
        self._position += 1
        if self._position > self._told:
            self._told = self._position
            self._tell(step)


class RemoteWorker:
    """Implements `service.api.work.job_taker.JobTaker` with replicas.

    Only the event loop that has called `start` uses it. Other threads may only call `stop` and
    `count_tokens`.
    """

    def __init__(self, replicas: Replicas, settings: Settings, metrics: Metrics) -> None:
        self._replicas, self._settings, self._metrics = replicas, settings, metrics
        self.queue = AdmissionQueue(settings.queue_size, settings.queue_tokens)
        self.description: EngineDescription | None = None
        self._state, self._detail = State.LOADING, NO_REPLICA
        self._places = 0
        self._failure = ""
        self._under_way: dict[Job, asyncio.Task[None]] = {}
        # Held by a job that may have ended its replica: only one such job runs at a time.
        # `_held_back` counts the jobs that wait for the lock.
        self._suspect = asyncio.Lock()
        self._held_back = 0
        self._loop: asyncio.AbstractEventLoop
        self._following: asyncio.Task[None]

    def start(self) -> None:
        """Begins to follow the replicas; returns at once."""
        self._loop = asyncio.get_running_loop()
        self._following = self._spawn(self._follow_replicas())

    def stop(self) -> None:
        """Refuses the jobs that wait, and gives up those under way.

        Serve stops an ingress only after its requests have been answered.
        """
        self._state, self._detail = State.STOPPED, STOPPING
        self._loop.call_soon_threadsafe(self._following.cancel)
        self._loop.call_soon_threadsafe(self.give_up)

    def give_up(self) -> None:
        """Ends all jobs, waiting or under way, with an error that says what is wrong."""
        self.queue.refuse(NotReady(*self.state()))
        for job, task in self._under_way.items():
            end_job(job, NotReady(*self.state()))
            task.cancel()

    @property
    def running(self) -> int:
        """How many jobs the replicas are doing, or are about to do."""
        return len(self._under_way)

    def state(self) -> tuple[State, str]:
        """READY while a replica takes work, and a sentence about it."""
        return self._state, self._detail

    def check(self) -> None:
        """Raises NotReady unless a replica takes work."""
        state, detail = self.state()
        if state is not State.READY:
            raise NotReady(state, detail)

    def submit(self, job: Job) -> None:
        """Puts a job into the queue. Raises NotReady or QueueFull."""
        self.check()
        self.queue.put(job)
        self._begin_jobs()

    def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the count of any replica.

        Raises NotReady.
        """
        self.check()
        return asyncio.run_coroutine_threadsafe(self._count_tokens(text), self._loop).result()

    async def _count_tokens(self, text: str) -> int:
        for _ in range(MOST_COUNTS):
            with suppress(ReplicaLost, TimeoutError):
                async with asyncio.timeout(COUNTING_SECONDS):
                    return await self._replicas.count_tokens(text)
        raise NotReady(State.LOADING, NO_ANSWER)

    async def _follow_replicas(self) -> None:
        """Counts the replicas again and again, and begins jobs where places have become free.

        If a count fails, the last count stands, because the replicas still work.
        """
        while True:
            try:
                async with asyncio.timeout(COUNTING_SECONDS):
                    await self._look()
                self._failure = ""
            except asyncio.CancelledError as error:
                if is_cancelled():
                    raise
                self._note_failure(error)
            except Exception as error:
                self._note_failure(error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        places = await self._replicas.count_places()
        self._note_places(places)
        if places and self.description is None:
            self.description = await self._replicas.describe()

    def _note_failure(self, error: BaseException) -> None:
        """Notes that the replicas could not be counted. Logs only the first of equal failures."""
        failure = type(error).__name__
        if failure != self._failure:
            logger.warning("replicas could not be counted: %s", failure)
        self._failure = failure
        if self._state is State.LOADING:
            self._detail = UNCOUNTED

    def _note_places(self, places: int) -> None:
        self._places = places
        if self._state is State.STOPPED:
            return
        if places:
            self._state, self._detail = State.READY, "Ready."
        else:
            self._state, self._detail = State.LOADING, NO_REPLICA
        self._begin_jobs()

    def _begin_jobs(self) -> None:
        """Begins jobs, in the order of the queue, while there are places."""
        while self.queue.jobs and len(self._under_way) - self._held_back < self._places:
            job = self.queue.get()
            assert job is not None  # The queue is never closed, and only this thread takes.
            task = self._spawn(self._do(job))
            self._under_way[job] = task
            task.add_done_callback(partial(self._end, job))
            job.when_dropped(self._drop)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Starts a task in a context of its own.

        In the context of a request, Serve would cancel the task's calls as soon as the client
        leaves. But other clients may wait for the same answer.
        """
        return self._loop.create_task(work, context=contextvars.Context())

    def _drop(self, job: Job) -> None:
        """Ends the work on a job that nobody waits for any more."""
        task = self._under_way.get(job)
        if task is not None:
            self._loop.call_soon_threadsafe(task.cancel)

    async def _do(self, job: Job) -> None:
        """Does one job: its result is a summary or an error."""
        self._metrics.queue_wait.observe(time.monotonic() - job.entered)
        if not job.result.set_running_or_notify_cancel():
            return
        try:
            summary = await self._ask(job)
        except Exception as error:
            end_job(job, error)
        else:
            # In a thread, because the job's callbacks make the answer's JSON.
            await asyncio.to_thread(end_job, job, summary)

    def _end(self, job: Job, _: "asyncio.Task[None]") -> None:
        """Frees the place of a job, whose task has ended or was cancelled."""
        del self._under_way[job]
        end_job(job, Cancelled())  # No effect if the job has an outcome.
        succeeded = not job.result.cancelled() and job.result.exception() is None
        self.queue.ended(job.tokens if succeeded else 0)
        self._begin_jobs()

    async def _ask(self, job: Job) -> Summary:
        """Returns the summary of one replica. Raises what the pipeline raises, and GivenUp.

        A job whose replica ends, or takes no work, is sent again as long as a client waits for it.
        """
        steps = _StepTeller(job.progress)
        lost = 0
        while not (job.cancelled() or job.result.done()):
            try:
                ask = self._ask_as_suspect if lost else self._ask_once
                summary = await ask(job, steps)
            except ReplicaLost:
                lost += 1
                if lost == MOST_LOST:
                    raise GivenUp from None
                logger.warning("a replica has ended; request %s is sent again", job.request_id)
                summary = None
            if summary is not None:
                return summary
            await asyncio.sleep(AGAIN_SECONDS)
        raise Cancelled

    async def _ask_as_suspect(self, job: Job, steps: _StepTeller) -> Summary | None:
        """Like `_ask_once`, for a job that may have ended its replica: one such job at a time.

        So two such jobs never share a replica, and a harmless one is not blamed for the other. A
        job that waits here takes no place.
        """
        self._held_back += 1
        self._begin_jobs()
        try:
            await self._suspect.acquire()
        finally:
            self._held_back -= 1
        try:
            return await self._ask_once(job, steps)
        finally:
            self._suspect.release()

    async def _ask_once(self, job: Job, steps: _StepTeller) -> Summary | None:
        """Returns the summary of one replica; None if it takes no work. Raises ReplicaLost."""
        # A client that joins later may extend the deadline, so the replica gets more time than is
        # left. This service cancels the work when nobody waits any more.
        seconds = max(0.0, job.deadline - time.monotonic()) + self._settings.deadline_seconds
        steps.begin()
        messages = self._replicas.summarize(job.request, seconds, job.request_id)
        async with aclosing(messages):
            async for message in messages:
                match message:
                    case str():
                        steps.tell(message)
                    case Done():
                        return self._take(message)
                    case Failed():
                        raise message.error
                    case Refused():
                        return None
        raise ReplicaLost

    def _take(self, outcome: Done) -> Summary:
        """Notes the model and the passes of an outcome, and returns its summary."""
        self.description = outcome.description
        for each in outcome.passes:
            self._metrics.observe_pass(each)
        return outcome.summary
