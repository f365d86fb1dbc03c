"""Loads the tokenizer of a checkpoint. Imports no torch."""

import warnings
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from models.catalog import CatalogEntry
from models.engine import ModelError


def load_tokenizer(folder: Path, entry: CatalogEntry) -> Any:
    """The tokenizer in `folder`. Raises ModelError if it cannot be loaded."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
        try:
            return AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
        except Exception as error:  # a damaged checkpoint makes the libraries raise whatever they meet first
            raise ModelError(f"The tokenizer of {entry.id} could not be loaded from {folder}: {error}") from error
