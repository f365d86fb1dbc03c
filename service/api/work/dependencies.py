"""What routes depend on: the application's parts, and the checks before any work."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

import anyio
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from service.api.contract.problems import MEDIA_TYPE, ApiError
from service.api.entry.access import Keys, RateLimit
from service.api.observing.metrics import Metrics
from service.api.work.answers import Answers
from service.api.work.worker import Worker
from service.settings import Settings

JSON = "application/json"
EVENTS = "text/event-stream"
NDJSON = "application/x-ndjson"
ANY: Final = "*/*"
_BEARER: Final = HTTPBearer(
    scheme_name="key", description="One of BREVE_API_KEYS, where there are any.", auto_error=False
)
_WEIGHT: Final = re.compile(r"q\s*=\s*([01](?:\.[0-9]*)?|\.[0-9]+)")


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
    measures: anyio.CapacityLimiter


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _client(request: Request, documented: Annotated[object, Depends(_BEARER)]) -> str:
    """Who asks: by a key where keys are needed, else by the address. The header is read here,
    whatever its bytes are."""
    address = request.client.host if request.client else ""
    return _parts(request).keys.client(request.headers.get("authorization", ""), address)


def _weights(accept: str) -> dict[str, float]:
    """The media ranges of an Accept header in lower case, each with its weight (`q`); one that
    cannot be read is 1."""
    weights: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        if kind:
            weight = next(
                (
                    min(1.0, float(found[1]))
                    for one in parameters
                    if (found := _WEIGHT.fullmatch(one))
                ),
                1.0,
            )
            weights[kind] = max(weight, weights.get(kind, 0.0))
    return weights or {ANY: 1.0}


def _weight(weights: dict[str, float], kind: str) -> float:
    """How much `kind` is wanted: what the range says that names it most exactly; 0 if none does."""
    family = f"{kind.split('/', maxsplit=1)[0]}/*"
    return next((weights[name] for name in (kind, family, ANY) if name in weights), 0.0)


def _accepts(stream: str) -> Callable[[Request], str]:
    """Chooses between JSON and the media type `stream`, as the client asked for: what it wants
    more; the stream where it wants both alike and has named it."""

    def accepted(request: Request) -> str:
        accept = ", ".join(request.headers.getlist("accept")).lower()
        weights = _weights(accept)
        of_stream, of_json = _weight(weights, stream), _weight(weights, JSON)
        if of_stream > of_json or (of_stream == of_json > 0 and stream in weights):
            return stream
        if of_json or weights.get(MEDIA_TYPE):
            return JSON
        raise ApiError(
            406, "not_acceptable", f"The answer is {JSON} or {stream}, not {accept[:100]}."
        )

    return accepted


PartsOf = Annotated[Parts, Depends(_parts)]
Client = Annotated[str, Depends(_client)]


async def _client_of_batch(request: Request, parts: PartsOf, client: Client) -> str:
    """Who asks, as for a single article. Refuses a batch of too many items before any of them is
    read as one: tens of thousands would hold up the event loop, and all other requests, for
    seconds."""
    body = (
        await request.json() if await request.body() else None
    )  # FastAPI then says that one is needed
    items = body.get("items") if isinstance(body, dict) else None
    most = parts.settings.batch_items
    if isinstance(items, list) and len(items) > most:
        raise ApiError(
            422, "batch_too_long", f"items: at most {most} are allowed, {len(items)} were given."
        )
    return client


ClientOfBatch = Annotated[str, Depends(_client_of_batch)]
Accepted = Annotated[str, Depends(_accepts(EVENTS))]
AcceptedForBatch = Annotated[str, Depends(_accepts(NDJSON))]
