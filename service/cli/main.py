"""The `breve` command: a thin layer over the pipeline and the service."""

import errno
import json
import socket
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from service import __version__
from service.cli.answering import (
    Answerer,
    article_options,
    check_models,
    choose_answerer,
    choose_shared_answerer,
    fetch_page,
    fields_of,
    model_options,
    service_options,
)
from service.cli.batch.bulk import bulk
from service.cli.digest import digest
from service.cli.interrupts import put_away_first
from service.cli.mcp import mcp
from service.cli.measuring import bench, evaluate
from service.cli.models import models
from service.cli.output.errors import explain_error, known_errors, problem_of
from service.cli.output.messages import message, translated
from service.cli.output.printing import print_summary
from service.cli.output.progress import Progress, shown_count
from service.cli.output.reasons import word_reason
from service.cli.sources import is_html, read_source
from service.cli.terminal import (
    FAILED,
    OTHER_VARIABLES,
    Commands,
    fail,
    json_is_ascii,
    rare_garbage_collection,
    read_own_glossary,
    read_settings,
    read_terms,
    resumable_run,
    shown_variable,
)
from service.text.addresses import is_web_address

if TYPE_CHECKING:
    from service.cli.batch.earlier import Work
    from service.settings import Settings

_CONTEXT: Final = {"help_option_names": ["-h", "--help"], "show_default": True}
_LAST_PORT: Final = 65_535


# The help texts stand in output/messages.toml.
@click.group(cls=Commands, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="breve")
def main() -> None:
    """The command line of Brève."""


@main.command()
@click.argument("sources", nargs=-1, metavar="[FILE|URL|-]...")
@article_options
@click.option("--evidence", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@service_options
@click.option("--no-service", is_flag=True, envvar="BREVE_NO_SERVICE")
@model_options
def summarize(sources: tuple[str, ...], as_json: bool, evidence: bool, **options: Any) -> None:
    """Summarises articles."""
    if not sources and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError(message("usage.no_source"))
    from models.engine import NotSupported

    options["terms"] = read_terms(options["glossary"])
    names = sources or ("-",)
    failed = False
    with rare_garbage_collection(), closing(Progress()) as progress:
        answer = choose_answerer(options, progress)
        for name in names:
            shown = click.format_filename(name)  # A file's name may be bytes that are not text.
            try:
                summary = answer(_body(name, options, progress))
            except NotSupported as error:
                raise click.UsageError(explain_error(error)) from error
            except known_errors() as error:
                failed = True
                progress.clear()
                _print_problem(error, shown, as_json)
                continue
            progress.clear()
            if as_json:
                _print_json({"input": shown, **summary})
            else:
                print_summary(summary, shown if len(names) > 1 else None, evidence)
    sys.exit(FAILED if failed else 0)


def _print_problem(error: Exception, name: str, as_json: bool) -> None:
    words = explain_error(error)
    click.echo(f"breve: {name}: {words}", err=True)
    if as_json:
        _print_json({"input": name, "problem": problem_of(error, words)})


def _print_json(line: dict[str, Any]) -> None:
    click.echo(json.dumps(line, ensure_ascii=json_is_ascii()))


def _body(name: str, options: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The fields of `POST /summarize` for one source: an address, a page or a text."""
    body = fields_of(options)
    if is_web_address(name):
        progress.say(message("progress.fetch"))
        return {**body, "html": fetch_page(name)}
    text = read_source(name)
    return {**body, "html" if is_html(text) else "text": text}


@main.command()
@click.argument(
    "source",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="IN.jsonl",
)
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.jsonl")
@article_options
@service_options
@model_options
@click.option("--retry-failed", is_flag=True)
def batch(
    source: Path, output: Path, glossary: Path | None, retry_failed: bool, **options: Any
) -> None:
    """Summarises many articles."""
    from models.engine import ModelError, NotSupported
    from service.cli.batch.lines import BatchError

    check_models(options)
    _check_files(source, output)
    try:
        defaults = fields_of({**options, "terms": read_terms(glossary)})
        with resumable_run():
            failed, count = _run_batch(source, output, defaults, options, retry_failed)
    except NotSupported as error:
        raise click.UsageError(explain_error(error)) from error
    except (BatchError, ModelError, OSError) as error:
        fail(explain_error(error))
    if failed:
        fail(message("batch.failed", failed=failed, count=count))


def _run_batch(
    source: Path, output: Path, defaults: dict[str, Any], options: dict[str, Any], retry: bool
) -> tuple[int, int]:
    """Answers all lines. Returns how many articles have no summary, and how many there are."""
    from service.cli.batch.earlier import find_work, read_earlier_run
    from service.cli.batch.lines import read_lines
    from service.cli.batch.retrying import put_in_place
    from service.cli.batch.running import locked

    with locked(output):
        put_in_place(output)
        earlier = read_earlier_run(output)
        work = find_work(read_lines(source, defaults), earlier, output, retry)
        kept = len(earlier.answers) - len(work.again)
        count = kept + len(work.again) + len(work.left)
        note = "progress.batch_again" if earlier.answers else "progress.batch"
        failed = _do_work(work, output, options, message(note, kept=kept, count=count))
    return earlier.failed - len(work.again) + failed, count


def _check_files(source: Path, output: Path) -> None:
    """Refuses an input that cannot be read, and an output that cannot be written."""
    if "-" in (str(source), str(output)):
        raise click.UsageError(message("batch.files"))
    if output.exists() and not output.is_file():
        raise click.UsageError(message("batch.no_regular_file", output=output))
    if output.exists() and output.samefile(source):
        raise click.UsageError(message("batch.same_file", output=output))


def _do_work(work: "Work", output: Path, options: dict[str, Any], note: str) -> int:
    """Does the work, and returns how many of its articles have no summary.

    The model is loaded only for a line that can be answered.
    """
    from service.cli.batch.running import run_work

    stop = threading.Event()
    lines = [*work.again.values(), *work.left]
    answer: Answerer = _answer_nothing
    at_once = 1
    if any(line.wrong is None for line in lines) or (lines and options["service_url"]):
        answer, at_once = choose_shared_answerer(options, stop)
    with (
        closing(run_work(work, output, answer, at_once, stop)) as outcomes,
        shown_count(outcomes, len(lines), note) as counted,
    ):
        return sum(not succeeded for succeeded in counted)


def _answer_nothing(_: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError("no line of this run can be answered")


main.add_command(bulk)
main.add_command(digest)


@main.command()
@click.option("--host")
@click.option("--port", type=click.IntRange(1, 65535))
@click.option("--model")
@click.option("--translator")
def serve(**options: Any) -> None:
    """Runs the HTTP service."""
    chosen = {name: value for name, value in options.items() if value is not None}
    settings = read_settings(**chosen)
    read_own_glossary(settings)
    if settings.is_open_to_others:
        raise click.UsageError(message("serve.open", host=settings.host))
    _check_port(settings)
    _check_checkpoints(settings)
    from service.api.observing import logs
    from service.api.server import make_server

    logs.configure(settings)
    try:
        server = make_server(settings)
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        missing = {"mcp": "serve.mcp", "redis": "serve.redis"}.get(package, "serve.otel")
        raise click.UsageError(message(missing, reason=word_reason(error))) from error
    with put_away_first():
        sys.exit(server.until_stopped())


def _check_port(settings: "Settings") -> None:
    """Ends the command before the model is loaded if the service could not listen."""
    where = {"host": settings.host, "port": settings.port}
    try:
        addresses = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        fail(message("serve.no_address", **where, reason=word_reason(error)))
    refusals = [_try_to_listen(family, address) for family, *_, address in addresses]
    numbers = {refusal.errno for refusal in refusals if refusal}
    if errno.EADDRINUSE in numbers:
        other = settings.port + 1 if settings.port < _LAST_PORT else settings.port - 1
        fail(message("serve.port_in_use", **where, other=other))
    if numbers & {errno.EACCES, errno.EPERM}:
        fail(message("serve.port_forbidden", **where))
    if (refusal := refusals[0]) and all(refusals):
        fail(message("serve.no_address", **where, reason=word_reason(refusal)))


def _try_to_listen(family: int, address: Any) -> OSError | None:
    """Why a service could not listen at an address; None if it could."""
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # As the server does.
            probe.bind(address)
    except OSError as error:
        return error
    return None


def _check_checkpoints(settings: "Settings") -> None:
    """Raises UsageError if a checkpoint that the settings name is missing.

    This counts as wrong usage, because the next start would end in the same way.
    """
    from models.checkpoints.catalog import AUTO
    from models.engine import ModelError
    from models.loading import revision_of

    for setting, name in (
        ("BREVE_MODEL", settings.model),
        ("BREVE_TRANSLATOR", settings.translator),
    ):
        try:
            is_missing = name not in ("", AUTO) and revision_of(name) is None
        except ModelError as error:  # A wrong catalogue.
            raise click.UsageError(explain_error(error)) from error
        if is_missing:
            raise click.UsageError(message("serve.no_checkpoint", setting=setting, name=name))


@main.command()
@click.option("--settings", "show_settings", is_flag=True)
def info(show_settings: bool) -> None:
    """Says what would be used."""
    from models.engine import ModelError
    from models.loading import revisions_of

    settings = read_settings()
    runtime = {"model": settings.model, "runtime": settings.runtime}
    click.echo(message("info.version", version=__version__, **runtime))
    try:
        for name, revision in revisions_of(settings.model, settings.translator).items():
            words = "info.revision" if revision else "info.missing"
            click.echo(message(words, name=name, revision=revision))
    except ModelError as error:  # A wrong catalogue.
        fail(explain_error(error))
    if show_settings:
        _list_settings(settings)


def _list_settings(settings: "Settings") -> None:
    for name, field in type(settings).model_fields.items():
        default = _as_written(field.default) or message("info.empty")
        values = {"value": _as_written(getattr(settings, name)), "default": default}
        shown = f"BREVE_{name.upper()}"
        about = translated(field.description or "")
        click.echo(message("info.setting", name=shown, about=about, **values))
    for name, about in OTHER_VARIABLES.items():
        values = {"value": shown_variable(name), "default": message("info.empty")}
        click.echo(message("info.setting", name=name, about=translated(about), **values))


def _as_written(value: object) -> str:
    """The value of a setting, in the form that a variable of the environment has."""
    return str(value).lower() if isinstance(value, bool) else str(value)


main.add_command(mcp)
main.add_command(models)
main.add_command(evaluate)
main.add_command(bench)
