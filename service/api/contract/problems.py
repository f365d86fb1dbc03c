"""Errors as RFC 9457 problems: one body for all of them, FastAPI's own included."""

import logging
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from models.engine import Cancelled, NotSupported
from service.api.observing.logs import NOTED
from service.api.refusals import NotReady, QueueFull
from service.fetch import FetchError, FetchTimeout, ForbiddenAddress
from service.reading.article import ArticleError, NotFrench

logger = logging.getLogger("breve")

MEDIA_TYPE: Final = "application/problem+json"
CLIENT_LEFT: Final = 499  # never read by anybody; the usual mark in logs
_TITLES: Final = {
    413: "Content Too Large",
    422: "Unprocessable Content",
}  # of RFC 9110; Python before 3.13 has older ones
MAX_FIELDS: Final = 20  # wrong fields that one answer lists
UNKNOWN_FIELD: Final = "unknown_field"  # pydantic's type of such an error
# Errors whose message names the field itself, or that are of the body as a whole.
_WITHOUT_FIELD: Final = (UNKNOWN_FIELD, "no_article", "several_articles")
MAX_FIELD_NAME: Final = 100  # characters of an unknown field's name that are repeated


class FieldError(BaseModel):
    """One wrong field of a body."""

    field: str = Field(examples=["max_words"])
    message: str = Field(examples=["Input should be greater than or equal to 10 (given: 3)"])


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str = Field(examples=["urn:breve:problem:too_short"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["The article has 5 words; at least 8 are needed."])
    code: str = Field(examples=["too_short"])
    request_id: str = Field(examples=["5f0c8a52e6a94b6d"])
    errors: list[FieldError] | None = None
    language: str | None = Field(
        None, description="The language found, where it should have been French."
    )


class ProblemResponse(JSONResponse):
    """A problem as a response; the request is marked with its code."""

    media_type = MEDIA_TYPE

    def __init__(self, body: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(body.model_dump(exclude_none=True), body.status, headers)
        self._problem = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the problem."""
        noted(scope, self._problem)
        await super().__call__(scope, receive, send)


class ApiError(Exception):
    """An error that a route or a dependency answers with."""

    def __init__(
        self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = (
            status,
            code,
            detail,
            dict(headers or {}),
        )


def title(status: int) -> str:
    """The words of RFC 9110 for a status, whatever the Python."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


def problem(request_id: str, status: int, code: str, detail: str, **more: Any) -> Problem:
    """The body of an error."""
    return Problem(
        type=f"urn:breve:problem:{code}",
        title=title(status),
        status=status,
        detail=detail,
        code=code,
        request_id=request_id,
        **more,
    )


def problem_of(error: Exception, request_id: str) -> tuple[Problem, dict[str, str]]:
    """The body and the headers for any error that a request may end with."""
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    match error:
        case ApiError():
            status, code, detail, headers = error.status, error.code, error.detail, error.headers
        case ArticleError():
            status, code, detail = 422, error.code, str(error)
            more = {"language": error.language.code} if isinstance(error, NotFrench) else {}
        case NotSupported():
            status, code, detail = 422, "not_supported", str(error)
        case ForbiddenAddress():
            status, code, detail = 422, error.code, str(error)
        case FetchTimeout():
            status, code, detail = 504, error.code, str(error)
        case FetchError():
            status, code, detail = 502, error.code, str(error)
        case QueueFull():
            status, code, detail = 503, "queue_full", str(error)
            headers = {"Retry-After": str(error.retry_after)}
        case NotReady():
            status, code, detail, headers = 503, error.state.value, str(error), {"Retry-After": "5"}
        case TimeoutError() | Cancelled():
            status, code, detail = (
                504,
                "deadline",
                "The summary was not finished in time; send a shorter article or try again.",
            )
        case _:
            status, code, detail = 500, "internal", "Something went wrong on our side."
    return problem(request_id, status, code, detail, **more), headers


def noted(scope: Scope, body: Problem) -> Problem:
    """`body`, with which the request is marked, to be counted and logged: the status does not tell
    of what fails within an answer that has begun."""
    scope["state"].setdefault(NOTED, []).append(body.code)
    return body


def request_id(request: Request) -> str:
    """The id of this request, given by the client or made at the door."""
    identifier: str = request.scope.get("state", {}).get("request_id", "")
    return identifier


async def _on_error(request: Request, error: Exception) -> ProblemResponse:
    return answer(error, request_id(request))


def answer(error: Exception, identifier: str) -> ProblemResponse:
    """The response for an error."""
    return ProblemResponse(*told(error, identifier))


def told(error: Exception, identifier: str) -> tuple[Problem, dict[str, str]]:
    """Body and headers for an error. What is unexpected is logged without its words, which may
    quote the article."""
    body, headers = problem_of(error, identifier)
    if body.status == 500:
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error(
            "request %s failed: %s\n%s",
            identifier,
            type(error).__name__,
            where,
            extra={"request_id": identifier},
        )
    return body, headers


async def _on_http_error(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    malformed = error.status_code == 400  # FastAPI's only use of it: the body cannot be read
    code = "malformed_json" if malformed else title(error.status_code).lower().replace(" ", "_")
    detail = _unreadable(error.__cause__) if malformed else str(error.detail)
    return ProblemResponse(
        problem(request_id(request), error.status_code, code, detail), error.headers
    )


def _unreadable(cause: BaseException | None) -> str:
    """What is wrong with a body, as far as one can tell by the error of reading it."""
    match cause:
        case UnicodeDecodeError():
            return f"The body is not in UTF-8: its byte {cause.start} (0x{cause.object[cause.start]:02x}) is none; send UTF-8."
        case _:
            return "The body is not JSON that can be read."


async def _on_invalid_body(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if any(item["type"] == "json_invalid" for item in errors):
        detail = f"The body is not JSON: {_json_error(errors[0], error.body)}."
        return ProblemResponse(problem(request_id(request), 400, "malformed_json", detail))
    return ProblemResponse(invalid_body(errors, request_id(request)))


def _json_error(item: Any, text: str) -> str:
    """Python's message, which ends with "at" where it expects its own numbers, and the place in the
    text."""
    message, place = str(item["ctx"]["error"]).removesuffix(" at"), item["loc"][-1]
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    hint = (
        r"; within a text, a line break is written \n"
        if message.startswith("Invalid control character")
        else ""
    )
    return f"{message} at line {line}, column {column}{hint}"


def invalid_body(errors: Sequence[Any], identifier: str) -> Problem:
    """The body for fields that are not as they should be; `errors` is what pydantic found."""
    fields = [
        FieldError(field=_field_name(item), message=_message(item)) for item in errors[:MAX_FIELDS]
    ]
    detail = "; ".join(_sentence(item, field) for item, field in zip(errors, fields, strict=False))
    return problem(identifier, 422, "invalid_body", detail, errors=fields)


def _sentence(item: Any, field: FieldError) -> str:
    """What the detail says of an error: its field and its message, which may name the field
    itself."""
    return field.message if item["type"] in _WITHOUT_FIELD else f"{field.field}: {field.message}"


def _field_name(item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"] if part != "body") or "body"
    return shown_name(name)


def shown_name(name: str) -> str:
    """The name of a field as far as it is repeated."""
    return (
        name[:MAX_FIELD_NAME].encode(errors="backslashreplace").decode()
    )  # JSON may hold half surrogate pairs


def _message(item: Any) -> str:
    """What was expected and, where that is a number or a short word, what was given."""
    given = item.get("input")
    if item["type"] in _WITHOUT_FIELD:
        return str(item["msg"])
    if item["type"] == "value_error":
        return str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "missing":
        return (
            "This field is needed"
            if item["loc"] != ("body",)
            else "The body is empty: a JSON object is needed"
        )
    if item["type"] in {"string_too_short", "too_short"} and given in ("", []):
        return f"This is empty: {'a text' if given == '' else 'an article'} is needed"
    if item["type"] in {"string_too_long", "too_long"}:
        return f"{item['msg']} (given: {len(given)})"
    short = isinstance(given, int | float | bool) or (isinstance(given, str) and len(given) <= 20)
    return f"{item['msg']} (given: {given!r})" if short else item["msg"]


def install(app: FastAPI) -> None:
    """Makes `app` answer every known error with a problem; the door answers the others."""
    app.add_exception_handler(RequestValidationError, _on_invalid_body)
    app.add_exception_handler(HTTPException, _on_http_error)
    kinds = (
        ApiError,
        ArticleError,
        NotSupported,
        FetchError,
        QueueFull,
        NotReady,
        TimeoutError,
        Cancelled,
    )
    for kind in kinds:
        app.add_exception_handler(kind, _on_error)
