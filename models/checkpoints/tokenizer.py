"""Loads the tokenizer of a checkpoint. Imports no torch."""

import warnings
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, BarthezTokenizer

from models.checkpoints.catalog import CatalogEntry
from models.checkpoints.config_files import CONFIG, read_object
from models.engine import ModelError


def load_tokenizer(folder: Path, entry: CatalogEntry) -> Any:
    """The tokenizer in `folder`. Raises ModelError if it cannot be loaded."""
    config = read_object(folder / CONFIG)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
        try:
            tokenizer = AutoTokenizer.from_pretrained(
                str(folder), local_files_only=True, trust_remote_code=False
            )
            if config.get("model_type") == "mbart" and len(tokenizer) > config["vocab_size"]:
                # A BARThez checkpoint that does not name its tokenizer is taken for an mBART, and
                # gets tokens that its weights do not have.
                tokenizer = BarthezTokenizer.from_pretrained(str(folder), local_files_only=True)
        except Exception as error:
            # A damaged checkpoint makes the libraries raise errors of any kind.
            raise ModelError(
                "The tokenizer of {id} could not be loaded from {folder}: {reason}",
                id=entry.id,
                folder=folder,
                reason=error,
            ) from error
    if tokenizer.is_fast:
        # The file may have been saved with truncation and padding. The first call would remove
        # them, while other threads use the tokenizer.
        tokenizer.backend_tokenizer.no_truncation()
        tokenizer.backend_tokenizer.no_padding()
    return tokenizer
