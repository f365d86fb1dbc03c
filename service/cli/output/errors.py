"""Explains errors to the user of the command line: what went wrong, and what to do."""

import re
import sys
from typing import Any, Final

from service.cli.output.messages import find_message, language, message, translated

_DETECTED: Final = re.compile(r"looks like '(\w+)'")  # In the detail of the problem `not_french`.

# Parts of the messages of errors for a name that no site has.
_UNKNOWN_NAME: Final = ("was not found", "not known", "no address")


class SourceError(Exception):
    """A file, or standard input, cannot be read as an article. The message says what to do."""


def known_errors() -> tuple[type[Exception], ...]:
    """The errors of a single source, after which the next one can be tried.

    A module that was never imported cannot have raised one.
    """
    from models.engine import ModelError

    known: list[type[Exception]] = [ModelError, OSError, SourceError]
    for module, name in (
        ("cli.client", "ServiceError"),
        ("reading.article", "ArticleError"),
        ("fetch", "FetchError"),
    ):
        if loaded := sys.modules.get(f"service.{module}"):
            known.append(getattr(loaded, name))
    return tuple(known)


def problem_of(error: Exception, words: str) -> dict[str, Any]:
    """What `--json` prints for a source without a summary.

    It is the service's own problem, or one like it. The detail is `words`, as on standard error.
    """
    problem = getattr(error, "problem", None) or {"code": getattr(error, "code", "failed")}
    shown = {name: value for name, value in problem.items() if name != "request_id"}
    return {**shown, "detail": words}


def explain_error(error: Exception) -> str:
    """What went wrong and what to do. The caller puts the name of the source before it."""
    problem = getattr(error, "problem", None) or {}
    code = problem.get("code") or getattr(error, "code", "")
    if code == "not_french":
        detected = _DETECTED.search(str(error))
        return message("problem.not_french", language=repr(detected[1]) if detected else "?")
    if code == "fetch_failed" and (words := _explain_address(error)):
        return words
    if language() == "fr" and (words := find_message(f"problem.{code}") or ""):
        return words.replace("{detail}", str(error))
    return translated(str(error))


def _explain_address(error: Exception) -> str | None:
    """The words for an address where nothing answers, or an error does; None for all else."""
    cause = error.__cause__
    if (response := getattr(cause, "response", None)) is not None:
        return message("address.status", status=response.status_code)
    if type(cause).__name__ != "ConnectError":
        return None
    is_unknown = any(sign in str(cause) for sign in _UNKNOWN_NAME)
    return message("address.unknown" if is_unknown else "address.dead")
