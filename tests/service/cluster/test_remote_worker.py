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
from service.api.contract.problems import problem_of
from service.api.observing.metrics import Metrics
from service.api.refusals import NotReady, QueueFull, State
from service.api.work.admission import Job
from service.cluster import remote_worker
from service.cluster.messages import Done, Failed, Message, Refused
from service.cluster.remote_worker import MOST_LOST, RemoteWorker, ReplicaLost, is_cancelled
from service.reading.article import TooShort
from service.settings import Settings
from service.summarizer import Summarizer, SummaryRequest
from tests.engines import ARTICLE, SECRET, ScriptedEngine

SUMMARY = Summarizer(ScriptedEngine()).summarize(SummaryRequest(text=ARTICLE))
MODEL = ScriptedEngine().describe()
DONE = Done(SUMMARY, MODEL, (Pass(1, 1, 10, 20, 5, 0.1),))

Use = Callable[[RemoteWorker], Awaitable[Any]]


class ScriptedReplicas:
    """Implements `Replicas`. Each call is a script: messages, errors, and events to wait for."""

    def __init__(self, *scripts: list[Any], places: int = 4) -> None:
        self._scripts = list(scripts)
        self.places: int | BaseException = places
        self.asked = self.closed = self.counted = 0
        self.counts: list[Exception] = []

    async def count_places(self) -> int:
        if isinstance(self.places, BaseException):
            raise self.places
        return self.places

    async def summarize(
        self, request: SummaryRequest, seconds: float, request_id: str
    ) -> AsyncGenerator[Message]:
        script = self._scripts[min(self.asked, len(self._scripts) - 1)]
        self.asked += 1
        try:
            for step in script:
                if isinstance(step, BaseException):
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
        self.counted += 1
        if self.counts:
            raise self.counts.pop(0)
        return len(text.split())


class MortalReplicas(ScriptedReplicas):
    """A replica that an article with SECRET ends, with all that it works on. The next follows."""

    def __init__(self) -> None:
        super().__init__(places=16)
        self._end = asyncio.Event()

    async def summarize(
        self, request: SummaryRequest, seconds: float, request_id: str
    ) -> AsyncGenerator[Message]:
        self.asked += 1
        end = self._end
        yield "read"
        if SECRET in str(request.text):
            await asyncio.sleep(0.02)  # The others have begun.
            end.set()
            self._end = asyncio.Event()
            raise ReplicaLost
        try:
            await asyncio.wait_for(end.wait(), 0.1)
        except TimeoutError:
            yield DONE
        else:
            raise ReplicaLost


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


def job(steps: list[str] | None = None, text: str = ARTICLE) -> Job:
    heard = [] if steps is None else steps
    return Job(SummaryRequest(text=text), time.monotonic() + 60, heard.append)


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
    steps: list[str] = []
    replicas = ScriptedReplicas(["read", ReplicaLost()], [], ["read", "plan", DONE])
    assert worked(replicas, submitting(job(steps))) == SUMMARY
    assert replicas.asked == 3
    assert steps == ["read", "plan"]  # Each is told once.


def test_only_the_article_that_ends_each_replica_is_given_up() -> None:
    replicas = MortalReplicas()
    deadly, *others = [job(text=f"{ARTICLE} {SECRET}"), *(job() for _ in range(15))]

    async def use(worker: RemoteWorker) -> list[Any]:
        for each in (deadly, *others):
            worker.submit(each)
        results = [asyncio.wrap_future(each.result) for each in (deadly, *others)]
        return await asyncio.gather(*results, return_exceptions=True)

    given_up, *summaries = worked(replicas, use)
    assert summaries == [SUMMARY] * 15
    problem, headers = problem_of(given_up, "")
    assert (problem.status, headers) == (500, {})  # To send it again would end more replicas.
    assert replicas.asked == 2 * 15 + MOST_LOST


def test_new_articles_are_begun_while_others_wait_for_their_turn() -> None:
    blocked = asyncio.Event()
    replicas = ScriptedReplicas([ReplicaLost()], [ReplicaLost()], [blocked, DONE], [DONE], places=2)
    suspects = [job(), job()]

    async def use(worker: RemoteWorker) -> Any:
        for each in suspects:
            worker.submit(each)
        await waiting(lambda: replicas.asked == 3)  # One is alone, and one waits.
        fresh = job()
        worker.submit(fresh)
        summary = await asyncio.wrap_future(fresh.result)
        blocked.set()
        for each in suspects:
            await asyncio.wrap_future(each.result)
        return summary

    assert worked(replicas, use) == SUMMARY


def test_a_call_that_ray_ends_is_not_taken_for_our_own_end() -> None:
    async def look() -> tuple[bool, bool]:
        task = asyncio.create_task(see_cancellation())
        await asyncio.sleep(0)
        task.cancel()
        try:
            raise asyncio.CancelledError  # As Ray does.
        except asyncio.CancelledError:
            return is_cancelled(), await task

    async def see_cancellation() -> bool:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return is_cancelled()
        return False

    assert asyncio.run(look()) == (False, True)


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
        await waiting(lambda: worker.description == MODEL)
        replicas.places = 0
        await waiting(lambda: worker.state()[0] is State.LOADING)

    worked(replicas, use)


@pytest.mark.parametrize("error", [ConnectionError(), asyncio.CancelledError()], ids=repr)
def test_replicas_that_cannot_be_counted_still_work(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    replicas = ScriptedReplicas([DONE])
    late = job()

    async def use(worker: RemoteWorker) -> Any:
        replicas.places = error
        await waiting(lambda: "could not be counted" in caplog.text)
        worker.submit(late)
        summary = await asyncio.wrap_future(late.result)
        replicas.places = 0
        await waiting(lambda: worker.state()[0] is State.LOADING)
        return summary

    assert worked(replicas, use) == SUMMARY
    assert caplog.text.count("could not be counted") == 1


def test_a_count_that_hangs_does_not_end_the_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_worker, "COUNTING_SECONDS", 0.05)
    hanging = asyncio.Event()

    class Hanging(ScriptedReplicas):
        """Does not say which model it has."""

        async def describe(self) -> EngineDescription:
            await hanging.wait()
            raise AssertionError

    replicas = Hanging([DONE])

    async def use(worker: RemoteWorker) -> None:
        replicas.places = 0
        await waiting(lambda: worker.state()[0] is State.LOADING)

    worked(replicas, use)


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


def count_tokens(replicas: ScriptedReplicas) -> int:
    async def use(worker: RemoteWorker) -> int:
        return await asyncio.to_thread(worker.count_tokens, "trois mots ici")

    return int(worked(replicas, use))


def test_another_replica_counts_the_tokens_where_one_has_ended() -> None:
    replicas = ScriptedReplicas([DONE])
    replicas.counts = [ReplicaLost()]
    assert count_tokens(replicas) == 3
    assert replicas.counted == 2


def test_tokens_that_nobody_counts_are_refused() -> None:
    replicas = ScriptedReplicas([DONE])
    replicas.counts = [ReplicaLost(), TimeoutError()]
    with pytest.raises(NotReady):
        count_tokens(replicas)
