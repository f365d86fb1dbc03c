"""The cache of answers, and the same request in flight."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from models.engine import Cancelled, Task
from service.api.observing.metrics import Metrics
from service.api.refusals import QueueFull, State
from service.api.step_listeners import DONE
from service.api.work.admission import Job
from service.api.work.answers import Answers
from service.api.work.worker import Worker
from service.settings import Settings
from service.summarizer import Summarizer, SummaryRequest
from tests.engines import ARTICLE, ScriptedEngine, Service, running, until
from tests.service.api.test_api import article, blocked, leaving, post, problem, release, waiting


def origins(service: Service) -> dict[str, float]:
    registry = service.app.state.parts.metrics.registry
    return {
        origin: registry.get_sample_value("breve_answers_total", {"origin": origin})
        for origin in ("hit", "joined", "miss")
    }


def test_same_request_is_answered_from_the_cache() -> None:
    with running() as service:
        first = post(service, text=ARTICLE)
        calls = len(service.engine.calls)
        second = post(service, text=ARTICLE)
        assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit")
        assert first.content == second.content
        assert len(service.engine.calls) == calls


@pytest.mark.parametrize(
    "other",
    [
        {"language": "en"}, {"length": "short"}, {"max_words": 50}, {"headline": True},
        {"language_check": False},
        {"text": ARTICLE + " "},
        {"text": None, "html": f"<html><body><article><p>{ARTICLE}</p></article></body></html>"},
    ],
)  # fmt: skip
def test_any_other_request_is_not(other: dict[str, object]) -> None:
    with running() as service:
        assert post(service, text=ARTICLE).headers["x-cache"] == "miss"
        body = {
            name: value for name, value in {"text": ARTICLE, **other}.items() if value is not None
        }
        assert post(service, **body).headers["x-cache"] == "miss"


def test_deadline_and_id_are_no_part_of_the_request() -> None:
    with running() as service:
        assert post(service, text=ARTICLE).headers["x-cache"] == "miss"
        assert post(service, text=ARTICLE, deadline_seconds=5).headers["x-cache"] == "hit"


def test_no_cache() -> None:
    with running(settings=Settings(cache_bytes=0)) as service:
        assert [post(service, text=ARTICLE).headers["x-cache"] for _ in range(2)] == [
            "miss",
            "miss",
        ]


@pytest.mark.parametrize(("cache_bytes", "tasks"), [
    (1_000_000, {Task.TRANSLATION}),
    (0, {Task.SUMMARY, Task.TRANSLATION}),
])  # fmt: skip
def test_english_behind_french_is_only_translated(cache_bytes: int, tasks: set[Task]) -> None:
    with running(settings=Settings(cache_bytes=cache_bytes)) as service:
        post(service, text=ARTICLE)
        before = len(service.engine.calls)
        post(service, text=ARTICLE, language="en")
        assert {call.task for call in service.engine.calls[before:]} == tasks


def test_cache_is_bounded_in_bytes() -> None:
    with running(settings=Settings(cache_bytes=5_000)) as service:
        sizes = [len(post(service, text=article(k)).content) for k in range(5)]
        assert sum(sizes) > 5_000
        assert post(service, text=article(4)).headers["x-cache"] == "hit"
        assert post(service, text=article(0)).headers["x-cache"] == "miss"
        assert service.app.state.parts.answers._cache.currsize <= 5_000


def test_errors_are_not_kept() -> None:
    with running() as service:
        service.engine.armed, service.engine.error = True, RuntimeError()
        problem(post(service, text=ARTICLE), 500, "internal")
        service.engine.error = None
        assert post(service, text=ARTICLE).status_code == 200


def test_same_request_in_flight_is_computed_once() -> None:
    engine, settings = blocked(concurrency=4)
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        calls = len(engine.calls)
        answers = [pool.submit(post, service, text=ARTICLE) for _ in range(5)]
        until(lambda: sum(origins(service).values()) == 5)
        release(engine)
        contents = {answer.result().content for answer in answers}
        assert len(contents) == 1
        assert len(engine.calls) == calls + 1
        assert origins(service) == {"hit": 0, "joined": 4, "miss": 1}


def test_job_is_cancelled_only_when_all_who_wait_have_left() -> None:
    engine, settings = blocked()
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True

        with leaving(service, ARTICLE), leaving(service, ARTICLE):
            until(lambda: sum(origins(service).values()) == 2)
            staying = pool.submit(post, service, text=ARTICLE)
            until(lambda: sum(origins(service).values()) == 3)
        until(lambda: cancelled(service, "left") == 2)
        assert not engine.was_cancelled.is_set()
        release(engine)
        assert staying.result().status_code == 200

        engine.wait_for = threading.Event()
        gone = pool.submit(post, service, text=article(1), deadline_seconds=1)
        problem(gone.result(), 504, "deadline")
        assert engine.was_cancelled.wait(5)
        assert cancelled(service, "deadline") == 1


def test_longer_deadline_of_who_joins_counts() -> None:
    engine, settings = blocked()
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        short = pool.submit(post, service, text=ARTICLE, deadline_seconds=1)
        assert engine.running.wait(5)
        long = pool.submit(post, service, text=ARTICLE)
        problem(short.result(), 504, "deadline")
        release(engine)
        assert long.result().status_code == 200


def test_a_job_that_others_join_again_and_again_is_not_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, settings = blocked(deadline_seconds=1, stuck_seconds=3600)
    worker = Worker(lambda: engine, settings)
    worker.start()
    until(lambda: worker.state()[0] is State.READY)
    engine.armed = True
    now = time.monotonic()
    job = Job(SummaryRequest(ARTICLE), now + 60, print)
    worker.submit(job)
    assert engine.running.wait(5)
    monkeypatch.setattr("service.api.work.worker.time", SimpleNamespace(monotonic=lambda: now))
    for _ in range(20):
        now += 0.5
        job.deadline = now + 60  # As `Answers.ask` puts it off for who joins
        assert worker.state()[0] is State.READY
    now = job.deadline + 0.9
    assert worker.state()[0] is State.READY
    now = job.deadline + 1.1
    assert worker.state()[0] is State.STUCK
    monkeypatch.undo()
    release(engine)
    assert job.result.result(10).text
    worker.stop()


def test_listener_of_steps_is_told_of_the_end_of_what_the_queue_refuses() -> None:
    class Full:
        """A worker whose queue is full."""

        description = None
        check = staticmethod(lambda: None)

        def submit(self, job: Job) -> None:
            raise QueueFull("64 requests are waiting", 5)

    steps: list[str] = []

    async def ask() -> None:
        worker: Any = Full()
        with pytest.raises(QueueFull):
            Answers(worker, 0, Metrics(), lambda: steps.append).ask(
                SummaryRequest(text=ARTICLE), 0, print
            )

    asyncio.run(ask())
    assert steps == [DONE]


def test_a_job_whose_time_is_over_is_not_joined() -> None:
    class Idle:
        """A worker that takes jobs and does none."""

        description = None
        check = staticmethod(lambda: None)

        def __init__(self) -> None:
            self.jobs: list[Job] = []
            self.submit = self.jobs.append

    async def ask() -> None:
        worker: Any = Idle()
        answers, request = Answers(worker, 0, Metrics()), SummaryRequest(text=ARTICLE)
        first = answers.ask(request, time.monotonic() + 0.05, print)
        joined = answers.ask(request, time.monotonic() + 0.1, print)
        time.sleep(0.15)  # The event loop is busy meanwhile, so nobody has been told
        late = answers.ask(request, time.monotonic() + 60, print)
        assert [ticket.origin for ticket in (first, joined, late)] == ["miss", "joined", "miss"]
        worker.jobs[0].result.set_exception(Cancelled())
        for ticket in (first, joined):
            with pytest.raises((TimeoutError, Cancelled)):
                await answers.wait(ticket)
        assert not late.outcome.done()
        assert not worker.jobs[1].cancelled()
        assert answers.ask(request, time.monotonic() + 60, print).origin == "joined"

    asyncio.run(ask())


def test_an_answer_is_kept_for_the_revision_that_made_it() -> None:
    class Changing:
        """A worker whose model changes while it works."""

        description = ScriptedEngine().describe()
        check = staticmethod(lambda: None)

        def __init__(self) -> None:
            self.jobs: list[Job] = []
            self.submit = self.jobs.append

    async def ask() -> None:
        worker: Any = Changing()
        answers, request = Answers(worker, 1_000_000, Metrics()), SummaryRequest(text=ARTICLE)
        summary = Summarizer(ScriptedEngine()).summarize(request)
        first = answers.ask(request, time.monotonic() + 60, print)
        worker.jobs[0].result.set_result(replace(summary, model_revision="r2"))
        await answers.wait(first)
        assert answers.ask(request, time.monotonic() + 60, print).origin == "miss"
        worker.description = replace(worker.description, revision="r2")
        assert answers.ask(request, time.monotonic() + 60, print).origin == "hit"

    asyncio.run(ask())


def test_after_all_have_left_the_same_request_begins_anew() -> None:
    engine, settings = blocked()
    with running(engine, settings) as service:
        engine.armed = True
        problem(post(service, text=ARTICLE, deadline_seconds=1), 504, "deadline")
        assert engine.was_cancelled.wait(5)
        release(engine)
        assert post(service, text=ARTICLE).headers["x-cache"] == "miss"
        assert waiting(service) == 0


def cancelled(service: Service, reason: str) -> float:
    count: float = service.app.state.parts.metrics.registry.get_sample_value(
        "breve_cancelled_total", {"reason": reason}
    )
    return count
