"""Errors in the form that OpenAI's clients read, for the paths under `/v1/`."""

from typing import Any, Final

from pydantic import BaseModel, Field

PATHS: Final = "/v1/"  # Begins the paths whose errors have this form.
MEDIA_TYPE: Final = "application/json"
# The type of an error by its status. `_type_of` has the types of all other statuses.
_TYPES: Final = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class OpenAIErrorDetail(BaseModel):
    """What went wrong. `code` is that of the problem that `/summarize` answers with."""

    message: str = Field(examples=["The article has 5 words; at least 8 are needed."])
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(None, description="The field that is wrong.", examples=["messages"])
    code: str = Field(examples=["too_short"])


class OpenAIError(BaseModel):
    """An error, as OpenAI's clients read it."""

    error: OpenAIErrorDetail


def has_openai_form(path: str) -> bool:
    """True for the paths whose errors have this form."""
    return path.startswith(PATHS)


def as_openai(status: int, code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """The body of an error. `field` is the field of the request that is wrong."""
    detail = OpenAIErrorDetail(message=message, type=_type_of(status), param=field, code=code)
    return OpenAIError(error=detail).model_dump()


def _type_of(status: int) -> str:
    return _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
