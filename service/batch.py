"""Many articles: JSON lines in, JSON lines out, in order; an interrupted run goes on where it stopped.

A line in holds `id` and the fields of `POST /summarize`; a line out holds `id` and a summary, or `id` and `problem`. What
fails fails alone.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from service.api.problems import Problem, invalid_body, problem, problem_of
from service.api.schemas import SummarizeBody
from service.client import ServiceError

Answer = Callable[[dict[str, Any]], dict[str, Any]]  # the fields of POST /summarize -> a summary, as JSON has it
_HIDDEN: Final = "request_id"  # there is no request behind a line


class BatchError(Exception):
    """The run cannot begin or go on. The message names the file and what to do."""


@dataclass(frozen=True)
class Line:
    """One line of the input: its number, its `id` (the number if it has none), and its fields or what is wrong with it."""

    number: int
    id: Any
    fields: dict[str, Any]
    wrong: Problem | None = None


def read_lines(path: Path, defaults: dict[str, Any]) -> Iterator[Line]:
    """The lines of `path` that are not blank, one after the other; `defaults` fill fields that a line does not name."""
    with path.open("rb") as raw:
        number = 0
        for line in raw:
            if line.strip():
                number += 1
                yield _line(number, line, defaults)


def _line(number: int, raw: bytes, defaults: dict[str, Any]) -> Line:
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except ValueError as error:
        return Line(number, number, {}, _wrong(f"The line is not JSON: {error}."))
    if not isinstance(fields, dict):
        return Line(number, number, {}, _wrong(f"An object is expected, not {type(fields).__name__}."))
    identifier = fields.pop("id", number)
    try:
        body = SummarizeBody.model_validate({**defaults, **fields})
    except ValidationError as error:
        return Line(number, identifier, {}, invalid_body(error.errors(), ""))
    return Line(number, identifier, body.model_dump(mode="json", exclude_none=True))


def _wrong(detail: str) -> Problem:
    return problem("", 422, "invalid_body", detail)


def finished_ids(path: Path) -> list[Any]:
    """The ids of the answers that `path` holds already; a last line that was cut in the middle is taken off the file.

    Raises BatchError if a line is no answer of an earlier run.
    """
    if not path.exists():
        return []
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    ids = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            ids.append(json.loads(line)["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise BatchError(f"{path}, line {number}, is no answer of an earlier run. Name another file.") from error
    if len(whole) < len(data):
        with path.open("r+b") as output:
            output.truncate(len(whole))
    return ids


def remaining(lines: Iterator[Line], done: list[Any], output: Path) -> Iterator[Line]:
    """The lines whose answers are not there yet. Raises BatchError if `output` belongs to another input."""
    for identifier in done:
        line = next(lines, None)
        if line is None or line.id != identifier:
            found = "the input ends" if line is None else f"the input has {line.id!r}"
            raise BatchError(f"{output} belongs to another input: it has {identifier!r} where {found}. Name another file.")
    yield from lines


def answered(line: Line, answer: Answer) -> dict[str, Any]:
    """The output of one line. Whatever goes wrong with its article is its own problem; only BatchError ends the run."""
    if line.wrong:
        return {"id": line.id, "problem": _plain(line.wrong)}
    try:
        return {"id": line.id, **answer(line.fields)}
    except (BatchError, KeyboardInterrupt):
        raise
    except ServiceError as error:
        if error.problem is None:  # not this article's fault, and the next ones would fare no better
            raise BatchError(f"{error}. What is done is kept: run the same command again to go on.") from error
        return {"id": line.id, "problem": {key: value for key, value in error.problem.items() if key != _HIDDEN}}
    except Exception as error:
        return {"id": line.id, "problem": _plain(problem_of(error, "")[0])}


def _plain(found: Problem) -> dict[str, Any]:
    return found.model_dump(exclude_none=True, exclude={_HIDDEN})


def run(lines: Iterator[Line], output: Path, answer: Answer) -> Iterator[bool]:
    """Appends the answer of each line to `output`, whole lines only; yields True for a summary, False for a problem."""
    with output.open("ab") as out:
        for line in lines:
            found = answered(line, answer)
            out.write(json.dumps(found, ensure_ascii=False).encode("utf-8", errors="backslashreplace") + b"\n")
            out.flush()
            yield "problem" not in found
