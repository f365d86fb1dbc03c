"""The `breve` command: a thin layer over the pipeline and the service."""

import json
import math
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from service import __version__
from service.measuring import bench, evaluate
from service.model_commands import models
from service.terminal import (
    FAILED,
    OTHER_VARIABLES,
    Commands,
    SourceError,
    fail,
    is_address,
    is_html,
    json_is_ascii,
    load_engine_of,
    read_own_glossary,
    read_settings,
    read_source,
    read_terms,
    shown_variable,
)

if TYPE_CHECKING:
    from models.engine import Engine
    from service.batch import Answer
    from service.client import Client
    from service.settings import Settings
    from service.summarizer import Summarizer, SummaryRequest

FETCH_SECONDS = 30


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="breve")
def main() -> None:
    """Brève: short, faithful summaries of French tech news, in French or in English."""


@main.command()
@click.argument("sources", nargs=-1, metavar="[FILE|URL|-]...")
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Language of the summary.")
@click.option(
    "--length", type=click.Choice(["short", "medium", "long"]), default="medium", show_default=True,
    help="One sentence, up to three, or up to six.",
)  # fmt: skip
@click.option("--max-words", type=click.IntRange(10, 400), help="Most words of the French summary.")
@click.option("--headline", is_flag=True, help="Put a headline above the summary.")
@click.option("--evidence", is_flag=True, help="Put the article's sentences behind each sentence under the summary.")
@click.option("--glossary", type=click.Path(path_type=Path), help="File of French terms and their English (TOML or JSON).")
@click.option("--json", "as_json", is_flag=True, help="Print everything, as JSON, one line a source.")
@click.option("--no-language-check", is_flag=True, help="Take articles that do not look French.")
@click.option("--url", "service_url", metavar="URL", envvar="BREVE_URL", help="Use the service that runs there.")
@click.option("--key", envvar="BREVE_KEY", help="Key for that service.")
@click.option("--model", envvar="BREVE_MODEL", help="Catalogue name, hub id or folder of the model (without --url).")
@click.option("--translator", envvar="BREVE_TRANSLATOR", help="The same of a second model, which makes the English.")
def summarize(sources: tuple[str, ...], as_json: bool, evidence: bool, **options: Any) -> None:
    """Summarise files, pages (addresses) or standard input (-). The summary goes to standard output."""
    if not sources and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("Name a file, an address, or - for standard input.")
    from models.engine import NotSupported

    options["terms"] = read_terms(options["glossary"])
    answer = _answerer(options)
    failed = False
    names = sources or ("-",)
    for name in names:
        shown = click.format_filename(name)  # a file's name may be bytes that are no text
        try:
            summary = answer(_body(name, options))
        except NotSupported as error:
            raise click.UsageError(str(error)) from error
        except _failures() as error:
            failed = True
            click.echo(f"breve: {shown}: {error}", err=True)
            if as_json:
                click.echo(json.dumps({"input": shown, "problem": _problem(error)}, ensure_ascii=json_is_ascii()))
            continue
        if as_json:
            click.echo(json.dumps({"input": shown, **summary}, ensure_ascii=json_is_ascii()))
        else:
            _print(summary, shown if len(names) > 1 else None, evidence)
    sys.exit(FAILED if failed else 0)


def _failures() -> tuple[type[Exception], ...]:
    from models.engine import ModelError

    known: list[type[Exception]] = [ModelError, OSError, SourceError]
    if "service.client" in sys.modules:
        from service.client import ServiceError

        known.append(ServiceError)
    if "service.article" in sys.modules:
        from service.article import ArticleError

        known.append(ArticleError)
    if "service.fetch" in sys.modules:
        from service.fetch import FetchError

        known.append(FetchError)
    return tuple(known)


def _problem(error: Exception) -> dict[str, Any]:
    """What `--json` says of a source that has no summary: the service's own problem, or one of the same `code` and `detail`."""
    told = getattr(error, "problem", None) or {"code": getattr(error, "code", "failed"), "detail": str(error)}
    return {name: value for name, value in told.items() if name != "request_id"}


def _body(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """The fields of `POST /summarize` for one source: an address, a page or a text."""
    body = _fields(options)
    if is_address(name):
        return {**body, "html": _page(name)}
    text = read_source(name)
    return {**body, "html" if is_html(text) else "text": text}


def _fields(options: dict[str, Any]) -> dict[str, Any]:
    """The fields of `POST /summarize` that options name."""
    body: dict[str, Any] = {
        "language": options["lang"],
        "length": options["length"],
        "headline": options["headline"],
        "language_check": not options["no_language_check"],
    }
    if options["max_words"]:
        body["max_words"] = options["max_words"]
    if options["terms"]:
        body["glossary"] = options["terms"]
    return body


def _answerer(options: dict[str, Any]) -> "Answer":
    """What turns a body into a summary: the service at --url, or the model in this process, loaded for the first article."""
    _check_models(options)
    if options["service_url"]:
        return _client(options).summarize
    return _local(cache(lambda: _summarizer(load_engine_of(options["model"], options["translator"]))))


def _shared_answerer(options: dict[str, Any], stop: threading.Event) -> tuple["Answer", int]:
    """The same for many articles, and how many may be asked for at a time: the model is loaded now, and they share its passes. A
    service is asked for one after the other: it has other clients, and limits."""
    _check_models(options)
    if options["service_url"]:
        return _client(options).summarize, 1
    from models.batching import BatchingEngine

    settings = read_settings()
    engine = BatchingEngine(load_engine_of(options["model"], options["translator"]), settings.batch_tokens)
    click.get_current_context().call_on_close(engine.close)
    summarizer = _summarizer(engine)
    return _served_by(options["model"] or settings.model, _local(lambda: summarizer, stop.is_set)), settings.concurrency


def _check_models(options: dict[str, Any]) -> None:
    """Refuses --model and --translator beside a service, which has its own; variables of the environment are for other runs."""
    context = click.get_current_context()
    given = [name for name in ("model", "translator") if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given and options["service_url"]:
        raise click.UsageError(f"--{given[0]} names a model of this process; the service {options['service_url']} has its own.")


def _served_by(model: str, answer: "Answer") -> "Answer":
    """`answer`, which refuses an article that another model than `model` is to summarise, as the service does."""
    from service.api.problems import ApiError

    def checked(body: dict[str, Any]) -> dict[str, Any]:
        if body.get("model", model) != model:
            raise ApiError(422, "unknown_model", f"model: this run uses {model!r}, not {body['model']!r}.")
        return answer(body)

    return checked


def _summarizer(engine: "Engine") -> "Summarizer":
    from service.summarizer import Summarizer

    return Summarizer(engine, read_own_glossary())


def _client(options: dict[str, Any]) -> "Client":
    from service.client import Client, ServiceError

    try:
        client = Client(options["service_url"], options["key"])
    except ValueError as error:
        raise click.UsageError(f"--key or BREVE_KEY: {error}.") from error
    except ServiceError as error:
        fail(str(error))
    return click.get_current_context().with_resource(client)


def _local(summarizer: Callable[[], "Summarizer"], stopped: Callable[[], bool] = lambda: False) -> "Answer":
    """What summarises in this process, until `stopped`."""

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        late = _late(body.get("deadline_seconds"))
        request = _request(body)
        from service.summary import as_json

        summary = summarizer().summarize(request, lambda: stopped() or late())
        return as_json(summary, with_text=request.html is not None)

    return answer


def _late(seconds: float | None) -> Callable[[], bool]:
    """What says whether so many seconds have passed from now on; None: they never have."""
    end = math.inf if seconds is None else time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _request(body: dict[str, Any]) -> "SummaryRequest":
    """The pipeline's request for the fields of `POST /summarize`; an address is fetched."""
    from service.lengths import Length
    from service.summarizer import SummaryRequest

    fields = {**body, "length": Length(body["length"])}
    if address := fields.pop("url", None):
        fields["html"] = _page(address)
    for name in ("model", "deadline_seconds"):  # the command line names the model; the deadline is watched outside
        fields.pop(name, None)
    fields["glossary"] = tuple(sorted(fields.get("glossary", {}).items()))
    return SummaryRequest(**fields)


def _page(address: str) -> str:
    from service.fetch import fetch

    return fetch(address, timeout=FETCH_SECONDS, public_only=False)


def _print(summary: dict[str, Any], name: str | None, evidence: bool) -> None:
    if name:
        click.echo(f"== {name}")
    if summary["headline"]:
        click.echo(summary["headline"] + "\n")
    click.echo(summary["summary"])
    if evidence:
        for number, sentence in enumerate(summary["sentences"], 1):
            doubtful = ", ".join(dict.fromkeys(fact["text"] for fact in sentence["unsupported"]))
            mark = "" if sentence["supported"] else f"  (check this: {doubtful})" if doubtful else "  (check this)"
            click.echo(f"\n[{number}] {sentence['text']}{mark}")
            if sentence["french"] != sentence["text"]:
                click.echo(f"    French: {sentence['french']}")
            for found in sentence["evidence"]:
                click.echo(f"    source {found['start']}-{found['end']}: {found['text']}")
    of = f"{name}: " if name else ""
    for warning in summary["warnings"]:
        click.echo(f"breve: {of}{warning['code']}: {warning['detail']}", err=True)


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), metavar="IN.jsonl")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.jsonl")
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Where a line names none.")
@click.option(
    "--length", type=click.Choice(["short", "medium", "long"]), default="medium", show_default=True,
    help="Where a line names none.",
)  # fmt: skip
@click.option("--max-words", type=click.IntRange(10, 400), help="Most words of the French summary, where a line says nothing.")
@click.option("--headline", is_flag=True, help="Headlines too, where a line says nothing.")
@click.option("--no-language-check", is_flag=True, help="Take articles that do not look French, where a line says nothing.")
@click.option("--glossary", type=click.Path(path_type=Path), help="File of terms for the English, where a line names none.")
@click.option("--url", "service_url", metavar="URL", envvar="BREVE_URL", help="Use the service that runs there.")
@click.option("--key", envvar="BREVE_KEY", help="Key for that service.")
@click.option("--model", envvar="BREVE_MODEL", help="Catalogue name, hub id or folder of the model (without --url).")
@click.option("--translator", envvar="BREVE_TRANSLATOR", help="The same of a second model, which makes the English.")
@click.option("--retry-failed", is_flag=True, help="Do the lines again whose problem may have passed: 5xx, fetching, set-up.")
def batch(source: Path, output: Path, glossary: Path | None, retry_failed: bool, **options: Any) -> None:
    """Summarise many articles: JSON lines in (`id` and the fields of POST /summarize), JSON lines out, in order.

    A line out holds `id` and a summary, or `id` and `problem`; `meta`, whatever it is, comes back. An interrupted run goes on
    where it stopped.
    """
    from models.engine import ModelError, NotSupported
    from service.batch import GO_ON, BatchError, finished, locked, read_lines, remaining, run_all, take_up

    if "-" in (str(source), str(output)):
        raise click.UsageError("A batch reads and writes files, so that it can go on where it stopped; name them in place of -.")
    if output.exists() and not output.is_file():
        raise click.UsageError(f"{output} is no regular file; name one that an interrupted run can go on with.")
    if output.exists() and output.samefile(source):
        raise click.UsageError(f"{output} is the input; name another file for the answers.")
    try:
        defaults = _fields({**options, "terms": read_terms(glossary)})
        with locked(output):
            take_up(output)
            done = finished(output)
            work = remaining(read_lines(source, defaults), done, output, retry_failed)
            kept, waiting = len(done.answers) - len(work.again), len(work.again) + len(work.left)
            stop = threading.Event()
            answer, at_once = _shared_answerer(options, stop)
            note = f"{kept} of {kept + waiting} were done" if done.answers else "Summarising"
            with (
                closing(run_all(work, output, answer, at_once, stop)) as answers,
                click.progressbar(answers, waiting, note, file=sys.stderr, show_pos=True) as bar,
            ):
                failed = done.failed - len(work.again) + sum(not good for good in bar)
    except NotSupported as error:
        raise click.UsageError(str(error)) from error
    except (BatchError, ModelError, OSError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail(f"Stopped. {GO_ON}")
    if failed:
        fail(f"{failed} of {kept + waiting} articles have no summary; their lines say why.")


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--model", help="Catalogue name, hub id or folder of the model.")
@click.option("--translator", help="The same of a second model, which makes the English.")
def serve(**options: Any) -> None:
    """Run the HTTP service. Settings come from BREVE_… variables; see `breve info --settings`."""
    from service.api import logs
    from service.api.server import make_server

    settings = read_settings(**{name: value for name, value in options.items() if value is not None})
    read_own_glossary(settings)
    if reason := settings.why_closed():
        raise click.UsageError(reason)
    _check_checkpoints(settings)
    logs.configure(settings)
    try:
        server = make_server(settings)
    except ModuleNotFoundError as error:
        raise click.UsageError(f"BREVE_OTEL=true needs more packages ({error}): pip install -e '.[otel]'.") from error
    sys.exit(server.until_stopped())


def _check_checkpoints(settings: "Settings") -> None:
    """Raises UsageError where a checkpoint that is named is not there: the next start would end the same way."""
    from models.catalog import AUTO
    from models.loading import revision_of

    for setting, name in (("BREVE_MODEL", settings.model), ("BREVE_TRANSLATOR", settings.translator)):
        if name not in ("", AUTO) and revision_of(name) is None:
            raise click.UsageError(
                f"{setting}={name} is not on this machine: no folder, and no checkpoint that was pulled (breve models pull). "
                "`breve models list` has the names that are known."
            )


@main.command()
@click.option("--settings", "show_settings", is_flag=True, help="List every setting with its default and its value.")
def info(show_settings: bool) -> None:
    """Say which version, models (with their revisions) and settings would be used."""
    from models.engine import ModelError
    from models.loading import chosen_translator, revision_of, tasks_of

    settings = read_settings()
    click.echo(
        f"breve {__version__}, model {settings.model}, runtime {settings.runtime} (`breve models check` names the one it finds)"
    )
    try:
        for name in filter(None, (settings.model, chosen_translator(settings.translator, tasks_of(settings.model)))):
            click.echo(f"{name}: revision {revision_of(name) or 'not on this machine (breve models pull)'}")
    except ModelError as error:  # a wrong catalogue
        fail(str(error))
    if show_settings:
        for name, field in type(settings).model_fields.items():
            click.echo(f"BREVE_{name.upper()}={getattr(settings, name)}  (default {field.default})  {field.description}")
        for name, about in OTHER_VARIABLES.items():
            click.echo(f"{name}={shown_variable(name)}  (default empty)  {about}")


main.add_command(models)
main.add_command(evaluate)
main.add_command(bench)
