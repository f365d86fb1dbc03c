"""Makes the virtual environment: `python scripts/setup.py FOLDER`. Needs nothing but Python 3.11 and a package registry.

Plain `torch` from PyPI is a CUDA build of 3 GB on Linux. The CPU build is taken from PyTorch's own index where that
can be reached, else whatever the registry has; BREVE_TORCH=cuda takes the registry's build in any case.
"""

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


def main() -> None:
    """Creates the environment and installs the project with everything that building and testing needs."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12"
        )
    folder = Path(sys.argv[1])
    choice = os.environ.get("BREVE_TORCH", "cpu")
    if choice not in ("cpu", "cuda"):
        sys.exit(f"BREVE_TORCH should be cpu or cuda, not {choice!r}.")
    print(f"Installing into {folder} (some minutes, once)", file=sys.stderr)
    venv.EnvBuilder(with_pip=True, upgrade_deps=False).create(folder)
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    subprocess.run(torch_command(python, choice, choice == "cpu" and reachable(CPU_INDEX)), check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--editable", ".[build,dev]"], check=True)
    (folder / ".installed").touch()


if __name__ == "__main__":
    main()
