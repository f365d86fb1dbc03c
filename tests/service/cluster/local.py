"""Replicas in this process, in the place of those on Ray: what they send is pickled, as there."""

import pickle
import threading
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from fastapi import FastAPI

from models.engine import EngineDescription
from service.api.app import assemble, make_parts_around
from service.api.observing.metrics import Metrics
from service.api.server import configured
from service.cluster.messages import Message
from service.cluster.remote_worker import RemoteWorker, ReplicaLost
from service.cluster.replica import Replica
from service.settings import Settings
from service.summarizer import SummaryRequest
from tests.engines import until


@dataclass
class LocalReplicas:
    """Implements `service.cluster.remote_worker.Replicas`. The replicas take turns.

    The next `lost` calls end after their first message, as if the replica had died. `asked` has the
    place of the replica of each call.
    """

    replicas: Sequence[Replica]
    places: int
    lost: int = 0
    asked: list[int] = field(default_factory=list)

    async def count_places(self) -> int:
        """The places of all replicas."""
        return self.places

    async def summarize(
        self, request: SummaryRequest, seconds: float, request_id: str
    ) -> AsyncGenerator[Message]:
        """The messages of the next replica."""
        place = len(self.asked) % len(self.replicas)
        self.asked.append(place)
        messages = self.replicas[place].summarize(request, seconds, request_id)
        async with aclosing(messages):
            async for message in messages:
                yield pickle.loads(pickle.dumps(message))
                if self.lost:
                    self.lost -= 1
                    raise ReplicaLost

    async def describe(self) -> EngineDescription:
        """The model of the first replica."""
        return await self.replicas[0].describe()

    async def count_tokens(self, text: str) -> int:
        """The count of the first replica."""
        return await self.replicas[0].count_tokens(text)


@contextmanager
def clustered(
    replicas: LocalReplicas, settings: Settings
) -> Iterator[tuple[httpx.Client, FastAPI]]:
    """A client for the service in front of the replicas, and its application."""
    metrics = Metrics()
    worker = RemoteWorker(replicas, settings, metrics)
    app = assemble(make_parts_around(worker, settings, metrics))
    server = uvicorn.Server(configured(app, settings, port=0, grace=5))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with httpx.Client(base_url=url, timeout=60) as client:
        try:
            if replicas.places:
                until(lambda: client.get("/readyz").status_code == 200)
            yield client, app
        finally:
            server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive()
