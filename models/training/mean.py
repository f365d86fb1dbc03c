"""Makes one adapter of several: the mean of their matrices.

    python -m models.training.mean --adapter DIR --adapter DIR --out DIR

An adapter that learns something new forgets some of its knowledge. The mean of the old and the new
adapter keeps most of both, and takes no more time to run. It is the mean of each of the two narrow
matrices, not of their product. So the adapters must be near each other: each must be trained from
the one before.

Source: Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models", 2022
(arXiv:2203.05482).
"""

import argparse
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file, save_file

from models.training.low_rank import WEIGHTS

CONFIG: Final = "adapter_config.json"
# Settings that must be the same. Otherwise the mean of the matrices means nothing.
SAME: Final = (
    "base_model_name_or_path",
    "r",
    "lora_alpha",
    "target_modules",
    "use_rslora",
    "rank_pattern",
    "alpha_pattern",
)


def mean(adapters: Sequence[Path], out: Path) -> None:
    """Writes the mean of some adapters to the folder `out`, in the precision of the first.

    Raises ValueError, naming the folder, if an adapter has another base, rank or scale, or other
    layers, than the first, or if it is `out`.
    """
    parts = [load_file(folder / WEIGHTS) for folder in adapters]
    kinds = [_kind(folder, part) for folder, part in zip(adapters, parts, strict=True)]
    for folder, kind in zip(adapters, kinds, strict=True):
        if differing := [name for name, value in kind.items() if value != kinds[0][name]]:
            raise ValueError(
                f"{folder} differs from {adapters[0]} in {', '.join(differing)}: their mean would "
                "mean nothing."
            )
        if folder.resolve() == out.resolve():
            raise ValueError(f"{out} is one of the adapters. Name another folder.")
    middle = {
        name: torch.stack([part[name].float() for part in parts]).mean(0).to(matrix.dtype)
        for name, matrix in parts[0].items()
    }
    out.mkdir(parents=True, exist_ok=True)
    save_file(middle, out / WEIGHTS, metadata={"format": "pt"})
    shutil.copyfile(adapters[0] / CONFIG, out / CONFIG)


def _kind(folder: Path, matrices: Mapping[str, torch.Tensor]) -> dict[str, object]:
    """The settings and the shapes that the adapters of a mean must share."""
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    values = {name: config.get(name) for name in SAME}
    if isinstance(values["target_modules"], list):
        values["target_modules"] = sorted(values["target_modules"])
    return {**values, "matrices": {name: matrix.shape for name, matrix in matrices.items()}}


def main() -> None:
    """Reads the command line and writes the mean."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adapter", type=Path, action="append", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    try:
        mean(options.adapter, options.out)
    except (ValueError, OSError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
