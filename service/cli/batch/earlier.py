"""Reads the answers of an earlier run, and finds the work that remains."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from service.cli.batch.answers import OUTCOMES, as_line
from service.cli.batch.lines import BatchError, Line
from service.cli.output.messages import message

# Problems that come from how a run is set up: another run may not have them. The same holds for
# problems of status 5xx and for those of fetching.
_MAY_PASS: Final = ("urls_disabled", "unknown_model", "not_supported", "slow_body", "wrong_host")


@dataclass(frozen=True)
class EarlierAnswer:
    """An answer that an earlier run has left.

    `language` is that of a summary. `failed` marks a problem, `may_pass` a problem that another run
    may not have. `fingerprint` is that of the input line, in the field `digest` of the file; None
    if an older version wrote the answer.
    """

    id: Any
    language: str | None = None
    failed: bool = False
    may_pass: bool = False
    fingerprint: str | None = None

    def answers(self, line: Line) -> bool:
        """True if it may be the answer to this line as it is now."""
        return self.fingerprint in (None, line.fingerprint)

    def is_outdated(self, line: Line) -> bool:
        """True for a problem whose line was changed since.

        The id of a line that could not be read was its number.
        """
        return self.failed and not self.answers(line) and self.id in (line.id, line.number)


@dataclass(frozen=True)
class EarlierRun:
    """The answers that an earlier run has left in a file.

    Its answers fill `size` bytes. `cut` is the beginning of a line that was not finished.
    """

    answers: list[EarlierAnswer]
    size: int
    cut: bytes

    @property
    def failed(self) -> int:
        """How many of the answers are problems."""
        return sum(answer.failed for answer in self.answers)


@dataclass(frozen=True)
class Work:
    """The work that is left: lines without an answer, and lines to be done again.

    `again` is keyed by the places of the old answers, from 0.
    """

    left: list[Line]
    again: dict[int, Line]


def read_earlier_run(path: Path) -> EarlierRun:
    """The answers that `path` holds. Raises BatchError if a line is no answer of an earlier run."""
    data = path.read_bytes() if path.exists() else b""
    size = data.rfind(b"\n") + 1
    answers = []
    for number, line in enumerate(data[:size].splitlines(), 1):
        try:
            answers.append(_read_answer(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            words = message("batch.no_answer_of_a_run", path=path, number=number)
            raise BatchError(words) from error
    return EarlierRun(answers, size, data[size:])


def _read_answer(answer: dict[str, Any]) -> EarlierAnswer:
    """The answer of a line, as far as a later run needs it.

    Raises KeyError, TypeError or ValueError if the line is not an answer.
    """
    identifier, problem, fingerprint = answer["id"], answer.get("problem"), answer.get("digest")
    if not any(outcome in answer for outcome in OUTCOMES):
        raise ValueError("neither a summary nor a problem")
    if problem is None:
        return EarlierAnswer(identifier, answer.get("language"), fingerprint=fingerprint)
    may_pass = _may_pass(problem)
    return EarlierAnswer(identifier, failed=True, may_pass=may_pass, fingerprint=fingerprint)


def _may_pass(problem: Any) -> bool:
    """True for a problem that another run may not have."""
    if not isinstance(problem, dict):
        return False
    status, code = problem.get("status"), problem.get("code")
    if isinstance(status, int) and status >= 500:
        return True
    return isinstance(code, str) and (code.startswith("fetch_") or code in _MAY_PASS)


def find_work(
    lines: Iterator[Line], earlier: EarlierRun, output: Path, retry: bool = False
) -> Work:
    """Finds the lines that are left to do. Removes a cut line from the end of the output.

    These are lines without an answer, and lines with a problem that were changed since. With
    `retry`, they are also lines whose problems may pass. Raises BatchError, and leaves the file
    alone, if `output` belongs to another input or has summaries in another language.
    """
    again = {}
    for place, answer in enumerate(earlier.answers):
        line = next(lines, None)
        if line is not None and answer.is_outdated(line):
            again[place] = line
            continue
        line = _check_same_input(answer, line, output)
        if retry and answer.may_pass:
            again[place] = line
    left = list(lines)
    if earlier.cut:
        _take_off_cut_line(earlier, left, output)
    return Work(left, again)


def _check_same_input(answer: EarlierAnswer, line: Line | None, output: Path) -> Line:
    """Returns the line. Raises BatchError unless the answer is to this line, in its language."""
    identifier = repr(answer.id)
    if line is None:
        raise BatchError(message("batch.input_ends", output=output, id=identifier))
    if line.id != answer.id:
        words = message("batch.other_input", output=output, id=identifier, other=repr(line.id))
        raise BatchError(words)
    if not answer.answers(line):
        words = message("batch.changed", output=output, id=identifier, number=line.number)
        raise BatchError(words)
    asked = line.fields.get("language")
    if answer.language and asked and answer.language != asked:
        languages = {"language": repr(answer.language), "asked": repr(asked)}
        raise BatchError(message("batch.other_language", output=output, id=identifier, **languages))
    return line


def _take_off_cut_line(earlier: EarlierRun, left: Sequence[Line], output: Path) -> None:
    """Removes the cut line. Raises BatchError if it does not begin the next answer."""
    if not (left and _begins_answer(earlier.cut, left[0].id)):
        raise BatchError(message("batch.strange_end", output=output))
    with output.open("r+b") as file:
        file.truncate(earlier.size)


def _begins_answer(cut: bytes, identifier: Any) -> bool:
    """True if `cut` may be the beginning of the answer to the line with this id."""
    for outcome in OUTCOMES:
        start = as_line({"id": identifier, outcome: ""}).removesuffix(b'""}\n')
        if cut.startswith(start) or start.startswith(cut):
            return True
    return False
