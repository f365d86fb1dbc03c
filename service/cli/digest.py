"""`breve digest`: reads feeds and writes their news, one entry a story."""

import os
import re
import sys
import tempfile
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.request import getproxies

import click

from service.cli.answering import (
    FETCH_SECONDS,
    Answerer,
    SharedAnswerer,
    check_models,
    is_of_article,
    model_options,
    service_options,
)
from service.cli.output.errors import explain_error, known_errors
from service.cli.output.messages import language, message
from service.cli.output.progress import Progress, say_line
from service.cli.output.reasons import word_reason
from service.cli.terminal import FAILED, fail
from service.text.addresses import is_web_address

if TYPE_CHECKING:
    from service.cli.webhook import Webhook
    from service.feeds.digest import Digest
    from service.feeds.store import StoreTrouble
    from service.feeds.visiting import RunTime

MAX_ITEMS: Final = 50
# The time limit of a run. Entries that come later keep the words of their feed.
RUN_SECONDS: Final = 1800.0
_SINCE: Final = re.compile(r"(\d{1,5})\s*([mhdjw])", re.IGNORECASE)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "j": "days", "w": "weeks"}
# Statuses with which a service fails at one article: the next may succeed.
_OF_ARTICLE: Final = (413, 422, 500, 504)
# The kinds of proxies that fetch pages. The environment also names other kinds, and hosts that need
# no proxy.
_WEB_PROXIES: Final = frozenset(("http", "https", "all"))


def _read_since(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> datetime | None:
    """The moment of a time before now (24h, 7d, 90m, 2w) or of a date (2026-11-28)."""
    if value is None:
        return None
    try:
        if match := _SINCE.fullmatch(value.strip()):
            unit = _UNITS[match[2].lower()]
            return datetime.now(UTC) - timedelta(**{unit: int(match[1])})
        return datetime.fromisoformat(value.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        words = message("usage.since", value=repr(value))
        raise click.BadParameter(words, context, parameter) from error


def _read_webhook(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> "Webhook | None":
    """The address to which the digest is sent, with the secret that signs it."""
    if value is None:
        return None
    from service.cli.webhook import SECRET, Webhook

    secret = os.environ.get(SECRET, "").strip()
    if not secret:
        raise click.BadParameter(message("usage.webhook_secret"), context, parameter)
    try:
        return Webhook(value, secret)
    except ValueError as error:
        raise click.BadParameter(message("usage.webhook"), context, parameter) from error


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--since", metavar="24h", callback=_read_since)
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["markdown", "html", "atom", "jsonfeed"]),
    default="markdown",
)
@click.option("--json", "as_json", is_flag=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--max-items", type=click.IntRange(1, 1000), default=MAX_ITEMS)
@click.option("--webhook", metavar="URL", callback=_read_webhook, envvar="BREVE_WEBHOOK")
@service_options
@click.option("--no-service", is_flag=True, envvar="BREVE_NO_SERVICE")
@model_options
def digest(
    sources: tuple[str, ...],
    output_format: str,
    as_json: bool,
    out: Path | None,
    webhook: "Webhook | None",
    **options: Any,
) -> None:
    """Makes a digest of feeds."""
    from models.engine import NotSupported
    from service.cli.webhook import WebhookError
    from service.feeds.store import StoreTrouble

    check_models(options)
    target = _Target("json" if as_json else output_format, out, webhook)
    target.check(sources)
    try:
        with closing(Progress()) as progress:
            made = _make(sources, target, options, progress)
    except NotSupported as error:
        raise click.UsageError(explain_error(error)) from error
    except StoreTrouble as error:
        fail(_explain_store(error))
    except WebhookError as error:
        fail(str(error))
    except known_errors() as error:
        fail(explain_error(error))
    sys.exit(FAILED if _tell_health(made) else 0)


class _Target:
    """Where the digest goes, and in which format."""

    def __init__(self, output_format: str, out: Path | None, webhook: "Webhook | None") -> None:
        self._format, self._out, self._webhook = output_format, out, webhook

    def check(self, sources: tuple[str, ...]) -> None:
        """Ends the command before anything is fetched if the file could not be written."""
        if self._out is None:
            return
        if not self._out.resolve().parent.is_dir():
            fail(message("digest.no_folder", output=self._out))
        files = (Path(name) for name in sources if not is_web_address(name))
        if self._out.exists() and any(file.exists() and file.samefile(self._out) for file in files):
            raise click.UsageError(message("digest.same_file", output=self._out))

    def write(self, made: "Digest") -> None:
        """Writes the digest and sends it. Raises WebhookError.

        A file is written whole or not at all.
        """
        from service.feeds.writing.formats import FORMATS, MEDIA_TYPES

        text = FORMATS[self._format](made)
        if self._out:
            _write_whole(self._out.resolve(), text)
        if self._webhook:
            self._webhook.send(text, MEDIA_TYPES[self._format])
        elif not self._out:
            click.echo(text, nl=False)


def _write_whole(path: Path, text: str) -> None:
    if path.exists() and not path.is_file():  # For example /dev/stdout.
        path.write_text(text, encoding="utf-8")
        return
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(number, "w", encoding="utf-8") as file:  # noqa: PTH123  # a file that is open
            file.write(text)
        Path(name).chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _make(
    sources: tuple[str, ...], target: _Target, options: dict[str, Any], progress: Progress
) -> "Digest":
    """Makes the digest and writes it. Only after that, the store records the stories."""
    from service.feeds.digest import DigestMaker, Wishes
    from service.feeds.entries import EntryWriter
    from service.feeds.incoming.collecting import Reach, plain_reason
    from service.feeds.store import open_store
    from service.feeds.visiting import RunTime, Visitor

    names = [name if is_web_address(name) else str(Path(name).absolute()) for name in sources]
    stop = threading.Event()
    run = RunTime(RUN_SECONDS, stop)
    visitor = Visitor(run, FETCH_SECONDS, _is_guarded)
    shared = SharedAnswerer(options, stop, progress)
    answer = _forgiving(shared.answer, run)
    writer = EntryWriter(answer, visitor.fetch_page, options["lang"], shared.count_turns)
    say = partial(_say, progress)
    # The digest quotes reasons too, so they are in French only if the whole digest is.
    is_french = options["lang"] == language() == "fr"
    reach = Reach(True, word_reason=word_reason if is_french else plain_reason)
    maker = DigestMaker(visitor.fetch_feed, writer, options["lang"], say, reach)
    wishes = Wishes(options["since"], options["max_items"])
    with open_store(options["store"] or _default_store()) as opened:
        progress.say(message("progress.digest_feeds"))
        try:
            made = maker.make(names, opened, wishes, datetime.now(UTC))
        finally:
            stop.set()  # After an error, other articles may still be under way.
        progress.clear()
        target.write(made)
    return made


def _say(progress: Progress, number: int, count: int) -> None:
    step = message("progress.digest_entry", number=number, count=count)
    if number in (0, count):
        progress.say(step)
    else:
        progress.say_count(step)


def _forgiving(answer: Answerer, run: "RunTime") -> Answerer:
    """`answer`, but with ArticleError if a service fails at the article, or no time is left.

    A service that has an error of its own (500) may be broken. It counts as one that fails at the
    article only once it has answered another one.
    """
    from service.cli.client import ServiceError
    from service.reading.article import ArticleError

    has_answered = False

    def summarise(body: dict[str, Any]) -> dict[str, Any]:
        nonlocal has_answered
        if run.left() <= 0:
            raise ArticleError("No time is left for this article.")
        try:
            answered = answer(body)
        except ServiceError as error:
            fails_elsewhere = error.status == 500 and not has_answered
            if fails_elsewhere or not (is_of_article(error) or error.status in _OF_ARTICLE):
                raise
            has_answered = True
            raise ArticleError(str(error)) from error
        has_answered = True
        return answered

    return summarise


@cache
def _is_guarded(referrer: str) -> bool:
    """True if the addresses that a feed, a list or a page leads to must be public.

    The writer of a public page must not lead this machine into its private network. A feed of that
    network may. A proxy checks this itself.
    """
    from service.fetch.addresses import is_of_private_network

    return _WEB_PROXIES.isdisjoint(getproxies()) and not is_of_private_network(referrer)


def _default_store() -> Path:
    """The store in the user's folder for the state of programs."""
    from platformdirs import user_state_path

    return user_state_path("breve") / "feeds.sqlite"


def _explain_store(error: "StoreTrouble") -> str:
    return message(f"store.{error.kind}", path=error.path, reason=error.reason)


def _tell_health(made: "Digest") -> bool:
    """Says what is wrong with feeds. True if one of them has failed."""
    from service.feeds.writing.words import Words

    words = Words(language())
    for health in made.health:
        say_line(f"{health.subscription.address}: {words.trouble(health)}.")
    return any(health.has_failed for health in made.health)
