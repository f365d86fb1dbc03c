"""The catalogue: the checkpoints that can be asked for by name.

Reads `catalog.toml`, and the user's own file of the same form.
"""

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
# As the name of a translator, this means the model itself if it translates, else the built-in one.
AUTO: Final = "auto"
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
_DEFAULTS: Final[Mapping[str, Any]] = {
    "family": "",
    "tasks": (),
    "languages": ("fr", "en"),
    "window": 0,
    "licence": UNKNOWN_LICENCE,
    "size_mb": 0,
    "about": "A checkpoint of your own.",
}


def entry_of(name: str, table: Mapping[str, Any], where: str) -> CatalogEntry:
    """The entry that a table of the catalogue describes. All fields have defaults.

    Raises ModelError, naming `where` the table stands, for a wrong field.
    """
    unknown = sorted(table.keys() - {entry_field.name for entry_field in fields(CatalogEntry)})
    if unknown:
        raise ModelError(
            "{where}: {name}: unknown field {field!r}.", where=where, name=name, field=unknown[0]
        )
    try:
        entry = _ENTRY.validate_python({"id": name, **_DEFAULTS, **table, "name": name})
    except ValidationError as error:
        details = "; ".join(
            f"{detail['loc'][0]}: {detail['msg']}, not {detail['input']!r}"
            for detail in error.errors()
        )
        # Python's tuple is a list in TOML and JSON.
        details = details.replace("valid tuple", "valid list")
        raise ModelError(
            "{where}: {name}: wrong fields: {details}.",
            where=where,
            name=name,
            details=details,
            fields=", ".join(str(detail["loc"][0]) for detail in error.errors()),
        ) from error
    if entry.codes and not {"fr", "en"} <= entry.codes.keys():
        raise ModelError(
            "{where}: {name}: codes should name both languages, fr and en.", where=where, name=name
        )
    return entry


def _read(text: str, where: str) -> dict[str, CatalogEntry]:
    return {name: entry_of(name, table, where) for name, table in tomllib.loads(text).items()}


@cache
def _shipped_entries() -> Mapping[str, CatalogEntry]:
    file = files("models.checkpoints").joinpath("catalog.toml")
    return _read(file.read_text(encoding="utf-8"), "catalog.toml")


@cache
def _user_entries(path: str) -> Mapping[str, CatalogEntry]:
    try:
        entries = _read(expanded(path).read_text(encoding="utf-8"), path)
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(
            "BREVE_CATALOG: {path} is no readable catalogue: {reason}", path=path, reason=error
        ) from error
    if taken := sorted(entries.keys() & {BUILTIN, BUILTIN_TRANSLATOR}):
        raise ModelError(
            "BREVE_CATALOG: {path}: {name} is the name of a built-in model; give yours another "
            "one.",
            path=path,
            name=taken[0],
        )
    return entries


def catalog() -> Mapping[str, CatalogEntry]:
    """All entries by name: those shipped, then those of the file that `BREVE_CATALOG` names."""
    path = os.environ.get(CATALOG_VARIABLE, "").strip()
    return {**_shipped_entries(), **_user_entries(path)} if path else _shipped_entries()


def find(name: str) -> CatalogEntry:
    """The entry called `name`, or with that hub id.

    Any other hub id (`owner/name` or `owner/name@revision`) gets an entry of its own. Raises
    ModelError for any other name.
    """
    hub_id, _, revision = name.partition("@")
    for entry in catalog().values():
        if name in (entry.name, entry.id):
            return entry
    if _HUB_ID.fullmatch(hub_id):
        return entry_of(hub_id, {"revision": revision, "about": "A checkpoint of the hub."}, name)
    known = ", ".join(catalog())
    raise ModelError(
        "No model is called {name!r}. Known models: {known}. A checkpoint of the hub is named "
        "owner/name; for a local one, name its folder.",
        name=name,
        known=known,
    )
