"""Loads the weights of a checkpoint: all of them or none, and runs no code of theirs."""

from pathlib import Path
from typing import Any, Final

import torch
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM
from transformers.utils import logging

from models.checkpoints.catalog import CatalogEntry
from models.checkpoints.completeness import refuse_parts
from models.checkpoints.families import family_named
from models.engine import ModelError

PICKLE: Final = "pytorch_model*.bin"


def load_weights(
    folder: Path, entry: CatalogEntry, dtype: torch.dtype, allow_pickle: bool = False
) -> Any:
    """The model in `folder`, in evaluation mode.

    Raises ModelError if it cannot be loaded, if it has only pickled weights and `allow_pickle` is
    false, or if a weight is missing, of the wrong shape or unknown: such a model would answer with
    nonsense.
    """
    logging.disable_progress_bar()
    _refuse_pickle(folder, entry, allow_pickle)
    loader = (
        AutoModelForCausalLM if family_named(entry.family).decoder_only else AutoModelForSeq2SeqLM
    )
    safe = True if any(folder.glob("*.safetensors")) else None
    try:
        model, faults = loader.from_pretrained(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=safe,
            dtype=dtype,
            output_loading_info=True,
            # Wrong sizes are refused below, by name.
            ignore_mismatched_sizes=True,
        )
    except Exception as error:
        # A damaged checkpoint makes the libraries raise errors of any kind.
        raise ModelError(
            "The checkpoint {id} could not be loaded from {folder}: {reason}",
            id=entry.id,
            folder=folder,
            reason=error,
        ) from error
    refuse_parts(faults, folder, entry)
    return model.eval()


def _refuse_pickle(folder: Path, entry: CatalogEntry, allowed: bool) -> None:
    if any(folder.glob("*.safetensors")) or allowed:
        return
    if any(folder.glob(PICKLE)):
        raise ModelError(
            "{id} has its weights only in PyTorch's pickle format, which can hold code that runs "
            "when it is loaded. If you trust its author, set BREVE_ALLOW_PICKLE=true; better, ask "
            "for safetensors on its model page.",
            id=entry.id,
        )
    raise ModelError(
        "The checkpoint {id} could not be loaded from {folder}: it holds no weights "
        "(*.safetensors).",
        id=entry.id,
        folder=folder,
    )
