"""The application on Ray Serve: several processes on this machine, with scripted engines."""

import asyncio
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import strategies
from schemathesis.generation import GenerationMode

from service.settings import Settings
from tests.engines import ARTICLE, SECRET, running, until
from tests.service.api.test_openapi import CHECKS, FEW, OPERATIONS
from tests.service.cluster.applications import (
    BEGINNINGS,
    CANCELLED,
    ENDLESS,
    KILL_INGRESS,
    KILLER,
    RevisedEngine,
)
from tests.service.cluster.comparison import LOAD, articles, find_differences, find_mixed
from tests.service.cluster.extra import needs

pytestmark = needs("ray")
ROOT = Path(__file__).parents[3]
START_SECONDS = 120.0
TWO = {"min_replicas": 2}
# One replica or two, decided at once.
FAST = {"upscale_delay_s": 1, "downscale_delay_s": 2, "metrics_interval_s": 0.5}
ONE_OR_TWO = {"min_replicas": 1, "max_replicas": 2, "look_back_period_s": 1, **FAST}
SETTINGS: dict[str, Any] = {"model": "first", "threads": 1, "concurrency": 4, "cache_bytes": 0}


class Cluster:
    """Serve in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self._process, self.url = process, url
        self.client = httpx.Client(base_url=url, timeout=60)
        self._counts: queue.Queue[int] = queue.Queue()
        threading.Thread(target=self._read_counts, daemon=True).start()

    def deploy(self, settings: dict[str, Any], scaling: dict[str, Any]) -> int:
        """Deploys or updates the application, and returns how many replicas run."""
        return self._command([settings, scaling])

    def count_replicas(self) -> int:
        """How many replicas run."""
        return self._command(None)

    def kill_ingress(self) -> None:
        """Ends the ingress as a crash does."""
        self._command(KILL_INGRESS)

    def _command(self, arguments: Any) -> int:
        """Raises queue.Empty where Serve has ended or hangs; its log is beside KILLER's file."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        return self._counts.get(timeout=START_SECONDS)

    def _read_counts(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("REPLICAS "):
                self._counts.put(int(line.split()[1]))

    def wait_until_ready(self) -> None:
        """Waits until the service is ready."""
        until(lambda: self.client.get("/readyz").status_code == 200, START_SECONDS)


@contextmanager
def running_cluster(killer: Path) -> Iterator[Cluster]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    variables = {KILLER: str(killer), "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
    with (
        killer.with_name("serve.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.service.cluster.serve_process", str(port)],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        cluster = Cluster(process, f"http://127.0.0.1:{port}")
        try:
            yield cluster
        finally:
            cluster.client.close()
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(60)
            finally:
                process.kill()


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve") / "killer"


@pytest.fixture(scope="module")
def cluster(killer: Path) -> Iterator[Cluster]:
    with running_cluster(killer) as started:
        assert started.deploy(SETTINGS, TWO) == 2
        started.wait_until_ready()
        yield started


def test_two_replicas_give_the_answers_of_the_single_service(cluster: Cluster) -> None:
    settings = Settings(**SETTINGS)
    with running(RevisedEngine("first"), settings) as single:
        assert find_differences(single.client, cluster.client, 50) == []


def test_the_contract_holds_behind_serve(cluster: Cluster) -> None:
    with running() as single:
        document = single.client.get("/openapi.json").json()
    assert cluster.client.get("/openapi.json").json() == document
    answer = cluster.client.post(
        "/summarize", json={"text": "Bonjour."}, headers={"X-Request-ID": "a-request"}
    )
    assert answer.headers.get_list("x-request-id") == ["a-request"]
    assert answer.json()["request_id"] == "a-request"
    items = [{"id": number, "text": text} for number, text in enumerate(articles(4))]
    results = cluster.client.post("/summarize/batch", json={"items": items}).json()["results"]
    assert [result["id"] for result in results] == list(range(4))
    with cluster.client.stream(
        "POST", "/summarize", json={"text": ARTICLE}, headers={"accept": "text/event-stream"}
    ) as events:
        text = "".join(events.iter_text())
    assert text.index("event: step") < text.index("event: summary")
    assert "breve_pass_rows_count" in cluster.client.get("/metrics").text


@pytest.fixture(scope="module")
def api(cluster: Cluster) -> Any:
    cluster.wait_until_ready()
    return schemathesis.openapi.from_url(f"{cluster.url}/openapi.json")


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
@hypothesis.settings(FEW, max_examples=4)
@hypothesis.given(data=strategies.data())
def test_answers_are_as_documented(
    api: Any, path: str, method: str, mode: GenerationMode, data: strategies.DataObject
) -> None:
    case = data.draw(api[path][method].as_strategy(generation_mode=mode))
    case.validate_response(case.call(), checks=CHECKS)


def test_a_client_that_leaves_ends_the_work_of_the_replica(cluster: Cluster, killer: Path) -> None:
    endless = {"text": ARTICLE.replace("Anne Leroy", ENDLESS)}
    with pytest.raises(httpx.TimeoutException):
        cluster.client.post("/summarize", json=endless, timeout=2)
    until(killer.with_name(CANCELLED).exists, 30)
    until(lambda: "breve_running_jobs 0.0" in cluster.client.get("/metrics").text)
    until(lambda: 'status="499"' in cluster.client.get("/metrics").text)


def test_a_replica_that_is_killed_under_load_loses_and_doubles_nothing(
    cluster: Cluster, killer: Path
) -> None:
    killer.touch()
    markers = list(range(740_000, 740_000 + 60))
    deadly = {"text": ARTICLE.replace("Anne Leroy", SECRET)}
    killing = threading.Timer(0.3, cluster.client.post, ["/summarize"], {"json": deadly})
    killing.start()
    tally = asyncio.run(LOAD["run"](cluster.url, 12, markers, time.monotonic() + 120))
    killing.join()
    assert not killer.exists()
    assert (tally.wrong, tally.refused) == ([], 0)
    assert len(tally.seconds) == len(markers)
    assert cluster.client.get("/readyz").status_code == 200
    until(lambda: cluster.count_replicas() == 2, START_SECONDS)  # The next one serves.


def test_an_update_never_mixes_two_revisions_in_one_answer(cluster: Cluster) -> None:
    stop = threading.Event()
    mixed: list[Any] = []

    def ask() -> None:
        first = 750_000
        while not stop.is_set():
            mixed.extend(find_mixed(cluster.client, articles(2, first), BEGINNINGS))
            first += 2

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        assert cluster.deploy({**SETTINGS, "model": "second"}, TWO) == 2
        until(lambda: cluster.client.get("/info").json()["revision"] == "second", START_SECONDS)
    finally:
        stop.set()
        asking.join(START_SECONDS)
    assert not asking.is_alive()
    assert mixed == []
    assert cluster.deploy(SETTINGS, TWO) == 2


def test_clients_of_an_ingress_that_ends_are_told_and_the_next_one_serves(
    cluster: Cluster,
) -> None:
    cluster.wait_until_ready()
    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(cluster.client.post, "/summarize", json={"text": text})
            for text in articles(8, 770_000)
        ]
        cluster.kill_ingress()
        statuses = {answer.result().status_code for answer in asked}
    assert statuses <= {200, 500, 503}
    cluster.wait_until_ready()
    answer = cluster.client.post("/summarize", json={"text": articles(1, 780_000)[0]})
    assert answer.status_code == 200


def test_replicas_come_with_work_and_go_without(cluster: Cluster) -> None:
    assert cluster.deploy(SETTINGS, ONE_OR_TWO) in (1, 2)
    until(lambda: cluster.count_replicas() == 1, START_SECONDS)
    cluster.wait_until_ready()
    counts: list[int] = []
    stop = threading.Event()

    def load() -> None:
        first = 760_000
        while not stop.is_set():
            markers = list(range(first, first + 24))
            tally = asyncio.run(LOAD["run"](cluster.url, 12, markers, time.monotonic() + 60))
            counts.append(len(tally.wrong))
            first += 24

    loading = threading.Thread(target=load)
    loading.start()
    try:
        until(lambda: cluster.count_replicas() == 2, START_SECONDS)
    finally:
        stop.set()
        loading.join(START_SECONDS)
    assert not loading.is_alive()
    assert set(counts) == {0}
    until(lambda: cluster.count_replicas() == 1, START_SECONDS)
