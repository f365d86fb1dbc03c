"""Answers the rows of an archive on all machines of a Ray cluster, with Ray Data.

Ray gets the units of an input, not its texts: an actor reads the rows of a unit, answers them as
`breve batch` does, and writes the file of the unit, whole or not at all. So a run goes on with the
units whose files are missing, and a unit that is done twice is there once.
"""

import itertools
import json
import logging
import os
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Final

import pyarrow
import pyarrow.parquet
import ray
import ray.data
from pyarrow.fs import FileSelector, FileType
from ray.exceptions import RayError

from service.cluster.units import PARQUET, Input, Unit, open_place, read_rows

Answer = dict[str, Any]
# From the number of a row and its JSON to its answer. Its article's errors are in the answer.
RowAnswerer = Callable[[int, bytes], Answer]

# How often a unit is tried that ends its actor.
MOST_TRIES: Final = 3
# More blocks than these are a burden to Ray. Several units are then one block.
MOST_BLOCKS: Final = 5_000
_RUN: Final = "_run.json"  # Says of what input and with which options the answers are.
_UNFINISHED: Final = ".unfinished"
_COLUMNS: Final = {
    "number": pyarrow.int64(),
    "id": pyarrow.string(),
    "summary": pyarrow.string(),
    "problem": pyarrow.string(),
    "answer": pyarrow.string(),
}


class OtherRun(Exception):
    """The output holds other files, or the answers to another input or with other options."""


class UnitFailed(Exception):
    """A unit could not be answered. The message is what was explained to the user."""


@dataclass(frozen=True)
class Outcome:
    """What came of one unit: how many rows were answered, and how many of them have no summary.

    `error` says why the unit could not be answered; empty: it was.
    """

    rows: int
    failed: int
    error: str = ""


class Output:
    """The folder of a run: a file for each unit, in the order of the rows."""

    def __init__(self, name: str, kind: str) -> None:
        self._system, self._path = open_place(name)
        self._kind = kind

    def begin(self, source: Input, options: Mapping[str, Any]) -> Sequence[Unit]:
        """The units that are left to do. Raises OtherRun, and OSError."""
        run = json.dumps({"input": source.digest, "options": options}, sort_keys=True).encode()
        self._system.create_dir(self._path)
        earlier = self._read(_RUN)
        files = {name for name in self._list() if not name.endswith(_UNFINISHED)}
        if earlier != run and files:
            raise OtherRun
        self.write(_RUN, run)
        return [unit for unit in source.units if self._name(unit) not in files]

    def end(self) -> None:
        """Removes what killed runs have not finished."""
        for name in self._list():
            if name.endswith(_UNFINISHED):
                self._system.delete_file(f"{self._path}/{name}")

    def write_answers(self, unit: Unit, answers: Sequence[Answer]) -> None:
        """Writes the file of a unit."""
        pack = _as_parquet if self._kind == PARQUET else _as_lines
        self.write(self._name(unit), pack(unit, answers))

    def write(self, name: str, content: bytes) -> None:
        """Writes a file whole or not at all, also where two machines write it at once."""
        unfinished = f"{self._path}/{name}.{uuid.uuid4().hex}{_UNFINISHED}"
        with self._system.open_output_stream(unfinished) as file:
            file.write(content)
        self._system.move(unfinished, f"{self._path}/{name}")

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
    """Rows of _COLUMNS. `answer` is the whole answer as JSON, `problem` the code of one."""
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


@dataclass(frozen=True)
class Work:
    """What an actor does: it answers rows of `source`, `at_once` at a time, into `output`.

    `load` loads the model, once for each actor. `explain` says in words why a unit failed.
    """

    source: str
    output: str
    kind: str
    at_once: int
    load: Callable[[], RowAnswerer]
    explain: Callable[[Exception], str]


class UnitAnswerer:
    """The class of the actors."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._answer: RowAnswerer | None = None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Answers a unit, given as a row of Ray Data, and returns its Outcome as another.

        An error is part of the outcome: as an exception, Ray would log its words.
        """
        try:
            return asdict(self._answer_unit(Unit(**row)))
        except Exception as error:
            return asdict(Outcome(0, 0, self._work.explain(error)))

    def _answer_unit(self, unit: Unit) -> Outcome:
        if self._answer is None:
            self._answer = self._work.load()
        rows = read_rows(self._work.source, unit)
        with ThreadPoolExecutor(self._work.at_once) as threads:
            answers = list(threads.map(self._answer, itertools.count(unit.first), rows))
        Output(self._work.output, self._work.kind).write_answers(unit, answers)
        return Outcome(len(answers), sum("problem" in answer for answer in answers))


def answer_units(units: Sequence[Unit], work: Work, threads: int) -> Generator[Outcome]:
    """Answers units on the machines of the cluster that Ray finds, else on this machine.

    Each actor takes `threads` processors. Raises UnitFailed.
    """
    # Else Ray tells its makers what it is used for.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    ray.init(log_to_driver=False, logging_level=logging.WARNING)
    try:
        for row in _map_units(units, work, threads).iter_rows():
            outcome = Outcome(**row)
            if outcome.error:
                raise UnitFailed(outcome.error)
            yield outcome
    except RayError as error:
        first_line = str(error).split("\n", maxsplit=1)[0]
        raise UnitFailed(work.explain(RuntimeError(first_line))) from error
    finally:
        ray.shutdown()


def _map_units(units: Sequence[Unit], work: Work, threads: int) -> Any:
    """The data set of the outcomes, with as many actors as the machines have room for."""
    ray.data.DataContext.get_current().enable_progress_bars = False
    processors = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    threads = min(threads, max(1, *processors))
    actors = sum(count // threads for count in processors)
    blocks = min(len(units), MOST_BLOCKS)
    dataset = ray.data.from_items([asdict(unit) for unit in units], override_num_blocks=blocks)
    return dataset.map(
        UnitAnswerer,
        fn_constructor_args=(work,),
        compute=ray.data.ActorPoolStrategy(
            size=max(1, min(actors, blocks)), max_tasks_in_flight_per_actor=1
        ),
        num_cpus=threads,
        max_restarts=-1,
        max_task_retries=MOST_TRIES - 1,
    )
