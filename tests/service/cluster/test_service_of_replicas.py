"""The service in front of replicas answers as the service of one process does."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.api.work.job_taker import JobTaker
from service.cluster.replica import Replica
from service.settings import Settings
from tests.engines import ARTICLE, ScriptedEngine, running, until
from tests.service.api.test_api import sent_to
from tests.service.cluster.applications import BEGINNINGS, RevisedEngine
from tests.service.cluster.comparison import LOAD, articles, find_differences, find_mixed
from tests.service.cluster.local import LocalReplicas, clustered

FEW = 12


def take(engine: ScriptedEngine) -> ScriptedEngine:
    return engine


def has_jobs(worker: JobTaker, count: int) -> bool:
    return worker.running + worker.queue.jobs == count


@contextmanager
def service_of(
    *engines: ScriptedEngine, lost: int = 0, places: int = 8, **settings: Any
) -> Iterator[tuple[httpx.Client, FastAPI, LocalReplicas]]:
    """A service in front of one replica for each engine."""
    chosen = Settings(**settings)
    made = [Replica(chosen, partial(take, engine)) for engine in engines]
    replicas = LocalReplicas(made, places, lost)
    for engine in engines:
        engine.armed = True
    try:
        with clustered(replicas, chosen) as (client, app):
            yield client, app, replicas
    finally:
        for replica in made:
            replica._worker.stop()


def test_two_replicas_give_the_answers_of_the_single_service() -> None:
    with running() as single, service_of(ScriptedEngine(), ScriptedEngine()) as cluster:
        assert find_differences(single.client, cluster[0], FEW) == []
        assert set(cluster[2].asked) == {0, 1}


def test_batches_streams_and_counts_of_tokens_come_through() -> None:
    items = [{"id": number, "text": text} for number, text in enumerate(articles(6))]
    chat = {"model": Settings().model, "messages": [{"role": "user", "content": ARTICLE}]}
    with service_of(ScriptedEngine(), ScriptedEngine()) as (client, *_):
        results = client.post("/summarize/batch", json={"items": items}).json()["results"]
        assert [result["id"] for result in results] == list(range(6))
        assert all(result["summary"] for result in results)
        events = client.post(
            "/summarize", json={"text": ARTICLE}, headers={"accept": "text/event-stream"}
        ).text
        assert events.index("event: step") < events.index("event: sentence")
        assert "event: summary" in events
        usage = client.post("/v1/chat/completions", json=chat).json()["usage"]
        assert usage["prompt_tokens"] >= len(ARTICLE.split())
        assert client.get("/info").json()["revision"] == "r1"


def test_replicas_that_end_under_load_lose_and_double_nothing() -> None:
    markers = list(range(730_000, 730_000 + 48))
    with service_of(ScriptedEngine(), ScriptedEngine(), lost=5) as (client, _, replicas):
        tally = asyncio.run(LOAD["run"](str(client.base_url), 8, markers, time.monotonic() + 60))
        assert tally.wrong == []
        assert len(tally.seconds) == len(markers)
        assert len(replicas.asked) == len(markers) + 5
        assert client.get("/readyz").status_code == 200


def test_an_answer_is_of_one_revision_and_kept_for_that_one() -> None:
    engines = RevisedEngine("first"), RevisedEngine("second")
    with service_of(*engines) as (client, _, replicas):
        assert find_mixed(client, articles(FEW), BEGINNINGS) == []
        assert set(replicas.asked) == {0, 1}
        body = {"text": ARTICLE, "language": "en"}
        first = client.post("/summarize", json=body)
        again = client.post("/summarize", json=body)
        assert [each.headers["x-cache"] for each in (first, again)] == ["miss", "hit"]
        revisions = {each.json()["model"]["revision"] for each in (first, again)}
        assert revisions == {client.get("/info").json()["revision"]}


def test_what_does_not_fit_the_queue_is_refused_until_there_is_room() -> None:
    engine = ScriptedEngine(threading.Event())
    settings = {"queue_size": 1, "concurrency": 1}
    with (
        service_of(engine, places=1, **settings) as (client, app, _),
        ThreadPoolExecutor() as pool,
    ):
        worker = app.state.parts.worker
        pending = []
        for number, text in enumerate(articles(2), 1):
            pending.append(pool.submit(client.post, "/summarize", json={"text": text}))
            until(partial(has_jobs, worker, number))
        refused = client.post("/summarize", json={"text": ARTICLE})
        assert (refused.status_code, refused.json()["code"]) == (503, "queue_full")
        assert int(refused.headers["retry-after"]) > 0
        assert engine.wait_for is not None
        engine.wait_for.set()
        assert [answer.result().status_code for answer in pending] == [200, 200]


def test_a_client_that_leaves_ends_the_work_in_the_replica() -> None:
    engine = ScriptedEngine(threading.Event())
    with service_of(engine) as (client, app, _):
        port = client.base_url.port
        assert port
        with sent_to(port, "/summarize", {"text": ARTICLE}, {}):
            assert engine.running.wait(5)
        assert engine.was_cancelled.wait(5)
        until(lambda: not app.state.parts.worker.running)


def test_a_deadline_ends_the_work_in_the_replica() -> None:
    engine = ScriptedEngine(threading.Event())
    with service_of(engine) as (client, *_):
        late = client.post("/summarize", json={"text": ARTICLE, "deadline_seconds": 1})
        assert (late.status_code, late.json()["code"]) == (504, "deadline")
        assert engine.was_cancelled.wait(5)


def test_the_log_of_a_replica_names_the_request(caplog: pytest.LogCaptureFixture) -> None:
    headers = {"X-Request-ID": "a-request"}
    with service_of(ScriptedEngine(error=ZeroDivisionError())) as (client, *_):
        answer = client.post("/summarize", json={"text": ARTICLE}, headers=headers)
    assert answer.json()["code"] == "internal"
    assert "request a-request failed: ZeroDivisionError" in caplog.text


def test_the_metrics_of_the_service_hold_those_of_the_replicas() -> None:
    with service_of(ScriptedEngine(), ScriptedEngine()) as (client, *_):
        for text in articles(4):
            client.post("/summarize", json={"text": text})
        lines = client.get("/metrics").text.splitlines()
        values = {line.split()[0]: float(line.split()[1]) for line in lines if line[:1] != "#"}
        assert values["breve_ready"] == 1
        assert values["breve_pass_rows_count"] > 0
        assert values['breve_answers_total{origin="miss"}'] == 4
        assert values["breve_queue_wait_seconds_count"] == 4


def test_a_service_without_replicas_says_so() -> None:
    with service_of(ScriptedEngine(), places=0) as (client, *_):
        for answer in (client.get("/readyz"), client.post("/summarize", json={"text": ARTICLE})):
            assert (answer.status_code, answer.json()["code"]) == (503, "loading")
            assert answer.headers["retry-after"] == "5"
        assert client.get("/livez").status_code == 200
