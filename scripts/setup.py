"""Makes the virtual environment.

    python scripts/setup.py FOLDER

It needs only Python 3.11 and a package registry. It installs the releases that `requirements/`
lists, with their hashes, and removes all other packages from the environment. torch is the
exception: on Linux the registry has a CUDA build of 3 GB. The CPU build is taken from PyTorch's own
index where that can be reached, else whatever the registry has. BREVE_TORCH=cuda takes the
registry's build in any case.

For work on the code the project is installed editable, with all that testing and training need.
With `--fixed` a copy of it is installed, which works without the checkout. The container has that,
with `--extras otel`.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = ROOT / "requirements"
CPU_INDEX: Final = "https://download.pytorch.org/whl/cpu"
OLDEST: Final = (3, 11)
# The environment takes 1.5 GB, and as much for downloads while they are unpacked.
DISK_BYTES: Final = 3_000_000_000
LOG: Final = "setup.log"
# They import all that the program needs.
COMPILED: Final = (
    "models.gemma.engine",
    "models.loading",
    "models.runtimes.ctranslate2_engine",
    "models.runtimes.transformers_engine",
    "service.api.app",
    "service.cli.main",
    "service.summarizer",
)
COMPILING: Final = f"import sys; sys.dont_write_bytecode = False; import {', '.join(COMPILED)}"
TAIL_LINES: Final = 12  # of what failed, shown at once
CLOCK_SECONDS: Final = 0.1  # by which the clock of a file system may be slow
SECONDS_BETWEEN_LINES: Final = 5.0  # where no terminal shows a line that changes
# Packages that belong to the environment without a lock: pip, torch, the project, and what the CUDA
# build brings along.
UNLOCKED: Final = ("pip", "torch", "triton", "breve")
UNLOCKED_PREFIXES: Final = ("nvidia-", "cuda-")


def reachable(url: str) -> bool:
    """True if the index answers within three seconds."""
    try:
        with urllib.request.urlopen(f"{url}/torch/", timeout=3):
            return True
    except (urllib.error.URLError, TimeoutError, OSError):
        return False


def lock_files(extras: Sequence[str]) -> list[Path]:
    """The lock files for the project with these extras.

    Ends the program if there is none for an extra.
    """
    files = [LOCKS / f"{name}.txt" for name in ("base", *extras)]
    for path in files:
        if not path.is_file():
            known = sorted(path.stem for path in LOCKS.glob("*.txt"))
            sys.exit(
                f"{path} is missing. Extras that have a lock file: {', '.join(known)}. `make lock` "
                f"writes them."
            )
    return files


def normalise(name: str) -> str:
    """A package's name as the registry compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_names(files: Sequence[Path]) -> set[str]:
    """The names of all packages in these lock files."""
    return {
        normalise(line.split("==", 1)[0])
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith(("#", " "))
    }


def count_entries(files: Sequence[Path]) -> int:
    """How many entries the lock files have."""
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return sum("==" in line for line in lines if line[:1].isalnum())


def find_strangers(installed: Sequence[str], files: Sequence[Path]) -> list[str]:
    """The installed packages that no lock file names."""
    allowed = locked_names(files) | set(UNLOCKED)
    names = {normalise(name) for name in installed}
    return sorted(name for name in names - allowed if not name.startswith(UNLOCKED_PREFIXES))


def pip_command(python: str, *words: str) -> list[str]:
    """A pip command in the environment. Its output is read, not shown."""
    return [python, "-m", "pip", "--disable-pip-version-check", "--no-input", *words]


def packages_command(python: str, files: Sequence[Path], fixed: bool) -> list[str]:
    """The command that installs what the lock files name, and only that.

    For work on the code pip compiles nothing: `compile_command` does it for what is imported.
    """
    requirements = [word for path in files for word in ("--requirement", str(path))]
    compiling = [] if fixed else ["--no-compile"]
    return pip_command(
        python, "install", "--no-deps", "--require-hashes", *compiling, *requirements
    )


def torch_command(python: str, choice: str, cpu_index: bool, fixed: bool = False) -> list[str]:
    """The command that installs torch: from the CPU index where it is wanted and can be reached,
    else from the registry."""
    compiling = [] if fixed else ["--no-compile"]
    command = pip_command(python, "install", *compiling, "--requirement", str(LOCKS / "torch.txt"))
    return [*command, "--index-url", CPU_INDEX] if choice != "cuda" and cpu_index else command


def project_command(python: str, fixed: bool) -> list[str]:
    """The command that installs the project: a copy of it if `fixed`, else the checkout itself."""
    editable = [] if fixed else ["--editable"]
    return pip_command(python, "install", "--no-deps", "--no-build-isolation", *editable, str(ROOT))


def compile_command(python: str) -> list[str]:
    """The command that compiles what the program imports.

    Compiling the whole environment would take 30 s and 200 MB. Without this, each start would
    compile again where PYTHONDONTWRITEBYTECODE is set, which takes seconds.
    """
    return [python, "-W", "ignore", "-c", COMPILING]


@dataclass
class Step:
    """A command that set-up runs, and how far it is by its output."""

    title: str
    packages: Path  # the environment's site-packages
    total: int = 0  # entries in the lock files
    fetched: int = 0
    begun: float = field(default_factory=time.time)
    latest: str = ""
    to_install: int = 0

    def read(self, line: str) -> None:
        """Updates the progress from a line of pip's output."""
        words = line.split()
        if line.startswith("Ignoring "):
            self.total -= 1
        elif self.total and line.startswith(("Collecting ", "Requirement already satisfied: ")):
            self.fetched += 1
            self.latest = words[3] if words[0] == "Requirement" else words[1]
        elif not self.total and words[:1] in (["Downloading"], ["Processing"]):
            file_name = words[1].rsplit("/", 1)[-1]
            size = words[2:] if words[0] == "Downloading" else []
            self.latest = " ".join([file_name, *size])
        elif line.startswith("Installing collected packages: "):
            self.to_install = line.count(",") + 1

    def progress(self) -> str:
        """What the step does now, and how far it is."""
        if self.to_install:
            return f"{self.title}: installing {self._count_installed()} of {self.to_install}"
        if not self.latest:
            return self.title
        count = f"{min(self.fetched, self.total)} of {self.total}, " if self.total else ""
        return f"{self.title}: fetching {count}{self.latest}"

    def _count_installed(self) -> int:
        """How many packages were written since the step began."""
        oldest = self.begun - CLOCK_SECONDS
        written = sum(path.stat().st_mtime > oldest for path in self.packages.glob("*.dist-info"))
        return min(written, self.to_install)


class Display:
    """One line that changes at a terminal, a plain line now and then elsewhere."""

    def __init__(self, count: int) -> None:
        self._count, self._number = count, 0
        self._shown, self._at = "", 0.0

    def begin(self, title: str) -> None:
        """The next step begins."""
        self._number += 1
        self.show(title, at_once=True)

    def show(self, text: str, at_once: bool = False) -> None:
        """Shows how far the step is."""
        line = f"[{self._number}/{self._count}] {text}"
        if line == self._shown:
            return
        if sys.stderr.isatty():
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[K{line[:width]}", end="", file=sys.stderr, flush=True)
        elif at_once or time.monotonic() - self._at >= SECONDS_BETWEEN_LINES:
            print(line, file=sys.stderr, flush=True)
        else:
            return
        self._shown, self._at = line, time.monotonic()

    def end(self, text: str) -> None:
        """The step is done."""
        self.show(text, at_once=True)
        if sys.stderr.isatty():
            print(file=sys.stderr)


def run(step: Step, command: list[str], display: Display, log: Path) -> None:
    """Runs one command, shows how far it is and keeps its output in `log`.

    Ends the program if the command fails.
    """
    display.begin(step.title)
    with log.open("a", encoding="utf-8") as output:
        output.write(f"\n$ {' '.join(command)}\n")
        with subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout
            lines = process.stdout

            def read_lines() -> None:
                for line in lines:
                    output.write(line)
                    output.flush()
                    step.read(line)

            reader = threading.Thread(target=read_lines)
            reader.start()
            while reader.is_alive():
                reader.join(0.5)
                display.show(step.progress())
    if process.returncode:
        fail(step.title, log)
    display.end(f"{step.title}: done in {time.time() - step.begun:.0f} s")


def fail(title: str, log: Path) -> None:
    """Ends the program with the last lines of a step that failed, and the place of the others."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    shown = "\n".join(f"    {line}" for line in lines)
    sys.exit(
        f"\n{title}: failed.\n{shown}\nAll of its output: {log}. To go on where it stopped, run "
        "the same command again."
    )


def remove_strangers(python: str, files: Sequence[Path], log: Path) -> None:
    """Removes the packages that no lock file names: an older version of the project has installed
    them, or somebody by hand."""
    listing = subprocess.run(
        pip_command(python, "list", "--format=freeze"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    installed = [line.split("==", 1)[0] for line in listing.stdout.splitlines()]
    strangers = find_strangers(installed, files)
    if not strangers:
        return
    print(f"Removing packages that no lock file names: {', '.join(strangers)}", file=sys.stderr)
    process = subprocess.run(
        pip_command(python, "uninstall", "--yes", *strangers),
        capture_output=True,
        text=True,
        check=False,
    )
    with log.open("a", encoding="utf-8") as output:
        output.write(process.stdout + process.stderr)
    if process.returncode:
        fail("Removing packages", log)


def check_agreement(python: str, log: Path) -> None:
    """Ends the program if a package lacks one that it needs: then the lock files are older than
    pyproject.toml."""
    command = pip_command(python, "check")
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        with log.open("a", encoding="utf-8") as output:
            output.write(f"\n{process.stdout}{process.stderr}")
        sys.exit(
            f"The lock files do not fit the project. Renew them with `make lock`. pip check "
            f"says:\n{process.stdout}"
        )


def check_room(folder: Path) -> None:
    """Ends the program where the disk has no room for the environment."""
    parent = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
    free = shutil.disk_usage(parent).free
    if not (folder / ".installed").exists() and free < DISK_BYTES:
        sys.exit(
            f"The environment needs {DISK_BYTES / 1e9:.0f} GB free in {parent}, which has "
            f"{free / 1e9:.1f} GB."
        )


def parse_arguments(words: list[str]) -> argparse.Namespace:
    """The command line's arguments: folder, extras, fixed."""
    parser = argparse.ArgumentParser(description="Makes Brève's virtual environment.")
    parser.add_argument("folder", type=Path, help="where the environment is made")
    parser.add_argument(
        "--extras",
        default="dev",
        help="the project's extras, parted by commas (default: %(default)s)",
    )
    parser.add_argument(
        "--fixed",
        action="store_true",
        help="install a copy of the project, not the checkout itself",
    )
    return parser.parse_args(words)


def make_environment(folder: Path, extras: Sequence[str], fixed: bool, choice: str) -> None:
    """Creates the environment, or brings one that is there up to date."""
    files, log = lock_files(extras), folder / LOG
    display = Display(count=4 if fixed else 5)
    display.begin(f"environment: making {folder}")
    # With links, as `python -m venv` makes them: an environment that has them can be used again.
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(folder)
    display.end(f"environment: {folder}; what pip says is kept in {log}")
    log.write_text("", encoding="utf-8")
    python = str(folder.absolute() / ("Scripts" if os.name == "nt" else "bin") / "python")
    packages = next(folder.glob("[Ll]ib/**/site-packages"), folder)
    # The locked packages first: torch then finds all that it needs, in the locked releases.
    step = Step("packages", packages, count_entries(files))
    run(step, packages_command(python, files, fixed), display, log)
    cpu_index = choice == "cpu" and reachable(CPU_INDEX)
    step = Step(f"torch ({choice})", packages)
    run(step, torch_command(python, choice, cpu_index, fixed), display, log)
    run(Step("Brève itself", packages), project_command(python, fixed), display, log)
    remove_strangers(python, files, log)
    check_agreement(python, log)
    if not fixed:
        run(Step("bytecode", packages), compile_command(python), display, log)


def main() -> None:
    """Creates the environment and installs the project, by default with everything that building
    and testing needs."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}. "
            f"Try: make PYTHON=python3.12"
        )
    arguments = parse_arguments(sys.argv[1:])
    folder: Path = arguments.folder
    choice = os.environ.get("BREVE_TORCH", "").strip() or "cpu"
    if choice not in ("cpu", "cuda"):
        sys.exit(f"BREVE_TORCH should be cpu or cuda, not {choice!r}.")
    check_room(folder)
    try:
        extras = [name for name in arguments.extras.split(",") if name]
        make_environment(folder, extras, arguments.fixed, choice)
    except KeyboardInterrupt:
        sys.exit("\nStopped. To go on, run the same command again.")
    (folder / ".installed").touch()


if __name__ == "__main__":
    main()
