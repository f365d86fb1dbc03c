"""What the command line says of what went wrong, and of what to do."""

import re
import sys
from typing import Any, Final

from service.cli.output.messages import find_message, language, message, translated

_DETECTED: Final = re.compile(r"looks like '(\w+)'")  # in the detail of the problem `not_french`


class SourceError(Exception):
    """A file, or standard input, cannot be read as an article. The message says what to do."""


def known_errors() -> tuple[type[Exception], ...]:
    """The errors that are one source's own.

    Those of modules that were never imported cannot have been raised.
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
    """What `--json` says of a source that has no summary.

    It is the service's own problem, or one like it. The detail is `words`, as on standard error.
    """
    told = getattr(error, "problem", None) or {"code": getattr(error, "code", "failed")}
    return {name: value for name, value in told.items() if name != "request_id"} | {"detail": words}


def explained(error: Exception) -> str:
    """What went wrong and what to do, without the name of the source, which stands before it."""
    problem = getattr(error, "problem", None) or {}
    code = problem.get("code") or getattr(error, "code", "")
    if code == "not_french":
        found = _DETECTED.search(str(error))
        return message("problem.not_french", language=repr(found[1]) if found else "?")
    if code == "fetch_failed" and (words := _of_address(error)):
        return words
    if language() == "fr" and (words := find_message(f"problem.{code}") or ""):
        return words.replace("{detail}", str(error))
    return translated(str(error))


def _of_address(error: Exception) -> str | None:
    """The words for an address at which nothing answers, or with an error; None for all else."""
    cause = error.__cause__
    if (response := getattr(cause, "response", None)) is not None:
        return message("address.status", status=response.status_code)
    if type(cause).__name__ != "ConnectError":
        return None
    unknown = any(sign in str(cause) for sign in ("was not found", "not known", "no address"))
    return message("address.unknown" if unknown else "address.dead")
