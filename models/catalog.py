"""Reads `catalog.toml`, and the user's own file of the same form: the checkpoints that can be asked for by name."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from models.engine import ModelError, Task

BUILTIN: Final = "breve-270m"
BUILTIN_TRANSLATOR: Final = "opus-mt"
AUTO: Final = "auto"  # of a translator: the model itself where it translates, else the built-in one
CATALOG_VARIABLE: Final = "BREVE_CATALOG"
UNKNOWN_LICENCE: Final = "see the model page"
_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


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
    revision: str = ""
    prefix: str | Mapping[str, str] = ""
    codes: Mapping[str, str] = field(default_factory=dict)


def entry_of(name: str, table: Mapping[str, Any], where: str) -> CatalogEntry:
    """The entry that a table describes; only `id` has to be there. Raises ModelError, naming `where`, for a wrong one."""
    unknown = sorted(table.keys() - {entry_field.name for entry_field in fields(CatalogEntry)})
    if unknown:
        raise ModelError(f"{where}: {name}: unknown field {unknown[0]!r}.")
    try:
        tasks = tuple(Task(task) for task in table.get("tasks", ()))
    except ValueError as error:
        raise ModelError(f"{where}: {error}; tasks are: {', '.join(Task)}.") from error
    known: dict[str, Any] = {
        "id": name, "family": "", "window": 0, "licence": UNKNOWN_LICENCE, "size_mb": 0, "about": "A checkpoint of your own.",
        **table, "name": name, "tasks": tasks, "languages": tuple(table.get("languages", ("fr", "en"))),
    }  # fmt: skip
    return CatalogEntry(**known)


def _read(text: str, where: str) -> dict[str, CatalogEntry]:
    return {name: entry_of(name, table, where) for name, table in tomllib.loads(text).items()}


@cache
def _own() -> Mapping[str, CatalogEntry]:
    return _read(files("models").joinpath("catalog.toml").read_text(encoding="utf-8"), "catalog.toml")


@cache
def _users(path: str) -> Mapping[str, CatalogEntry]:
    try:
        return _read(Path(path).read_text(encoding="utf-8"), path)
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{CATALOG_VARIABLE}: {path} is no readable catalogue: {error}") from error


def catalog() -> Mapping[str, CatalogEntry]:
    """All entries by name, the built-in ones first, then those of the file that `BREVE_CATALOG` names."""
    path = os.environ.get(CATALOG_VARIABLE)
    return {**_own(), **_users(path)} if path else _own()


def find(name: str) -> CatalogEntry:
    """The entry called `name`, or with that hub id; an entry of its own for any other hub id (`owner/name`, or
    `owner/name@revision`). Raises ModelError for what is none of these."""
    wanted, _, revision = name.partition("@")
    for entry in catalog().values():
        if name in (entry.name, entry.id):
            return entry
    if _HUB_ID.fullmatch(wanted):
        return entry_of(wanted, {"revision": revision, "about": "A checkpoint of the hub."}, name)
    known = ", ".join(catalog())
    raise ModelError(
        f"No model is called {name!r}. Known models: {known}. A checkpoint of the hub is named owner/name; for a local one, "
        "name its folder."
    )
