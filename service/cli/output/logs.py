"""Shows what `models` logs on standard error, in the language of the environment."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from service.cli.output.messages import translated
from service.cli.output.reasons import word_value

_OWN: Final = "breve"  # Begins the names of our own loggers.
_BUILD: Final = "breve.build"  # Reports how far the building of a model is.


class _Handler(logging.Handler):
    """Writes a line for each record."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record, in French if the environment asks for it."""
        values = tuple(map(word_value, record.args)) if isinstance(record.args, tuple) else ()
        sentence = translated(str(record.msg))
        click.echo(f"breve: {sentence % values if values else sentence}", err=True)


@contextmanager
def shown_logs() -> Iterator[None]:
    """Shows warnings, and the steps of a build, until the block ends.

    `breve serve` has a log of its own.
    """
    own, build = logging.getLogger(_OWN), logging.getLogger(_BUILD)
    handler, level = _Handler(logging.INFO), build.level
    own.addHandler(handler)
    build.setLevel(logging.INFO)
    try:
        yield
    finally:
        own.removeHandler(handler)
        build.setLevel(level)
