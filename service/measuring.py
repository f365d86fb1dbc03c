"""The commands that measure: `breve eval` and `breve bench`."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from service.terminal import fail, load_engine_of


@click.command("eval")
@click.argument("data", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--system", type=click.Choice(["pipeline", "model", "lead"]), default="pipeline", show_default=True,
    help="What is scored: the product, the model alone, or the first two sentences.",
)  # fmt: skip
@click.option(
    "--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Score this file's answers instead."
)
@click.option(
    "--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True,
    help="Language of the summaries; English ones, which have no references, are searched for facts of their own.",
)  # fmt: skip
@click.option("--items", type=click.IntRange(1), help="So many items only, spread over the file.")
@click.option("--with-title", is_flag=True, help="Give the title as well as the body.")
@click.option("--words", type=click.IntRange(5, 400), default=30, show_default=True, help="Words asked of the model alone.")
@click.option("--beams", type=click.IntRange(1, 16), default=4, show_default=True, help="Beams of the model alone.")
@click.option("--window", type=click.IntRange(50), help="Tokens of the body that the model alone is given.")
@click.option("--constrained", is_flag=True, help="Hold the model alone to the source's numbers and names.")
@click.option("--headlines", is_flag=True, help="Headlines of the model alone instead of summaries, against the titles.")
@click.option("--model", envvar="BREVE_MODEL", help="Catalogue name, hub id or folder of the model.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the scores there, as JSON.")
def evaluate(data: Path, report: Path | None, **options: Any) -> None:
    """Score summaries (.jsonl: `text` or `article`, `reference` or `abstract`) or translations (.tsv: French, English)."""
    from models.engine import ModelError
    from service import systems

    def watched(answers: Iterator[str], count: int) -> AbstractContextManager[Iterator[str]]:
        return click.progressbar(answers, count, "Scoring", file=sys.stderr, show_pos=True)

    try:
        done = systems.evaluate(data, systems.Options(**options), load_engine_of, watched)
    except (systems.DataError, ModelError, OSError, ImportError) as error:
        fail(str(error))
    click.echo(done.as_table())
    if report:
        try:
            report.write_text(done.as_json(), encoding="utf-8")
        except OSError as error:
            fail(f"the report could not be written: {error}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON document.")
@click.option("--quick", is_flag=True, help="Fewer repetitions: minutes, not hours.")
@click.option("--contenders", metavar="NAME,…", help="Only these; `limit` is the comparison with the machine. Default: all.")
@click.option("--article", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Instead of the bundled article.")
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="More articles, as for `breve eval`.")
@click.option("--items", type=click.IntRange(1), default=50, show_default=True, help="So many of them, spread over the file.")
def bench(as_json: bool, quick: bool, contenders: str | None, **options: Any) -> None:
    """Compare the speed of this service with what one would write instead, and with the limit of the machine.

    Each service runs by itself on loopback. The table goes to standard output.
    """
    from service.article import ArticleError
    from service.bench import comparison, measures, table, texts
    from service.systems import DataError, read_items

    try:
        measured, limit = comparison.chosen(contenders)
        article = texts.BenchArticle.read(options["article"] or texts.bundled())
        items = read_items(options["data"], options["items"]) if options["data"] else []
        others = tuple(texts.with_title(item.title, item.source) for item in items)
        work = measures.Work(article, others, measures.QUICK if quick else measures.FULL)
        report = comparison.run(measured, limit, work, lambda step: click.echo(f"breve bench: {step}", err=True))
    except texts.BenchError as error:
        raise click.UsageError(str(error)) from error
    except UnicodeDecodeError as error:
        fail(f"{options['article']} cannot be read as UTF-8 text: {error}")
    except (ArticleError, DataError, OSError) as error:
        fail(str(error))
    click.echo(json.dumps(report, ensure_ascii=False, indent=2) if as_json else table.as_table(report))
    if failures := comparison.failed(report):
        fail("not everything could be measured: " + "; ".join(failures))
