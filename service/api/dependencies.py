"""What routes depend on: the application's parts, and the checks before any work."""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from service.api.problems import ApiError
from service.api.worker import Worker
from service.settings import Settings

JSON = "application/json"
EVENTS = "text/event-stream"


@dataclass(frozen=True)
class Parts:
    """What one application is made of."""

    settings: Settings
    worker: Worker


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _authorized(request: Request) -> None:
    """Asks for one of the keys, if there are any. All are compared, each in constant time."""
    keys = _parts(request).settings.keys
    if not keys:
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    matches = [hmac.compare_digest(given.strip().encode("latin-1"), key.encode()) for key in keys]
    if scheme.lower() != "bearer" or not any(matches):
        raise ApiError(401, "unauthorized", "A valid key is needed: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})


def _accepted(request: Request) -> str:
    """The media type of the answer that the client asked for."""
    accept = request.headers.get("accept", "*/*").lower()
    kinds = [part.split(";")[0].strip() for part in accept.split(",")]
    if EVENTS in kinds:
        return EVENTS
    if any(kind in (JSON, "application/problem+json", "application/*", "*/*", "") for kind in kinds):
        return JSON
    raise ApiError(406, "not_acceptable", f"The answer is {JSON} or {EVENTS}, not {accept[:100]}.")


PartsOf = Annotated[Parts, Depends(_parts)]
Authorized = Depends(_authorized)
Accepted = Annotated[str, Depends(_accepted)]
