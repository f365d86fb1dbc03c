"""The command `breve bulk`: an archive, on as many machines as Ray has."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from service.cli.answering import fields_of, make_answerer
from service.cli.interrupts import INTERRUPTED, put_away_first
from service.cli.output.errors import explain_error
from service.cli.output.messages import message
from service.cli.output.progress import say_line, shown_count
from service.cli.output.reasons import word_reason
from service.cli.terminal import fail, read_own_glossary, read_settings, read_terms

if TYPE_CHECKING:
    from service.cluster.bulk import Outcome, RowAnswerer, Work
    from service.cluster.units import Input, Unit
    from service.settings import Settings

_HOUR: Final = 3600


# The help texts stand in output/messages.toml.
@click.command()
@click.argument("source", metavar="IN")
@click.argument("output", metavar="OUT")
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr")
@click.option("--length", type=click.Choice(["short", "medium", "long"]), default="medium")
@click.option("--max-words", type=click.IntRange(10, 400))
@click.option("--headline", is_flag=True)
@click.option("--no-language-check", is_flag=True)
@click.option("--glossary", type=click.Path(path_type=Path))
@click.option("--model", envvar="BREVE_MODEL")
@click.option("--translator", envvar="BREVE_TRANSLATOR")
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
    from service.cli.batch.lines import BatchError

    try:
        with put_away_first():
            failed, count = _run(source, output, settings, defaults)
    except NoRows:
        raise click.UsageError(message("bulk.no_rows", source=source)) from None
    except OtherRun:
        fail(message("bulk.other_run", output=output))
    except UnitFailed as error:
        fail(str(error))
    except (BatchError, OSError, ValueError) as error:  # Arrow's errors of files are of both kinds.
        fail(explain_error(error))
    except KeyboardInterrupt:
        click.echo(f"breve: {message('batch.stopped')} {message('batch.go_on')}", err=True)
        sys.exit(INTERRUPTED)
    if failed:
        fail(message("batch.failed", failed=failed, count=count))


def _run(
    source: str, output: str, settings: "Settings", defaults: dict[str, Any]
) -> tuple[int, int]:
    """How many rows of this run have no summary, and how many rows it has answered."""
    from service.cluster import THREADS
    from service.cluster.bulk import Work
    from service.cluster.output import Output
    from service.cluster.units import divide, make_absolute

    settings = settings.model_copy(update={"threads": settings.threads or THREADS})
    source, output = make_absolute(source), make_absolute(output)
    rows = divide(source)
    _refuse_other_formats(rows)
    answers = Output(output, rows.kind)
    units = answers.begin(rows, _options_of(settings, defaults))
    work = Work(
        source,
        output,
        rows.kind,
        settings.concurrency,
        partial(_load, settings, defaults),
        _explain,
    )
    failed, count = _answer(units, work, settings.threads, sum(unit.rows for unit in rows.units))
    answers.end()
    return failed, count


def _refuse_other_formats(rows: "Input") -> None:
    """Raises BatchError for a file of lines that holds something else."""
    from service.cli.batch.lines import refuse_other_formats

    for path, start in rows.heads:
        refuse_other_formats(start, path)


def _options_of(settings: "Settings", defaults: dict[str, Any]) -> dict[str, Any]:
    """What the answers depend on beside the rows: a run goes on with the same only."""
    return {**defaults, "model": settings.model, "translator": settings.translator}


def _answer(units: "Sequence[Unit]", work: "Work", threads: int, total: int) -> tuple[int, int]:
    """Answers units, and says how many rows an hour that were."""
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
    """Why the run ends with a unit, and what to do."""
    from service.cli.batch.lines import BatchError

    words = explain_error(error)
    if isinstance(error, BatchError):  # It says what to do.
        return words
    return f"{words.rstrip('.')}. {message('batch.go_on')}"


def _each_row(outcomes: "Iterator[Outcome]") -> Iterator[bool]:
    """For each row whether it has no summary."""
    for outcome in outcomes:
        yield from (number < outcome.failed for number in range(outcome.rows))


def _load(settings: "Settings", defaults: dict[str, Any]) -> "RowAnswerer":
    """Loads the model in an actor, and returns what answers a row as `breve batch` does."""
    from models.batching import BatchingEngine
    from models.loading import load_engine
    from service.cli.batch.answers import answer_line
    from service.cli.batch.lines import read_line
    from service.english.lexicon.glossary import Glossary
    from service.summarizer import Summarizer

    loaded = load_engine(
        settings.model,
        settings.threads,
        settings.translator,
        settings.allow_pickle,
        settings.runtime,
    )
    engine = BatchingEngine(loaded, settings.batch_tokens)
    summarizer = Summarizer(engine, Glossary.with_file(settings.glossary_file))
    answer = make_answerer(summarizer, settings.model)

    def answer_row(number: int, raw: bytes) -> dict[str, Any]:
        return answer_line(read_line(number, raw, defaults), answer)

    return answer_row
