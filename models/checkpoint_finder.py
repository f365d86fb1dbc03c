"""Checkpoints on this machine: pulled once from the hub, then found without a network.

The revision that was pulled is recorded, and the same one is loaded from then on.
"""

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from models.builtin import opus_mt, store
from models.checkpoints.catalog import (
    BUILTIN,
    BUILTIN_TRANSLATOR,
    CatalogEntry,
    catalog,
    entry_of,
    find,
)
from models.checkpoints.config_files import CONFIG, read_object
from models.checkpoints.families import family_named, family_of, window
from models.checkpoints.store import cache_folder, expanded
from models.engine import ModelError, Task

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
LOCAL: Final = "local"
# A folder of the cache. It has one file a checkpoint, with the revision that was pulled.
RECORDS: Final = "pulled"
# A file in a local checkpoint's folder, with fields of the catalogue.
OWN_ENTRY: Final = "breve.json"
SAFE_FILES: Final = ("*.json", "*.safetensors", "*.model", "*.txt", "*.spm")
PICKLED_FILES: Final = ("pytorch_model*.bin",)


class Recipe(NamedTuple):
    """How a built-in checkpoint is built, its revision, and the start of its folder's name."""

    build: Callable[[], Path]
    fingerprint: Callable[[], str]
    prefix: str


def _built_model() -> Path:
    """The folder of the model of summaries."""
    # Imported here, since only this function needs the packages that build the model.
    from models.builtin.build import build

    return store.built_model(build)


# The checkpoints that are built on this machine, from packages of the registry.
BUILT: Final[Mapping[str, Recipe]] = {
    BUILTIN: Recipe(_built_model, store.fingerprint, store.PREFIX),
    BUILTIN_TRANSLATOR: Recipe(opus_mt.built_translator, opus_mt.fingerprint, opus_mt.PREFIX),
}


@dataclass(frozen=True)
class Checkpoint:
    """The folder of a checkpoint, its catalogue entry, and its revision."""

    folder: Path
    entry: CatalogEntry
    revision: str


def locate(name: str, wanted: Task | None = None) -> Checkpoint:
    """The checkpoint `name`: a name of the catalogue, a hub id or a folder.

    A built-in checkpoint is built if need be. If neither its files nor the catalogue name its
    tasks, its task is the `wanted` one, if its family allows that. Raises ModelError, saying what
    to do, if the checkpoint is not on this machine or its family is not supported.
    """
    name = name.strip()
    if entry := _built_in(name):
        recipe = BUILT[entry.name]
        return Checkpoint(recipe.build(), entry, recipe.fingerprint())
    folder, entry, revision = _on_disk(name)
    return Checkpoint(folder, _complete(entry, folder, wanted), revision)


def revision_of(name: str) -> str | None:
    """The revision that would be loaded for `name`; None if it is not on this machine."""
    name = name.strip()
    if entry := _built_in(name):
        return BUILT[entry.name].fingerprint()
    try:
        _, _, revision = _on_disk(name)
    except ModelError:
        return None
    return revision


def is_here(name: str) -> bool:
    """True if the checkpoint `name` is on this machine: pulled, a folder, or built already.

    Raises ModelError if the cache folder cannot be named.
    """
    if entry := _built_in(name.strip()):
        recipe = BUILT[entry.name]
        return (cache_folder() / f"{recipe.prefix}{recipe.fingerprint()}").is_dir()
    return revision_of(name) is not None


def tasks_of(name: str) -> tuple[Task, ...]:
    """The tasks of the checkpoint `name`, by its files, else by the catalogue; none if unknown."""
    name = name.strip()
    if entry := _built_in(name):
        return entry.tasks
    try:
        folder, entry, _ = _on_disk(name)
        return _complete(entry, folder, Task.SUMMARY).tasks
    except ModelError:
        named = (entry.tasks for entry in catalog().values() if name in (entry.name, entry.id))
        return next(named, ())


def pull(name: str, allow_pickle: bool = False) -> Checkpoint:
    """Downloads a checkpoint and records its revision; a built-in one is built.

    Only weights in safetensors are downloaded, unless `allow_pickle`. Raises ModelError.
    """
    import httpx
    from huggingface_hub import snapshot_download

    entry = find(name.strip())
    if entry.name in BUILT:
        return locate(entry.name)
    patterns = [*SAFE_FILES, *(PICKLED_FILES if allow_pickle else ())]
    try:
        folder = Path(
            snapshot_download(entry.id, revision=entry.revision or None, allow_patterns=patterns)
        )
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise ModelError(
            "The checkpoint {id} could not be downloaded: {reason}", id=entry.id, reason=error
        ) from error
    weights = [pattern for pattern in patterns if pattern.endswith((".safetensors", ".bin"))]
    if not any(path for pattern in weights for path in folder.glob(pattern)):
        raise ModelError(
            "{id} was downloaded to {folder}, but has no weights that may be used ({weights}). If "
            "it has pickled ones, and you trust its author: breve models pull --allow-pickle, and "
            "BREVE_ALLOW_PICKLE=true to load it.",
            id=entry.id,
            folder=folder,
            weights=", ".join(weights),
        )
    _record(entry, folder.name)
    return Checkpoint(folder, entry, folder.name)


def _built_in(name: str) -> CatalogEntry | None:
    """The entry of a built-in checkpoint, by its name or its hub id; None for any other."""
    entries = map(catalog().get, BUILT)
    return next((entry for entry in entries if entry and name in (entry.name, entry.id)), None)


def _on_disk(name: str) -> tuple[Path, CatalogEntry, str]:
    """The folder, entry and revision of a checkpoint that is not built in. Raises ModelError."""
    path = expanded(name)
    # An empty name must not count as the current folder.
    if name and path.is_dir():
        return path, _read_own_entry(path), LOCAL
    if name.startswith((".", "/", "~")):
        raise ModelError("There is no folder {name}.", name=name)
    entry = find(name)
    folder = _snapshot(entry)
    return folder, entry, folder.name


def _snapshot(entry: CatalogEntry) -> Path:
    """The folder of a checkpoint that was pulled before, of the pinned or recorded revision.

    Raises ModelError if there is none.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    if _COMMIT.fullmatch(entry.revision):
        revision: str | None = entry.revision
    else:
        # A branch moves, so the record names the commit that was pulled.
        revision = _recorded(entry) or entry.revision or None
    try:
        return Path(snapshot_download(entry.id, revision=revision, local_files_only=True))
    except LocalEntryNotFoundError as error:
        which = f"{entry.id} (revision {revision})" if revision else entry.id
        is_hub_id = "/" in entry.name
        name = f"{entry.name}@{entry.revision}" if is_hub_id and entry.revision else entry.name
        raise ModelError(
            "The checkpoint {id} is not on this machine. Download it once with: breve models pull "
            "{name}",
            id=which,
            name=name,
        ) from error
    except ValueError as error:
        raise ModelError(
            "{id!r} is no id of the hub (owner/name): {reason} A local checkpoint needs no "
            "catalogue: name its folder.",
            id=entry.id,
            reason=error,
        ) from error


def _record_path(entry: CatalogEntry) -> Path:
    asked = f"{entry.id}@{entry.revision}" if entry.revision else entry.id
    return cache_folder() / RECORDS / f"{asked.replace('/', '--')}.json"


def _record(entry: CatalogEntry, revision: str) -> None:
    """Notes which commit was pulled; the file appears whole or not at all."""
    path = _record_path(entry)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            written = Path(scratch, path.name)
            content = {"id": entry.id, "asked": entry.revision, "revision": revision}
            written.write_text(json.dumps(content), encoding="utf-8")
            # The service may run under another user than the one who pulls.
            written.chmod(0o644)
            written.replace(path)
    except OSError as error:
        raise ModelError(
            "The revision of {id} could not be noted in {path}: {reason}.",
            id=entry.id,
            path=path,
            reason=error.strerror,
        ) from error


def _recorded(entry: CatalogEntry) -> str | None:
    revision = read_object(_record_path(entry), needed=False).get("revision")
    return str(revision) if revision else None


def _read_own_entry(folder: Path) -> CatalogEntry:
    """The entry of a local checkpoint, from its `breve.json` if it has one."""
    path = folder / OWN_ENTRY
    table = {"about": "A local checkpoint.", **read_object(path, needed=False)}
    return entry_of(folder.resolve().name, table, str(path))


def _complete(entry: CatalogEntry, folder: Path, wanted: Task | None) -> CatalogEntry:
    """The entry, completed with the family, tasks and window that it does not name.

    The window is completed only for a decoder: that of an encoder is found with its tokenizer.
    Raises ModelError if the family is not used for the task `wanted`.
    """
    config = read_object(folder / CONFIG)
    family = family_named(entry.family) if entry.family else family_of(config, str(folder))
    tasks = entry.tasks or tuple(
        task for task in family.tasks if wanted in (None, task) or family.decoder_only
    )
    if not tasks:
        raise ModelError(
            "{id} is of the family {family}, which is not used for the task {task}. If it was "
            "trained for it, say so: tasks in {file}, or in a catalogue of your own "
            "(BREVE_CATALOG).",
            id=entry.id,
            family=family.name,
            task=wanted,
            file=OWN_ENTRY,
        )
    tokens = entry.window
    if family.decoder_only:
        tokens = window(family, config, family.window, entry.window)
    return replace(entry, family=family.name, tasks=tasks, window=tokens)
