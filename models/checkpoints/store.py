"""Folders in the user's cache, complete or absent: built models and converted checkpoints.

A folder is filled beside its final place, under a lock, and renamed when it is complete. So two
processes never fill it at the same time, and a stopped one leaves nothing that looks finished. A
manifest in the folder lists its files with their SHA-256. The folder's name ends in a fingerprint
of everything that decides the content.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from platformdirs import user_cache_path
from safetensors import SafetensorError

from models.engine import ModelError

MANIFEST: Final = "manifest.json"
CACHE_VARIABLE: Final = "BREVE_CACHE"
LOCK_SECONDS: Final = 600.0


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def cache_folder() -> Path:
    """The folder for built checkpoints: `BREVE_CACHE`, else Brève's folder in the user's cache."""
    chosen = os.environ.get(CACHE_VARIABLE, "").strip()
    return expanded(chosen) if chosen else user_cache_path("breve")


def expanded(path: str) -> Path:
    """The path with the home folder in place of `~`. Raises ModelError if that is not known."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ModelError(
            "{path}: the home folder that ~ stands for is not known. Write the whole path.",
            path=path,
        ) from error


def write_manifest(folder: Path) -> None:
    """Lists name, size and SHA-256 of every file in `folder`."""
    listed = {
        path.name: {"size": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    }
    (folder / MANIFEST).write_text(json.dumps({"files": listed}, indent=1), encoding="utf-8")


def damage(folder: Path) -> str | None:
    """A sentence on what is wrong with `folder`, or None if every file is as the manifest says."""
    manifest = folder / MANIFEST
    try:
        listed = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        wanted = [(folder / name, entry["size"], entry["sha256"]) for name, entry in listed.items()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        wanted = []
    if not wanted:
        return f"{manifest} is missing or unreadable"
    for path, size, digest in wanted:
        if not path.is_file():
            return f"{path} is missing"
        if path.stat().st_size != size:
            return f"{path} has {path.stat().st_size} bytes, {size} expected"
        if sha256(path) != digest:
            return f"{path} has the wrong SHA-256"
    return None


def stored(
    prefix: str,
    fingerprint: str,
    build: Callable[[Path], None],
    label: str,
    lock: str = "build.lock",
) -> Path:
    """The verified folder `<prefix><fingerprint>` of the cache, built if missing or damaged.

    `build` fills an empty folder; `label` names the result in messages. Older folders of the same
    prefix are removed. Raises ModelError, naming the file, when the disk is full or the folder may
    not be written.
    """
    root = cache_folder()
    final = root / f"{prefix}{fingerprint}"
    if final.is_dir() and damage(final) is None:
        return final
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / lock, timeout=LOCK_SECONDS):
            if damage(final) is not None:
                _replace(final, prefix, build)
    except Timeout as error:
        raise ModelError(
            "Another process has been building {label} in {root} for over {seconds:.0f} s. Wait "
            "for its end, or end it.",
            label=label,
            root=root,
            seconds=LOCK_SECONDS,
        ) from error
    except OSError as error:
        raise _storing_error(error, root, label) from error
    except SafetensorError as error:
        raise ModelError(
            "The weights of {label} could not be written below {root}: {reason}",
            label=label,
            root=root,
            reason=error,
        ) from error
    return final


def _replace(final: Path, prefix: str, build: Callable[[Path], None]) -> None:
    """Builds into a fresh folder, renames it to `final`, and removes folders of older versions."""
    version = re.compile(rf"{re.escape(prefix)}([0-9a-f]{{16}}|building-.*)")
    for folder in [*final.parent.iterdir()]:
        if version.fullmatch(folder.name):
            shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{prefix}building-", dir=final.parent) as scratch:
        complete = Path(scratch) / "model"
        complete.mkdir()
        build(complete)
        write_manifest(complete)
        complete.rename(final)


def _storing_error(error: OSError, root: Path, label: str) -> ModelError:
    # An error without a number is not about storing: for example, a library could not be loaded.
    if error.errno is None:
        return ModelError("Building {label} failed: {reason}", label=label, reason=error)
    path = error.filename or root
    if error.errno == errno.ENOSPC:
        return ModelError(
            "The disk is full: {path} could not be written. Free about 1.5 GB, or set BREVE_CACHE "
            "to another folder.",
            path=path,
        )
    reason = error.strerror or str(error)
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return ModelError(
            "{path} may not be written ({reason}). Set BREVE_CACHE to a folder that may.",
            path=path,
            reason=reason,
        )
    return ModelError(
        "Storing {label} failed: {path} could not be stored: {reason}.",
        label=label,
        path=path,
        reason=reason,
    )
