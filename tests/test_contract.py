"""The documented contract does not change by accident."""

import difflib
import runpy
from pathlib import Path

SCRIPT = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "freeze_openapi.py"))


def test_openapi_document_is_the_frozen_one() -> None:
    frozen, now = SCRIPT["FROZEN"].read_text(encoding="utf-8"), SCRIPT["contract"]()
    changed = "\n".join(
        difflib.unified_diff(frozen.splitlines(), now.splitlines(), "docs/openapi.json", "the service", n=2, lineterm="")
    )
    assert frozen == now, (
        f"The contract differs from docs/openapi.json. If that is meant: .venv/bin/python scripts/freeze_openapi.py\n{changed}"
    )
