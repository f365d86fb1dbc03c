"""Answers one line: a summary, or what went wrong with its article."""

import json
from typing import Any, Final

from models.batching import EngineStopped
from models.engine import NotSupported
from service.api.contract.problems import Problem, problem_of
from service.cli.answering import Answerer
from service.cli.batch.lines import BatchError, Line
from service.cli.client import BUSY, ServiceError
from service.cli.output.errors import explain_error
from service.cli.output.messages import message

OUTCOMES: Final = ("summary", "problem")  # The first field after `id` in an output line.
_HIDDEN: Final = "request_id"  # A line has no request of its own.


def answer_line(line: Line, answer: Answerer) -> dict[str, Any]:
    """The answer to one line, as it is written.

    An error of its article becomes the problem of its answer. Two errors end the run: BatchError,
    and NotSupported for what the model cannot do.
    """
    return {"id": line.id, **_outcome(line, answer), **line.own, "digest": line.fingerprint}


def _outcome(line: Line, answer: Answerer) -> dict[str, Any]:
    if line.wrong:
        return {"problem": _without_request(line.wrong)}
    try:
        return answer(line.fields)
    except NotSupported:
        raise
    except EngineStopped as error:
        raise _end_of_run(message("batch.model_stopped")) from error
    except ServiceError as error:
        # The error is not about the article, so the next articles would fare no better.
        if error.problem is None or _is_of_the_service(error):
            raise _end_of_run(f"{explain_error(error).rstrip('.')}.") from error
        shown = {name: value for name, value in error.problem.items() if name != _HIDDEN}
        return {"problem": shown}
    except Exception as error:
        if _is_of_this_machine(error):
            raise _end_of_run(f"{explain_error(error).rstrip('.')}.") from error
        body, _ = problem_of(error, "")
        return {"problem": _without_request(body)}


def _end_of_run(reason: str) -> BatchError:
    return BatchError(f"{reason} {message('batch.go_on')}")


def _is_of_the_service(error: ServiceError) -> bool:
    """True if the service refuses all work: it wants a key or another host, or is too busy."""
    refuses = error.status in (401, 403, 421, *BUSY)
    # This code, also a 403, is about an article that is given by its address.
    return refuses and (error.problem or {}).get("code") != "urls_disabled"


def _is_of_this_machine(error: Exception) -> bool:
    """True for errors like a full disk, or certificates that cannot be read."""
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)


def _without_request(body: Problem) -> dict[str, Any]:
    return body.model_dump(exclude_none=True, exclude={_HIDDEN})


def as_line(answer: dict[str, Any]) -> bytes:
    """The line of an answer, in UTF-8."""
    text = json.dumps(answer, ensure_ascii=False)
    return text.encode("utf-8", errors="backslashreplace") + b"\n"
