"""Many articles: JSON lines in, JSON lines out, in order; an interrupted run goes on where it stopped.

A line in holds `id` and the fields of `POST /summarize`; a line out holds `id` and a summary, or `id` and `problem`. What
fails fails alone. Several articles may be under way at a time, so that they share the model's passes.
"""

import json
import os
import shutil
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from filelock import FileLock, Timeout
from pydantic import ValidationError

from models.batching import EngineStopped
from service.api.problems import Problem, invalid_body, problem, problem_of
from service.api.schemas import SummarizeBody
from service.client import BUSY, ServiceError

Answer = Callable[[dict[str, Any]], dict[str, Any]]  # the fields of POST /summarize -> a summary, as JSON has it
_HIDDEN: Final = "request_id"  # there is no request behind a line
_GO_ON: Final = "What is done is kept: run the same command again to go on."
_OUTCOMES: Final = ("summary", "problem")  # the first field behind `id` in a line out


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
    except (ValueError, RecursionError) as error:
        return Line(number, number, {}, _wrong(f"The line is not JSON, or nested too deeply: {error}."))
    if not isinstance(fields, dict):
        return Line(number, number, {}, _wrong(f"An object is expected, not {type(fields).__name__}."))
    identifier = fields.pop("id", number)
    try:
        json.dumps(identifier, allow_nan=False)
    except (ValueError, RecursionError) as error:
        return Line(number, number, {}, _wrong(f"id: this cannot come back as JSON: {error}."))
    try:
        body = SummarizeBody.model_validate({**defaults, **fields})
    except ValidationError as error:
        return Line(number, identifier, {}, invalid_body(error.errors(), ""))
    return Line(number, identifier, body.model_dump(mode="json", exclude_none=True))


def _wrong(detail: str) -> Problem:
    return problem("", 422, "invalid_body", detail)


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Keeps other runs away from `output`, whose folder has to be there. Raises BatchError if one is under way."""
    target = output.resolve()
    if not target.parent.is_dir():
        raise BatchError(f"The folder of {output} does not exist.")
    path = target.with_name(f".{target.name}.lock")
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
        if not path.exists():  # a run that was just ending has taken it away
            lock.release()
            lock.acquire()
    except Timeout as error:
        raise BatchError(f"Another run is writing to {output}. Wait for its end, or name another file.") from error
    try:
        yield
    finally:
        with suppress(OSError):  # some systems keep a file that is open
            path.unlink()
        lock.release()


@dataclass(frozen=True)
class Earlier:
    """An answer that an earlier run has left: the language of a summary, or that it is a problem, and whether it may pass."""

    id: Any
    language: str | None = None
    failed: bool = False
    may_pass: bool = False


@dataclass(frozen=True)
class Finished:
    """What an earlier run has left in a file: its answers, which fill `size` bytes, and a line that was cut."""

    answers: list[Earlier]
    size: int
    cut: bytes

    @property
    def failed(self) -> int:
        """How many of the answers are problems."""
        return sum(answer.failed for answer in self.answers)


def finished(path: Path) -> Finished:
    """What `path` holds already. Raises BatchError if a line is no answer of an earlier run."""
    data = path.read_bytes() if path.exists() else b""
    size = data.rfind(b"\n") + 1
    answers = []
    for number, line in enumerate(data[:size].splitlines(), 1):
        try:
            answer = json.loads(line)
            answers.append(_earlier(answer))
            known = any(outcome in answer for outcome in _OUTCOMES)
        except (ValueError, KeyError, TypeError, RecursionError):
            known = False
        if not known:
            raise BatchError(f"{path}, line {number}, is no answer of an earlier run. Name another file.")
    return Finished(answers, size, data[size:])


def _earlier(answer: dict[str, Any]) -> Earlier:
    """The answer of a line, as far as a later run has to know it. Raises KeyError and TypeError for what is none."""
    identifier, found = answer["id"], answer.get("problem")
    if found is None:
        return Earlier(identifier, answer.get("language"))
    status, code = (found.get(name) for name in ("status", "code")) if isinstance(found, dict) else (None, None)
    here = isinstance(status, int) and status >= 500
    return Earlier(identifier, failed=True, may_pass=here or (isinstance(code, str) and code.startswith("fetch_")))


@dataclass(frozen=True)
class Work:
    """What is left to do: lines without an answer, and lines to be done again, by the place of their answers (from 0)."""

    left: list[Line]
    again: dict[int, Line]


def remaining(lines: Iterator[Line], done: Finished, output: Path, retry: bool = False) -> Work:
    """The lines whose answers are not there yet and, to `retry`, those whose problems may pass; what was cut is taken off.

    Raises BatchError, and leaves the file alone, if `output` belongs to another input or has summaries in another language.
    """
    again = {}
    for place, earlier in enumerate(done.answers):
        line = next(lines, None)
        if line is None or line.id != earlier.id:
            found = "the input ends" if line is None else f"the input has {line.id!r}"
            raise BatchError(f"{output} belongs to another input: it has {earlier.id!r} where {found}. Name another file.")
        asked = line.fields.get("language")
        if earlier.language and asked and earlier.language != asked:
            raise BatchError(
                f"{output} has the summary of {earlier.id!r} in {earlier.language!r}, and now {asked!r} is asked for. "
                "Ask for the same language, or name another file."
            )
        if retry and earlier.may_pass:
            again[place] = line
    left = list(lines)
    if done.cut:
        if not (left and _begins(done.cut, left[0].id)):
            raise BatchError(f"{output} ends with what is no answer of an earlier run. Name another file.")
        with output.open("r+b") as file:
            file.truncate(done.size)
    return Work(left, again)


def _begins(cut: bytes, identifier: Any) -> bool:
    """True if `cut` may be the beginning of the answer to the line with this id."""
    starts = [_written({"id": identifier, outcome: ""})[: -len('""}\n')] for outcome in _OUTCOMES]
    return any(cut.startswith(start) or start.startswith(cut) for start in starts)


def answered(line: Line, answer: Answer) -> dict[str, Any]:
    """The output of one line. Whatever goes wrong with its article is its own problem; only BatchError ends the run."""
    if line.wrong:
        return {"id": line.id, "problem": _plain(line.wrong)}
    try:
        return {"id": line.id, **answer(line.fields)}
    except EngineStopped as error:
        raise BatchError(f"The model has stopped. {_GO_ON}") from error
    except ServiceError as error:
        if error.problem is None or _of_the_service(error):  # not this article's fault: the next ones would fare no better
            said = str(error).rstrip(".")
            raise BatchError(f"{said}. {_GO_ON}") from error
        return {"id": line.id, "problem": {key: value for key, value in error.problem.items() if key != _HIDDEN}}
    except Exception as error:
        return {"id": line.id, "problem": _plain(problem_of(error, "")[0])}


def _of_the_service(error: ServiceError) -> bool:
    """True where the service refused to work at all: no key, or busy for longer than anybody waits."""
    refused = error.status in (401, 403, *BUSY)
    return refused and (error.problem or {}).get("code") != "urls_disabled"  # that one is said of articles with an address


def _plain(found: Problem) -> dict[str, Any]:
    return found.model_dump(exclude_none=True, exclude={_HIDDEN})


def _written(answer: dict[str, Any]) -> bytes:
    """The line of an answer."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", errors="backslashreplace") + b"\n"


def run_all(work: Work, output: Path, answer: Answer, at_once: int, stop: threading.Event) -> Generator[bool]:
    """`run` for the lines that are done again, whose answers take the places of the old ones, and then for those without one."""
    if work.again:
        yield from _run_again(work.again, output, answer, at_once, stop)
        stop.clear()
    yield from run(work.left, output, answer, at_once, stop)


def _run_again(lines: Mapping[int, Line], output: Path, answer: Answer, at_once: int, stop: threading.Event) -> Generator[bool]:
    """The new answers are collected beside `output`, which is replaced at the end, also where that comes early."""
    target = output.resolve()
    with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        collected, whole = Path(folder, "collected"), Path(folder, "whole")
        try:
            yield from run([*lines.values()], collected, answer, at_once, stop)
        finally:
            if collected.exists():
                new = [line for line in collected.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
                if new:
                    _replace(target, dict(zip(lines, new, strict=False)), whole)


def _replace(target: Path, new: Mapping[int, bytes], whole: Path) -> None:
    """Puts `new` lines into the places of old ones, all at once, by way of the file `whole`."""
    with whole.open("wb") as file:
        for place, line in enumerate(target.read_bytes().splitlines(keepends=True)):
            file.write(new.get(place, line))
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(target, whole)
    whole.replace(target)


def run(lines: Sequence[Line], output: Path, answer: Answer, at_once: int, stop: threading.Event) -> Generator[bool]:
    """Appends the answer of each line to `output`, in order, whole lines only; yields True for a summary, False for a problem.

    `answer` is called in `at_once` threads, or, for one at a time, in this one. When a run of several threads ends, also before
    its time, what is finished in order is written, and then `stop` is set, which should end the calls that are under way. Close
    the iterator to be sure of it (`contextlib.closing`).
    """
    with output.open("ab") as out:
        if at_once == 1:
            for line in lines:
                yield _write(answered(line, answer), out)
            return
        left, under_way = enumerate(lines), dict[int, Future[dict[str, Any]]]()
        threads = ThreadPoolExecutor(at_once)
        # The next line to be written and where it begins. They change together: a signal may come between any two statements.
        at = (0, out.tell())
        try:
            under_way |= {place: threads.submit(answered, line, answer) for place, line in islice(left, at_once)}
            while at[0] in under_way:
                good = _write(under_way[at[0]].result(), out)
                at = (at[0] + 1, out.tell())
                del under_way[at[0] - 1]
                under_way |= {place: threads.submit(answered, line, answer) for place, line in islice(left, 1)}
                yield good
        finally:
            try:
                _write_finished(under_way, at, out)
            finally:
                stop.set()
                threads.shutdown(cancel_futures=True)


def _write_finished(under_way: Mapping[int, Future[dict[str, Any]]], at: tuple[int, int], out: BinaryIO) -> None:
    """Writes what is finished in order. What was just being written is taken off first, so that it is not there twice."""
    place, start = at
    out.truncate(start)
    while (future := under_way.get(place)) and _succeeded(future):
        _write(future.result(), out)
        place += 1


def _write(answer: dict[str, Any], out: BinaryIO) -> bool:
    """Writes the line of an answer; True if it is a summary."""
    out.write(_written(answer))
    out.flush()
    return "problem" not in answer


def _succeeded(future: Future[dict[str, Any]]) -> bool:
    return future.done() and not future.cancelled() and not future.exception()
