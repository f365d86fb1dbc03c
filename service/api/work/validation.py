"""Checks what is asked before any work: what this service does not do is refused at once."""

from dataclasses import dataclass

from service.api.contract.problems import ApiError
from service.api.contract.schemas import SummarizeBody
from service.api.work.dependencies import Parts
from service.summarizer import SummaryRequest


@dataclass(frozen=True)
class Asked:
    """What is asked. The page that `address` leads to, if there is one, is yet to be fetched.

    The answer may take `seconds` from now on.
    """

    request: SummaryRequest
    address: str | None
    seconds: float


def validated(parts: Parts, body: SummarizeBody) -> Asked:
    """What a body asks for. Raises ApiError for what this service does not do."""
    settings = parts.settings
    if body.text is not None and len(body.text) > settings.max_characters:
        detail = f"text: at most {settings.max_characters} characters are allowed, {len(body.text)} were given."
        raise ApiError(422, "text_too_long", detail)
    if body.model is not None and body.model != settings.model:
        raise ApiError(
            422,
            "unknown_model",
            f"model: this service serves {settings.model!r}, not {body.model!r}.",
        )
    if body.url is not None and not settings.allow_urls:
        raise ApiError(
            403, "urls_disabled", "This service does not fetch addresses (BREVE_ALLOW_URLS)."
        )
    seconds = min(body.deadline_seconds or settings.deadline_seconds, settings.deadline_seconds)
    return Asked(body.request(), body.url, seconds)
