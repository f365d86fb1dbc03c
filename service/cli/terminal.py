"""The shared parts of all commands: standard streams, help, settings, engine, failure."""

import codecs
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TextIO, cast, get_args

import click

from service.cli.interrupts import INTERRUPTED, put_away_first
from service.cli.output.errors import explain_error
from service.cli.output.logs import shown_logs
from service.cli.output.messages import find_message, message, put_help, translate_click, translated
from service.cli.output.progress import say_line
from service.cli.output.reasons import word_system_error

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from models.engine import Engine
    from service.english.lexicon.glossary import Glossary
    from service.settings import Settings

FAILED: Final = 1  # Exit status.
# Variables of the environment beside those of the settings, which are the service's.
OTHER_VARIABLES: Final = {
    "BREVE_CACHE": "Folder of the models that are built and pulled. Empty: `breve` in the user's "
    "cache folder (~/.cache on Linux).",
    "BREVE_CATALOG": "File of models beside those of `breve models list` (docs/models.md).",
    "BREVE_URL": "Address of the service that `summarize`, `batch` and `digest` use, as --url. "
    "Empty: `summarize` and `digest` use a matching service on this machine; else the model runs "
    "here.",
    "BREVE_KEY": "Key for that service, or for one that runs on this machine, as --key.",
    "BREVE_NO_SERVICE": "`true`: `summarize` and `digest` do not use a service that already runs "
    "on this machine, as --no-service.",
    "BREVE_WEBHOOK": "Address that `digest` sends its result to, as --webhook.",
    "BREVE_WEBHOOK_SECRET": "Secret that signs what `digest --webhook` sends.",
}
_SECRETS: Final = ("BREVE_KEY", "BREVE_WEBHOOK", "BREVE_WEBHOOK_SECRET")
# Characters of French texts that some charsets lack, and their replacements on a typewriter.
_PLAIN: Final = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "…": "...",
    "œ": "oe",
    "Œ": "Oe",
    "€": "EUR",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
}
# The number of new objects between two runs of the garbage collector in a short command. Python's
# default is 700.
NEW_OBJECTS: Final = 100_000
DEVELOPERS: Final = ("eval", "bench")  # Commands that few users need.


class Commands(click.Group):
    """Commands that cope with a standard stream that is closed, full, or not in UTF-8.

    They work, or say what is wrong. They speak the language of the environment. Ctrl-C ends them
    without a word.
    """

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Runs the command that the arguments name."""
        _prepare_streams()
        translate_click()
        put_help(self)
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            # This is an error of standard output. Errors of files and of the network are caught
            # where they arise.
            _discard_output()
            fail(_explain_output_error(error))

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command. Ctrl-C ends it silently; click alone would say "Aborted!"."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the commands, and then the options, of which there are few here."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the everyday commands, then those for developers."""
        rows = [
            (name, self.commands[name].get_short_help_str()) for name in self.list_commands(ctx)
        ]
        parts = {
            "help.breve.everyday": [row for row in rows if row[0] not in DEVELOPERS],
            "help.breve.developers": [row for row in rows if row[0] in DEVELOPERS],
        }
        for heading, part in parts.items():
            with formatter.section(message(heading)):
                formatter.write_dl(part)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands as they were added: the most used ones come first."""
        return list(self.commands)


class _Lenient:
    """Standard error that drops text it cannot write, so that the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def _discard_output() -> None:
    """Discards the rest of standard output.

    Otherwise Python tries to write it at its end, and exits with another status.
    """
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explain_output_error(error: OSError) -> str:
    if error.filename:
        return word_system_error(error)
    return message("terminal.output", reason=word_system_error(error))


def _prepare_streams() -> None:
    """Opens closed streams, and lets all of them replace characters that they cannot encode.

    Otherwise other files would get the numbers of the closed streams.
    """
    if sys.stdout is None:
        # Opened for reading only, so that writing to it is an error.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if not isinstance(sys.stderr, _Lenient):
        sys.stderr = cast(TextIO, _Lenient(sys.stderr))
    codecs.register_error("breve", _replace_unencodable)
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="breve")
    errors = getattr(sys.stderr, "_stream", None)
    if isinstance(errors, TextIOWrapper):
        errors.reconfigure(errors="breve")


def _replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    """The replacement for characters that a stream cannot encode."""
    assert isinstance(error, UnicodeEncodeError)
    unencodable = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in unencodable), error.end


def json_is_ascii() -> bool:
    """True if JSON must escape all but ASCII, because standard output is not in UTF-8."""
    return codecs.lookup(sys.stdout.encoding).name != "utf-8"


def fail(message: str) -> NoReturn:
    """Says what went wrong and ends the command."""
    click.echo(f"breve: {message}", err=True)
    sys.exit(FAILED)


@contextmanager
def rare_garbage_collection() -> Iterator[None]:
    """Makes garbage collection rare inside the block, a command that ends soon.

    The imports of a command make half a million objects, which stay. Going through them again and
    again takes 0.4 s of a first summary.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def load_engine_of(
    model: str | None,
    translator: str | None = None,
    say: Callable[[str], None] = say_line,
    defers: bool = False,
) -> "Engine":
    """The engine of `model` and `translator`, or of those that the settings name.

    `say` gets a line: that the engine is being loaded, or built first, which takes a minute. With
    `defers`, built-in models are loaded only when they have to write. Raises ModelError.
    """
    from models.loading import load_engine

    settings = read_settings()
    name = model or settings.model
    if translator is None:
        translator = settings.translator
    is_built = _is_built(name, translator)
    say(message("progress.loading" if is_built else "progress.building"))
    click.get_current_context().with_resource(shown_logs())
    choices = (translator, settings.allow_pickle, settings.runtime, defers)
    return load_engine(name, settings.threads, *choices)


def _is_built(model: str, translator: str) -> bool:
    """False if a built-in checkpoint is wanted that is not built yet. Raises ModelError."""
    from models.checkpoints.catalog import AUTO, BUILTIN, BUILTIN_TRANSLATOR
    from models.loading import is_here

    wanted = (model, BUILTIN_TRANSLATOR if translator == AUTO else translator)
    return all(is_here(name) for name in wanted if name in (BUILTIN, BUILTIN_TRANSLATOR))


def read_own_glossary(settings: "Settings | None" = None) -> "Glossary":
    """The built-in glossary with the file that the settings name. Raises UsageError."""
    from service.english.lexicon.glossary import Glossary, GlossaryError

    try:
        return Glossary.with_file((settings or read_settings()).glossary_file)
    except GlossaryError as error:
        raise click.UsageError(f"BREVE_GLOSSARY_FILE: {explain_error(error)}") from error


def read_terms(path: Path | None) -> dict[str, str]:
    """The pairs of a glossary file. Raises UsageError for a wrong file."""
    if path is None:
        return {}
    from service.english.lexicon.glossary import MAX_TERMS, GlossaryError, checked, read_glossary

    try:
        pairs = read_glossary(path)
    except GlossaryError as error:
        raise click.UsageError(explain_error(error)) from error
    try:
        return checked(pairs, MAX_TERMS)
    except GlossaryError as error:
        reason = f"{path}: {explain_error(error)}"
        raise click.UsageError(message("usage.long_glossary", reason=reason)) from error


def shown_variable(name: str) -> str:
    """The value of one of OTHER_VARIABLES. One that is a key, or may hold one, is masked."""
    value = os.environ.get(name, "")
    return "**********" if value and name in _SECRETS else value


def read_settings(**chosen: Any) -> "Settings":
    """The settings of the environment and the command line. Raises UsageError for a wrong one."""
    from pydantic import ValidationError

    from service.settings import Settings

    try:
        return Settings(**chosen)
    except ValidationError as error:
        wrong = "; ".join(_explain_setting(item) for item in error.errors())
        raise click.UsageError(message("usage.settings", list=wrong)) from error


def _explain_setting(item: "ErrorDetails") -> str:
    """What is wrong with one setting. A secret is never printed, not even a wrong one."""
    from pydantic import SecretStr

    from service.settings import Settings

    name = str(item["loc"][0])
    field = Settings.model_fields[name]
    values = {
        "about": translated(field.description or ""),
        "choices": ", ".join(map(repr, get_args(field.annotation))),
        **item.get("ctx", {}),
    }
    reason = find_message(f"setting.{item['type']}") or message("setting.other")
    reason = reason.format(**values)
    words = message("usage.setting", name=name.upper(), reason=reason)
    if field.annotation is SecretStr:
        return words
    return words + message("usage.given", value=repr(item["input"]))


@contextmanager
def resumable_run() -> Iterator[None]:
    """Keeps the finished work of a run at the first Ctrl-C, says how to resume it, and exits."""
    try:
        with put_away_first():
            yield
    except KeyboardInterrupt:
        click.echo(f"breve: {message('batch.stopped')} {message('batch.go_on')}", err=True)
        sys.exit(INTERRUPTED)
