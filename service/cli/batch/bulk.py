"""The command `breve bulk`: an archive, on as many machines as Ray has."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from service import __version__
from service.cli.answering import article_options, fields_of, make_answerer, model_options
from service.cli.output.errors import explain_error
from service.cli.output.messages import language, message
from service.cli.output.progress import say_line, shown_count
from service.cli.output.reasons import word_reason
from service.cli.terminal import (
    fail,
    read_own_glossary,
    read_settings,
    read_terms,
    resumable_run,
)

if TYPE_CHECKING:
    from service.cli.output.messages import Language
    from service.cluster.bulk import Outcome, RowAnswerer, Work
    from service.cluster.units import Unit
    from service.settings import Settings

Revisions = dict[str, str | None]
_HOUR: Final = 3600


# The help texts stand in output/messages.toml.
@click.command()
@click.argument("source", metavar="IN")
@click.argument("output", metavar="OUT")
@article_options
@model_options
def bulk(source: str, output: str, glossary: Path | None, **options: Any) -> None:
    """Summarises an archive."""
    models = {name: options[name] for name in ("model", "translator")}
    settings = read_settings(**{name: value for name, value in models.items() if value is not None})
    read_own_glossary(settings)
    defaults = fields_of({**options, "terms": read_terms(glossary)})
    try:
        from service.cluster.bulk import UnitFailed
        from service.cluster.output import OtherRun
        from service.cluster.units import NoRows
    except ModuleNotFoundError as error:
        raise click.UsageError(message("bulk.missing", reason=word_reason(error))) from error
    from models.engine import ModelError
    from service.cli.batch.lines import BatchError

    try:
        with resumable_run():
            failed, count = _run(source, output, settings, defaults)
    except NoRows:
        raise click.UsageError(message("bulk.no_rows", source=source)) from None
    except OtherRun:
        fail(message("bulk.other_run", output=output))
    except UnitFailed as error:
        fail(str(error))
    # Arrow's errors of files are OSError or ValueError.
    except (BatchError, ModelError, OSError, ValueError) as error:
        fail(explain_error(error))
    if failed:
        fail(message("batch.failed", failed=failed, count=count))


def _run(
    source: str, output: str, settings: "Settings", defaults: dict[str, Any]
) -> tuple[int, int]:
    """Answers the rows that are left. Returns how many of them failed, and how many there were."""
    from models.loading import revisions_of
    from service.cluster import THREADS
    from service.cluster.bulk import Work
    from service.cluster.output import Output
    from service.cluster.units import divide, make_absolute

    source, output = make_absolute(source), make_absolute(output)
    _refuse_other_formats(source)
    say_line(message("bulk.counting", source=source))
    rows = divide(source)
    revisions = revisions_of(settings.model, settings.translator)
    answers = Output(output, rows.kind)
    units = answers.begin(rows, _options_of(settings, defaults, revisions))
    load = partial(_load, settings, defaults, revisions, language())
    work = Work(source, output, rows.kind, settings.concurrency, load, _explain)
    threads = settings.threads or THREADS
    failed, count = _answer(units, work, threads, sum(unit.rows for unit in rows.units))
    answers.end()
    return failed, count


def _refuse_other_formats(source: str) -> None:
    """Raises BatchError for a file of lines that holds something else."""
    from service.cli.batch.lines import refuse_other_formats
    from service.cluster.units import read_starts

    for path, start in read_starts(source):
        refuse_other_formats(start, path)


def _options_of(
    settings: "Settings", defaults: dict[str, Any], revisions: Revisions
) -> dict[str, Any]:
    """All that the answers depend on beside the rows: a run can only go on with the same."""
    glossary = Path(settings.glossary_file).read_text("utf-8") if settings.glossary_file else ""
    own = {
        "model": settings.model,
        "translator": settings.translator,
        "runtime": settings.runtime,
        "terms": glossary,
        "revisions": revisions,
        "version": __version__,
    }
    return {**defaults, **own}


def _answer(units: "Sequence[Unit]", work: "Work", threads: int, total: int) -> tuple[int, int]:
    """Answers units, and prints how many rows an hour that were.

    Returns how many rows have no summary, and how many there were.
    """
    if not units:
        say_line(message("bulk.nothing_left", count=total))
        return 0, 0
    from service.cluster.bulk import answer_units

    count = sum(unit.rows for unit in units)
    note = "progress.batch_again" if count < total else "progress.batch"
    label = message(note, kept=total - count, count=total)
    begun = time.monotonic()
    with (
        closing(answer_units(units, work, threads)) as outcomes,
        shown_count(_each_row(outcomes), count, label) as counted,
    ):
        failed = sum(counted)
    hourly = round(count * _HOUR / (time.monotonic() - begun))
    say_line(message("bulk.speed", count=count, hourly=hourly))
    return failed, count


def _explain(error: Exception) -> str:
    """The message for an error that ends the run: what went wrong, and what to do."""
    from service.cli.batch.lines import BatchError

    words = explain_error(error)
    if isinstance(error, BatchError):  # It says what to do.
        return words
    return f"{words.rstrip('.')}. {message('batch.go_on')}"


def _each_row(outcomes: "Iterator[Outcome]") -> Iterator[bool]:
    """For each row, True if it has no summary."""
    for outcome in outcomes:
        yield from (number < outcome.failed for number in range(outcome.rows))


def _load(
    settings: "Settings",
    defaults: dict[str, Any],
    revisions: Revisions,
    chosen: "Language",
    threads: int,
) -> "RowAnswerer":
    """Loads the model in a Ray actor. Returns a function that answers a row as `breve batch` does.

    Messages of the actor are in the `chosen` language. Raises BatchError if its machine has another
    revision of a model than the machine that began the run.
    """
    os.environ["LC_ALL"] = chosen
    from models.batching import BatchingEngine
    from models.loading import load_engine, revisions_of
    from service.cli.batch.answers import answer_line
    from service.cli.batch.lines import read_line
    from service.english.lexicon.glossary import Glossary
    from service.summarizer import Summarizer

    _refuse_other_revisions(revisions_of(settings.model, settings.translator), revisions)
    loaded = load_engine(
        settings.model,
        threads,
        settings.translator,
        settings.allow_pickle,
        settings.runtime,
    )
    engine = BatchingEngine(loaded, settings.batch_tokens)
    summarizer = Summarizer(engine, Glossary.with_file(settings.glossary_file))
    answer = make_answerer(summarizer, settings.model)

    def answer_row(number: int, raw: bytes, is_deadly: bool) -> dict[str, Any]:
        line = read_line(number, raw, defaults)
        return answer_line(line, _refuse_deadly_row if is_deadly else answer)

    return answer_row


def _refuse_deadly_row(fields: dict[str, Any]) -> dict[str, Any]:
    """Stands in for the model on a row that would end the model's process."""
    raise RuntimeError


def _refuse_other_revisions(own: Revisions, begun: Revisions) -> None:
    from service.cli.batch.lines import BatchError

    for name, revision in own.items():
        # If a model is missing, loading it says so. Without its files, its translator is a guess.
        expected = begun.get(name, revision)
        if revision is not None and revision != expected:
            values = {"name": name, "own": revision, "begun": expected or "?"}
            raise BatchError(message("bulk.other_revision", **values))
