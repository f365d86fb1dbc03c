"""Where the built model lies, and the promise that what lies there is whole.

The model is built in a folder beside its final place and renamed when it is complete, under a lock, so
that two processes never build at the same time and a stopped build leaves nothing that looks finished.
The name of the folder is a fingerprint of all that decides its content.
"""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from platformdirs import user_cache_path
from safetensors import SafetensorError

from models.engine import ModelError

HERE: Final = Path(__file__).parent
MANIFEST: Final = "manifest.json"
CACHE_VARIABLE: Final = "BREVE_CACHE"
# What decides the bytes of the built model: the pinned parts (named in build.py), our files, the code.
INGREDIENTS: Final = (
    "build.py",
    "adapter_config.json",
    "adapter_model.safetensors",
    "base_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "kept_tokens.txt",
)
LOCK_SECONDS: Final = 600.0
PREFIX: Final = "breve-270m-"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def fingerprint() -> str:
    """Sixteen hexadecimal digits that change when the code, the adapter or the vocabulary changes."""
    digests = "".join(sha256(HERE / name) for name in INGREDIENTS)
    return hashlib.sha256(digests.encode()).hexdigest()[:16]


def cache_folder() -> Path:
    """The folder of built models: `BREVE_CACHE`, else the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("breve")


def write_manifest(folder: Path) -> None:
    """Lists name, size and SHA-256 of every file in `folder`."""
    listed = {
        path.name: {"size": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    }
    (folder / MANIFEST).write_text(json.dumps({"files": listed}, indent=1), encoding="utf-8")


def damage(folder: Path) -> str | None:
    """What is wrong with the built model in `folder`, or None if every file is as the manifest says."""
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


def built_model(build: Callable[[Path], None] | None = None) -> Path:
    """The folder of the verified built-in model, built first if it is missing or damaged.

    `build` fills an empty folder with the model (by default `models.builtin.build.build`).
    Raises ModelError, naming the file, when the parts are missing or wrong or the disk is full.
    """
    root = cache_folder()
    final = root / f"{PREFIX}{fingerprint()}"
    if final.is_dir() and damage(final) is None:
        return final
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / "build.lock", timeout=LOCK_SECONDS):
            if damage(final) is not None:
                _replace(final, build or _default_build())
    except Timeout as error:
        raise ModelError(f"Another process has been building the model in {root} for over {LOCK_SECONDS:.0f} s.") from error
    except OSError as error:
        raise ModelError(_explain(error, root)) from error
    except SafetensorError as error:
        raise ModelError(f"The weights of the built-in model could not be written below {root}: {error}") from error
    return final


def _default_build() -> Callable[[Path], None]:
    from models.builtin.build import build

    return build


def _replace(final: Path, build: Callable[[Path], None]) -> None:
    """Builds into a fresh folder, renames it to `final` and removes what older versions left."""
    for stale in final.parent.glob(f"{PREFIX}*"):
        shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}building-", dir=final.parent) as scratch:
        complete = Path(scratch) / "model"
        complete.mkdir()
        build(complete)
        write_manifest(complete)
        complete.rename(final)


def _explain(error: OSError, root: Path) -> str:
    if error.errno is None:  # a library could not be loaded, say: nothing to do with storing
        return f"The built-in model could not be built: {error}"
    name = error.filename or root
    if error.errno == errno.ENOSPC:
        return f"The disk is full: {name} could not be written. Free about 900 MB, or set {CACHE_VARIABLE} to another folder."
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"{name} may not be written ({error.strerror}). Set {CACHE_VARIABLE} to a folder that may."
    return f"The built-in model could not be stored: {name}: {error.strerror or error}."
