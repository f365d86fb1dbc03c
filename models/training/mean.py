"""Makes one adapter of several: the mean of their matrices, where each was trained from the one before.

python -m models.training.mean --adapter DIR --adapter DIR --out DIR

An adapter that learns something new forgets some of what it knew; the mean keeps most of both, and costs nothing more to run.
It is the mean of the two narrow matrices and not of their product, so the adapters must be near each other.

Source: Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models", 2022 (arXiv:2203.05482).
"""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file, save_file

from models.training.low_rank import WEIGHTS

CONFIG: Final = "adapter_config.json"


def mean(adapters: Sequence[Path], out: Path) -> None:
    """Writes the mean of the adapters in the folders `adapters`, in the precision of the first, to the folder `out`.

    Raises ValueError if they have not the same matrices.
    """
    parts = [load_file(folder / WEIGHTS) for folder in adapters]
    shapes = [{name: matrix.shape for name, matrix in part.items()} for part in parts]
    if any(other != shapes[0] for other in shapes[1:]):
        raise ValueError("The adapters have different layers or ranks.")
    middle = {
        name: torch.stack([part[name].float() for part in parts]).mean(0).to(matrix.dtype) for name, matrix in parts[0].items()
    }
    out.mkdir(parents=True, exist_ok=True)
    save_file(middle, out / WEIGHTS, metadata={"format": "pt"})
    shutil.copyfile(adapters[0] / CONFIG, out / CONFIG)


def main() -> None:
    """Reads the command line and writes the mean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, action="append", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    mean(options.adapter, options.out)


if __name__ == "__main__":
    main()
