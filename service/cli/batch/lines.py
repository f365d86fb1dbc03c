"""Reads the input: one article a line."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from service.api.contract.problems import Problem, invalid_body, problem
from service.api.contract.requests import SummarizeBody
from service.cli.output.messages import message
from service.text.charsets import LONGEST_MARK, detect_marked_charset

_WIDE: Final = ("utf-16", "utf-32")
_GZIP: Final = b"\x1f\x8b"
# How a file begins that holds one JSON array instead of lines.
_ARRAYS: Final = (b"[{", b"[\n", b"[\r\n", b"[ ")
_OWN: Final = ("meta",)  # Fields that come back as they are.
_DIGITS: Final = 16  # Hexadecimal digits of a line's fingerprint.


class BatchError(Exception):
    """The run cannot begin or go on. The message names the file and what to do."""


@dataclass(frozen=True)
class Line:
    """One line of the input.

    `id` is the line's number if it names no id. `wrong` says what is wrong with its fields.
    `fingerprint` covers its fields in any order, but neither its `id` nor the options of the
    command. `own` comes back unchanged.
    """

    number: int
    id: Any
    fields: dict[str, Any]
    wrong: Problem | None = None
    fingerprint: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)


def read_lines(path: Path, defaults: dict[str, Any]) -> Iterator[Line]:
    """The lines of `path` that are not blank, one after the other.

    `defaults` fill the fields that a line does not name. Raises BatchError for a file that does not
    hold lines of text.
    """
    number = 0
    for raw in _raw_lines(path):
        if raw.strip():
            number += 1
            yield read_line(number, raw, defaults)


def _raw_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        refuse_other_formats(file.read(LONGEST_MARK), path)
        file.seek(0)
        yield from file


def refuse_other_formats(start: bytes, path: Path | str) -> None:
    """Raises BatchError for a file that, by its `start` of LONGEST_MARK bytes, holds no lines."""
    if start.startswith(_GZIP):
        raise BatchError(message("batch.gzip", path=path))
    if start.startswith(_ARRAYS):
        raise BatchError(message("batch.array", path=path))
    if detect_marked_charset(start) in _WIDE:
        raise BatchError(message("batch.wide", path=path))


def read_line(number: int, raw: bytes, defaults: dict[str, Any]) -> Line:
    """The line `number` of the input. `defaults` are as in `read_lines`."""
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return _broken_line(number, raw, f"The line is not JSON, or nested too deeply: {error}.")
    if not isinstance(fields, dict):
        kind = type(fields).__name__
        return _broken_line(number, raw, f"An object is expected, not {kind}.")
    identifier = fields.pop("id", number)
    own = {name: fields[name] for name in _OWN if name in fields}
    try:
        json.dumps([identifier, own], allow_nan=False)
        fingerprint = fingerprint_of(json.dumps(fields, sort_keys=True).encode())
    except (ValueError, RecursionError) as error:
        return _broken_line(number, raw, f"id or meta: this cannot come back as JSON: {error}.")
    asked = defaults | {name: value for name, value in fields.items() if name not in _OWN}
    try:
        body = SummarizeBody.model_validate(asked)
    except ValidationError as error:
        return Line(number, identifier, {}, invalid_body(error.errors(), ""), fingerprint, own)
    valid = body.model_dump(mode="json", exclude_none=True)
    return Line(number, identifier, valid, None, fingerprint, own)


def _broken_line(number: int, raw: bytes, detail: str) -> Line:
    """A line that cannot be read. Its number is its id."""
    wrong = problem("", 422, "invalid_body", detail)
    return Line(number, number, {}, wrong, fingerprint_of(raw.strip()))


def fingerprint_of(content: bytes) -> str:
    """The fingerprint of a line."""
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
