"""Reads `catalog.toml`, and the user's own file of the same form: the checkpoints that can be asked
for by name."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import NonNegativeInt, TypeAdapter, ValidationError

from models.checkpoints.store import expanded
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
    window: NonNegativeInt
    licence: str
    size_mb: NonNegativeInt
    about: str
    revision: str = ""
    prefix: str | Mapping[str, str] = ""
    codes: Mapping[str, str] = field(default_factory=dict)


_ENTRY: Final = TypeAdapter(CatalogEntry)


def entry_of(name: str, table: Mapping[str, Any], where: str) -> CatalogEntry:
    """The entry that a table describes; only `id` has to be there. Raises ModelError, naming
    `where`, for a wrong one."""
    unknown = sorted(table.keys() - {entry_field.name for entry_field in fields(CatalogEntry)})
    if unknown:
        raise ModelError(f"{where}: {name}: unknown field {unknown[0]!r}.")
    known = {
        "id": name, "family": "", "tasks": (), "languages": ("fr", "en"), "window": 0,
        "licence": UNKNOWN_LICENCE, "size_mb": 0,
        "about": "A checkpoint of your own.", **table, "name": name,
    }  # fmt: skip
    try:
        entry = _ENTRY.validate_python(known)
    except ValidationError as error:
        wrong = "; ".join(
            f"{one['loc'][0]}: {one['msg']}, not {one['input']!r}" for one in error.errors()
        )
        raise ModelError(
            f"{where}: {name}: {wrong.replace('valid tuple', 'valid list')}."
        ) from error  # as TOML and JSON say
    if entry.codes and not {"fr", "en"} <= entry.codes.keys():
        raise ModelError(f"{where}: {name}: codes should name both languages, fr and en.")
    return entry


def _read(text: str, where: str) -> dict[str, CatalogEntry]:
    return {name: entry_of(name, table, where) for name, table in tomllib.loads(text).items()}


@cache
def _own() -> Mapping[str, CatalogEntry]:
    return _read(
        files("models.checkpoints").joinpath("catalog.toml").read_text(encoding="utf-8"),
        "catalog.toml",
    )


@cache
def _users(path: str) -> Mapping[str, CatalogEntry]:
    try:
        found = _read(expanded(path).read_text(encoding="utf-8"), path)
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{CATALOG_VARIABLE}: {path} is no readable catalogue: {error}") from error
    if taken := sorted(found.keys() & {BUILTIN, BUILTIN_TRANSLATOR}):
        raise ModelError(
            f"{CATALOG_VARIABLE}: {path}: {taken[0]} is the name of a built-in model; give yours "
            f"another one."
        )
    return found


def catalog() -> Mapping[str, CatalogEntry]:
    """All entries by name, the built-in ones first, then those of the file that `BREVE_CATALOG`
    names."""
    path = os.environ.get(CATALOG_VARIABLE, "").strip()
    return {**_own(), **_users(path)} if path else _own()


def find(name: str) -> CatalogEntry:
    """The entry called `name`, or with that hub id; an entry of its own for any other hub id
    (`owner/name`, or `owner/name@revision`). Raises ModelError for what is none of these."""
    wanted, _, revision = name.partition("@")
    for entry in catalog().values():
        if name in (entry.name, entry.id):
            return entry
    if _HUB_ID.fullmatch(wanted):
        return entry_of(wanted, {"revision": revision, "about": "A checkpoint of the hub."}, name)
    known = ", ".join(catalog())
    raise ModelError(
        f"No model is called {name!r}. Known models: {known}. A checkpoint of the hub is named "
        f"owner/name; for a local one, "
        "name its folder."
    )
