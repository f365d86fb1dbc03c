"""Words the reason of an error from Python, from a library or from another package.

Sentences of other packages have their French in `french.toml`. A library's own words have none:
French messages quote them.
"""

import json
import re
import tomllib
from typing import Final

from models.wording import WordedError
from service.cli.output.messages import language, message, translate_value, translated

_PLACE_IN_TOML: Final = re.compile(r"line (\d+), column (\d+)")


def word_error(error: WordedError) -> str:
    """The message of an error, in the language of the environment."""
    if language() == "en":
        return str(error)
    sentence = translated(error.sentence)
    values = {name: word_value(value) for name, value in error.values.items()}
    return sentence.format(**values) if values else sentence


def word_value(value: object) -> object:
    """A value of a sentence, in French if it is an error or words of another package."""
    if isinstance(value, Exception):
        return word_reason(value)
    return translate_value(value) if isinstance(value, str) else value


def word_reason(error: BaseException) -> str:
    """The reason of an error, without a full stop, to stand within a message."""
    if isinstance(error, WordedError):
        return word_error(error)
    words = getattr(error, "strerror", None) or str(error)
    words = words.rstrip(".") or type(error).__name__
    if language() == "en":
        return words
    if refusal := _find_refusal(error):
        return refusal
    if isinstance(error, UnicodeDecodeError):
        return message("reason.no_utf8")
    if place := _find_place(error):
        line, column = place
        return message("reason.place", line=line, column=column)
    return message("reason.quoted", words=words)


def word_system_error(error: OSError) -> str:
    """The system's message, like "No space left on device", with the file that it concerns."""
    words = word_reason(error)
    return f"{error.filename}: {words}" if error.filename else words


def _find_refusal(error: BaseException | None) -> str | None:
    """The French of the system's message, from this error or the nearest error that led to it."""
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            french = translated(error.strerror)
            if french != error.strerror:
                return french
        error = error.__cause__ or error.__context__
    return None


def _find_place(error: BaseException) -> tuple[int, int] | None:
    """The line and the column at which a file stops being valid JSON or TOML."""
    if isinstance(error, json.JSONDecodeError):
        return error.lineno, error.colno
    place = (
        _PLACE_IN_TOML.search(str(error)) if isinstance(error, tomllib.TOMLDecodeError) else None
    )
    return (int(place[1]), int(place[2])) if place else None
