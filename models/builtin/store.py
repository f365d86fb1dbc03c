"""The place of the built model: a cache folder that is named by its content's fingerprint."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from models.checkpoints.store import sha256, stored

HERE: Final = Path(__file__).parent
# Stands for the pinned parts and for the way in which `build` uses them. Give it another value
# whenever a change of `build` changes the bytes that it writes: all users then build again.
RECIPE: Final = "1f446018df3ab39e71c4905a6ad31cddd40b9d8794ff59c5f374f5498cca4b20"
# The files beside this module that decide the bytes of the built model.
INGREDIENTS: Final = (
    "adapter_config.json",
    "adapter_model.safetensors",
    "base_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "kept_tokens.txt",
    "calibration.json",
)
PREFIX: Final = "breve-270m-"


@cache
def fingerprint() -> str:
    """Sixteen hexadecimal digits that change with the recipe, the adapter or the vocabulary."""
    digests = RECIPE + "".join(sha256(HERE / name) for name in INGREDIENTS)
    return hashlib.sha256(digests.encode()).hexdigest()[:16]


def built_model(build: Callable[[Path], None]) -> Path:
    """The folder of the verified built-in model, built first if it is missing or damaged.

    `build` fills an empty folder with the model (`models.builtin.build.build`). Raises ModelError,
    naming the file, when parts are missing or wrong, or the disk is full.
    """
    return stored(PREFIX, fingerprint(), build, "the built-in model")
