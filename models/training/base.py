"""Writes the model that training starts from: the built-in one without an adapter.

    python -m models.training.base --out DIR

Does nothing if the folder holds it already.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from models.builtin.build import base_model, prune_vocabulary
from models.builtin.store import HERE
from models.training.merge import TOKENIZER_FILES


def write_base(out: Path) -> None:
    """Fills `out` with the dequantised, pruned base model in float32 and its tokenizer."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        model = base_model(Path(scratch))
        prune_vocabulary(model)
        complete = Path(scratch) / "base"
        model.save_pretrained(complete)
        for name in TOKENIZER_FILES:
            shutil.copyfile(HERE / name, complete / name)
        shutil.rmtree(out, ignore_errors=True)
        complete.rename(out)


def main() -> None:
    """Reads the command line and writes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    if not all((out / name).exists() for name in ("model.safetensors", *TOKENIZER_FILES)):
        write_base(out)


if __name__ == "__main__":
    main()
