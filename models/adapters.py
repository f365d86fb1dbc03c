"""Low-rank adapters in peft's format."""

import warnings
from pathlib import Path
from typing import Any


def merged(model: Any, folder: Path) -> Any:
    """`model` with the adapter in `folder` added to its weights. Needs the `build` extra."""
    from peft import PeftModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks the model for a renamed attribute
        return PeftModel.from_pretrained(model, str(folder)).merge_and_unload()
