"""Merges an adapter into a base model, as a folder that `breve` can load.

    python -m models.training.merge --base DIR --adapter DIR --out DIR

With that, a checkpoint can be scored before it ships.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Final

import torch
from transformers import AutoModelForCausalLM

from models.checkpoint_finder import OWN_ENTRY
from models.checkpoints.adapters import merged
from models.checkpoints.catalog import BUILTIN, catalog

TOKENIZER_FILES: Final = ("tokenizer.json", "tokenizer_config.json")
_BUILTIN: Final = catalog()[BUILTIN]
# Brève uses the merged model like the built-in one, so that the built-in translator makes its
# English too. The base model's configuration does not state these fields;
# `models/checkpoint_finder.py` reads them from the file OWN_ENTRY.
USE: Final = {
    "family": _BUILTIN.family,
    "tasks": list(_BUILTIN.tasks),
    "languages": list(_BUILTIN.languages),
    "window": _BUILTIN.window,
}


def merge(base: Path, adapter: Path, out: Path) -> None:
    """Writes `base`, with `adapter` merged into its weights, to the folder `out` in bfloat16."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    merged(model, adapter).to(torch.bfloat16).save_pretrained(out)
    for name in TOKENIZER_FILES:
        shutil.copyfile(base / name, out / name)
    (out / OWN_ENTRY).write_text(json.dumps(USE, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Reads the command line and merges."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("base", "adapter", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    merge(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
