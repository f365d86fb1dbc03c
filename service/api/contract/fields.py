"""Types of fields that several bodies have, with their checks."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticKnownError

from service.english.lexicon.glossary import MAX_CHARACTERS, MAX_TERMS, checked


def _refuse_lone_surrogates(text: str) -> str:
    """Refuses half surrogate pairs. JSON can write them, but they are no characters."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"holds a lone surrogate at position {error.start}, which is no character"
        ) from None
    return text


Text = Annotated[str, AfterValidator(_refuse_lone_surrogates)]
Wording = Annotated[Text, Field(min_length=1, max_length=MAX_CHARACTERS)]


def _refuse_too_many_terms(value: Any) -> Any:
    """Refuses too many terms before they are read one by one.

    160,000 of them would hold up the event loop for seconds.
    """
    if isinstance(value, dict) and len(value) > MAX_TERMS:
        raise PydanticKnownError(
            "too_long",
            {"field_type": "Glossary", "max_length": MAX_TERMS, "actual_length": len(value)},
        )
    return value


GlossaryPairs = Annotated[
    dict[Wording, Wording],
    Field(max_length=MAX_TERMS),
    AfterValidator(checked),
    BeforeValidator(_refuse_too_many_terms),
]


def _read_identifier(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Reads a text or a whole number, and says what is needed where the value is neither.

    pydantic alone would report two errors that name its functions, and would take `true` for 1.
    """
    try:
        if not isinstance(value, bool):
            return read(value)
    except ValidationError:
        pass
    raise ValueError(
        "a text of at most 200 characters, or a whole number from -2^53 to 2^53, is needed"
    )


Identifier = Annotated[
    Annotated[str, AfterValidator(_refuse_lone_surrogates), Field(max_length=200)]
    | Annotated[int, Field(ge=-(2**53), le=2**53)],
    WrapValidator(_read_identifier),
]
_IDENTIFIER: TypeAdapter[str | int | None] = TypeAdapter(Identifier | None)


def read_identifier(value: Any) -> str | int | None:
    """Returns `value` if it is a valid identifier, else None."""
    try:
        return _IDENTIFIER.validate_python(value)
    except ValidationError:
        return None
