"""Gets answers: from the cache, from the same request in flight, or from the worker."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from cachetools import LRUCache

from models.engine import Cancelled
from service import __version__
from service.api.contract.responses import SummaryBody
from service.api.observing.metrics import Metrics
from service.api.refusals import QueueFull
from service.api.step_listeners import DONE, Listener
from service.api.work.admission import Job, estimate_tokens
from service.api.work.job_taker import JobTaker
from service.summarizer import SummaryRequest
from service.summary import Summary


def ignore_step(step: str) -> None:
    """The listener of a client that gets no steps."""


def _no_spans() -> Listener:
    """Makes the listener of a job where tracing is off."""
    return ignore_step


@dataclass(frozen=True)
class Answer:
    """A `SummaryBody` in JSON, and the slice of that JSON for each sentence."""

    json: bytes
    places: tuple[slice, ...]

    @classmethod
    def of(cls, body: SummaryBody) -> Self:
        """The answer for a body."""
        whole, places, end = body.model_dump_json().encode(), [], 0
        for sentence in body.sentences:
            part = sentence.model_dump_json().encode()
            start = whole.index(part, end)
            end = start + len(part)
            places.append(slice(start, end))
        return cls(whole, tuple(places))

    def __len__(self) -> int:
        return len(self.json)

    @property
    def sentences(self) -> list[bytes]:
        """The JSON of each sentence."""
        return [self.json[place] for place in self.places]


@dataclass(eq=False)
class _Flight:
    """One job and all who wait for it. Only the event loop uses it."""

    key: str
    outcome: "asyncio.Future[Answer]"
    listeners: dict["Ticket", Listener] = field(default_factory=dict)
    job: Job | None = None

    def tell(self, step: str) -> None:
        """Tells all who wait that a step begins."""
        for listener in self.listeners.values():
            listener(step)


@dataclass(eq=False)
class Ticket:
    """One client's claim to an answer, until `deadline` (monotonic clock).

    Pass it to `Answers.wait`, or give it up with `Answers.leave`.
    """

    outcome: "asyncio.Future[Answer]"
    deadline: float
    origin: Literal["hit", "joined", "miss"]
    flight: _Flight | None = None

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return max(0.0, self.deadline - time.monotonic())


class Answers:
    """Gives out tickets for answers. Only the event loop may use it.

    The cache keeps the most recently requested answers, up to `cache_bytes`. A key covers content,
    options, revision of the model and version of the code. Equal requests in flight share one job,
    which stops only when all who wait for it have left. `spans` makes a listener for each job; it
    hears the job's steps, then DONE.
    """

    def __init__(
        self,
        worker: JobTaker,
        cache_bytes: int,
        metrics: Metrics,
        spans: Callable[[], Listener] = _no_spans,
    ) -> None:
        self._worker, self._metrics, self._spans = worker, metrics, spans
        self._cache: LRUCache[str, Answer] = LRUCache(cache_bytes, getsizeof=len)
        self._flights: dict[str, _Flight] = {}
        metrics.cache_bytes.set_function(lambda: self._cache.currsize)

    def check(self, request: SummaryRequest) -> None:
        """Raises NotReady or QueueFull if `ask` would do so now.

        An answer in the cache or under way needs no room in the queue.
        """
        self._worker.check()
        try:
            self._worker.queue.check(estimate_tokens(request))
        except QueueFull:
            key = self._key(request)
            if key not in self._cache and key not in self._flights:
                raise

    def ask(
        self,
        request: SummaryRequest,
        deadline: float,
        listener: Listener,
        group: object | None = None,
    ) -> Ticket:
        """A ticket for the answer; `listener` hears the steps. Raises NotReady or QueueFull."""
        self._worker.check()
        key = self._key(request)
        ticket = (
            self._hit(key, deadline)
            or self._join(key, deadline, listener)
            or self._begin(key, request, deadline, listener, group)
        )
        self._metrics.answers.labels(ticket.origin).inc()
        return ticket

    def _hit(self, key: str, deadline: float) -> Ticket | None:
        """A ticket for an answer of the cache."""
        answer = self._cache.get(key)
        if answer is None:
            return None
        ticket = Ticket(asyncio.get_running_loop().create_future(), deadline, "hit")
        ticket.outcome.set_result(answer)
        return ticket

    def _join(self, key: str, deadline: float, listener: Listener) -> Ticket | None:
        """A ticket for the same request in flight."""
        flight = self._flights.get(key)
        if flight is None or flight.job is None or flight.job.cancelled():
            return None
        ticket = Ticket(flight.outcome, deadline, "joined", flight)
        flight.job.deadline = max(flight.job.deadline, deadline)
        flight.listeners[ticket] = listener
        return ticket

    async def wait(self, ticket: Ticket) -> Answer:
        """Waits for the answer of a ticket, and gives up the ticket at the end.

        Raises TimeoutError at the deadline, and what the pipeline raises.
        """
        reason = None
        try:
            async with asyncio.timeout(ticket.left):
                return await asyncio.shield(ticket.outcome)
        except asyncio.CancelledError:
            reason = "left"
            raise
        except (TimeoutError, Cancelled):
            reason = "deadline"
            raise
        finally:
            self.leave(ticket)
            if reason:
                self._metrics.cancelled.labels(reason).inc()

    def leave(self, ticket: Ticket) -> None:
        """Gives up a ticket. The job is cancelled when nobody waits for it any more."""
        flight = ticket.flight
        if flight is None or flight.listeners.pop(ticket, None) is None:
            return
        if flight.listeners or flight.outcome.done():
            return
        self._forget(flight)
        flight.outcome.cancel()
        if flight.job is not None:
            flight.job.cancel()

    def _key(self, request: SummaryRequest) -> str:
        model = self._worker.description
        return _key_of(request, model.id, model.revision) if model else _key_of(request, "", "")

    def _begin(
        self,
        key: str,
        request: SummaryRequest,
        deadline: float,
        listener: Listener,
        group: object | None,
    ) -> Ticket:
        """A ticket for a new job, which the worker gets."""
        loop = asyncio.get_running_loop()
        flight = _Flight(key, loop.create_future())
        flight.outcome.add_done_callback(retrieve_error)
        ticket = Ticket(flight.outcome, deadline, "miss", flight)
        flight.listeners[ticket] = listener
        begin_span = self._spans()

        def tell(step: str) -> None:
            begin_span(step)
            _call(loop, lambda: flight.tell(step))

        flight.job = Job(request, deadline, tell, group or flight)
        flight.job.result.add_done_callback(lambda _: begin_span(DONE))
        flight.job.result.add_done_callback(
            lambda result: self._done(loop, flight, request, result)
        )
        try:
            self._worker.submit(flight.job)
        except Exception:
            begin_span(DONE)  # A span that does not end is not sent.
            raise
        self._flights[key] = flight
        return ticket

    def _done(
        self,
        loop: asyncio.AbstractEventLoop,
        flight: _Flight,
        request: SummaryRequest,
        result: "Future[Summary]",
    ) -> None:
        """Makes the answer, in the worker's thread, and passes it to the event loop.

        The key for the cache names the model that made the answer. In a cluster, that may be
        another model than the worker knew when the job began.
        """
        try:
            summary = result.result()
            self._metrics.observe_summary(summary)
            answer = Answer.of(SummaryBody.of(summary, with_text=request.text is None))
            key = _key_of(request, summary.model_id, summary.model_revision)
        except Exception as error:
            failure = error
            _call(loop, lambda: self._fail(flight, failure))
        else:
            _call(loop, lambda: self._succeed(flight, key, answer))

    def _succeed(self, flight: _Flight, key: str, answer: Answer) -> None:
        self._forget(flight)
        if len(answer) <= self._cache.maxsize:
            self._cache[key] = answer
        if not flight.outcome.done():
            flight.outcome.set_result(answer)

    def _fail(self, flight: _Flight, error: Exception) -> None:
        self._forget(flight)
        if not flight.outcome.done():
            flight.outcome.set_exception(error)

    def _forget(self, flight: _Flight) -> None:
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]


def _key_of(request: SummaryRequest, model: str, revision: str) -> str:
    """The key of the answer that a revision of a model gives to a request."""
    parts = [__version__, model, revision, asdict(request)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    """Runs `function` in the event loop, from another thread, unless the loop has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(function)


def retrieve_error(future: "asyncio.Future[Any]") -> None:
    """Retrieves the error of a future that nobody waits for.

    Otherwise asyncio would log the error's message, which may quote the article.
    """
    if not future.cancelled():
        future.exception()
