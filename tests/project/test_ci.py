"""What CI installs for the tests of the page."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_NETWORK = "echo 'E: Unable to locate package' >&2; exit 100"


def installed(
    folder: Path, *commands: str, user: int = 0, apt: str | None = "exit 0"
) -> tuple[list[str], subprocess.CompletedProcess[str]]:
    """What apt-get is asked for on a machine with these `commands`, and what the script says there.

    `apt` is what apt-get does; None: there is none.
    """
    calls = folder / "calls"
    calls.touch()
    scripts = dict.fromkeys(commands, "exit 0") | {"id": f"echo {user}"}
    scripts |= {} if apt is None else {"apt-get": f'echo "$@" >> {calls}; {apt}'}
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    bash = shutil.which("bash") or ""
    done = subprocess.run(
        [bash, str(ROOT / ".ci" / "browser")],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return calls.read_text(encoding="utf-8").splitlines(), done


def test_ci_asks_for_the_browser_before_its_checks() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines.index(".ci/browser") < lines.index("make test")


def test_what_is_missing_is_installed(tmp_path: Path) -> None:
    calls, done = installed(tmp_path)
    assert [call.split()[-1] for call in calls] == ["update", "nodejs"]
    assert {"install", "chromium", "nodejs"} <= set(calls[1].split())
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_there_is_not_installed_again(tmp_path: Path) -> None:
    calls, done = installed(tmp_path, "chromium", "node")
    assert (calls, done.returncode, done.stderr) == ([], 0, "")


@pytest.mark.parametrize(
    ("user", "apt", "reason"),
    [
        (0, None, "no apt-get"),
        (1000, "exit 0", "only root"),
        (0, NO_NETWORK, "is there a network?"),
    ],
)
def test_a_line_says_why_tests_are_skipped(
    tmp_path: Path, user: int, apt: str | None, reason: str
) -> None:
    _, done = installed(tmp_path, "node", user=user, apt=apt)
    assert done.returncode == 0
    line = done.stderr.splitlines()[-1]
    assert "skipped" in line
    assert "chromium" in line
    assert "nodejs" not in line
    assert reason in line


@pytest.mark.parametrize(("extras", "is_installed"), [("dev", True), ("dev,ray", False)])
def test_an_environment_with_other_extras_is_set_up_again(
    extras: str, is_installed: bool, tmp_path: Path
) -> None:
    (tmp_path / ".installed-dev").touch()
    done = subprocess.run(
        [shutil.which("make") or "", "-n", "setup", f"VENV={tmp_path}", f"EXTRAS={extras}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (f"setup.py --extras {extras}" not in done.stdout) == is_installed
