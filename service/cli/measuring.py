"""The commands that measure: `breve eval` and `breve bench`."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from service.cli.interrupts import put_away_first
from service.cli.output.errors import explain_error
from service.cli.output.messages import message
from service.cli.output.progress import shown_count
from service.cli.output.reasons import word_reason, word_system_error
from service.cli.terminal import fail, load_engine_of


# The help texts stand in output/messages.toml.
@click.command("eval")
@click.argument("data", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--system", type=click.Choice(["pipeline", "model", "lead"]), default="pipeline")
@click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr")
@click.option("--items", type=click.IntRange(1))
@click.option("--with-title", is_flag=True)
@click.option("--words", type=click.IntRange(5, 400), default=30)
@click.option("--beams", type=click.IntRange(1, 16), default=4)
@click.option("--window", type=click.IntRange(50))
@click.option("--constrained", is_flag=True)
@click.option("--headlines", is_flag=True)
@click.option("--model", envvar="BREVE_MODEL")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path))
def evaluate(data: Path, report: Path | None, **options: Any) -> None:
    """Scores summaries or translations."""
    from models.engine import ModelError
    from service.scoring import evaluation
    from service.scoring.items import DataError

    def show_progress(answers: Iterator[str], count: int) -> AbstractContextManager[Iterator[str]]:
        return shown_count(answers, count, message("terminal.scoring"))

    chosen = evaluation.Options(**options)
    try:
        scores = evaluation.evaluate(data, chosen, load_engine_of, show_progress)
    except (DataError, ModelError, OSError, ImportError) as error:
        fail(explain_error(error))
    click.echo(scores.as_table())
    if report:
        try:
            report.write_text(scores.as_json(), encoding="utf-8")
        except OSError as error:
            fail(message("terminal.report", reason=word_system_error(error)))


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--quick", is_flag=True)
@click.option("--contenders", metavar="NAME,…")
@click.option("--article", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--items", type=click.IntRange(1), default=50)
def bench(as_json: bool, quick: bool, contenders: str | None, **options: Any) -> None:
    """Compares the speed of this service with others."""
    from service.bench import comparison, measures, table, texts
    from service.reading.article import ArticleError
    from service.scoring.items import DataError, read_items

    try:
        measured, limit = comparison.choose_contenders(contenders)
        article = texts.BenchArticle.read(options["article"] or texts.bundled_article())
        items = read_items(options["data"], options["items"]) if options["data"] else []
        others = tuple(texts.add_title(item.title, item.source) for item in items)
        work = measures.Work(article, others, measures.QUICK if quick else measures.FULL)
        with put_away_first():  # Ctrl-C must end the services that were started.
            report = comparison.run(measured, limit, work, _say_step)
    except texts.BenchError as error:
        raise click.UsageError(explain_error(error)) from error
    except UnicodeDecodeError as error:
        fail(message("terminal.no_utf8", path=options["article"], reason=word_reason(error)))
    except (ArticleError, DataError, OSError) as error:
        fail(explain_error(error))
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        click.echo(table.as_table(report))
    if failures := comparison.list_failures(report):
        fail(message("terminal.not_measured", list="; ".join(failures)))


def _say_step(step: str) -> None:
    click.echo(f"breve bench: {step}", err=True)
