"""Moves the range of a decoder's states into its weights, so that eight bits hold a state.

All numbers of a row of an int8 product are rounded with one step. If a few are ten times as large
as the others, the others lose precision. So each number of a product's inputs is divided by its
usual size, and the weights that it meets are multiplied by that size. No sum changes, and all
inputs get about the same size (SmoothQuant: Xiao et al. 2023, arXiv:2211.10438). Sizes are powers
of two, so that no weight is rounded. They are measured once, when the built-in model is built
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
    """The sizes of the inputs of a layer's products.

    `qkv` and `gate_up` are [hidden]. `values` is [key heads x head size]: values become the inputs
    of the product behind attention. The inputs of the last product are rotated instead
    (`models/cpu/rotation.py`).
    """

    qkv: torch.Tensor
    values: torch.Tensor
    gate_up: torch.Tensor


@dataclass(frozen=True)
class Sizes:
    """The sizes of all `layers`, and of the inputs of the `output` layer [hidden].

    All are powers of two.
    """

    layers: tuple[LayerSizes, ...]
    output: torch.Tensor

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """The sizes that were measured for the checkpoint in `folder`, or None."""
        if not (folder / FILE).exists():
            return None
        exponents = load_file(folder / FILE)
        sizes = {name: torch.exp2(exponent.float()) for name, exponent in exponents.items()}
        output = sizes.pop("output")
        count = 1 + max(int(name.split(".")[0]) for name in sizes)
        layers = (
            LayerSizes(**{name: sizes[f"{k}.{name}"] for name in LayerSizes.__annotations__})
            for k in range(count)
        )
        return cls(tuple(layers), output)

    def save(self, folder: Path) -> None:
        """Writes the sizes into the checkpoint's `folder`, as exponents of two."""
        sizes = {
            f"{k}.{name}": values
            for k, layer in enumerate(self.layers)
            for name, values in vars(layer).items()
        }
        sizes["output"] = self.output
        exponents = {name: values.log2().to(torch.int8) for name, values in sizes.items()}
        save_file(exponents, folder / FILE)


def scaled(weight: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
    """`weight` times `sizes`; the same tensor if all sizes are 1."""
    return weight if bool((sizes == 1).all()) else weight * sizes.to(weight.dtype)
