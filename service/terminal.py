"""What the commands have in common: the settings, the engine, and an end with a message."""

import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

if TYPE_CHECKING:
    from models.engine import Engine
    from service.glossary import Glossary
    from service.settings import Settings

FAILED: Final = 1  # exit status


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
