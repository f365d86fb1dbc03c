"""Dependencies of the routes: the application's parts, and the checks before any work."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import anyio
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from service.api.contract.problems import MEDIA_TYPE, ApiError
from service.api.entry.access import Keys
from service.api.entry.shared_limit import SharedLimit
from service.api.observing.metrics import Metrics
from service.api.work.answers import Answers
from service.api.work.job_taker import JobTaker
from service.settings import Settings

JSON = "application/json"
EVENTS = "text/event-stream"
NDJSON = "application/x-ndjson"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
ANY: Final = "*/*"
_BEARER: Final = HTTPBearer(
    scheme_name="key", description="One of BREVE_API_KEYS, where there are any.", auto_error=False
)
_WEIGHT: Final = re.compile(r"q\s*=\s*([01](?:\.[0-9]*)?|\.[0-9]+)")


@dataclass(frozen=True)
class Parts:
    """The parts of one application."""

    settings: Settings
    worker: JobTaker
    answers: Answers
    metrics: Metrics
    keys: Keys
    limit: SharedLimit
    fetches: anyio.CapacityLimiter
    measures: anyio.CapacityLimiter
    digests: anyio.CapacityLimiter


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def client_of(request: Request) -> str:
    """The name of the client: the digest of its key where keys are needed, else its address.

    The header is read here, as HTTPBearer strips bytes that may belong to a key.
    """
    address = request.client.host if request.client else ""
    return _parts(request).keys.client(request.headers.get("authorization", ""), address)


def _client(request: Request, documented: Annotated[object, Depends(_BEARER)]) -> str:
    """The name of the client. `documented` only puts the key into the documentation."""
    return client_of(request)


def _weights(accept: str) -> dict[str, float]:
    """The media ranges of an Accept header, each with its weight (`q`)."""
    weights: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        if media_range:
            weight = _weight_of(parameters)
            weights[media_range] = max(weight, weights.get(media_range, 0.0))
    return weights or {ANY: 1.0}


def _weight_of(parameters: Iterable[str]) -> float:
    """The weight among the parameters of a media range; 1 where none can be read."""
    for parameter in parameters:
        if weight := _WEIGHT.fullmatch(parameter):
            return min(1.0, float(weight[1]))
    return 1.0


def _preference(weights: dict[str, float], media_type: str) -> float:
    """The weight of a media type: that of the most specific range that covers it, else 0."""
    family = f"{media_type.split('/', maxsplit=1)[0]}/*"
    ranges = (media_type, family, ANY)
    return next((weights[name] for name in ranges if name in weights), 0.0)


def _accepts(*kinds: str) -> Callable[[Request], str]:
    """Makes the dependency that chooses a media type by the client's Accept header.

    The client gets the one of `kinds` with the highest weight. Among several, it gets the first
    of `kinds` that it has named, else JSON. Many libraries name JSON and plain text together, so
    JSON stands before plain text in `kinds`.
    """

    def choose(request: Request) -> str:
        accept = ", ".join(request.headers.getlist("accept")).lower()
        weights = _weights(accept)
        wanted = {kind: _preference(weights, kind) for kind in kinds}
        most = max(wanted.values())
        if most:
            return _first_choice([kind for kind in kinds if wanted[kind] == most], weights)
        if weights.get(MEDIA_TYPE):
            return JSON
        *others, last = [JSON, *(kind for kind in kinds if kind != JSON)]
        detail = f"The answer is {', '.join(others)} or {last}, not {accept[:100]}."
        raise ApiError(406, "not_acceptable", detail)

    return choose


def _first_choice(liked: Sequence[str], weights: dict[str, float]) -> str:
    """Chooses among the media types with the highest weight."""
    named = [kind for kind in liked if kind in weights]
    if named:
        return named[0]
    return JSON if JSON in liked else liked[0]


PartsOf = Annotated[Parts, Depends(_parts)]
Client = Annotated[str, Depends(_client)]


def _client_of_several(field: str) -> Callable[[Request, Parts, str], Awaitable[str]]:
    """Makes the dependency that names the client, and refuses too many items in `field`.

    It runs before any item is checked: to check tens of thousands would hold up the event loop, and
    all other requests, for seconds.
    """

    async def check(request: Request, parts: PartsOf, client: Client) -> str:
        # FastAPI answers an empty body itself.
        body = await request.json() if await request.body() else None
        items = body.get(field) if isinstance(body, dict) else None
        most = parts.settings.batch_items
        if isinstance(items, list) and len(items) > most:
            detail = f"{field}: at most {most} are allowed, {len(items)} were given."
            raise ApiError(422, "batch_too_long", detail)
        return client

    return check


ClientOfBatch = Annotated[str, Depends(_client_of_several("items"))]
ClientOfDigest = Annotated[str, Depends(_client_of_several("articles"))]
Accepted = Annotated[str, Depends(_accepts(EVENTS, MARKDOWN, JSON, PLAIN))]
AcceptedForBatch = Annotated[str, Depends(_accepts(NDJSON, JSON))]
