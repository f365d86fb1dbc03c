"""Makes the virtual environment: `python scripts/setup.py FOLDER`. Needs nothing but Python 3.11 and a package registry.

Plain `torch` from PyPI is a CUDA build of 3 GB on Linux. The CPU build is taken from PyTorch's own index where that
can be reached, else whatever the registry has; BREVE_TORCH=cuda takes the registry's build in any case.

For work on the code the project is installed editable, with all that building and testing needs. With `--fixed` a copy
of it is installed, which needs the checkout no more: the container has that, with `--extras build,otel`.
"""

import argparse
import os
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TORCH = "torch>=2.9,<3"
OLDEST = (3, 11)


def reachable(url: str) -> bool:
    """True if the index answers within three seconds."""
    try:
        with urllib.request.urlopen(f"{url}/torch/", timeout=3):
            return True
    except (urllib.error.URLError, TimeoutError, OSError):
        return False


def torch_command(python: str, choice: str, cpu_index: bool) -> list[str]:
    """The command that installs torch: from the CPU index where it is wanted and there, else from the registry."""
    command = [python, "-m", "pip", "install", "--quiet", TORCH]
    return [*command, "--index-url", CPU_INDEX] if choice != "cuda" and cpu_index else command


def project_command(python: str, extras: str, fixed: bool) -> list[str]:
    """The command that installs the project with these extras: a copy of it if `fixed`, else the checkout itself."""
    project = f".[{extras}]" if extras else "."
    return [python, "-m", "pip", "install", "--quiet", *([] if fixed else ["--editable"]), project]


def arguments(given: list[str]) -> argparse.Namespace:
    """The command line's arguments: folder, extras, fixed."""
    parser = argparse.ArgumentParser(description="Makes Brève's virtual environment.")
    parser.add_argument("folder", type=Path, help="where the environment is made")
    parser.add_argument("--extras", default="build,dev", help="the project's extras, parted by commas (default: %(default)s)")
    parser.add_argument("--fixed", action="store_true", help="install a copy of the project, not the checkout itself")
    return parser.parse_args(given)


def main() -> None:
    """Creates the environment and installs the project, by default with everything that building and testing needs."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12"
        )
    asked = arguments(sys.argv[1:])
    folder: Path = asked.folder
    choice = os.environ.get("BREVE_TORCH", "cpu")
    if choice not in ("cpu", "cuda"):
        sys.exit(f"BREVE_TORCH should be cpu or cuda, not {choice!r}.")
    print(f"Installing into {folder} (some minutes, once)", file=sys.stderr)
    # Links, as `python -m venv` makes them: an environment that already has them is then used again, not tripped over.
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(folder)
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    subprocess.run(torch_command(python, choice, choice == "cpu" and reachable(CPU_INDEX)), check=True)
    subprocess.run(project_command(python, asked.extras, asked.fixed), check=True)
    (folder / ".installed").touch()


if __name__ == "__main__":
    main()
