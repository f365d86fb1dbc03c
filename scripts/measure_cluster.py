"""Measures what Ray Serve adds to an article, with replicas that only sleep.

    python scripts/measure_cluster.py [--replicas 1,2,4,8,16,32,64] [--seconds 8] [--rounds 3]

A replica answers 16 articles at a time, each after `--seconds`, always with the same summary. So
only the proxy, the ingress with its queue, and the way to the replicas are loaded. Each number of
replicas gets as many clients as it has places. Each client sends `--rounds` articles, one after the
other.

It prints a line for the service without Ray, then one for each number of replicas: clients,
articles a minute, the share of what the replicas could do, and the time that an answer took beyond
its `--seconds`: p50 and p95, in milliseconds. 64 replicas are 64 processes: some 10 GB of memory.
"""

import argparse
import asyncio
import os
import statistics
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from models.engine import EngineDescription, Task
from service.api.app import assemble, make_parts_around
from service.api.observing.metrics import Metrics
from service.api.server import configured
from service.cluster.messages import Done, Message
from service.cluster.remote_worker import RemoteWorker
from service.reading.reader import read_article
from service.settings import Settings
from service.summarizer import SummaryRequest
from service.summary import Coverage, Summary

CONCURRENCY = 16
MODEL = EngineDescription("sleeping", "1", "sleeping", "python", tuple(Task), 500, "Apache-2.0")
SENTENCE = "L'hébergeur lillois Nuagis ouvre un centre de données dans le nord de la France. "
TEXT = 30 * SENTENCE  # as long as examples/article.txt
START_SECONDS = 600.0
SETTLE_SECONDS = 3.0  # in which the ingress has counted the replicas
SLEEP_VARIABLE = "SLEEP_SECONDS"


class SleepingReplica:
    """A replica without a model."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = float(os.environ[SLEEP_VARIABLE])
        self._summary = Summary(
            text=SENTENCE,
            language="fr",
            headline=None,
            sentences=(),
            article=read_article(TEXT),
            coverage=Coverage(tokens=600, used_tokens=400, truncated=False),
            warnings=(),
            model_id=MODEL.id,
            model_revision=MODEL.revision,
        )

    async def summarize(
        self, request: SummaryRequest, seconds: float, request_id: str
    ) -> AsyncIterator[Message]:
        """The steps and the outcome."""
        yield "read"
        await asyncio.sleep(self._seconds)
        yield Done(self._summary, MODEL, ())

    async def describe(self) -> EngineDescription:
        """A description of no model."""
        return MODEL

    async def count_tokens(self, text: str) -> int:
        """The words of a text."""
        return len(text.split())

    async def check_health(self) -> None:
        """Always well."""


class LocalReplica:
    """Implements `service.cluster.remote_worker.Replicas` with one replica in this process."""

    def __init__(self, replica: SleepingReplica) -> None:
        self._replica = replica

    async def count_places(self) -> int:
        """The places of one replica."""
        return CONCURRENCY

    async def summarize(
        self, request: SummaryRequest, seconds: float, request_id: str
    ) -> AsyncGenerator[Message]:
        """The messages of the replica."""
        async for message in self._replica.summarize(request, seconds, request_id):
            yield message

    async def describe(self) -> EngineDescription:
        """Its model."""
        return await self._replica.describe()

    async def count_tokens(self, text: str) -> int:
        """Its count of tokens."""
        return await self._replica.count_tokens(text)


def make_settings(port: int = 8000) -> Settings:
    """Settings under which nothing is refused and nothing comes from the cache."""
    return Settings(
        port=port,
        threads=1,
        concurrency=CONCURRENCY,
        queue_size=10_000,
        queue_tokens=100_000_000,
        max_bodies_bytes=1_000_000_000,
        max_connections=100_000,
        cache_bytes=0,
        deadline_seconds=3600,
        log_level="error",
    )


@contextmanager
def run_without_ray(settings: Settings) -> Iterator[str]:
    """The same service around one replica, in this process."""
    metrics = Metrics()
    worker = RemoteWorker(LocalReplica(SleepingReplica(settings)), settings, metrics)
    app = assemble(make_parts_around(worker, settings, metrics))
    server = uvicorn.Server(configured(app, settings, port=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.1)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def wait_until_ready(url: str) -> None:
    """Waits until the service at `url` is ready, and has counted its replicas."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                time.sleep(SETTLE_SECONDS)
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"{url} was not ready after {START_SECONDS:.0f} s.")


async def ask(url: str, clients: int, rounds: int) -> list[float]:
    """The seconds that each answer took."""
    taken: list[float] = []
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=url, timeout=3600, limits=limits) as client:

        async def ask_in_turn(number: int) -> None:
            for turn in range(rounds):
                begun = time.perf_counter()
                body = {"text": f"{TEXT} {number} {turn}"}
                response = await client.post("/summarize", json=body)
                response.raise_for_status()
                taken.append(time.perf_counter() - begun)

        await asyncio.gather(*(ask_in_turn(number) for number in range(clients)))
    return taken


def measure(name: str, url: str, replicas: int, seconds: float, rounds: int) -> None:
    """Prints the line of one run."""
    clients = replicas * CONCURRENCY
    wait_until_ready(url)
    begun = time.perf_counter()
    taken = asyncio.run(ask(url, clients, rounds))
    minutes = (time.perf_counter() - begun) / 60
    added = [1000 * (each - seconds) for each in taken]
    share = rounds * seconds / (60 * minutes)
    p50, p95 = statistics.median(added), statistics.quantiles(added, n=20)[-1]
    print(
        f"{name:<12} {clients:>5} clients {len(taken) / minutes:>8.0f} a minute {share:>6.1%}  "
        f"p50 {p50:>6.0f} ms  p95 {p95:>6.0f} ms",
        flush=True,
    )


def measure_with_ray(counts: list[int], seconds: float, rounds: int, port: int) -> None:
    """Measures Serve with each number of replicas."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
    from ray import serve

    from service.cluster.serve import make_application

    ray.init(num_cpus=max(counts), include_dashboard=False, log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    try:
        for count in counts:
            scaling = {"min_replicas": count}
            serve.run(make_application(make_settings(port), scaling, SleepingReplica))
            measure(f"{count} replicas", f"http://127.0.0.1:{port}", count, seconds, rounds)
    finally:
        serve.shutdown()
        ray.shutdown()


def main() -> None:
    """Measures, and prints a line for each number of replicas."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replicas", default="1,2,4,8,16,32,64")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8123)
    arguments = parser.parse_args()
    os.environ[SLEEP_VARIABLE] = str(arguments.seconds)
    with run_without_ray(make_settings()) as url:
        measure("without Ray", url, 1, arguments.seconds, arguments.rounds)
    counts = [int(count) for count in arguments.replicas.split(",")]
    measure_with_ray(counts, arguments.seconds, arguments.rounds, arguments.port)


if __name__ == "__main__":
    main()
