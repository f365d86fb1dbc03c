"""The parts of the OpenAPI document that FastAPI cannot make: groups, headers, errors."""

import re
from typing import Any, Final

from service.api.contract import openai_errors as openai
from service.api.contract import problems
from service.api.contract.problems import Problem

# The codes and details of each status, the usual one first.
_EXAMPLES: Final = {
    400: (
        ("malformed_json", "The body is not JSON: Expecting value at line 1, column 1."),
        (
            "small_pieces",
            "The body comes in pieces that are too small: after the first 1000 they should have "
            "at least 64 bytes on average; send it whole.",
        ),
    ),
    401: (("unauthorized", "A valid key is needed: Authorization: Bearer …"),),
    403: (("urls_disabled", "This service does not fetch addresses (BREVE_ALLOW_URLS)."),),
    404: (("not_found", "The model 'gpt-4o' is not served; 'breve-270m' is."),),
    406: (
        (
            "not_acceptable",
            "The answer is application/json, text/event-stream, text/markdown or text/plain, not "
            "text/csv.",
        ),
    ),
    408: (("slow_body", "The body did not arrive within 30 s."),),
    413: (("too_large", "The body has 2500000 bytes; at most 2000000 are allowed."),),
    415: (("unsupported_media_type", "The body should be application/json, not text/plain."),),
    421: (
        (
            "wrong_host",
            "Host: 'news.example' is no name of this service, which is asked by its IP address or "
            "as localhost; BREVE_ALLOWED_HOSTS adds names.",
        ),
    ),
    422: (("too_short", "The article has 5 words; at least 8 are needed."),),
    429: (
        (
            "rate_limited",
            "60 per 1 minute is the limit, and 0 are left to you now; try again in 12 s.",
        ),
    ),
    500: (("internal", "Something went wrong on our side."),),
    502: (("fetch_failed", "The page was answered with status 404."),),
    503: (
        (
            "queue_full",
            "64 requests with about 40960 tokens are waiting already; try again in 8 s.",
        ),
    ),
    504: (
        ("deadline", "The summary was not finished in time; send a shorter article or try again."),
    ),
}
_EXAMPLE_ID: Final = "5f0c8a52e6a94b6d"

# The groups of the documentation, in the order in which they are used.
SUMMARIES: Final = "Summaries"
SERVICE: Final = "What the service takes"
OPENAI: Final = "For OpenAI's clients"
OPERATION: Final = "Operation"
TAGS: Final = [
    {"name": SUMMARIES, "description": "One article, or several in one request."},
    {
        "name": SERVICE,
        "description": "Its models, languages and limits: ask once, before the first article.",
    },
    {
        "name": OPENAI,
        "description": "For programs that speak to OpenAI: give them this address, with `/v1`, and "
        "a key.",
    },
    {
        "name": OPERATION,
        "description": "For those who run it: whether it lives, whether it takes work, and what "
        "it has done.",
    },
]

# Not the docstring of the route, whose line breaks would be joined: those of this text are part of
# the contract.
SUMMARIZE_BATCH: Final = (
    "Summarises several articles. Each has its own result or its own problem, in order, whatever "
    "becomes of the others.\n\n"
    "With `Accept: application/x-ndjson`, results are sent as soon as they and those before them "
    "are finished, one a\n"
    "line. Items enter the same queue as single requests, a few at a time; the deadline of each "
    "runs from then on."
)

HEADERS: Final[dict[str, Any]] = {
    "X-Request-ID": {
        "description": "The id of the request: the client's own, or a new one.",
        "schema": {"type": "string"},
    },
    "X-Cache": {
        "description": "Whether the summary was computed, was kept, or was just being computed "
        "for somebody else.",
        "schema": {"type": "string", "enum": ["miss", "hit", "joined"]},
    },
    "X-Warnings": {
        "description": "The codes of the warnings, where the answer is a text. Absent: there are "
        "none.",
        "schema": {"type": "string"},
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
# A line break within a paragraph, as docstrings have them.
_LINE_BREAK: Final = re.compile(r"(?<!\n)\n(?!\n)")


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Error responses for the documentation, each with an example."""
    return {
        status: {
            "model": Problem,
            "content": {problems.MEDIA_TYPE: _examples(status)},
            "description": problems.title(status),
        }
        for status in statuses
    }


def openai_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Error responses in OpenAI's form, each with an example."""
    return {
        status: {
            "model": openai.OpenAIError,
            "content": {
                openai.MEDIA_TYPE: {"example": openai.as_openai(status, *_EXAMPLES[status][0])}
            },
            "description": problems.title(status),
        }
        for status in statuses
    }


def _examples(status: int) -> dict[str, Any]:
    """The example of a status, or, where several codes have it, one for each code."""
    bodies = {
        code: problems.problem(_EXAMPLE_ID, status, code, detail).model_dump(exclude_none=True)
        for code, detail in _EXAMPLES[status]
    }
    if len(bodies) == 1:
        return {"example": next(iter(bodies.values()))}
    return {"examples": {code: {"value": body} for code, body in bodies.items()}}


def complete(document: dict[str, Any]) -> None:
    """Adds facts to the OpenAPI document that FastAPI does not know.

    These are the media type of errors, the headers of answers, and that the key is optional: some
    services have no keys.
    """
    document["components"]["headers"] = HEADERS
    for schema in document["components"]["schemas"].values():
        _unwrap_description(schema)
    for path in document["paths"].values():
        for operation in path.values():
            _complete_operation(operation)
    summary = document["paths"]["/summarize"]["post"]["responses"]["200"]
    summary["headers"] |= {name: _header(name) for name in ("X-Cache", "X-Warnings")}
    chat = document["paths"]["/v1/chat/completions"]["post"]["responses"]["200"]
    chat["headers"]["X-Cache"] = _header("X-Cache")


def _complete_operation(operation: dict[str, Any]) -> None:
    if operation["description"] != SUMMARIZE_BATCH:
        _unwrap_description(operation)
    for status, response in operation["responses"].items():
        _name_problems(response.get("content", {}))
        names = ("X-Request-ID", *_HEADERS_OF.get(status, ()))
        response["headers"] = {name: _header(name) for name in names}
    if "security" in operation:
        operation["security"].append({})


def _unwrap_description(schema: dict[str, Any]) -> None:
    """Joins the lines of each paragraph, so that wrapping the source leaves the contract alone."""
    if "description" in schema:
        schema["description"] = _LINE_BREAK.sub(" ", schema["description"])


def _name_problems(content: dict[str, Any]) -> None:
    """Documents an error under its own media type.

    FastAPI puts a response's model under the media type of the route.
    """
    if problems.MEDIA_TYPE in content:
        others = content.keys() - {problems.MEDIA_TYPE}
        for media_type in others:
            content[problems.MEDIA_TYPE] |= content.pop(media_type)


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
