"""Errors as RFC 9457 problems: one body for all of them, FastAPI's own included."""

import json
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
from service.api.contract import openai_errors
from service.api.observing.logs import note_problem
from service.api.refusals import NotReady, QueueFull
from service.fetch.errors import FetchError, FetchTimeout, ForbiddenAddress
from service.reading.article import ArticleError, NotFrench

logger = logging.getLogger("breve")

MEDIA_TYPE: Final = "application/problem+json"
# Titles of RFC 9110. Python before 3.13 has older ones.
_TITLES: Final = {
    413: "Content Too Large",
    422: "Unprocessable Content",
}
MAX_FIELDS: Final = 20  # Wrong fields that one answer lists.
UNKNOWN_FIELD: Final = "unknown_field"  # The type of our pydantic error for an unknown field.
# Errors whose message names the field itself, and errors of the body as a whole.
_WITHOUT_FIELD: Final = (UNKNOWN_FIELD, "no_article", "no_sources", "several_articles")
MAX_FIELD_NAME: Final = 100  # Characters of an unknown field's name that an answer repeats.
MAX_SHORT_VALUE: Final = 20  # Characters of a wrong value that an answer repeats.


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
    """A problem as a response: in OpenAI's form under `/v1/`, else as RFC 9457 has it.

    Sending the problem notes its code in the scope of the request, for logs and metrics.
    """

    media_type = MEDIA_TYPE

    def __init__(self, body: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(body.model_dump(exclude_none=True), body.status, headers)
        self._problem = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the problem."""
        note_problem(scope, self._problem.code)
        if openai_errors.has_openai_form(scope["path"]):
            self.body, media_type = rendered(self._problem, scope["path"])
            self.headers["content-type"] = media_type
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def rendered(body: Problem, path: str) -> tuple[bytes, str]:
    """The JSON of a problem for a client that asked for `path`, and its media type."""
    if openai_errors.has_openai_form(path):
        content = json.dumps(in_openai_form(body), ensure_ascii=False).encode()
        return content, openai_errors.MEDIA_TYPE
    return body.model_dump_json(exclude_none=True).encode(), MEDIA_TYPE


def in_openai_form(body: Problem) -> dict[str, Any]:
    """A problem as OpenAI's clients read errors."""
    field = body.errors[0].field if body.errors else None
    return openai_errors.as_openai(body.status, body.code, body.detail, field)


class ApiError(Exception):
    """An error that a route or a dependency answers with. `field` is the field that is wrong."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.field = dict(headers or {}), field


def title(status: int) -> str:
    """The reason phrase of RFC 9110 for a status, the same in every version of Python."""
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
            if error.field is not None:
                more = {"errors": [FieldError(field=error.field, message=detail)]}
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


def request_id(request: Request) -> str:
    """The id of this request: the client's own, or the one that RequestId has made."""
    identifier: str = request.scope.get("state", {}).get("request_id", "")
    return identifier


def report_error(error: Exception, identifier: str) -> tuple[Problem, dict[str, str]]:
    """The body and the headers for an error. Logs an unexpected error.

    The log gets the error's type and traceback, not its message, which may quote the article.
    """
    body, headers = problem_of(error, identifier)
    if body.status == 500:
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error(
            "request %s failed: %s\n%s",
            identifier,
            type(error).__name__,
            frames,
            extra={"request_id": identifier},
        )
    return body, headers


def error_response(error: Exception, identifier: str) -> ProblemResponse:
    """The response for an error."""
    return ProblemResponse(*report_error(error, identifier))


async def _on_error(request: Request, error: Exception) -> ProblemResponse:
    return error_response(error, request_id(request))


async def _on_http_error(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code = title(status).lower().replace(" ", "_")
    match status:
        case 400:  # FastAPI answers 400 only to a body that cannot be read.
            code, detail = "malformed_json", _explain_unreadable_body(error.__cause__)
        case 404:
            detail = "There is nothing at this path; /docs lists the paths."
        case 405:
            allowed = (error.headers or {}).get("Allow", "")
            detail = f"{request.method[:MAX_SHORT_VALUE]} is not allowed here, only {allowed}."
        case _:
            detail = str(error.detail)
    body = problem(request_id(request), status, code, detail)
    return ProblemResponse(body, error.headers)


def _explain_unreadable_body(cause: BaseException | None) -> str:
    """Says why a body cannot be read, as far as the cause of the error shows it."""
    match cause:
        case UnicodeDecodeError():
            byte = cause.object[cause.start]
            place = f"its byte {cause.start} (0x{byte:02x}) is none"
            return f"The body is not in UTF-8: {place}; send UTF-8."
        case _:
            return "The body is not JSON that can be read."


async def _on_invalid_body(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if any(item["type"] == "json_invalid" for item in errors):
        detail = f"The body is not JSON: {_explain_json_error(errors[0], error.body)}."
        return ProblemResponse(problem(request_id(request), 400, "malformed_json", detail))
    return ProblemResponse(invalid_body(errors, request_id(request)))


def _explain_json_error(item: Any, text: str) -> str:
    """Python's message about invalid JSON, with the line and the column.

    A final "at" of the message is removed: Python would add the position behind it.
    """
    message, place = str(item["ctx"]["error"]).removesuffix(" at"), item["loc"][-1]
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    hint = ""
    if message.startswith("Invalid control character"):
        hint = r"; within a text, a line break is written \n"
    return f"{message} at line {line}, column {column}{hint}"


def invalid_body(errors: Sequence[Any], identifier: str) -> Problem:
    """The body for fields that are wrong. `errors` are pydantic's."""
    listed = errors[:MAX_FIELDS]
    fields = [FieldError(field=_field_name(item), message=_message(item)) for item in listed]
    detail = "; ".join(_sentence(item, field) for item, field in zip(listed, fields, strict=True))
    return problem(identifier, 422, "invalid_body", detail, errors=fields)


def _sentence(item: Any, field: FieldError) -> str:
    """An error as the detail has it: the message, behind the field unless the message names it."""
    return field.message if item["type"] in _WITHOUT_FIELD else f"{field.field}: {field.message}"


def _field_name(item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"] if part != "body") or "body"
    return shown_name(name)


def shown_name(name: str) -> str:
    """The name of a field as an answer repeats it: cut, and without half surrogate pairs."""
    return name[:MAX_FIELD_NAME].encode(errors="backslashreplace").decode()


def _message(item: Any) -> str:
    """Says what was expected, and repeats the value that was sent if it is a number or short."""
    kind, words, value = item["type"], str(item["msg"]), item.get("input")
    if kind in _WITHOUT_FIELD:
        return words
    if kind == "value_error":
        return words.removeprefix("Value error, ")
    if kind == "missing":
        whole = item["loc"] == ("body",)
        return "The body is empty: a JSON object is needed" if whole else "This field is needed"
    if kind in {"string_too_short", "too_short"} and value in ("", []):
        return f"This is empty: {'a text' if value == '' else 'an article'} is needed"
    if kind in {"string_too_long", "too_long"}:
        return f"{words} (given: {len(value)})"
    return f"{words} (given: {value!r})" if _is_short(value) else words


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_SHORT_VALUE
    return isinstance(value, int | float | bool)


def install(app: FastAPI) -> None:
    """Makes `app` answer every known error with a problem. RequestId answers the others."""
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
