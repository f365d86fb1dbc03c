"""Passes the jobs of the service on to replicas, as many at a time as these take.

What waits stands in the same queue as on one machine: bounded, in turns, with the same
`Retry-After`. A replica that ends loses nothing: its jobs are sent to another one.
"""

import asyncio
import contextvars
import logging
import threading
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
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
# Before an article is sent again. A broken replica is replaced after three checks of its health.
AGAIN_SECONDS: Final = 0.5
# An article that has ended so many replicas is sent to no other.
MOST_LOST: Final = 3
COUNTING_SECONDS: Final = 10.0

NO_REPLICA: Final = "No replica has loaded its model; one is being started."
GIVEN_UP: Final = "Several replicas have ended while they worked on this article."


class ReplicaLost(Exception):
    """A replica has ended before it sent the outcome of an article."""


class Replicas(Protocol):
    """The replicas, as far as they take work now. Any of them answers."""

    async def count_places(self) -> int:
        """How many articles may be sent to them at a time; 0 where none takes work."""
        ...

    def summarize(self, request: SummaryRequest, seconds: float) -> AsyncGenerator[Message]:
        """The messages of one replica. To close the generator cancels the work.

        Raises ReplicaLost.
        """
        ...

    async def describe(self) -> EngineDescription:
        """The model of a replica."""
        ...

    async def count_tokens(self, text: str) -> int:
        """The tokens of a text, by the model's own count."""
        ...


class RemoteWorker:
    """Implements `service.api.work.job_taker.JobTaker` with replicas.

    For the event loop that has started it only, but for `stop`, `wait_until_loaded` and
    `count_tokens`, which other threads call.
    """

    def __init__(self, replicas: Replicas, settings: Settings, metrics: Metrics) -> None:
        self._replicas, self._settings, self._metrics = replicas, settings, metrics
        self.queue = AdmissionQueue(settings.queue_size, settings.queue_tokens)
        self.description: EngineDescription | None = None
        self._state, self._detail = State.LOADING, NO_REPLICA
        self._places = 0
        self._under_way: dict[Job, asyncio.Task[None]] = {}
        self._loaded = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._following: asyncio.Task[None]

    def start(self) -> None:
        """Begins to follow the replicas; returns at once."""
        self._loop = asyncio.get_running_loop()
        self._following = self._spawn(self._follow_replicas())

    def wait_until_loaded(self) -> None:
        """Returns once a replica has loaded its model, or the worker is stopped."""
        self._loaded.wait()

    def stop(self) -> None:
        """Refuses what waits, and gives up what is under way.

        Serve stops an ingress only after its requests have been answered.
        """
        self._state, self._detail = State.STOPPED, STOPPING
        self._loaded.set()
        self._loop.call_soon_threadsafe(self._following.cancel)
        self._loop.call_soon_threadsafe(self.give_up)

    def give_up(self) -> None:
        """Answers all who wait with what is wrong."""
        self.queue.refuse(NotReady(*self.state()))
        for job, task in self._under_way.items():
            end_job(job, NotReady(*self.state()))
            task.cancel()

    @property
    def running(self) -> int:
        """How many jobs the replicas do, or are about to."""
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

        Raises NotReady, and TimeoutError where none answers.
        """
        self.check()
        counting = asyncio.run_coroutine_threadsafe(self._replicas.count_tokens(text), self._loop)
        return counting.result(COUNTING_SECONDS)

    async def _follow_replicas(self) -> None:
        """Counts the replicas again and again, and begins jobs where places have become free.

        Where they cannot be counted, they still work: the last count stands.
        """
        while True:
            try:
                places = await self._replicas.count_places()
                if places and self.description is None:
                    self.description = await self._replicas.describe()
                self._note_places(places)
            except Exception as error:
                logger.warning("replicas could not be counted: %s", type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    def _note_places(self, places: int) -> None:
        self._places = places
        if self._state is State.STOPPED:
            return
        if places:
            self._state, self._detail = State.READY, "Ready."
            self._loaded.set()
        else:
            self._state, self._detail = State.LOADING, NO_REPLICA
        self._begin_jobs()

    def _begin_jobs(self) -> None:
        """Begins jobs, in the order of the queue, while there are places."""
        while self.queue.jobs and len(self._under_way) < self._places:
            job = self.queue.get()
            assert job is not None  # The queue is never closed, and only this thread takes.
            task = self._spawn(self._do(job))
            self._under_way[job] = task
            task.add_done_callback(partial(self._end, job))
            job.when_dropped(self._drop)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """A task in a context of its own.

        In that of a request, Serve would cancel the calls as soon as its client leaves. Others may
        wait for the same answer.
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
            # In a thread: the answer's JSON is made there.
            await asyncio.to_thread(end_job, job, summary)

    def _end(self, job: Job, _: "asyncio.Task[None]") -> None:
        """Frees the place of a job, whose task has ended or was cancelled."""
        del self._under_way[job]
        end_job(job, Cancelled())  # Nothing else has come of it.
        succeeded = not job.result.cancelled() and job.result.exception() is None
        self.queue.ended(job.tokens if succeeded else 0)
        self._begin_jobs()

    async def _ask(self, job: Job) -> Summary:
        """The summary of one replica. Raises what the pipeline raises.

        A job whose replica ends, or takes no work, is sent again until nobody waits for it.
        """
        lost = 0
        while not (job.cancelled() or job.result.done()):
            try:
                summary = await self._ask_once(job)
            except ReplicaLost:
                lost += 1
                logger.warning("a replica has ended; its article is sent to another")
                if lost == MOST_LOST:
                    raise NotReady(State.DEAD, GIVEN_UP) from None
                summary = None
            if summary is not None:
                return summary
            await asyncio.sleep(AGAIN_SECONDS)
        raise Cancelled

    async def _ask_once(self, job: Job) -> Summary | None:
        """The summary of one replica; None where it takes no work. Raises ReplicaLost."""
        # Who joins later may extend the deadline. This service says when nobody waits any more.
        seconds = max(0.0, job.deadline - time.monotonic()) + self._settings.deadline_seconds
        async with aclosing(self._replicas.summarize(job.request, seconds)) as messages:
            async for message in messages:
                match message:
                    case str():
                        job.progress(message)
                    case Done():
                        return self._take(message)
                    case Failed():
                        raise message.error
                    case Refused():
                        return None
        raise ReplicaLost

    def _take(self, outcome: Done) -> Summary:
        """The summary of an outcome, whose model and passes are noted."""
        self.description = outcome.description
        for each in outcome.passes:
            self._metrics.observe_pass(each)
        return outcome.summary
