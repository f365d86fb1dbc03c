"""Chooses the answerer of `summarize` and `batch`: a service, or the model in this process.

The model is loaded when the first article needs it.
"""

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from models.engine import ModelError
from service.choosing.lengths import MAX_MAX_WORDS, MIN_MAX_WORDS, Length
from service.cli.output.messages import message
from service.cli.output.progress import Progress, say_line
from service.cli.terminal import fail, load_engine_of, read_own_glossary, read_settings

if TYPE_CHECKING:
    from models.engine import Engine
    from service.cli.client import Client, ServiceError
    from service.english.lexicon.glossary import Glossary
    from service.summarizer import Summarizer, SummaryRequest

FETCH_SECONDS: Final = 30
# A function from the fields of `POST /summarize` to a summary, both as JSON objects.
Answerer = Callable[[dict[str, Any]], dict[str, Any]]
Say = Callable[[str], None]
_Command = Callable[..., None]
_SLOW_STEPS: Final = ("generate", "translate")  # Steps that take long enough to be shown.


def _join(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Makes one decorator of options, which a command shows in this order."""

    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


# The options that `fields_of` reads.
article_options: Final = _join(
    click.option("--lang", type=click.Choice(["fr", "en"]), default="fr"),
    click.option("--length", type=click.Choice([*map(str, Length)]), default="medium"),
    click.option("--max-words", type=click.IntRange(MIN_MAX_WORDS, MAX_MAX_WORDS)),
    click.option("--headline", is_flag=True),
    click.option("--no-language-check", is_flag=True),
    click.option("--glossary", type=click.Path(path_type=Path)),
)
service_options: Final = _join(
    click.option("--url", "service_url", metavar="URL", envvar="BREVE_URL"),
    click.option("--key", envvar="BREVE_KEY"),
)
model_options: Final = _join(
    click.option("--model", envvar="BREVE_MODEL"),
    click.option("--translator", envvar="BREVE_TRANSLATOR"),
)


def fields_of(options: dict[str, Any]) -> dict[str, Any]:
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


def fetch_page(address: str) -> str:
    """The HTML of the page at `address`.

    Raises FetchError, and OSError for certificates that cannot be read.
    """
    from service.fetch.pages import fetch

    return fetch(address, timeout=FETCH_SECONDS, public_only=False)


def choose_answerer(options: dict[str, Any], progress: Progress) -> Answerer:
    """Chooses the function that turns the fields of an article into a summary.

    It asks the service at --url, a service on this machine, or the model in this process.
    """
    check_models(options)
    if options["service_url"]:
        return _remote_answerer(_client(options["service_url"], options["key"]), progress)
    local = _LocalModel(options, progress).answer
    if options["no_service"]:
        return local
    return _ServiceOrModel(options, local, progress).answer


class _ServiceOrModel:
    """Asks a service on this machine if it has the same models, else the model in this process."""

    def __init__(self, options: dict[str, Any], local: Answerer, progress: Progress) -> None:
        self._options, self._local, self._progress = options, local, progress
        self._chosen: Answerer | None = None

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The summary for the fields of `POST /summarize`."""
        if self._chosen is None:
            self._chosen = self._choose()
        return self._chosen(body)

    def _choose(self) -> Answerer:
        options = self._options
        url = _find_service(options)
        if url is None:
            return self._local
        self._progress.note(message("progress.local_service", url=url))
        client = _client(url, options["key"])
        remote = _remote_answerer(client, self._progress)
        return _with_fallback(client, remote, self._local, self._progress)


def _find_service(options: dict[str, Any]) -> str | None:
    """The address of a service on this machine that answers as the model here would, if any."""
    from service.cli.local_service import find_service, listens

    if not listens():
        return None
    models = {name: options[name] for name in ("model", "translator")}
    named = {name: value for name, value in models.items() if value is not None}
    return find_service(read_settings(**named), options["key"], options["lang"])


def choose_shared_answerer(options: dict[str, Any], stop: threading.Event) -> tuple[Answerer, int]:
    """The answerer for many articles, and how many articles to ask for at a time.

    A model is loaded now, and the articles share its passes. A service says how many it takes.
    """
    if options["service_url"]:
        client = _client(options["service_url"], options["key"], stop)
        return client.summarize, client.read_concurrency()
    return _share_model(options, stop)


def _share_model(
    options: dict[str, Any], stop: threading.Event, say: Say = say_line
) -> tuple[Answerer, int]:
    """The model in this process for many articles, and how many share its passes."""
    from models.batching import BatchingEngine

    settings = read_settings()
    glossary = read_own_glossary(settings)
    loaded = load_engine_of(options["model"], options["translator"], say)
    engine = BatchingEngine(loaded, settings.batch_tokens)
    click.get_current_context().call_on_close(engine.close)
    summarizer = _summarizer(engine, glossary)
    model = options["model"] or settings.model
    return make_answerer(summarizer, model, stop.is_set), settings.concurrency


def make_answerer(
    summarizer: "Summarizer", model: str, stopped: Callable[[], bool] = lambda: False
) -> Answerer:
    """An answerer that uses the `model` of a pipeline, until `stopped` returns True."""

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        is_late = _deadline(body.get("deadline_seconds"))
        return _summarize(summarizer, _request(body), lambda: stopped() or is_late())

    return _checking_model(model, answer)


class SharedAnswerer:
    """An answerer for many articles. Like `choose_answerer`, but it chooses at the first article.

    `count_turns` makes the choice, in the thread of the command. Then any thread may ask. `stop`
    ends the calls under way.
    """

    def __init__(self, options: dict[str, Any], stop: threading.Event, progress: Progress) -> None:
        self._options, self._stop, self._progress = options, stop, progress
        self._context = click.get_current_context()
        self._lock = threading.Lock()
        self._model: Answerer | None = None
        self._chosen: Answerer = self._answer_here

    def count_turns(self) -> int:
        """How many articles may be asked for at a time."""
        options = self._options
        if options["service_url"]:
            self._chosen, turns = choose_shared_answerer(options, self._stop)
            return turns
        url = None if options["no_service"] else _find_service(options)
        if url is None:
            self._model, turns = _share_model(options, self._stop, self._progress.say)
            return turns
        self._progress.note(message("progress.local_service", url=url))
        client = _client(url, options["key"], self._stop)
        self._chosen = _with_fallback(client, client.summarize, self._answer_here, self._progress)
        return client.read_concurrency()

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The summary for the fields of `POST /summarize`."""
        return self._chosen(body)

    def _answer_here(self, body: dict[str, Any]) -> dict[str, Any]:
        """Asks the model in this process. If a service has failed, the model is loaded first."""
        with self._lock:
            if self._model is None:
                with self._context.scope(cleanup=False):  # Each thread has a context of its own.
                    self._model, _ = _share_model(self._options, self._stop, self._progress.say)
        return self._model(body)


def check_models(options: dict[str, Any]) -> None:
    """Refuses --model and --translator beside --url: a service has its own models.

    BREVE_MODEL and BREVE_TRANSLATOR beside --url are no error: they are meant for other runs.
    """
    context = click.get_current_context()
    for name in ("model", "translator"):
        is_given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if is_given and options["service_url"]:
            words = message("usage.model_and_url", option=name, url=options["service_url"])
            raise click.UsageError(words)


def _client(url: str, key: str | None, stop: threading.Event | None = None) -> "Client":
    from service.cli.client import Client, ServiceError

    try:
        client = Client(url, key, stop.wait) if stop else Client(url, key)
    except ValueError as error:
        raise click.UsageError(message("usage.key", reason=error)) from error
    except ServiceError as error:
        fail(str(error))
    return click.get_current_context().with_resource(client)


def _remote_answerer(client: "Client", progress: Progress) -> Answerer:
    """An answerer that asks a service, and shows that it does."""

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        progress.say(message("progress.service", url=client.url))
        return client.summarize(body)

    return answer


def _with_fallback(
    client: "Client", remote: Answerer, local: Answerer, progress: Progress
) -> Answerer:
    """An answerer that asks the service that was found; once it fails, the model here.

    A problem of the article does not count as a failure of the service.
    """
    from service.cli.client import ServiceError

    has_failed = False

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        nonlocal has_failed
        if has_failed:
            return local(body)
        try:
            return remote(body)
        except ServiceError as error:
            if is_of_article(error):
                raise
            if not has_failed:
                has_failed = True
                progress.note(message("progress.local_service_failed", url=client.url))
            return local(body)

    return answer


def is_of_article(error: "ServiceError") -> bool:
    """True for a problem of the article: any service would answer the same."""
    from service.reading.article import ArticleError

    kinds: list[type[ArticleError]] = [ArticleError, *ArticleError.__subclasses__()]
    return (error.problem or {}).get("code") in {kind.code for kind in kinds}


class _LocalModel:
    """The model in this process. It is loaded for the first text that is an article."""

    def __init__(self, options: dict[str, Any], progress: Progress) -> None:
        self._options, self._progress = options, progress
        self._summarizer: Summarizer | None = None
        self._failure: ModelError | None = None

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The summary for the fields of `POST /summarize`.

        Raises ArticleError before the model is loaded.
        """
        if self._summarizer is None:
            _check_article(body)
            self._summarizer = self._load()
        return _summarize(self._summarizer, _request(body), lambda: False, self._tell)

    def _load(self) -> "Summarizer":
        """The pipeline with its model.

        Raises ModelError. Later calls raise the same error, without a new attempt.
        """
        if self._failure:
            raise self._failure
        glossary = read_own_glossary()
        models = (self._options["model"], self._options["translator"])
        try:
            engine = load_engine_of(*models, self._progress.say, defers=True)
        except ModelError as error:
            self._failure = error
            raise
        return _summarizer(engine, glossary)

    def _tell(self, step: str) -> None:
        if step in _SLOW_STEPS:
            self._progress.say(message(f"progress.{step}"))


def _check_article(body: dict[str, Any]) -> None:
    """Raises ArticleError for input that is no French article. This needs no model."""
    from service.reading.reader import read_article

    read_article(body.get("text"), body.get("html"), language_check=body["language_check"])


def _summarizer(engine: "Engine", glossary: "Glossary") -> "Summarizer":
    from service.summarizer import Summarizer

    return Summarizer(engine, glossary)


def _summarize(
    summarizer: "Summarizer",
    request: "SummaryRequest",
    cancelled: Callable[[], bool],
    tell: Say = lambda step: None,
) -> dict[str, Any]:
    from service.summary import as_json

    summary = summarizer.summarize(request, cancelled, tell)
    return as_json(summary, with_text=request.html is not None)


def _deadline(seconds: float | None) -> Callable[[], bool]:
    """A function that returns True once `seconds` have passed from now; never, if they are None."""
    end = math.inf if seconds is None else time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _request(body: dict[str, Any]) -> "SummaryRequest":
    """The pipeline's request for the fields of `POST /summarize`. An address is fetched."""
    from service.summarizer import SummaryRequest

    fields = {**body, "length": Length(body["length"])}
    if address := fields.pop("url", None):
        fields["html"] = fetch_page(address)
    # The pipeline has no such fields: the command line names the model, the caller watches the
    # deadline, and JSON has no layout.
    for name in ("model", "deadline_seconds", "format"):
        fields.pop(name, None)
    fields["glossary"] = tuple(sorted(fields.get("glossary", {}).items()))
    return SummaryRequest(**fields)


def _checking_model(model: str, answer: Answerer) -> Answerer:
    """`answer`, but it refuses an article that asks for another model, as the service does."""
    from service.api.contract.problems import ApiError

    def checked(body: dict[str, Any]) -> dict[str, Any]:
        if body.get("model", model) != model:
            words = f"model: this run uses {model!r}, not {body['model']!r}."
            raise ApiError(422, "unknown_model", words)
        return answer(body)

    return checked
