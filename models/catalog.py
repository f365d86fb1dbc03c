"""Reads `catalog.toml`: the checkpoints that can be asked for by name."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from models.engine import ModelError, Task

BUILTIN: Final = "breve-270m"


@dataclass(frozen=True)
class CatalogEntry:
    """One known checkpoint; the fields are explained in `catalog.toml`."""

    name: str
    id: str
    family: str
    tasks: tuple[Task, ...]
    languages: tuple[str, ...]
    window: int
    licence: str
    size_mb: int
    about: str
    prefix: str = ""
    force_language: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)


def _entry(name: str, table: dict[str, Any]) -> CatalogEntry:
    tasks = tuple(Task(task) for task in table.pop("tasks"))
    languages = tuple(table.pop("languages"))
    return CatalogEntry(name=name, tasks=tasks, languages=languages, **table)


@cache
def catalog() -> Mapping[str, CatalogEntry]:
    """All entries by name, the built-in model first."""
    text = files("models").joinpath("catalog.toml").read_text(encoding="utf-8")
    return {name: _entry(name, table) for name, table in tomllib.loads(text).items()}


def find(name: str) -> CatalogEntry:
    """The entry called `name`, or with that hub id. Raises ModelError if there is none."""
    for entry in catalog().values():
        if name in (entry.name, entry.id):
            return entry
    known = ", ".join(catalog())
    raise ModelError(f"No model is called {name!r}. Known models: {known}.")
