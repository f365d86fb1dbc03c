"""What routes depend on: the application's parts, and the checks before any work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import anyio
from fastapi import Depends, Request

from service.api.access import Keys, RateLimit
from service.api.answers import Answers
from service.api.metrics import Metrics
from service.api.problems import ApiError
from service.api.worker import Worker
from service.settings import Settings

JSON = "application/json"
EVENTS = "text/event-stream"
NDJSON = "application/x-ndjson"


@dataclass(frozen=True)
class Parts:
    """What one application is made of."""

    settings: Settings
    worker: Worker
    answers: Answers
    metrics: Metrics
    keys: Keys
    limit: RateLimit
    fetches: anyio.CapacityLimiter


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _client(request: Request) -> str:
    """Who asks: by a key where keys are needed, else by the address."""
    address = request.client.host if request.client else ""
    return _parts(request).keys.client(request.headers.get("authorization", ""), address)


def _accepts(stream: str) -> Callable[[Request], str]:
    """Chooses between JSON and the media type `stream`, as the client asked for."""

    def accepted(request: Request) -> str:
        accept = request.headers.get("accept", "*/*").lower()
        kinds = [part.split(";")[0].strip() for part in accept.split(",")]
        if stream in kinds:
            return stream
        if any(kind in (JSON, "application/problem+json", "application/*", "*/*", "") for kind in kinds):
            return JSON
        raise ApiError(406, "not_acceptable", f"The answer is {JSON} or {stream}, not {accept[:100]}.")

    return accepted


PartsOf = Annotated[Parts, Depends(_parts)]
Client = Annotated[str, Depends(_client)]


async def _client_of_batch(request: Request, parts: PartsOf, client: Client) -> str:
    """Who asks, as for a single article. Refuses a batch of too many items before any of them is read as one: tens of
    thousands would hold up the event loop, and all other requests, for seconds."""
    body = await request.json()
    items = body.get("items") if isinstance(body, dict) else None
    most = parts.settings.batch_items
    if isinstance(items, list) and len(items) > most:
        raise ApiError(422, "batch_too_long", f"items: at most {most} are allowed, {len(items)} were given.")
    return client


ClientOfBatch = Annotated[str, Depends(_client_of_batch)]
Accepted = Annotated[str, Depends(_accepts(EVENTS))]
AcceptedForBatch = Annotated[str, Depends(_accepts(NDJSON))]
