"""Linear layers with int8 weights that keep the precision of their inputs.

A decoding step reads every weight once, so its time is the bytes of the weights: int8 is a quarter of float32. The
products are those that torch brings, FBGEMM's (x86-64) and QNNPACK's (arm64). They quantise the inputs too, with one
scale for all rows, and FBGEMM must do so to 7 bits, or its 16-bit sums overflow on processors without VNNI. That alone
costs quality and makes an answer depend on what else is in the batch. Here each row is scaled by itself and written as
two such numbers, a coarse one and its remainder, which go through the same product as two rows: of the inputs 14 bits
are kept, and rows are independent.

Many rows, a prompt, are bound by arithmetic and not by the reading of weights; they are multiplied in bfloat16 where the
processor computes with it, else in float32.
"""

import warnings
from functools import cache
from typing import Any, Final

import torch

from models.processors import computes_bfloat16

WEIGHT_LEVELS: Final = 127  # on either side of zero
INPUT_LEVELS: Final = {"fbgemm": 63, "qnnpack": 127}
# Rows up to which int8 is used. 400 rows take 1.2 times longer in int8 (the built-in model, one thread: 1.74 s, float32 1.40 s,
# `scripts/measure_speed.py --cpu`); at this number the reading of float32 weights still counts.
FEW_ROWS: Final = 128
# The same where many rows are read in bfloat16, by the number of outputs. One thread, ms for 16, 32, 64 rows, int8 and bfloat16:
# all layers 16 and 19, 25 and 27, 43 and 40; the output layer (75,588) 8 and 9, 29 and 13, 61 and 19.
FEW_ROWS_BFLOAT16: Final = 48
WIDE: Final = 16_384
FEW_ROWS_WIDE: Final = 16
SMALLEST: Final = 1e-30  # scale of a row of zeros


@cache
def kernels() -> str | None:
    """Whose int8 products torch has for this processor, if any."""
    for name in INPUT_LEVELS:
        try:
            Int8Linear(torch.ones(8, 8), name)(torch.ones(1, 8))
        except (RuntimeError, AttributeError):
            continue
        return name
    return None


def many_rows() -> torch.dtype:
    """The type of number in which prompts are read."""
    return torch.bfloat16 if computes_bfloat16() else torch.float32


class Int8Linear:
    """The linear layer without bias with these weights [out, in], which up to `few` rows see rounded to 8 bits for each output,
    and more rows in `precision` (None: that of `many_rows`). Each input is a number of -`levels` to `levels` and one of
    -`parts` / 2 to `parts` / 2 parts of a level."""

    def __init__(self, weight: torch.Tensor, kernel: str | None = None, precision: torch.dtype | None = None) -> None:
        kernel = kernel or kernels() or "none"
        self._precision = precision or many_rows()
        self.few = FEW_ROWS
        if self._precision is torch.bfloat16:
            self.few = FEW_ROWS_WIDE if len(weight) > WIDE else FEW_ROWS_BFLOAT16
        self.levels, self._reduced = INPUT_LEVELS[kernel], kernel == "fbgemm"
        self.parts = 2.0 * self.levels  # of a level, for the remainder
        self._weight = weight
        self._packed = _packed(weight.float(), kernel)
        self._range = self.inputs(0)

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """Applies the layer to states [rows, in], in float32."""
        rows = len(states)
        if rows > self.few:
            return torch.nn.functional.linear(states.to(self._precision), self._weight.to(self._precision)).float()
        scales = states.abs().amax(1, keepdim=True).clamp_(min=SMALLEST).div_(self.levels)
        states = states / scales
        coarse = states.round()
        fine = states.sub_(coarse).mul_(self.parts)
        product = self.product(torch.cat([coarse, fine, self._range]))
        answer: torch.Tensor = torch.add(product[:rows], product[rows:-1], alpha=1 / self.parts).mul_(scales)
        return answer

    def inputs(self, rows: int) -> torch.Tensor:
        """Room for `rows` rows of inputs, [2 rows + 1, in]: coarse numbers, fine ones, and the row that sets their range."""
        found = torch.zeros(2 * rows + 1, self._weight.shape[1])
        # The product takes the range of all its inputs; this row makes a step of it 1, whatever the others are.
        found[-1, 0], found[-1, -1] = -self.levels - 0.5, self.levels + 0.5
        return found

    def product(self, inputs: torch.Tensor) -> torch.Tensor:
        """The rounded weights times each row of `inputs`, as it stands there."""
        answer: torch.Tensor = torch.ops.quantized.linear_dynamic(inputs, self._packed, self._reduced)
        return answer


def _packed(weight: torch.Tensor, kernel: str) -> Any:
    """The rounded weights, in the order in which the product reads them."""
    scales = (weight.abs().amax(1) / WEIGHT_LEVELS).clamp(min=SMALLEST).double()
    zeros = torch.zeros(len(weight), dtype=torch.long)
    with warnings.catch_warnings():
        # Since torch 2.13: tensors of the type qint8 will go. `kernels` then finds nothing, and float32 is used.
        warnings.filterwarnings("ignore", ".*quantize_per_channel.* deprecated")
        rounded = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
    torch.backends.quantized.engine = kernel
    return torch.ops.quantized.linear_prepack(rounded, None)
