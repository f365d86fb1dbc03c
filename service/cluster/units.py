"""Divides files of articles into units of rows, and reads the rows of one unit.

A unit is answered as a whole, so the units without an answer are the work that is left. A row keeps
its number however many machines share the work.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet
from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem

from service.text.charsets import LONGEST_MARK

# Two cores answer so many rows in a minute. A run that is killed loses less than a unit of each
# actor.
UNIT_ROWS: Final = 100
PARQUET: Final = "parquet"
JSON_LINES: Final = ("jsonl", "ndjson")
_CHUNK_BYTES: Final = 1 << 22
_NO_TEXT: Final = b"\xff"  # Stands for a row that cannot be read. It is no UTF-8, so it is refused.
# The last bytes of a Parquet file say where its columns lie, and between which values. The
# fingerprint takes them for the whole file.
_TAIL_BYTES: Final = 1 << 16


class NoRows(Exception):
    """The input holds no files of rows. The message is its name."""


@dataclass(frozen=True)
class Unit:
    """Consecutive rows of one file.

    `start` and `size` count bytes of JSON lines, or rows of Parquet. `first` is the number of the
    unit's first row among all rows of the input, from 1. `rows` is how many rows the unit has.
    """

    path: str
    start: int
    size: int
    first: int
    rows: int


@dataclass(frozen=True)
class Input:
    """All units of an input, in order, and a fingerprint of its rows and of their division."""

    units: Sequence[Unit]
    fingerprint: str
    kind: str


def make_absolute(name: str) -> str:
    """Returns a path or an address (`s3://…`) that means the same place in every process."""
    return name if "://" in name else str(Path(name).resolve())


def open_place(name: str) -> tuple[Any, str]:
    """Returns the file system of a path or an address, and the path in that file system."""
    if "://" in name:
        system, path = FileSystem.from_uri(name)
        return system, path
    return LocalFileSystem(), make_absolute(name)


def read_starts(source: str) -> Iterator[tuple[str, bytes]]:
    """The first LONGEST_MARK bytes of each file of JSON lines, by its path.

    Raises NoRows, and OSError.
    """
    system, _ = open_place(source)
    for path in _list_files(source):
        if not path.endswith(f".{PARQUET}"):
            with system.open_input_file(path) as file:
                yield path, file.read(LONGEST_MARK)


def divide(source: str) -> Input:
    """The units of a file, or of all files of a folder in the order of their names.

    Reads files of JSON lines to their end. Raises NoRows, and OSError.
    """
    system, _ = open_place(source)
    paths = _list_files(source)
    kind = PARQUET if paths[0].endswith(f".{PARQUET}") else JSON_LINES[0]
    find_units = _divide_parquet if kind == PARQUET else _divide_lines
    fingerprint = hashlib.sha256()
    units: list[Unit] = []
    for path in paths:
        first = units[-1].first + units[-1].rows if units else 1
        with system.open_input_file(path) as file:
            units += find_units(path, file, first, fingerprint)
    if not units:
        raise NoRows(source)
    # The fingerprint includes the division: the same rows in other files, or in units of another
    # size, are another input.
    fingerprint.update(repr([unit.first for unit in units]).encode())
    return Input(units, fingerprint.hexdigest(), kind)


def _list_files(source: str) -> list[str]:
    """Returns a file, or all files of one kind in a folder: Parquet first. Raises NoRows."""
    system, path = open_place(source)
    info = system.get_file_info(path)
    if info.type == FileType.File:
        return [path]
    if info.type != FileType.Directory:
        raise NoRows(source)
    files = [each for each in system.get_file_info(FileSelector(path)) if each.is_file]
    for kinds in ((PARQUET,), JSON_LINES):
        if paths := sorted(each.path for each in files if each.extension in kinds):
            return paths
    raise NoRows(source)


def _divide_lines(path: str, file: Any, first: int, fingerprint: Any) -> Iterator[Unit]:
    """The units of a file of JSON lines. Blank lines are no rows."""
    start, end, rows = 0, 0, 0
    for line in _lines(file):
        fingerprint.update(line)
        end += len(line)
        rows += bool(line.strip())
        if rows == UNIT_ROWS:
            yield Unit(path, start, end - start, first, rows)
            start, first, rows = end, first + rows, 0
    if rows:
        yield Unit(path, start, end - start, first, rows)


def _lines(file: Any) -> Iterator[bytes]:
    """Yields the lines of a file with their line ends."""
    rest = b""
    while chunk := file.read(_CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


def _divide_parquet(path: str, file: Any, first: int, fingerprint: Any) -> Iterator[Unit]:
    """Yields the units of a Parquet file. No unit crosses the end of a row group."""
    file.seek(max(0, file.size() - _TAIL_BYTES))
    fingerprint.update(f"{file.size()} ".encode() + file.read())
    metadata = pyarrow.parquet.ParquetFile(file).metadata
    start = 0
    for group in range(metadata.num_row_groups):
        end = start + metadata.row_group(group).num_rows
        while start < end:
            rows = min(UNIT_ROWS, end - start)
            yield Unit(path, start, rows, first, rows)
            start, first = start + rows, first + rows


def read_rows(source: str, unit: Unit) -> list[bytes]:
    """The rows of a unit, each as a line of JSON. `source` names the file system."""
    system, _ = open_place(source)
    with system.open_input_file(unit.path) as file:
        if unit.path.endswith(f".{PARQUET}"):
            return _read_parquet(file, unit)
        file.seek(unit.start)
        return [line for line in file.read(unit.size).split(b"\n") if line.strip()]


def _as_json(row: dict[str, Any]) -> bytes:
    """A row of Parquet as a line of JSON. Fields without a value are left out."""
    fields = {name: value for name, value in row.items() if value is not None}
    line = json.dumps(fields, ensure_ascii=False, default=_as_text)
    return line.encode(errors="surrogateescape")


def _as_text(value: Any) -> str:
    """Returns a value as text. Bytes that are not UTF-8 stay so in the line, which is refused."""
    if isinstance(value, bytes):
        return value.decode(errors="surrogateescape")
    return str(value)


def _as_lines(batch: Any) -> list[bytes]:
    """The rows of a batch, each as a line of JSON."""
    try:
        return [_as_json(row) for row in batch.to_pylist()]
    except UnicodeDecodeError:
        if batch.num_rows == 1:
            return [_NO_TEXT]
    single_rows = (batch.slice(number, 1) for number in range(batch.num_rows))
    return [line for row in single_rows for line in _as_lines(row)]


def _read_parquet(file: Any, unit: Unit) -> list[bytes]:
    """Returns the rows of a unit. The unit's row group is read from the group's beginning."""
    parquet = pyarrow.parquet.ParquetFile(file)
    skipped = unit.start
    group = 0
    while skipped >= parquet.metadata.row_group(group).num_rows:
        skipped -= parquet.metadata.row_group(group).num_rows
        group += 1
    rows: list[bytes] = []
    for batch in parquet.iter_batches(batch_size=UNIT_ROWS, row_groups=[group]):
        rows += _as_lines(batch.slice(min(skipped, batch.num_rows)))
        skipped -= min(skipped, batch.num_rows)
        if len(rows) >= unit.size:
            break
    return rows[: unit.size]
