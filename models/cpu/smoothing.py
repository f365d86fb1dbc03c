"""Moves the range of a decoder's states into its weights, so that eight bits hold a state.

A row of an int8 product has one step for all its numbers: where a few are ten times as large as the
others, little is left for those. Each number of a product's inputs is divided by its usual size,
and the weights that it meets are multiplied by it: no sum changes, and the inputs are of one size
(SmoothQuant: Xiao et al. 2023, arXiv:2211.10438). Sizes are powers of two, so that no weight is
rounded. What they are is measured once, when the built-in model is built
(`models/gemma/calibration.py`), and kept beside its weights.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import torch
from safetensors.torch import load_file, save_file

FILE: Final = "smoothing.safetensors"


@dataclass(frozen=True)
class LayerSizes:
    """Sizes of the inputs of a layer's products: of `qkv` and of `gate_up` [hidden], and of the
    `values` [key heads x head size] that become those of the product behind attention. Those of the
    last one are rotated instead (`models/cpu/rotation.py`)."""

    qkv: torch.Tensor
    values: torch.Tensor
    gate_up: torch.Tensor


@dataclass(frozen=True)
class Sizes:
    """Those of all `layers`, and of the inputs of the `output` layer [hidden]; all are powers of
    two."""

    layers: tuple[LayerSizes, ...]
    output: torch.Tensor

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """The sizes that were measured for the checkpoint in `folder`, or None."""
        if not (folder / FILE).exists():
            return None
        found = {
            name: torch.exp2(exponents.float())
            for name, exponents in load_file(folder / FILE).items()
        }
        output = found.pop("output")
        count = 1 + max(int(name.split(".")[0]) for name in found)
        layers = (
            LayerSizes(**{name: found[f"{k}.{name}"] for name in LayerSizes.__annotations__})
            for k in range(count)
        )
        return cls(tuple(layers), output)

    def save(self, folder: Path) -> None:
        """Writes them into the checkpoint's `folder`."""
        found = {
            f"{k}.{name}": sizes
            for k, layer in enumerate(self.layers)
            for name, sizes in vars(layer).items()
        }
        exponents = {
            name: sizes.log2().to(torch.int8)
            for name, sizes in {**found, "output": self.output}.items()
        }
        save_file(exponents, folder / FILE)


def scaled(weight: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
    """`weight` times `sizes`, and itself where they change nothing."""
    return weight if bool((sizes == 1).all()) else weight * sizes.to(weight.dtype)
