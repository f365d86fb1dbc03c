"""Makes the virtual environment: `python scripts/setup.py FOLDER`. Needs nothing but Python 3.11
and a package registry.

What is installed stands in `requirements/`, release by release, with hashes; what else lies in the
environment is taken out. torch is the exception: on Linux the registry has a CUDA build of 3 GB.
The CPU build is taken from PyTorch's own index where that can be reached, else whatever the
registry has; BREVE_TORCH=cuda takes the registry's build in any case.

For work on the code the project is installed editable, with all that testing and training need.
With `--fixed` a copy of it is installed, which needs the checkout no more: the container has that,
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
DISK_BYTES: Final = (
    3_000_000_000  # environment 1.5 GB, and as much for downloads while they are unpacked
)
LOG: Final = "setup.log"
COMPILING: Final = """
import sys
sys.dont_write_bytecode = False
import models.gemma.engine, models.loading
import models.runtimes.ctranslate2_engine, models.runtimes.transformers_engine
import service.api.app, service.cli.main, service.summarizer
"""
TAIL_LINES: Final = 12  # of what failed, shown at once
CLOCK_SECONDS: Final = 0.1  # a file system's clock may be so much behind
SECONDS_BETWEEN_LINES: Final = 5.0  # where no terminal shows a line that changes
# Not in the lock files, but rightly there: what makes the environment, torch, the project, and the
# CUDA build's own.
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
    """The lock files for the project with these extras. Ends the program if there is none for an
    extra."""
    files = [LOCKS / f"{name}.txt" for name in ("base", *extras)]
    for path in files:
        if not path.is_file():
            known = sorted(path.stem for path in LOCKS.glob("*.txt"))
            sys.exit(
                f"{path} is missing. Extras that have a lock file: {', '.join(known)}. `make lock` "
                f"writes them."
            )
    return files


def normalised(name: str) -> str:
    """A package's name as the registry compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_names(files: Sequence[Path]) -> set[str]:
    """The names of all packages in these lock files."""
    return {
        normalised(line.split("==", 1)[0])
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith(("#", " "))
    }


def strangers(installed: Sequence[str], files: Sequence[Path]) -> list[str]:
    """Those of the installed packages that no lock file names."""
    allowed = locked_names(files) | set(UNLOCKED)
    names = {normalised(name) for name in installed}
    return sorted(name for name in names - allowed if not name.startswith(UNLOCKED_PREFIXES))


def pip_command(python: str, *words: str) -> list[str]:
    """A pip command in the environment; its output is read, not shown."""
    return [python, "-m", "pip", "--disable-pip-version-check", "--no-input", *words]


def packages_command(python: str, files: Sequence[Path], fixed: bool) -> list[str]:
    """The command that installs what the lock files name, and only that.

    For work on the code pip compiles nothing: `compile_command` does it for what is imported.
    """
    asked = [word for path in files for word in ("--requirement", str(path))]
    ahead = [] if fixed else ["--no-compile"]
    return pip_command(python, "install", "--no-deps", "--require-hashes", *ahead, *asked)


def torch_command(python: str, choice: str, cpu_index: bool, fixed: bool = False) -> list[str]:
    """The command that installs torch: from the CPU index where it is wanted and there, else from
    the registry."""
    ahead = [] if fixed else ["--no-compile"]
    command = pip_command(python, "install", *ahead, "--requirement", str(LOCKS / "torch.txt"))
    return [*command, "--index-url", CPU_INDEX] if choice != "cuda" and cpu_index else command


def project_command(python: str, fixed: bool) -> list[str]:
    """The command that installs the project: a copy of it if `fixed`, else the checkout itself."""
    how = [] if fixed else ["--editable"]
    return pip_command(python, "install", "--no-deps", "--no-build-isolation", *how, str(ROOT))


def compile_command(python: str) -> list[str]:
    """The command that has Python compile and keep what the program imports.

    All of the environment would take 30 s and 200 MB. Left to the first start, nothing would be
    kept where PYTHONDONTWRITEBYTECODE is set, and every start would take seconds more.
    """
    return [python, "-W", "ignore", "-c", COMPILING]


@dataclass
class Step:
    """One of pip's runs: what it is called, and how far it has come by its output."""

    title: str
    packages: Path  # the environment's site-packages
    total: int = 0  # entries in the lock files
    fetched: int = 0
    begun: float = field(default_factory=time.time)
    latest: str = ""
    to_install: int = 0

    def read(self, line: str) -> None:
        """Takes note of a line of pip's output."""
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
        """What is being done, and how far it is."""
        if self.to_install:
            return f"{self.title}: installing {self._installed()} of {self.to_install}"
        if not self.latest:
            return self.title
        count = f"{min(self.fetched, self.total)} of {self.total}, " if self.total else ""
        return f"{self.title}: fetching {count}{self.latest}"

    def _installed(self) -> int:
        """How many packages were written since the step began."""
        new = [
            path
            for path in self.packages.glob("*.dist-info")
            if path.stat().st_mtime > self.begun - CLOCK_SECONDS
        ]
        return min(len(new), self.to_install)


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
    """Runs one command, shows how far it is and keeps its output in `log`. Ends the program if the
    command fails."""
    display.begin(step.title)
    with log.open("a", encoding="utf-8") as kept:
        kept.write(f"\n$ {' '.join(command)}\n")
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

            def follow() -> None:
                for line in lines:
                    kept.write(line)
                    kept.flush()
                    step.read(line)

            reader = threading.Thread(target=follow)
            reader.start()
            while reader.is_alive():
                reader.join(0.5)
                display.show(step.progress())
    if process.returncode:
        fail(step.title, log)
    display.end(f"{step.title}: done in {time.time() - step.begun:.0f} s")


def fail(what: str, log: Path) -> None:
    """Ends the program with the last lines of what failed, and where the others are."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    shown = "\n".join(f"    {line}" for line in lines)
    sys.exit(
        f"\n{what}: failed.\n{shown}\nAll of its output: {log}. To go on where it stopped, run the "
        f"same command again."
    )


def remove_strangers(python: str, files: Sequence[Path], log: Path) -> None:
    """Takes out what no lock file names: what an older version of the project has installed, or
    somebody by hand."""
    listed = subprocess.run(
        pip_command(python, "list", "--format=freeze"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    unknown = strangers([line.split("==", 1)[0] for line in listed.stdout.splitlines()], files)
    if not unknown:
        return
    print(f"Taking out what no lock file names: {', '.join(unknown)}", file=sys.stderr)
    done = subprocess.run(
        pip_command(python, "uninstall", "--yes", *unknown),
        capture_output=True,
        text=True,
        check=False,
    )
    with log.open("a", encoding="utf-8") as kept:
        kept.write(done.stdout + done.stderr)
    if done.returncode:
        fail("Taking out packages", log)


def check_agreement(python: str, log: Path) -> None:
    """Ends the program if a package lacks one that it needs: the lock files are older than
    pyproject.toml then."""
    done = subprocess.run(pip_command(python, "check"), capture_output=True, text=True, check=False)
    if done.returncode:
        with log.open("a", encoding="utf-8") as kept:
            kept.write(f"\n{done.stdout}{done.stderr}")
        sys.exit(
            f"The lock files do not fit the project. Renew them with `make lock`. pip check "
            f"says:\n{done.stdout}"
        )


def check_room(folder: Path) -> None:
    """Ends the program where the disk is too small for what is to come."""
    parent = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
    free = shutil.disk_usage(parent).free
    if not (folder / ".installed").exists() and free < DISK_BYTES:
        sys.exit(
            f"The environment needs {DISK_BYTES / 1e9:.0f} GB free in {parent}, which has "
            f"{free / 1e9:.1f} GB."
        )


def arguments(given: list[str]) -> argparse.Namespace:
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
    return parser.parse_args(given)


def make(folder: Path, extras: Sequence[str], fixed: bool, choice: str) -> None:
    """Creates the environment, or brings one that is there up to date."""
    files, log = lock_files(extras), folder / LOG
    display = Display(count=4 if fixed else 5)
    display.begin(f"environment: making {folder}")
    # Links, as `python -m venv` makes them: an environment that already has them is then used
    # again, not tripped over.
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(folder)
    display.end(f"environment: {folder}; what pip says is kept in {log}")
    log.write_text("", encoding="utf-8")
    python = str(folder.absolute() / ("Scripts" if os.name == "nt" else "bin") / "python")
    packages = next(folder.glob("[Ll]ib/**/site-packages"), folder)
    total = sum(
        line.count("==")
        for path in files
        for line in path.read_text("utf-8").splitlines()
        if line[:1].isalnum()
    )
    # The locked packages first: torch then finds all that it needs, in the locked releases.
    run(Step("packages", packages, total), packages_command(python, files, fixed), display, log)
    cpu_index = choice == "cpu" and reachable(CPU_INDEX)
    run(
        Step(f"torch ({choice})", packages),
        torch_command(python, choice, cpu_index, fixed),
        display,
        log,
    )
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
    asked = arguments(sys.argv[1:])
    folder: Path = asked.folder
    choice = os.environ.get("BREVE_TORCH", "cpu")
    if choice not in ("cpu", "cuda"):
        sys.exit(f"BREVE_TORCH should be cpu or cuda, not {choice!r}.")
    check_room(folder)
    try:
        make(folder, [name for name in asked.extras.split(",") if name], asked.fixed, choice)
    except KeyboardInterrupt:
        sys.exit("\nStopped. To go on, run the same command again.")
    (folder / ".installed").touch()


if __name__ == "__main__":
    main()
