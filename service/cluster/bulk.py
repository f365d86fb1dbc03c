"""Answers the rows of an archive on all machines of a Ray cluster, with Ray Data.

Ray gets the units of an input, not its texts. An actor reads the rows of a unit, answers them as
`breve batch` does, and writes the unit's file, whole or not at all. So a run that was stopped goes
on with the units whose files are missing, and a unit that is answered twice still has one file.
"""

import itertools
import logging
import os
import warnings
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Final

import ray
import ray.data
from ray.exceptions import RayError
from ray.util.annotations import RayDeprecationWarning

from models.batching import EngineStopped
from service.cluster.output import NOTED_TRIES, Answer, Output
from service.cluster.units import Unit, read_rows

# Answers a row, given its number, its JSON, and whether it has ended actors. Such a row gets a
# problem as its answer. Errors of the row's article are in the answer, too.
RowAnswerer = Callable[[int, bytes, bool], Answer]

# The most tries of a unit that ends its actors: NOTED_TRIES as a whole, as many row by row to find
# the row that is the cause, one without that row, and one more.
MOST_TRIES: Final = 6
# More blocks than these are a burden to Ray. If there are more units, a block has several.
MOST_BLOCKS: Final = 5_000


class UnitFailed(Exception):
    """A unit could not be answered. The message explains to the user why."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one unit: how many rows were answered, and how many of them have no summary.

    `error` says why the unit could not be answered. It is empty if the unit was answered.
    """

    rows: int
    failed: int
    error: str = ""


@dataclass(frozen=True)
class Work:
    """The work of an actor: it answers rows of `source`, `at_once` at a time, into `output`.

    `load` loads the model for a number of threads; each actor calls it once. `explain` turns the
    exception that a unit failed with into words for the user.
    """

    source: str
    output: str
    kind: str
    at_once: int
    load: Callable[[int], RowAnswerer]
    explain: Callable[[Exception], str]


class UnitAnswerer:
    """The class of the actors. Each takes `threads` processors."""

    def __init__(self, work: Work, threads: int) -> None:
        self._work, self._threads = work, threads
        self._answer: RowAnswerer | None = None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Answers a unit, given as a row of Ray Data, and returns its Outcome as another.

        An error is a field of the outcome: Ray logs the words of exceptions.
        """
        try:
            return asdict(self._answer_unit(Unit(**row)))
        except Exception as error:
            if isinstance(error.__cause__, EngineStopped):
                os._exit(1)  # Ray starts another actor, which tries the unit again.
            return asdict(Outcome(0, 0, self._work.explain(error)))

    def _answer_unit(self, unit: Unit) -> Outcome:
        if self._answer is None:
            self._answer = self._work.load(self._threads)
        output = Output(self._work.output, self._work.kind)
        tries = output.note_try(unit)
        rows = read_rows(self._work.source, unit)
        if tries < NOTED_TRIES:
            numbers = itertools.count(unit.first)
            with ThreadPoolExecutor(self._work.at_once) as threads:
                answers = list(threads.map(self._answer, numbers, rows, itertools.repeat(False)))
        else:
            answers = answer_one_by_one(self._answer, unit, rows, output)
        output.write_answers(unit, answers)
        output.forget_tries(unit)
        return Outcome(len(answers), sum("problem" in answer for answer in answers))


def answer_one_by_one(
    answer: RowAnswerer, unit: Unit, rows: Sequence[bytes], output: Output
) -> list[Answer]:
    """Returns the answers of a unit with a row that has ended actors. That row gets a problem."""
    answers: list[Answer] = []
    for number, row in enumerate(rows, unit.first):
        is_deadly = output.note_try(unit, number) >= NOTED_TRIES
        answers.append(answer(number, row, is_deadly))
        if not is_deadly:
            output.forget_tries(unit, number)
    return answers


def answer_units(units: Sequence[Unit], work: Work, threads: int) -> Generator[Outcome]:
    """Answers units on the machines of the cluster that Ray finds, else on this machine.

    Each actor takes `threads` processors. Raises UnitFailed.
    """
    # By default, Ray sends statistics of its use to its makers.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
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
    with warnings.catch_warnings():
        # Ray 2.64 drops the last two arguments; pyproject.toml keeps to releases that have them.
        warnings.simplefilter("ignore", RayDeprecationWarning)
        return dataset.map(
            UnitAnswerer,
            fn_constructor_args=(work, threads),
            compute=ray.data.ActorPoolStrategy(
                size=max(1, min(actors, blocks)), max_tasks_in_flight_per_actor=1
            ),
            num_cpus=threads,
            max_restarts=-1,
            max_task_retries=MOST_TRIES - 1,
        )
