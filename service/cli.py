"""The `breve` command: a thin layer over the pipeline and the service."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from service import __version__

if TYPE_CHECKING:
    from service.settings import Settings

PRODUCT_ERRORS = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="breve")
def main() -> None:
    """Brève: short, faithful summaries of French tech news, in French or in English."""


def _fail(message: str) -> NoReturn:
    click.echo(f"breve: {message}", err=True)
    sys.exit(PRODUCT_ERRORS)


@main.command()
@click.argument("sources", nargs=-1, metavar="[FILE|URL|-]...")
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Language of the summary.")
@click.option(
    "--length", type=click.Choice(["short", "medium", "long"]), default="medium", show_default=True,
    help="One sentence, two or three, or up to six.",
)  # fmt: skip
@click.option("--max-words", type=click.IntRange(10, 400), help="Most words of the French summary.")
@click.option("--headline", is_flag=True, help="Put a headline above the summary.")
@click.option("--evidence", is_flag=True, help="Put the article's sentences behind each sentence under the summary.")
@click.option("--json", "as_json", is_flag=True, help="Print everything, as JSON, one line a source.")
@click.option("--no-language-check", is_flag=True, help="Take articles that do not look French.")
@click.option("--url", "service_url", metavar="URL", envvar="BREVE_URL", help="Use the service that runs there.")
@click.option("--key", envvar="BREVE_KEY", help="Key for that service.")
@click.option("--model", envvar="BREVE_MODEL", help="Catalogue name or folder of the model (without --url).")
def summarize(sources: tuple[str, ...], as_json: bool, evidence: bool, **options: Any) -> None:
    """Summarise files, pages (addresses) or standard input (-). The summary goes to standard output."""
    if not sources and sys.stdin.isatty():
        raise click.UsageError("Name a file, an address, or - for standard input.")
    answer = _answerer(options)
    failed = False
    names = sources or ("-",)
    for name in names:
        try:
            summary = answer(_body(name, options))
        except _failures() as error:
            failed = True
            click.echo(f"breve: {name}: {error}", err=True)
            continue
        if as_json:
            click.echo(json.dumps({"input": name, **summary}, ensure_ascii=False))
        else:
            _print(summary, name if len(names) > 1 else None, evidence)
    sys.exit(PRODUCT_ERRORS if failed else 0)


class ServiceError(Exception):
    """The service answered with an error, or not at all."""


def _failures() -> tuple[type[Exception], ...]:
    from models.engine import ModelError

    known: list[type[Exception]] = [ServiceError, ModelError, OSError, UnicodeDecodeError]
    if "service.article" in sys.modules:
        from service.article import ArticleError

        known.append(ArticleError)
    if "service.fetch" in sys.modules:
        from service.fetch import FetchError

        known.append(FetchError)
    return tuple(known)


def _body(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """The fields of `POST /summarize` for one source: an address, a page or a text."""
    body: dict[str, Any] = {
        "language": options["lang"],
        "length": options["length"],
        "headline": options["headline"],
        "language_check": not options["no_language_check"],
    }
    if options["max_words"]:
        body["max_words"] = options["max_words"]
    if name.startswith(("http://", "https://")):
        from service.fetch import fetch

        return {**body, "html": fetch(name, timeout=30, public_only=False)}
    raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    text = raw.decode("utf-8-sig")
    return {**body, "html" if _is_html(text) else "text": text}


def _is_html(text: str) -> bool:
    start = text.lstrip()[:200].lower()
    return start.startswith(("<!doctype html", "<html")) or ("<head" in start and "<" in start[:1])


def _answerer(options: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What turns a body into a summary: the service at --url, or the model in this process."""
    if options["service_url"]:
        return _remote(options["service_url"].rstrip("/"), options["key"])
    return _local(options["model"])


def _remote(url: str, key: str | None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    import httpx

    headers = {b"Authorization": f"Bearer {key}".encode()} if key else {}
    client = click.get_current_context().with_resource(httpx.Client(timeout=httpx.Timeout(600, connect=10), headers=headers))

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = client.post(f"{url}/summarize", json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceError(f"no answer from {url}: {error}") from error
        try:
            data = response.json()
        except ValueError:
            data = None
        if isinstance(data, dict) and response.is_success and "summary" in data:
            return data
        if isinstance(data, dict) and "detail" in data:
            raise ServiceError(str(data["detail"]))
        raise ServiceError(f"{url} answered with status {response.status_code}, but not as Brève does")

    return answer


def _local(model: str | None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    loaded: list[Any] = []

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        from service.summarizer import Summarizer, SummaryRequest

        if not loaded:
            from models.loading import load_engine

            settings = _settings()
            click.echo("Loading the model…", err=True) if sys.stderr.isatty() else None
            loaded.append(Summarizer(load_engine(model or settings.model, settings.threads, settings.runtime)))
        from service.api.schemas import as_json
        from service.lengths import Length

        request = SummaryRequest(**{**body, "length": Length(body["length"])})
        summary = loaded[0].summarize(request)
        return as_json(summary, with_text=request.html is not None)

    return answer


def _settings(**given: Any) -> "Settings":
    """The settings of the environment and of the command line; a wrong one is wrong usage."""
    from pydantic import ValidationError

    from service.settings import Settings

    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [f"BREVE_{str(item['loc'][0]).upper()}: {item['msg']} (given: {item['input']!r})" for item in error.errors()]
        raise click.UsageError("Wrong settings. " + "; ".join(lines)) from error


def _print(summary: dict[str, Any], name: str | None, evidence: bool) -> None:
    if name:
        click.echo(f"== {name}")
    if summary["headline"]:
        click.echo(summary["headline"] + "\n")
    click.echo(summary["summary"])
    if evidence:
        for number, sentence in enumerate(summary["sentences"], 1):
            mark = "" if sentence["supported"] else "  (check this)"
            click.echo(f"\n[{number}] {sentence['text']}{mark}")
            for found in sentence["evidence"]:
                click.echo(f"    source {found['start']}-{found['end']}: {found['text']}")
    for warning in summary["warnings"]:
        click.echo(f"breve: {warning['code']}: {warning['detail']}", err=True)


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--model", help="Catalogue name or folder of the model.")
def serve(**options: Any) -> None:
    """Run the HTTP service. Settings come from BREVE_… variables; see `breve info --settings`."""
    import logging

    import uvicorn

    from service.api import create_app

    settings = _settings(**{name: value for name, value in options.items() if value is not None})
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s %(message)s")
    uvicorn.run(
        create_app(settings), host=settings.host, port=settings.port, log_level=settings.log_level,
        timeout_graceful_shutdown=30, server_header=False,
    )  # fmt: skip


@main.group()
def models() -> None:
    """The checkpoints that can be used."""


@models.command("list")
def list_models() -> None:
    """List the catalogue."""
    from models.catalog import catalog

    for entry in catalog().values():
        click.echo(f"{entry.name:<13} {entry.size_mb:>5} MB  {entry.licence:<18}  {entry.about}")


@models.command("pull")
@click.argument("name")
def pull_model(name: str) -> None:
    """Download a checkpoint, or build the built-in one."""
    from models.engine import ModelError
    from models.loading import pull

    try:
        click.echo(pull(name))
    except ModelError as error:
        _fail(str(error))


@models.command("check")
@click.argument("name")
def check_model(name: str) -> None:
    """Load a checkpoint and describe it."""
    from models.engine import ModelError
    from models.loading import load_engine

    try:
        described = load_engine(name, runtime=_settings().runtime).describe()
    except ModelError as error:
        _fail(str(error))
    click.echo(
        f"{described.id} revision {described.revision}: {described.family}, {described.runtime}, window {described.window}"
    )


@main.command()
@click.option("--settings", "show_settings", is_flag=True, help="List every setting with its default and its value.")
def info(show_settings: bool) -> None:
    """Say which version, model and settings would be used."""
    settings = _settings()
    click.echo(
        f"breve {__version__}, model {settings.model}, runtime {settings.runtime} (`breve models check` names the one it finds)"
    )
    if show_settings:
        for name, field in type(settings).model_fields.items():
            click.echo(f"BREVE_{name.upper()}={getattr(settings, name)}  (default {field.default})  {field.description}")
