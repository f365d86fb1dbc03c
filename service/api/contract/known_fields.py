"""Refuses fields that a body does not know, and names the one that may be meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from service.api.contract.problems import MAX_FIELDS, UNKNOWN_FIELD, shown_name

_EXTRA: Final = "extra_forbidden"  # Pydantic's type of the error for an unknown field


class KnownFields(BaseModel):
    """A body that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="wrap")
    @classmethod
    def _explain_unknown_fields(cls, value: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        """Rewords the error for an unknown field, to name the known field that may be meant."""
        try:
            return read(cls._drop_most_unknown(value))
        except ValidationError as error:
            if not any(item["type"] == _EXTRA for item in error.errors()):
                raise
            explained = [cls._explain(item) for item in error.errors()]
            raise ValidationError.from_exception_data(error.title, explained) from None

    @classmethod
    def _drop_most_unknown(cls, value: Any) -> Any:
        """Leaves out the unknown fields beyond the MAX_FIELDS that an answer lists.

        To write an error for each of 180,000 fields would take too long.
        """
        if not isinstance(value, dict) or len(value) <= len(cls.model_fields) + MAX_FIELDS:
            return value
        known = {name: value[name] for name in cls.model_fields if name in value}
        unknown = (name for name in value if name not in known)
        return known | {name: value[name] for name in islice(unknown, MAX_FIELDS)}

    @classmethod
    def _explain(cls, item: ErrorDetails) -> InitErrorDetails:
        if item["type"] != _EXTRA:
            return InitErrorDetails(
                type=item["type"], loc=item["loc"], input=item["input"], ctx=item.get("ctx", {})
            )
        words = _explain_unknown_field(str(item["loc"][-1]), cls.model_fields)
        error = PydanticCustomError(UNKNOWN_FIELD, "{words}", {"words": words})
        return InitErrorDetails(type=error, loc=item["loc"], input=item["input"])


def _explain_unknown_field(name: str, known: Iterable[str]) -> str:
    """The message for a field that does not exist, with a known one of a similar name."""
    shown = shown_name(name)
    similar = get_close_matches(shown.lower(), known, 1)
    if similar:
        return f"Unknown field {shown}; did you mean {similar[0]}?"
    return f"Unknown field {shown}; /docs lists the fields"
