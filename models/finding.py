"""Checkpoints on this machine: pulled once from the hub, found again without a network, their
revision pinned."""

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
RECORDS: Final = (
    "pulled"  # folder of the cache: one file a checkpoint, with the revision that was pulled
)
OWN_ENTRY: Final = "breve.json"  # in a local checkpoint's folder: fields of the catalogue
SAFE_FILES: Final = ("*.json", "*.safetensors", "*.model", "*.txt", "*.spm")
PICKLED_FILES: Final = ("pytorch_model*.bin",)


class Recipe(NamedTuple):
    """How a checkpoint is built, which revision it is then, and what the name of its folder begins
    with."""

    build: Callable[[], Path]
    fingerprint: Callable[[], str]
    prefix: str


def _built_model() -> Path:
    """The folder of the model of summaries; what builds it is read only where it is asked for."""
    from models.builtin.build import build

    return store.built_model(build)


# What is built here from packages of the registry.
BUILT: Final[Mapping[str, Recipe]] = {
    BUILTIN: Recipe(_built_model, store.fingerprint, store.PREFIX),
    BUILTIN_TRANSLATOR: Recipe(opus_mt.built_translator, opus_mt.fingerprint, opus_mt.PREFIX),
}


@dataclass(frozen=True)
class Checkpoint:
    """Where a checkpoint lies, what is known of it, and which revision it is."""

    folder: Path
    entry: CatalogEntry
    revision: str


def locate(name: str, wanted: Task | None = None) -> Checkpoint:
    """The checkpoint `name`: a built-in one (built if need be), another catalogue name, a hub id or
    a folder.

    One of which nobody has said what it was trained for is taken to be for the task `wanted`, where
    its family allows. Raises ModelError, saying what to do, if it is not on this machine or of no
    supported family.
    """
    name = name.strip()
    if entry := _built_in(name):
        recipe = BUILT[entry.name]
        return Checkpoint(recipe.build(), entry, recipe.fingerprint())
    folder, entry, revision = _on_disk(name)
    return Checkpoint(folder, _completed(entry, folder, wanted), revision)


def revision_of(name: str) -> str | None:
    """The revision that would be loaded for `name`, None if it is not on this machine."""
    name = name.strip()
    if entry := _built_in(name):
        return BUILT[entry.name].fingerprint()
    try:
        return _on_disk(name)[2]
    except ModelError:
        return None


def is_here(name: str) -> bool:
    """True if the checkpoint `name` is on this machine: pulled, a folder, or built already. Raises
    ModelError if the folder of what is built cannot be named."""
    if entry := _built_in(name.strip()):
        recipe = BUILT[entry.name]
        return (cache_folder() / f"{recipe.prefix}{recipe.fingerprint()}").is_dir()
    return revision_of(name) is not None


def tasks_of(name: str) -> tuple[Task, ...]:
    """What the checkpoint `name` would be used for as the model: by its files, else by the
    catalogue; none if nobody knows."""
    name = name.strip()
    if entry := _built_in(name):
        return entry.tasks
    try:
        folder, entry, _ = _on_disk(name)
        return _completed(entry, folder, Task.SUMMARY).tasks
    except ModelError:
        return next(
            (entry.tasks for entry in catalog().values() if name in (entry.name, entry.id)), ()
        )


def pull(name: str, allow_pickle: bool = False) -> Checkpoint:
    """Downloads a checkpoint (safetensors only, unless pickled weights are allowed) and records its
    revision; a built-in one is built. Raises ModelError."""
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
        raise ModelError(f"The checkpoint {entry.id} could not be downloaded: {error}") from error
    weights = [pattern for pattern in patterns if pattern.endswith((".safetensors", ".bin"))]
    if not any(path for pattern in weights for path in folder.glob(pattern)):
        raise ModelError(
            f"{entry.id} was downloaded to {folder}, but has no weights that may be used "
            f"({', '.join(weights)}). If it has "
            "pickled ones, and you trust its author: breve models pull --allow-pickle, and "
            "BREVE_ALLOW_PICKLE=true to load it."
        )
    _record(entry, folder.name)
    return Checkpoint(folder, entry, folder.name)


def _built_in(name: str) -> CatalogEntry | None:
    """The entry of a built-in checkpoint, by its name or its hub id; None for any other."""
    return next(
        (entry for entry in map(catalog().get, BUILT) if entry and name in (entry.name, entry.id)),
        None,
    )


def _on_disk(name: str) -> tuple[Path, CatalogEntry, str]:
    path = expanded(name)
    if name and path.is_dir():  # an empty name is not the current folder
        return path, _own_entry(path), LOCAL
    if name.startswith((".", "/", "~")):
        raise ModelError(f"There is no folder {name}.")
    entry = find(name)
    folder = _snapshot(entry)
    return folder, entry, folder.name


def _snapshot(entry: CatalogEntry) -> Path:
    """The folder of a checkpoint that was pulled before: of the pinned revision, else of the one
    that was recorded."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    # A branch or a pull request moves; which commit it was when it was pulled is on record.
    revision = (
        entry.revision
        if _COMMIT.fullmatch(entry.revision)
        else _recorded(entry) or entry.revision or None
    )
    try:
        return Path(snapshot_download(entry.id, revision=revision, local_files_only=True))
    except LocalEntryNotFoundError as error:
        which = f"{entry.id} (revision {revision})" if revision else entry.id
        name = (
            entry.name
            if "/" not in entry.name or not entry.revision
            else f"{entry.name}@{entry.revision}"
        )
        raise ModelError(
            f"The checkpoint {which} is not on this machine. Download it once with: breve models "
            f"pull {name}"
        ) from error
    except ValueError as error:
        raise ModelError(
            f"{entry.id!r} is no id of the hub (owner/name): {error} A local checkpoint needs no "
            f"catalogue: name its folder."
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
            written.chmod(0o644)  # the service may run under another user than the one who pulls
            written.replace(path)
    except OSError as error:
        raise ModelError(
            f"The revision of {entry.id} could not be noted in {path}: {error.strerror}."
        ) from error


def _recorded(entry: CatalogEntry) -> str | None:
    revision = read_object(_record_path(entry), needed=False).get("revision")
    return str(revision) if revision else None


def _own_entry(folder: Path) -> CatalogEntry:
    """What the owner of a local checkpoint says of it, in its `breve.json`."""
    own = folder / OWN_ENTRY
    return entry_of(
        folder.resolve().name,
        {"about": "A local checkpoint.", **read_object(own, needed=False)},
        str(own),
    )


def _completed(entry: CatalogEntry, folder: Path, wanted: Task | None) -> CatalogEntry:
    """The entry with the family and the tasks that it does not name; a decoder's window too (an
    encoder's is found with its tokenizer)."""
    config = read_object(folder / CONFIG)
    family = family_named(entry.family) if entry.family else family_of(config, str(folder))
    tasks = entry.tasks or tuple(
        task for task in family.tasks if wanted in (None, task) or family.decoder_only
    )
    if not tasks:
        raise ModelError(
            f"{entry.id} is of the family {family.name}, which is not used for the task {wanted}. "
            f"If it was trained for it, say "
            f"so: tasks in {OWN_ENTRY}, or in a catalogue of your own (BREVE_CATALOG)."
        )
    most = entry.window
    if family.decoder_only:
        most = window(family, config, family.window, entry.window)
    return replace(entry, family=family.name, tasks=tasks, window=most)
