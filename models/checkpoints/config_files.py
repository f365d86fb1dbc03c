"""Reads the JSON files that describe a checkpoint's weights. Standard library only."""

import json
from pathlib import Path
from typing import Any, Final

from models.engine import ModelError

CONFIG: Final = "config.json"
GENERATION_CONFIG: Final = "generation_config.json"


def read_object(path: Path, needed: bool = True) -> dict[str, Any]:
    """The object in a JSON file; empty if a file that is not `needed` is missing.

    Raises ModelError if it cannot be read, or holds no object.
    """
    if not needed and not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            "{folder} holds no readable {name}: {reason}",
            folder=path.parent,
            name=path.name,
            reason=error,
        ) from error
    if not isinstance(content, dict):
        raise ModelError("{path} should hold an object.", path=path)
    return content
