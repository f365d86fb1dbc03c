"""Many articles: JSON lines in, JSON lines out, in order; an interrupted run goes on where it
stopped.

A line in holds `id`, the fields of `POST /summarize` and, as `meta`, what else should come back; a
line out holds `id`, a summary or `problem`, `meta`, and a `digest` of its line in, so that the
answer to another line is never taken for its own. What fails fails alone. Several articles may be
under way at a time, so that they share the model's passes.
"""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from filelock import FileLock, Timeout
from pydantic import ValidationError

from models.batching import EngineStopped
from models.engine import NotSupported
from service.api.contract.problems import Problem, invalid_body, problem, problem_of
from service.api.contract.schemas import SummarizeBody
from service.cli.client import BUSY, ServiceError
from service.cli.output.messages import message
from service.text.charsets import LONGEST_MARK, detect_marked_charset

Answer = Callable[
    [dict[str, Any]], dict[str, Any]
]  # the fields of POST /summarize -> a summary, as JSON has it
_WIDE: Final = ("utf-16", "utf-32")
_HIDDEN: Final = "request_id"  # there is no request behind a line
STOP_SECONDS: Final = 1.0  # in which calls under way may end when a run ends before its time
_OUTCOMES: Final = ("summary", "problem")  # the first field behind `id` in a line out
_OWN: Final = ("meta",)  # fields that are the user's own
_DIGITS: Final = 16  # hexadecimal ones of a line's digest
# Problems of how a run is set up, beside those of status 5xx and those of fetching: another run may
# not have them.
_MAY_PASS: Final = ("urls_disabled", "unknown_model", "not_supported")


class BatchError(Exception):
    """The run cannot begin or go on. The message names the file and what to do."""


@dataclass(frozen=True)
class Line:
    """One line of the input: its number, its `id` (the number if it has none), its fields or what
    is wrong with it, a digest of what it says, whatever the order of its fields, the options of the
    command and its `id`, and what comes back as it is."""

    number: int
    id: Any
    fields: dict[str, Any]
    wrong: Problem | None = None
    digest: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)


def read_lines(path: Path, defaults: dict[str, Any]) -> Iterator[Line]:
    """The lines of `path` that are not blank, one after the other; `defaults` fill fields that a
    line does not name.

    Raises BatchError for a file that holds something else than lines of text.
    """
    number = 0
    for line in _raw_lines(path):
        if line.strip():
            number += 1
            yield _line(number, line, defaults)


def _raw_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as raw:
        start = raw.read(LONGEST_MARK)
        if start.startswith(b"\x1f\x8b"):
            raise BatchError(message("batch.gzip", path=path))
        if detect_marked_charset(start) in _WIDE or start.startswith(
            (b"[{", b"[\n", b"[\r\n", b"[ ")
        ):
            raise BatchError(
                message("batch.array" if start.startswith(b"[") else "batch.wide", path=path)
            )
        raw.seek(0)
        yield from raw


def _line(number: int, raw: bytes, defaults: dict[str, Any]) -> Line:
    broken = _digest(raw.strip())
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return Line(
            number,
            number,
            {},
            _wrong(f"The line is not JSON, or nested too deeply: {error}."),
            broken,
        )
    if not isinstance(fields, dict):
        return Line(
            number,
            number,
            {},
            _wrong(f"An object is expected, not {type(fields).__name__}."),
            broken,
        )
    identifier = fields.pop("id", number)
    own = {name: fields[name] for name in _OWN if name in fields}
    try:
        json.dumps([identifier, own], allow_nan=False)
        digest = _digest(json.dumps(fields, sort_keys=True).encode())
    except (ValueError, RecursionError) as error:
        return Line(
            number,
            number,
            {},
            _wrong(f"id or meta: this cannot come back as JSON: {error}."),
            broken,
        )
    asked = defaults | {name: value for name, value in fields.items() if name not in _OWN}
    try:
        body = SummarizeBody.model_validate(asked)
    except ValidationError as error:
        return Line(number, identifier, {}, invalid_body(error.errors(), ""), digest, own)
    return Line(
        number, identifier, body.model_dump(mode="json", exclude_none=True), None, digest, own
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def _wrong(detail: str) -> Problem:
    return problem("", 422, "invalid_body", detail)


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Keeps other runs away from `output`, whose folder has to be there. Raises BatchError if one
    is under way."""
    target = output.resolve()
    if not target.parent.is_dir():
        raise BatchError(message("batch.no_folder", output=output))
    path = target.with_name(f".{target.name}.lock")
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
        if not path.exists():  # a run that was just ending has taken it away
            lock.release()
            lock.acquire()
    except Timeout as error:
        raise BatchError(message("batch.locked", output=output)) from error
    try:
        yield
    finally:
        with suppress(OSError):  # some systems keep a file that is open
            path.unlink()
        lock.release()


@dataclass(frozen=True)
class Earlier:
    """An answer that an earlier run has left: the language of a summary, or that it is a problem,
    and whether it may pass; and the digest of the line that it answers, None where it is of a
    version that wrote none."""

    id: Any
    language: str | None = None
    failed: bool = False
    may_pass: bool = False
    digest: str | None = None

    def answers(self, line: Line) -> bool:
        """True if it may be the answer to this line as it is now."""
        return self.digest in (None, line.digest)

    def is_mended(self, line: Line) -> bool:
        """If it is a problem and the line says something else by now. One that could not be read
        has its number for an id."""
        return self.failed and not self.answers(line) and self.id in (line.id, line.number)


@dataclass(frozen=True)
class Finished:
    """What an earlier run has left in a file: its answers, which fill `size` bytes, and a line that
    was cut."""

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
            raise BatchError(message("batch.no_answer_of_a_run", path=path, number=number))
    return Finished(answers, size, data[size:])


def _earlier(answer: dict[str, Any]) -> Earlier:
    """The answer of a line, as far as a later run has to know it. Raises KeyError and TypeError for
    what is none."""
    identifier, found, digest = answer["id"], answer.get("problem"), answer.get("digest")
    if found is None:
        return Earlier(identifier, answer.get("language"), digest=digest)
    status, code = (
        (found.get(name) for name in ("status", "code"))
        if isinstance(found, dict)
        else (None, None)
    )
    may_pass = isinstance(status, int) and status >= 500
    may_pass = may_pass or (
        isinstance(code, str) and (code.startswith("fetch_") or code in _MAY_PASS)
    )
    return Earlier(identifier, failed=True, may_pass=may_pass, digest=digest)


@dataclass(frozen=True)
class Work:
    """What is left to do: lines without an answer, and lines to be done again, by the place of
    their answers (from 0)."""

    left: list[Line]
    again: dict[int, Line]


def remaining(lines: Iterator[Line], done: Finished, output: Path, retry: bool = False) -> Work:
    """The lines whose answers are not there yet, those that had a problem and were changed since,
    and, to `retry`, those whose problems may pass; what was cut is taken off.

    Raises BatchError, and leaves the file alone, if `output` belongs to another input or has
    summaries in another language.
    """
    again = {}
    for place, earlier in enumerate(done.answers):
        line = next(lines, None)
        if line is not None and earlier.is_mended(line):
            again[place] = line
            continue
        if line is None or line.id != earlier.id:
            name = "batch.input_ends" if line is None else "batch.other_input"
            other = repr(line.id) if line else ""
            raise BatchError(message(name, output=output, id=repr(earlier.id), other=other))
        if not earlier.answers(line):
            raise BatchError(
                message("batch.changed", output=output, id=repr(earlier.id), number=line.number)
            )
        asked = line.fields.get("language")
        if earlier.language and asked and earlier.language != asked:
            values = {
                "id": repr(earlier.id),
                "language": repr(earlier.language),
                "asked": repr(asked),
            }
            raise BatchError(message("batch.other_language", output=output, **values))
        if retry and earlier.may_pass:
            again[place] = line
    left = list(lines)
    if done.cut:
        if not (left and _begins(done.cut, left[0].id)):
            raise BatchError(message("batch.strange_end", output=output))
        with output.open("r+b") as file:
            file.truncate(done.size)
    return Work(left, again)


def _begins(cut: bytes, identifier: Any) -> bool:
    """True if `cut` may be the beginning of the answer to the line with this id."""
    starts = [_written({"id": identifier, outcome: ""})[: -len('""}\n')] for outcome in _OUTCOMES]
    return any(cut.startswith(start) or start.startswith(cut) for start in starts)


def answered(line: Line, answer: Answer) -> dict[str, Any]:
    """The output of one line. Whatever goes wrong with its article is its own problem; only
    BatchError, and NotSupported for what the model cannot do, end the run."""
    return {"id": line.id, **_outcome(line, answer), **line.own, "digest": line.digest}


def _outcome(line: Line, answer: Answer) -> dict[str, Any]:
    if line.wrong:
        return {"problem": _plain(line.wrong)}
    try:
        return answer(line.fields)
    except NotSupported:
        raise
    except EngineStopped as error:
        raise BatchError(f"{message('batch.model_stopped')} {message('batch.go_on')}") from error
    except ServiceError as error:
        if error.problem is None or _of_the_service(
            error
        ):  # not this article's fault: the next ones would fare no better
            raise BatchError(f"{str(error).rstrip('.')}. {message('batch.go_on')}") from error
        return {"problem": {key: value for key, value in error.problem.items() if key != _HIDDEN}}
    except Exception as error:
        if isinstance(error, OSError) and not isinstance(
            error, TimeoutError
        ):  # of this machine: a full disk, certificates
            raise BatchError(f"{error}. {message('batch.go_on')}") from error
        return {"problem": _plain(problem_of(error, "")[0])}


def _of_the_service(error: ServiceError) -> bool:
    """True where the service refused to work at all: no key, or busy for longer than anybody
    waits."""
    refused = error.status in (401, 403, *BUSY)
    return (
        refused and (error.problem or {}).get("code") != "urls_disabled"
    )  # that one is said of articles with an address


def _plain(found: Problem) -> dict[str, Any]:
    return found.model_dump(exclude_none=True, exclude={_HIDDEN})


def _written(answer: dict[str, Any]) -> bytes:
    """The line of an answer."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", errors="backslashreplace") + b"\n"


def run_all(
    work: Work, output: Path, answer: Answer, at_once: int, stop: threading.Event
) -> Generator[bool]:
    """`run` for the lines that are done again, whose answers take the places of the old ones, and
    then for those without one."""
    if work.again:
        yield from _run_again(work.again, output, answer, at_once, stop)
        stop.clear()
    yield from run(work.left, output, answer, at_once, stop)


def _run_again(
    lines: Mapping[int, Line], output: Path, answer: Answer, at_once: int, stop: threading.Event
) -> Generator[bool]:
    """New answers are collected beside `output` and put in place at the end of this run, or by the
    next one if it is killed."""
    old = output.read_bytes().splitlines()
    collected = _collected(output)
    places = {place: _digest(old[place]) for place in lines}
    collected.write_text(json.dumps(places) + "\n", encoding="utf-8")
    shutil.copymode(output, collected)
    try:
        yield from run([*lines.values()], collected, answer, at_once, stop)
    finally:
        take_up(output)


def _collected(output: Path) -> Path:
    """Where answers to lines that are done again are kept until they are put in place: behind a
    line with the places, and the digests of the answers that are there."""
    target = output.resolve()
    return target.with_name(f".{target.name}.again")


def take_up(output: Path) -> None:
    """Puts the new answers of a run that did lines again in the places of the old ones, all at
    once. For who has it `locked`."""
    target, collected = output.resolve(), _collected(output)
    if not collected.exists():
        return
    first, *new = [
        line for line in collected.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")
    ] or [b"{}"]
    lines = target.read_bytes().splitlines(keepends=True) if target.exists() else []
    for (place, digest), line in zip(json.loads(first).items(), new, strict=False):
        at = int(place)
        if (
            at < len(lines) and _digest(lines[at].rstrip(b"\n")) == digest
        ):  # else it is another file by now
            lines[at] = line
    if new and lines:
        whole = target.with_name(f".{target.name}.whole")
        with whole.open("wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, whole)
        whole.replace(target)
    collected.unlink()


def run(
    lines: Sequence[Line], output: Path, answer: Answer, at_once: int, stop: threading.Event
) -> Generator[bool]:
    """Appends the answer of each line to `output`, in order, whole lines only; yields True for a
    summary, False for a problem.

    `answer` is called in `at_once` threads, or, for one at a time, in this one. When a run of
    several threads ends, also before its time, what is finished in order is written, and then
    `stop` is set, which should end the calls that are under way. Close the iterator to be sure of
    it (`contextlib.closing`).
    """
    with output.open("ab") as out:
        if at_once == 1:
            for line in lines:
                yield _write(answered(line, answer), out)
            return
        left, under_way = enumerate(lines), dict[int, Future[dict[str, Any]]]()
        threads = ThreadPoolExecutor(at_once)
        # The next line to be written and where it begins. They change together: a signal may come
        # between any two statements.
        at = (0, out.tell())
        try:
            under_way |= {
                place: threads.submit(answered, line, answer)
                for place, line in islice(left, at_once)
            }
            while at[0] in under_way:
                good = _write(under_way[at[0]].result(), out)
                at = (at[0] + 1, out.tell())
                del under_way[at[0] - 1]
                under_way |= {
                    place: threads.submit(answered, line, answer) for place, line in islice(left, 1)
                }
                yield good
        finally:
            try:
                _write_finished(under_way, at, out)
            finally:
                stop.set()
                _shut_down(threads)


def _shut_down(threads: ThreadPoolExecutor) -> None:
    """Waits for calls that are under way, but not as long as a service may take for its answer."""
    ending = threading.Thread(target=threads.shutdown, kwargs={"cancel_futures": True}, daemon=True)
    ending.start()
    ending.join(STOP_SECONDS)


def _write_finished(
    under_way: Mapping[int, Future[dict[str, Any]]], at: tuple[int, int], out: BinaryIO
) -> None:
    """Writes what is finished in order. What was just being written is taken off first, so that it
    is not there twice."""
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
