"""What the documentation says about errors: each with its own media type and a real example."""

from typing import Any, Final

from service.api.contract import problems
from service.api.contract.problems import Problem

_EXAMPLES: Final = {
    400: ("malformed_json", "The body is not JSON: Expecting value at line 1, column 1."),
    401: ("unauthorized", "A valid key is needed: Authorization: Bearer …"),
    403: ("urls_disabled", "This service does not fetch addresses (BREVE_ALLOW_URLS)."),
    406: ("not_acceptable", "The answer is application/json or text/event-stream, not text/csv."),
    408: ("slow_body", "The body did not arrive within 30 s."),
    413: ("too_large", "The body has 2500000 bytes; at most 2000000 are allowed."),
    415: ("unsupported_media_type", "The body should be application/json, not text/plain."),
    422: ("too_short", "The article has 5 words; at least 8 are needed."),
    429: (
        "rate_limited",
        "60 per 1 minute is the limit, and 0 are left to you now; try again in 12 s.",
    ),
    500: ("internal", "Something went wrong on our side."),
    502: ("fetch_failed", "The page was answered with status 404."),
    503: (
        "queue_full",
        "64 requests with about 40960 tokens are waiting already; try again in 8 s.",
    ),
    504: ("deadline", "The summary was not finished in time; send a shorter article or try again."),
}

# The groups of the documentation, in the order in which they are used.
SUMMARIES: Final = "Summaries"
SERVICE: Final = "What the service takes"
OPERATION: Final = "Operation"
TAGS: Final = [
    {"name": SUMMARIES, "description": "One article, or several in one request."},
    {
        "name": SERVICE,
        "description": "Its models, languages and limits: ask once, before the first article.",
    },
    {
        "name": OPERATION,
        "description": "For those who run it: whether it lives, whether it takes work, and what it has done.",
    },
]

HEADERS: Final[dict[str, Any]] = {
    "X-Request-ID": {
        "description": "The id of the request: the client's own, or a new one.",
        "schema": {"type": "string"},
    },
    "X-Cache": {
        "description": "Whether the summary was computed, was kept, or was just being computed for somebody else.",
        "schema": {"type": "string", "enum": ["miss", "hit", "joined"]},
    },
    "Retry-After": {
        "description": "In how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "How to say who asks.",
        "schema": {"type": "string", "const": "Bearer"},
    },
}
_HEADERS_OF: Final = {
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Error responses for the documentation, each with an example."""
    documented: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        code, detail = _EXAMPLES[status]
        example = problems.problem("5f0c8a52e6a94b6d", status, code, detail).model_dump(
            exclude_none=True
        )
        content = {problems.MEDIA_TYPE: {"example": example}}
        documented[status] = {
            "model": Problem,
            "content": content,
            "description": problems.title(status),
        }
    return documented


def complete(schema: dict[str, Any]) -> None:
    """Adds to the document what FastAPI cannot know: the media type of errors, the headers of
    answers, and that the key is asked for only where there are keys."""
    schema["components"]["headers"] = HEADERS
    for path in schema["paths"].values():
        for operation in path.values():
            for status, documented in operation["responses"].items():
                _name_problems(documented.get("content", {}))
                documented["headers"] = {
                    name: {"$ref": f"#/components/headers/{name}"} for name in _headers(status)
                }
            if "security" in operation:
                operation["security"].append({})
    schema["paths"]["/summarize"]["post"]["responses"]["200"]["headers"]["X-Cache"] = {
        "$ref": "#/components/headers/X-Cache"
    }


def _name_problems(content: dict[str, Any]) -> None:
    """Documents an error under its own media type; FastAPI puts a response's model under that of
    the route."""
    if problems.MEDIA_TYPE in content:
        content[problems.MEDIA_TYPE] |= content.pop("application/json", {})


def _headers(status: str) -> tuple[str, ...]:
    """The headers of an answer with this status."""
    return ("X-Request-ID", *_HEADERS_OF.get(status, ()))
