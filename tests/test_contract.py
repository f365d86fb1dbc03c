"""The documented contract does not change by accident."""

import difflib
import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "freeze_openapi.py"))


def test_openapi_document_is_the_frozen_one() -> None:
    frozen, now = SCRIPT["FROZEN"].read_text(encoding="utf-8"), SCRIPT["contract"]()
    changed = "\n".join(
        difflib.unified_diff(frozen.splitlines(), now.splitlines(), "docs/openapi.json", "the service", n=2, lineterm="")
    )
    assert frozen == now, (
        f"The contract differs from docs/openapi.json. If that is meant: .venv/bin/python scripts/freeze_openapi.py\n{changed}"
    )


@pytest.mark.parametrize("command", [["scripts/freeze_openapi.py"], ["-m", "scripts.freeze_openapi"]])
def test_each_checkout_freezes_its_own_contract(tmp_path: Path, command: list[str]) -> None:
    for folder in ("service", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "models").symlink_to(ROOT / "models")
    (tmp_path / "docs").mkdir()
    (tmp_path / "service" / "__init__.py").write_text('__version__ = "9.9.9"\n', encoding="utf-8")
    another = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, *command], cwd=tmp_path, env=another, check=True, capture_output=True)
    frozen = json.loads((tmp_path / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert frozen["info"]["version"] == "9.9.9"
