"""The messages of the command line, in the language of its environment.

The words are in `messages.toml`. click marks its own messages for gettext; their French is in the
same table, under `click`. The French of other packages' sentences is in `french.toml`.
"""

import os
from collections.abc import Mapping
from typing import Any, Final, Literal

import click
from click import core, decorators, exceptions, formatting, parser, types

from service.text.tables import table

Language = Literal["fr", "en"]
TABLE: Final = "messages"
FRENCH_OF_CLICK: Final = "click"  # English messages of click and their French.
FRENCH_OF_OTHERS: Final = "french"  # The table of sentences of other rooms and their French.
STANDING_ALONE: Final = "catalogue"  # The section of words that are no part of a sentence.
_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")  # The first one that is set counts.


def language() -> Language:
    """The language that the environment asks for: French, or else English."""
    chosen = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    return "fr" if chosen.lower().startswith("fr") else "en"


def message(name: str, /, **values: object) -> str:
    """The message `name`, like `source.missing`, with `values` filled in. Raises KeyError."""
    if (words := find_message(name)) is None:
        raise KeyError(name)
    return words.format(**values) if values else words


def find_message(name: str) -> str | None:
    """The words of the message `name`, without values; None if there is no such message."""
    entry: Any = table(__package__, TABLE)
    for part in name.split("."):
        entry = entry.get(part) if isinstance(entry, Mapping) else None
    return entry[language()] if isinstance(entry, Mapping) and "en" in entry else None


def translated(sentence: str) -> str:
    """A sentence of another room, in the language of the environment."""
    if language() == "en":
        return sentence
    parts = table(__package__, FRENCH_OF_OTHERS).values()
    return str(next((part[sentence] for part in parts if sentence in part), sentence))


def translate_value(words: str) -> str:
    """Words that another room puts into a sentence, in the language of the environment.

    A word that stands alone in the list of models is left as it is: it may be the name of a user's
    own model.
    """
    is_name = words in table(__package__, FRENCH_OF_OTHERS)[STANDING_ALONE]
    return words if is_name else translated(words)


def translate_click() -> None:
    """Makes click, which looks messages up with `_` and `ngettext`, speak the same language."""
    for module in (core, decorators, exceptions, formatting, parser, types):
        vars(module).update(_=_click_message)
    for module in (core, exceptions, parser, types):
        vars(module).update(ngettext=_click_plural)


def _click_message(english: str) -> str:
    if language() == "en":
        return english
    return str(table(__package__, TABLE)[FRENCH_OF_CLICK].get(english, english))


def _click_plural(singular: str, plural: str, count: int) -> str:
    return _click_message(singular if count == 1 else plural)


def put_help(command: click.Command, path: str = "breve") -> None:
    """Gives a command, its options and the commands below it their help texts.

    The text of an option is `help.PATH.NAME` or `help.option.NAME`.
    """
    command.help = find_message(f"help.{path}.about") or command.help
    command.short_help = find_message(f"help.{path}.short") or command.short_help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            own = find_message(f"help.{path}.{parameter.name}")
            shared = find_message(f"help.option.{parameter.name}")
            parameter.help = own or shared or parameter.help
    for name, below in getattr(command, "commands", {}).items():
        put_help(below, name if path == "breve" else f"{path}-{name}")
