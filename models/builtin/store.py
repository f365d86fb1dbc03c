"""Where the built model lies: a folder of the cache, named by a fingerprint of all that decides its content."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from models.store import sha256, stored

HERE: Final = Path(__file__).parent
# What decides the bytes of the built model: the pinned parts (named in build.py), our files, the code.
INGREDIENTS: Final = (
    "build.py",
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
    """Sixteen hexadecimal digits that change when the code, the adapter or the vocabulary changes."""
    digests = "".join(sha256(HERE / name) for name in INGREDIENTS)
    return hashlib.sha256(digests.encode()).hexdigest()[:16]


def built_model(build: Callable[[Path], None]) -> Path:
    """The folder of the verified built-in model, built first if it is missing or damaged.

    `build` fills an empty folder with the model (`models.builtin.build.build`).
    Raises ModelError, naming the file, when the parts are missing or wrong or the disk is full.
    """
    return stored(PREFIX, fingerprint(), build, "the built-in model")
