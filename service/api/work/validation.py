"""Checks a request before any work, and refuses one that this service cannot answer."""

from dataclasses import dataclass

from service.api.contract.problems import ApiError
from service.api.contract.requests import SummarizeBody
from service.api.work.dependencies import Parts
from service.summarizer import SummaryRequest


@dataclass(frozen=True)
class Order:
    """A request that this service accepts.

    The page at `address`, if there is one, is still to be fetched. The answer may take `seconds`,
    the time for that page included.
    """

    request: SummaryRequest
    address: str | None
    seconds: float


def validate(parts: Parts, body: SummarizeBody) -> Order:
    """Makes the order from a body. Raises ApiError if this service cannot answer it."""
    settings = parts.settings
    _check_length(body, settings.max_characters)
    if body.model is not None and body.model != settings.model:
        detail = f"model: this service serves {settings.model!r}, not {body.model!r}."
        raise ApiError(422, "unknown_model", detail)
    if body.url is not None:
        check_fetching(parts)
    seconds = min(body.deadline_seconds or settings.deadline_seconds, settings.deadline_seconds)
    return Order(body.request(), body.url, seconds)


def check_fetching(parts: Parts) -> None:
    """Raises ApiError where the service fetches no addresses."""
    if not parts.settings.allow_urls:
        detail = "This service does not fetch addresses (BREVE_ALLOW_URLS)."
        raise ApiError(403, "urls_disabled", detail)


def _check_length(body: SummarizeBody, most: int) -> None:
    if body.text is not None and len(body.text) > most:
        detail = f"text: at most {most} characters are allowed, {len(body.text)} were given."
        raise ApiError(422, "text_too_long", detail)
