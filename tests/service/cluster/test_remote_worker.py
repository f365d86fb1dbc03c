"""Jobs are passed on to replicas: none is lost, none is done for nobody."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from models.batching import Pass
from models.engine import Cancelled, EngineDescription
from service.api.observing.metrics import Metrics
from service.api.refusals import NotReady, QueueFull, State
from service.api.work.admission import Job
from service.cluster import remote_worker
from service.cluster.messages import Done, Failed, Message, Refused
from service.cluster.remote_worker import MOST_LOST, RemoteWorker, ReplicaLost
from service.reading.article import TooShort
from service.settings import Settings
from service.summarizer import Summarizer, SummaryRequest
from tests.engines import ARTICLE, ScriptedEngine

SUMMARY = Summarizer(ScriptedEngine()).summarize(SummaryRequest(text=ARTICLE))
MODEL = ScriptedEngine().describe()
DONE = Done(SUMMARY, MODEL, (Pass(1, 1, 10, 20, 5, 0.1),))

Use = Callable[[RemoteWorker], Awaitable[Any]]


class ScriptedReplicas:
    """Implements `Replicas`. Each call is a script: messages, errors, and events to wait for."""

    def __init__(self, *scripts: list[Any], places: int = 4) -> None:
        self._scripts = list(scripts)
        self.places: int | Exception = places
        self.asked = self.closed = 0

    async def count_places(self) -> int:
        if isinstance(self.places, Exception):
            raise self.places
        return self.places

    async def summarize(self, request: SummaryRequest, seconds: float) -> AsyncGenerator[Message]:
        script = self._scripts[min(self.asked, len(self._scripts) - 1)]
        self.asked += 1
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step
        finally:
            self.closed += 1

    async def describe(self) -> EngineDescription:
        return MODEL

    async def count_tokens(self, text: str) -> int:
        return len(text.split())


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_worker, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(remote_worker, "AGAIN_SECONDS", 0.01)


def worked(replicas: ScriptedReplicas, use: Use, metrics: Metrics | None = None) -> Any:
    """What `use` returns of a worker with these replicas, once it is ready."""

    async def run() -> Any:
        worker = RemoteWorker(replicas, Settings(queue_size=2), metrics or Metrics())
        worker.start()
        await waiting(lambda: not replicas.places or worker.state()[0] is State.READY)
        try:
            return await asyncio.wait_for(use(worker), 10)
        finally:
            worker.stop()

    return asyncio.run(run())


async def waiting(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.002)


def job(steps: list[str] | None = None) -> Job:
    heard = [] if steps is None else steps
    return Job(SummaryRequest(text=ARTICLE), time.monotonic() + 60, heard.append)


def submitting(*jobs: Job) -> Use:
    """Submits jobs and waits for the first one's result."""

    async def use(worker: RemoteWorker) -> Any:
        for each in jobs:
            worker.submit(each)
        return await asyncio.wrap_future(jobs[0].result)

    return use


def test_the_summary_of_a_replica_is_the_result() -> None:
    steps: list[str] = []
    metrics = Metrics()
    assert worked(ScriptedReplicas(["read", DONE]), submitting(job(steps)), metrics) == SUMMARY
    assert steps == ["read"]
    assert metrics.registry.get_sample_value("breve_pass_rows_count") == 1


def test_an_article_whose_replica_ends_is_sent_to_another() -> None:
    replicas = ScriptedReplicas(["read", ReplicaLost()], [], ["read", DONE])
    assert worked(replicas, submitting(job())) == SUMMARY
    assert replicas.asked == 3


def test_an_article_that_ends_each_replica_is_given_up() -> None:
    replicas = ScriptedReplicas([ReplicaLost()])
    with pytest.raises(NotReady) as refusal:
        worked(replicas, submitting(job()))
    assert refusal.value.state is State.DEAD
    assert replicas.asked == MOST_LOST


def test_another_replica_is_asked_where_one_takes_no_work() -> None:
    replicas = ScriptedReplicas(*[[Refused("stuck")]] * 5, [DONE])
    assert worked(replicas, submitting(job())) == SUMMARY
    assert replicas.asked == 6


def test_an_error_of_the_article_is_the_result() -> None:
    with pytest.raises(TooShort, match="5 words"):
        worked(ScriptedReplicas([Failed(TooShort("5 words"))]), submitting(job()))


def test_a_job_that_nobody_waits_for_is_cancelled_in_its_replica() -> None:
    replicas = ScriptedReplicas([asyncio.Event()])
    left = job()

    async def use(worker: RemoteWorker) -> None:
        worker.submit(left)
        await waiting(lambda: replicas.asked == 1)
        left.cancel()
        with pytest.raises(Cancelled):
            await asyncio.wrap_future(left.result)
        await waiting(lambda: not worker.running)

    worked(replicas, use)
    assert replicas.closed == 1


def test_a_job_that_is_dropped_at_once_frees_its_place() -> None:
    replicas = ScriptedReplicas([DONE], places=1)
    left, later = job(), job()

    async def use(worker: RemoteWorker) -> Any:
        worker.submit(left)
        left.cancel()
        worker.submit(later)
        with pytest.raises(Cancelled):
            await asyncio.wrap_future(left.result)
        return await asyncio.wrap_future(later.result)

    assert worked(replicas, use) == SUMMARY


def test_replicas_get_as_many_jobs_as_they_have_places_and_the_queue_is_bounded() -> None:
    go_on = asyncio.Event()
    replicas = ScriptedReplicas([go_on, DONE], places=2)
    jobs = [job() for _ in range(5)]

    async def use(worker: RemoteWorker) -> None:
        for each in jobs[:4]:
            worker.submit(each)
        with pytest.raises(QueueFull) as refusal:
            worker.submit(jobs[4])
        assert refusal.value.retry_after > 0
        await waiting(lambda: replicas.asked == 2)
        assert (worker.running, worker.queue.jobs) == (2, 2)
        go_on.set()
        for each in jobs[:4]:
            await asyncio.wrap_future(each.result)
        assert (worker.running, worker.queue.jobs) == (0, 0)

    worked(replicas, use)
    assert replicas.asked == 4


def test_ready_says_whether_a_replica_takes_work() -> None:
    replicas = ScriptedReplicas([DONE], places=0)

    async def use(worker: RemoteWorker) -> None:
        assert worker.state()[0] is State.LOADING
        with pytest.raises(NotReady):
            worker.submit(job())
        replicas.places = 1
        await waiting(lambda: worker.state()[0] is State.READY)
        assert worker.description == MODEL
        replicas.places = 0
        await waiting(lambda: worker.state()[0] is State.LOADING)

    worked(replicas, use)


def test_replicas_that_cannot_be_counted_still_work(caplog: pytest.LogCaptureFixture) -> None:
    replicas = ScriptedReplicas([DONE])
    late = job()

    async def use(worker: RemoteWorker) -> Any:
        replicas.places = ConnectionError("the controller is away")
        await waiting(lambda: "could not be counted" in caplog.text)
        worker.submit(late)
        return await asyncio.wrap_future(late.result)

    assert worked(replicas, use) == SUMMARY


def test_the_newest_answer_says_which_model_is_served() -> None:
    newer = replace(MODEL, revision="r2")

    async def use(worker: RemoteWorker) -> Any:
        await submitting(job())(worker)
        return worker.description

    assert worked(ScriptedReplicas([replace(DONE, description=newer)]), use) == newer


def test_stopping_refuses_what_waits_and_what_is_under_way() -> None:
    replicas = ScriptedReplicas([asyncio.Event()], places=1)
    under_way, waits = job(), job()

    async def use(worker: RemoteWorker) -> None:
        worker.submit(under_way)
        worker.submit(waits)
        await waiting(lambda: replicas.asked == 1)
        threading.Thread(target=worker.stop).start()
        for each in (under_way, waits):
            with pytest.raises(NotReady) as refusal:
                await asyncio.wrap_future(each.result)
            assert refusal.value.state is State.STOPPED

    worked(replicas, use)


def test_any_thread_may_count_tokens() -> None:
    async def use(worker: RemoteWorker) -> int:
        return await asyncio.to_thread(worker.count_tokens, "trois mots ici")

    assert worked(ScriptedReplicas([DONE]), use) == 3
