"""From a name to a loaded engine. Torch is imported only here, when an engine is made."""

import dataclasses
import json
from pathlib import Path
from typing import Any, Final, Literal

from models.builtin import built_model
from models.builtin.store import fingerprint
from models.catalog import BUILTIN, CatalogEntry, find
from models.engine import Engine, ModelError, Task

Runtime = Literal["auto", "torch"]

# What transformers calls the architectures that we know, and our family names.
FAMILIES: Final = {
    "mt5": "t5", "t5": "t5", "mbart": "mbart", "marian": "marian", "m2m_100": "nllb", "bart": "mbart", "pegasus": "pegasus",
}  # fmt: skip


def load_engine(name: str, threads: int = 0, runtime: Runtime = "auto") -> Engine:
    """The engine for `name`: the built-in model (built if need be), a catalogue name, or a local folder.

    `runtime`: "auto" takes the fastest that runs the checkpoint, "torch" transformers in any case.
    Raises ModelError, saying what to do, if it cannot be had.
    """
    if name == BUILTIN:
        return _engine(built_model(), find(BUILTIN), fingerprint(), threads, runtime)
    if Path(name).is_dir():
        return _engine(Path(name), _entry_of_folder(Path(name)), "local", threads, runtime)
    entry = find(name)
    folder = _snapshot(entry)
    return _engine(folder, entry, folder.name, threads, runtime)


def _engine(folder: Path, entry: CatalogEntry, revision: str, threads: int, runtime: Runtime) -> Engine:
    if runtime == "auto" and entry.family == "prefix-lm":
        from models.gemma_engine import GemmaEngine, runs_folder

        if runs_folder(folder):
            return GemmaEngine(str(folder), entry, revision, threads)
    from models.transformers_engine import TransformersEngine

    return TransformersEngine(str(folder), entry, revision, threads)


def _snapshot(entry: CatalogEntry) -> Path:
    """The folder of a checkpoint that was downloaded before."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(entry.id, local_files_only=True))
    except LocalEntryNotFoundError as error:
        raise ModelError(
            f"The checkpoint {entry.id} is not on this machine. Download it once with: breve models pull {entry.name}"
        ) from error


def pull(name: str) -> Path:
    """Downloads a catalogued checkpoint (safetensors only) or builds the built-in one; returns its folder."""
    from huggingface_hub import snapshot_download

    entry = find(name)
    if entry.name == BUILTIN:
        return built_model()
    try:
        patterns = ["*.json", "*.safetensors", "*.model", "*.txt", "*.spm"]
        return Path(snapshot_download(entry.id, allow_patterns=patterns))
    except (OSError, ValueError) as error:
        raise ModelError(f"The checkpoint {entry.id} could not be downloaded: {error}") from error


def _entry_of_folder(folder: Path) -> CatalogEntry:
    """What is known of a local checkpoint: its own `breve.json` (fields of the catalogue), else its configuration."""
    config = _json(folder / "config.json")
    own = folder / "breve.json"
    known = _json(own) if own.exists() else {}
    family = known.get("family") or FAMILIES.get(config.get("model_type", ""))
    if family is None:
        supported = ", ".join(sorted(FAMILIES))
        raise ModelError(f"{folder} is of the type {config.get('model_type')!r}; supported are: {supported}.")
    entry = CatalogEntry(folder.name, folder.name, family, (Task.SUMMARY,), ("fr",), 512, "unknown", 0, "A local checkpoint.")
    fields = {"window", "licence", "prefix", "force_language", "codes"}
    entry = dataclasses.replace(entry, **{key: value for key, value in known.items() if key in fields})
    try:
        tasks = tuple(Task(task) for task in known.get("tasks", entry.tasks))
    except ValueError as error:
        raise ModelError(f"{own}: {error}; tasks are: {', '.join(Task)}.") from error
    return dataclasses.replace(entry, tasks=tasks, languages=tuple(known.get("languages", entry.languages)))


def _json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises ModelError if it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path.parent} holds no readable {path.name}: {error}") from error
    if not isinstance(found, dict):
        raise ModelError(f"{path} should hold an object.")
    return found
