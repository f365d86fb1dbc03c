"""The output folder of a run of `breve bulk`: a file of answers for each unit."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow
import pyarrow.parquet
from pyarrow.fs import FileSelector, FileType

from service.cluster.units import PARQUET, Input, Unit, open_place

Answer = dict[str, Any]

_RUN: Final = "_run.json"  # Names the input and the options of the answers.
_UNFINISHED: Final = ".unfinished"
# Tries of a unit, or of a row, are counted up to this number.
NOTED_TRIES: Final = 2
_COLUMNS: Final = {
    "number": pyarrow.int64(),
    "id": pyarrow.string(),
    "summary": pyarrow.string(),
    "problem": pyarrow.string(),
    "answer": pyarrow.string(),
}


class OtherRun(Exception):
    """The output holds other files, or the answers to another input or with other options."""


class Output:
    """The folder of a run: a file for each unit. The files' names sort in the order of the rows."""

    def __init__(self, name: str, kind: str) -> None:
        self._system, self._path = open_place(name)
        self._kind = kind

    def begin(self, source: Input, options: Mapping[str, Any]) -> Sequence[Unit]:
        """Returns the units that have no file of answers yet. Raises OtherRun, and OSError."""
        run = json.dumps({"input": source.fingerprint, "options": options}, sort_keys=True).encode()
        self._system.create_dir(self._path)
        files = {name for name in self._list() if not name.endswith(_UNFINISHED)}
        if self._read(_RUN) != run:
            if files - {_RUN}:
                raise OtherRun
            self._write(_RUN, run)
        return [unit for unit in source.units if self._name(unit) not in files]

    def end(self) -> None:
        """Removes unfinished files that killed runs have left behind. Answers stay."""
        for name in self._list():
            if name.endswith(_UNFINISHED):
                self._system.delete_file(f"{self._path}/{name}")

    def write_answers(self, unit: Unit, answers: Sequence[Answer]) -> None:
        """Writes the file of a unit."""
        pack = _as_parquet if self._kind == PARQUET else _as_lines
        self._write(self._name(unit), pack(unit, answers))

    def note_try(self, unit: Unit, row: int | None = None) -> int:
        """Notes that a try of a unit, or of one of its rows, begins.

        Returns how many earlier tries began and did not end, NOTED_TRIES at most.
        """
        paths = self._tries(unit, row)
        tries = self._count(paths)
        if tries < NOTED_TRIES:
            with self._system.open_output_stream(paths[tries]):
                pass
        return tries

    def forget_tries(self, unit: Unit, row: int | None = None) -> None:
        """Notes that a unit, or one of its rows, has been answered."""
        paths = self._tries(unit, row)
        for path in paths[: self._count(paths)]:
            self._system.delete_file(path)

    def _tries(self, unit: Unit, row: int | None = None) -> list[str]:
        begun = self._name(unit) if row is None else f"{self._name(unit)}.row-{row}"
        return [f"{self._path}/{begun}.try-{n}{_UNFINISHED}" for n in range(NOTED_TRIES)]

    def _count(self, paths: Sequence[str]) -> int:
        """Returns how many of the files exist."""
        infos = self._system.get_file_info(paths)
        return sum(info.type != FileType.NotFound for info in infos)

    def _write(self, name: str, content: bytes) -> None:
        """Writes a file whole or not at all, also where two machines write it at once."""
        path = f"{self._path}/{name}"
        unfinished = f"{path}.{uuid.uuid4().hex}{_UNFINISHED}"
        with self._system.open_output_stream(unfinished) as file:
            file.write(content)
        try:
            self._system.move(unfinished, path)
        except OSError:
            if not self._count([path]):
                raise
            # On HDFS, a move does not replace a file.
            self._system.delete_file(path)
            self._system.move(unfinished, path)

    def _name(self, unit: Unit) -> str:
        return f"part-{unit.first:09}.{self._kind}"

    def _list(self) -> set[str]:
        files = self._system.get_file_info(FileSelector(self._path))
        return {file.base_name for file in files if file.is_file}

    def _read(self, name: str) -> bytes | None:
        path = f"{self._path}/{name}"
        if self._system.get_file_info(path).type == FileType.NotFound:
            return None
        with self._system.open_input_file(path) as file:
            content: bytes = file.read()
        return content


def _as_lines(_: Unit, answers: Sequence[Answer]) -> bytes:
    lines = (json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
    return "".join(lines).encode(errors="backslashreplace")


def _as_parquet(unit: Unit, answers: Sequence[Answer]) -> bytes:
    """Returns a Parquet file with _COLUMNS.

    `answer` is the whole answer as JSON, and `problem` is the code of its problem, if it has one.
    """
    rows = [
        {
            "number": number,
            "id": _as_text(answer["id"]),
            "summary": answer.get("summary"),
            "problem": answer.get("problem", {}).get("code"),
            "answer": json.dumps(answer),
        }
        for number, answer in enumerate(answers, unit.first)
    ]
    table = pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(list(_COLUMNS.items())))
    buffer = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, buffer)
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def _as_text(identifier: Any) -> str:
    return identifier if isinstance(identifier, str) else json.dumps(identifier)
