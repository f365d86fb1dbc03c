"""Writes docs/openapi.json anew: the contract that tests/service/api/test_contract.py checks.

    .venv/bin/python scripts/freeze_openapi.py

Run it when the contract is meant to change, and say in CHANGELOG.md what changes for clients. It
writes the contract of the checkout that this file lies in, whichever one is installed.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FROZEN = ROOT / "docs" / "openapi.json"


def contract() -> str:
    """The OpenAPI document as it is written to the file."""
    sys.path.insert(0, str(ROOT))
    from service.api.app import create_app
    from service.settings import Settings

    document = create_app(Settings()).openapi()
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FROZEN.write_text(contract(), encoding="utf-8")
    print(f"{FROZEN} is written.")
