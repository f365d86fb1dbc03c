"""Explains errors to the user of the command line: what went wrong, and what to do."""

import re
import sys
from typing import Any, Final

from models.wording import WordedError
from service.cli.output.messages import find_message, message
from service.cli.output.reasons import word_error, word_reason, word_system_error

_DETECTED: Final = re.compile(r"looks like '(\w+)'")  # In the detail of the problem `not_french`.

# The beginning of a message of `service/fetch/client.py` on certificates.
_CERTIFICATES: Final = re.compile(r"the certificates that (\w+) names")


class SourceError(Exception):
    """A file, or standard input, cannot be read as an article. The message says what to do."""


def known_errors() -> tuple[type[Exception], ...]:
    """The errors that concern a single source, so that the next source can be tried.

    A module that was never imported cannot have raised its error, and is not imported here.
    """
    from models.engine import ModelError

    known: list[type[Exception]] = [ModelError, OSError, SourceError]
    for module, name in (
        ("cli.client", "ServiceError"),
        ("reading.article", "ArticleError"),
        ("fetch.errors", "FetchError"),
    ):
        if loaded := sys.modules.get(f"service.{module}"):
            known.append(getattr(loaded, name))
    return tuple(known)


def problem_of(error: Exception, words: str) -> dict[str, Any]:
    """The problem that `--json` prints for a source without a summary.

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
    if code:
        detail = word_error(error) if isinstance(error, WordedError) else str(error)
        return explain_problem({"code": code, "detail": detail})
    if isinstance(error, OSError):
        return _explain_system_error(error)
    return word_error(error) if isinstance(error, WordedError) else str(error)


def explain_problem(problem: dict[str, Any]) -> str:
    """The message for a problem. In English it is the problem's own detail."""
    words = find_message(f"problem.{problem['code']}") or message("problem.other")
    return words.replace("{detail}", problem["detail"])


def _explain_system_error(error: OSError) -> str:
    certificates = _CERTIFICATES.match(error.strerror or "")
    if not certificates:
        return word_system_error(error)
    reason = word_reason(error.__cause__ or error)
    values = {"source": certificates[1], "path": error.filename, "reason": reason}
    return message("address.certificates", **values)


def _explain_address(error: Exception) -> str | None:
    """The message for an address that does not answer, or answers with an error; else None."""
    from service.fetch.errors import FetchError

    cause = error.__cause__
    if (response := getattr(cause, "response", None)) is not None:
        return message("address.status", status=response.status_code)
    if not isinstance(error, FetchError) or not error.is_unconnected:
        return None
    return message("address.unknown" if error.names_no_host else "address.dead")
