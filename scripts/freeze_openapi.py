"""Writes docs/openapi.json anew: the contract that tests/test_contract.py holds the service to.

Run it when the contract is meant to change, and say in CHANGELOG.md what changes for clients:
.venv/bin/python scripts/freeze_openapi.py
"""

import json
from pathlib import Path

from service.api import create_app
from service.settings import Settings

FROZEN = Path(__file__).parents[1] / "docs" / "openapi.json"


def contract() -> str:
    """The OpenAPI document as it is written to the file."""
    return json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FROZEN.write_text(contract(), encoding="utf-8")
    print(f"{FROZEN} is written.")
