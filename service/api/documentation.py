"""What the documentation says about errors: each with its own media type and a real example."""

from typing import Any, Final

from service.api import problems
from service.api.problems import Problem

_EXAMPLES: Final = {
    400: ("malformed_json", "The body is not JSON: Expecting value."),
    401: ("unauthorized", "A valid key is needed: Authorization: Bearer …"),
    403: ("urls_disabled", "This service does not fetch addresses (BREVE_ALLOW_URLS)."),
    406: ("not_acceptable", "The answer is application/json or text/event-stream, not text/csv."),
    408: ("slow_body", "The body did not arrive within 30 s."),
    413: ("too_large", "The body has 2500000 bytes; at most 2000000 are allowed."),
    415: ("unsupported_media_type", "The body should be application/json, not text/plain."),
    422: ("too_short", "The article has 5 words; at least 8 are needed."),
    429: ("rate_limited", "60 per 1 minute is the limit, and 0 are left to you now; try again in 12 s."),
    500: ("internal", "Something went wrong on our side."),
    502: ("fetch_failed", "The page was answered with status 404."),
    503: ("queue_full", "64 requests with about 40960 tokens are waiting already; try again in 8 s."),
    504: ("deadline", "The summary was not finished in time; send a shorter article or try again."),
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Error responses for the documentation, each with an example."""
    documented: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        code, detail = _EXAMPLES[status]
        example = problems.problem("5f0c8a52e6a94b6d", status, code, detail).model_dump(exclude_none=True)
        content = {problems.MEDIA_TYPE: {"example": example}}
        documented[status] = {"model": Problem, "content": content, "description": problems.title(status)}
    return documented


def name_problems(schema: dict[str, Any]) -> None:
    """Documents errors under their own media type; FastAPI puts a response's model under that of the route."""
    for path in schema["paths"].values():
        for operation in path.values():
            for documented in operation["responses"].values():
                content = documented.get("content", {})
                if problems.MEDIA_TYPE in content:
                    content[problems.MEDIA_TYPE] |= content.pop("application/json", {})
