"""What the commands have in common: the standard streams, sources, settings, the engine, and an end with a message."""

import codecs
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TextIO, cast

import click

from service.byte_order_marks import marked

if TYPE_CHECKING:
    from models.engine import Engine
    from service.glossary import Glossary
    from service.settings import Settings

FAILED: Final = 1  # exit status
# Beside those of the settings, which are the service's.
OTHER_VARIABLES: Final = {
    "BREVE_CACHE": "Folder of what is built and pulled; empty: `breve` in the user's cache folder (~/.cache on Linux).",
    "BREVE_CATALOG": "File of checkpoints beside those of `breve models list` (docs/models.md).",
    "BREVE_URL": "Service that `summarize` and `batch` use, as --url does; empty: the model runs in their process.",
    "BREVE_KEY": "Key for that service, as --key.",
}
# What stands in French texts and not in every charset, as a typewriter would have it.
_PLAIN: Final = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "Oe", "€": "EUR",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip


class SourceError(Exception):
    """A file, or standard input, cannot be read as text. The message says what to do."""


class Commands(click.Group):
    """Commands that work, or say what is wrong, where a standard stream is closed, full, or not of UTF-8."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Runs the command that the arguments name."""
        _prepare_streams()
        try:
            return super().main(*arguments, **options)
        except OSError as error:  # those of files and of the network have been dealt with where they arose
            with suppress(OSError, ValueError):  # else Python tries to write what is left, and ends with a status of its own
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            fail(str(error) if error.filename else f"standard output cannot be written to: {error.strerror or error}")


class _Unheard:
    """Standard error where nobody may hear it: what cannot be written is left out, and the work goes on."""

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


def _prepare_streams() -> None:
    """Gives closed streams their numbers back, which other files would get, and takes care of what cannot be encoded."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # to write to it is an error
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if not isinstance(sys.stderr, _Unheard):
        sys.stderr = cast(TextIO, _Unheard(sys.stderr))
    codecs.register_error("breve", _plain)
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="breve")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What is written in place of characters that a stream cannot encode."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_PLAIN.get(character, "?") for character in error.object[error.start : error.end]), error.end


def json_is_ascii() -> bool:
    """True where JSON has to escape what is not ASCII, because standard output is not of UTF-8."""
    return codecs.lookup(sys.stdout.encoding).name != "utf-8"


def is_address(name: str) -> bool:
    """True for the address of a page."""
    return name.lower().startswith(("http://", "https://"))


def read_source(name: str) -> str:
    """The text of a file, or of standard input (-). Raises SourceError and OSError."""
    if name == "-" and sys.stdin is None:
        raise SourceError("standard input is closed.")
    text = _decoded(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes())
    if found := _not_article(text):
        raise SourceError(f"this is {found}.")
    return text


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode(marked(raw) or "utf-8")
    except UnicodeDecodeError as error:
        if is_html(raw.decode("latin-1")):
            from service.fetch import decoded

            return decoded(raw)
        raise SourceError("this is no text in UTF-8; save it as UTF-8.") from error


def _not_article(text: str) -> str | None:
    from service.pages import not_article

    return not_article(text)


def is_html(text: str) -> bool:
    """True if the text is a page, or a part of one."""
    from service.pages import begins_as_page

    return begins_as_page(text)


def fail(message: str) -> NoReturn:
    """Says what went wrong and ends the command."""
    click.echo(f"breve: {message}", err=True)
    sys.exit(FAILED)


def load_engine_of(model: str | None, translator: str | None = None) -> "Engine":
    """The engine of `model` and `translator`, or of those that the settings name. Raises ModelError."""
    from models.loading import load_engine

    settings = read_settings()
    if sys.stderr.isatty():
        click.echo("Loading the model…", err=True)
    chosen = (model or settings.model, settings.threads, settings.translator if translator is None else translator)
    return load_engine(*chosen, settings.allow_pickle, settings.runtime)


def read_own_glossary(settings: "Settings | None" = None) -> "Glossary":
    """The built-in glossary with the file that the settings name; a wrong file is wrong usage."""
    from service.glossary import Glossary, GlossaryError

    try:
        return Glossary.with_file((settings or read_settings()).glossary_file)
    except GlossaryError as error:
        raise click.UsageError(f"BREVE_GLOSSARY_FILE: {error}") from error


def read_terms(path: Path | None) -> dict[str, str]:
    """The pairs of a glossary file; a wrong one is wrong usage."""
    if path is None:
        return {}
    from service.glossary import MAX_TERMS, GlossaryError, checked, read_glossary

    try:
        pairs = read_glossary(path)
    except GlossaryError as error:
        raise click.UsageError(str(error)) from error
    try:
        return checked(pairs, MAX_TERMS)
    except GlossaryError as error:
        raise click.UsageError(f"{path}: {error} (BREVE_GLOSSARY_FILE takes longer lists.)") from error


def shown_variable(name: str) -> str:
    """The value of one of OTHER_VARIABLES; a key is never printed."""
    value = os.environ.get(name, "")
    return "**********" if value and name == "BREVE_KEY" else value


def read_settings(**given: Any) -> "Settings":
    """The settings of the environment and of the command line; a wrong one is wrong usage."""
    from pydantic import SecretStr, ValidationError

    from service.settings import Settings

    try:
        return Settings(**given)
    except ValidationError as error:
        lines = []
        for item in error.errors():
            name = str(item["loc"][0])
            secret = Settings.model_fields[name].annotation is SecretStr  # never printed, not even a wrong one
            lines.append(f"BREVE_{name.upper()}: {item['msg']}" + ("" if secret else f" (given: {item['input']!r})"))
        raise click.UsageError("Wrong settings. " + "; ".join(lines)) from error
