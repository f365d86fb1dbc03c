"""Linear layers with int8 weights that keep the precision of their inputs.

A decoding step reads every weight once, so its time is the bytes of the weights: int8 is a quarter
of float32. The products are those that torch brings: oneDNN's where the processor has instructions
for them (VNNI, AMX), else FBGEMM's (x86-64) or QNNPACK's (arm64). They multiply inputs of 8 bits
with one scale for all rows (FBGEMM's must have 7, or its 16-bit sums overflow on processors without
VNNI). That alone costs quality and makes an answer depend on what else is in the batch. Here each
row is scaled by itself and written as two such numbers, a coarse one and its remainder, which go
through the same product as two rows: of the inputs 14 to 16 bits are kept, and rows are
independent.

Many rows, a prompt, are bound by arithmetic and not by the reading of weights; they are multiplied
in bfloat16 where the processor computes with it, else in float32.

Inputs that were smoothed (`models/cpu/smoothing.py`) or rotated (`models/cpu/rotation.py`) need no
remainder: one number of 8 bits holds them, which is half the arithmetic. oneDNN then multiplies
prompts too, faster than in bfloat16.
"""

import sys
import warnings
from functools import cache
from typing import Final

import torch

from models.cpu.processors import computes_bfloat16, least_seconds
from models.cpu.rotation import meeting, rotated

WEIGHT_LEVELS: Final = 127  # on either side of zero
INPUT_LEVELS: Final = {"onednn": 127, "fbgemm": 63, "qnnpack": 127}
OLDER: Final = ("fbgemm", "qnnpack")
# Rows up to which int8 is used where many are read in another precision. 400 rows take 1.2 times
# longer in FBGEMM's int8 (the built-in model, one thread: 1.74 s, float32 1.40 s,
# `scripts/measure_speed.py --cpu`); at this number the reading of float32 weights still counts. A
# layer of 4,096 outputs by oneDNN with AMX, 128 and 400 rows: 0.52 and 1.6 ms, in bfloat16 0.72 and
# 1.24.
FEW_ROWS: Final = 128
# The same of FBGEMM's where many rows are read in bfloat16, by the number of outputs. One thread,
# ms for 16, 32, 64 rows, int8 and bfloat16: all layers 16 and 19, 25 and 27, 43 and 40; the output
# layer (75,588) 8 and 9, 29 and 13, 61 and 19.
FEW_ROWS_BFLOAT16: Final = 48
WIDE: Final = 16_384
FEW_ROWS_WIDE: Final = 16
SMALLEST: Final = 1e-30  # scale of a row of zeros


@cache
def kernels() -> str | None:
    """Whose int8 products are used on this processor, if torch has any."""
    return (
        "onednn" if _multiplies_bytes() and _works("onednn") else next(filter(_works, OLDER), None)
    )


def _multiplies_bytes() -> bool:
    """True if the processor has instructions for products of bytes. oneDNN's own way without them
    may cut sums at 16 bits."""
    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_vnni") or found.get("avx_vnni"))


def _works(kernel: str) -> bool:
    try:
        Int8Linear(torch.ones(8, 8), kernel, torch.float32)(torch.ones(1, 8))
    except (RuntimeError, AttributeError):
        return False
    return True


def many_rows() -> torch.dtype:
    """The type of number in which prompts are read."""
    return torch.bfloat16 if computes_bfloat16() else torch.float32


def takes_smoothed() -> bool:
    """True if this processor's products gain by inputs without a remainder, prompts among them."""
    return kernels() == "onednn"


class Int8Linear:
    """The linear layer without bias with these weights [out, in], which up to `few` rows see
    rounded to 8 bits for each output, and more rows in `precision` (None: that of `many_rows`;
    int8: any number of rows sees the rounded weights, and no others are kept).

    Each input is a number of -`levels` to `levels` and, if `fine`, one of -`parts` / 2 to `parts` /
    2 parts of a level. What is rounded is rotated in blocks of `block`.
    """

    def __init__(
        self,
        weight: torch.Tensor,
        kernel: str | None = None,
        precision: torch.dtype | None = None,
        fine: bool = True,
        block: int = 1,
    ) -> None:
        kernel = kernel or kernels() or "none"
        self._precision = precision or many_rows()
        self.few = _few_rows(kernel, self._precision, len(weight))
        self.levels = INPUT_LEVELS[kernel]
        self.zero = self.levels + 1  # what a zero is written as
        self.parts = 2.0 * self.levels  # of a level, for the remainder
        self._numbers, self._inputs = (2 if fine else 1), weight.shape[1]
        self._weight, self.block = (None if self._precision is torch.int8 else weight), block
        turned = meeting(weight.float(), block)
        self._product = _OneDnn(turned) if kernel == "onednn" else _Dynamic(turned, kernel)

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        """Applies the layer to states [rows, in], in float32."""
        rows = len(states)
        if self._weight is not None and rows > self.few:
            return torch.nn.functional.linear(
                states.to(self._precision), self._weight.to(self._precision)
            ).float()
        states = rotated(states, self.block)
        scales = states.abs().amax(1, keepdim=True).clamp_(min=SMALLEST).div_(self.levels)
        states = states / scales
        coarse = states.round()
        if self._numbers == 1:
            return self.product(coarse.add_(self.zero).to(torch.uint8)).mul_(scales)
        fine = states.sub_(coarse).mul_(self.parts).round_()
        product = self.product(torch.cat([coarse, fine]).add_(self.zero).to(torch.uint8))
        answer: torch.Tensor = torch.add(product[:rows], product[rows:], alpha=1 / self.parts).mul_(
            scales
        )
        return answer

    def inputs(self, rows: int) -> torch.Tensor:
        """Room for `rows` rows of inputs, rotated, uint8 [rows or 2 rows, in]: coarse numbers, then
        fine ones, both with `zero` added."""
        return torch.empty(self._numbers * rows, self._inputs, dtype=torch.uint8)

    def product(self, inputs: torch.Tensor) -> torch.Tensor:
        """The rounded weights times each row of `inputs`, less its `zero`: float32 [rows of them,
        out]."""
        return self._product(inputs, self.zero)


def _few_rows(kernel: str, precision: torch.dtype, outputs: int) -> int:
    if precision is torch.int8:
        return sys.maxsize
    if kernel == "onednn" or precision is torch.float32:
        return FEW_ROWS
    return FEW_ROWS_WIDE if outputs > WIDE else FEW_ROWS_BFLOAT16


def _scales(weight: torch.Tensor) -> torch.Tensor:
    """What a level of each output's weights is worth."""
    return (weight.abs().amax(1) / WEIGHT_LEVELS).clamp(min=SMALLEST)


class _OneDnn:
    """oneDNN's product, with weights that are laid out for it once."""

    def __init__(self, weight: torch.Tensor) -> None:
        self._scales = _scales(weight)
        rounded = (weight / self._scales[:, None]).round_().to(torch.int8)
        self._weight = torch.ops.onednn.qlinear_prepack(rounded, None)
        self._zeros = torch.zeros(len(weight), dtype=torch.long)

    def __call__(self, inputs: torch.Tensor, zero: int) -> torch.Tensor:
        answer: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            inputs,
            1.0,
            zero,
            self._weight,
            self._scales,
            self._zeros,
            None,
            1.0,
            0,
            torch.float32,
            "none",
            [],
            "",
        )
        return answer


class _Dynamic:
    """The products of FBGEMM and QNNPACK, which take numbers and round them themselves."""

    def __init__(self, weight: torch.Tensor, kernel: str) -> None:
        zeros = torch.zeros(len(weight), dtype=torch.long)
        with warnings.catch_warnings():
            # Since torch 2.13: tensors of the type qint8 will go. `kernels` then finds nothing
            # older than oneDNN's.
            warnings.filterwarnings("ignore", ".*quantize_per_channel.* deprecated")
            rounded = torch.quantize_per_channel(
                weight, _scales(weight).double(), zeros, 0, torch.qint8
            )
        torch.backends.quantized.engine = kernel
        self._packed, self._reduced = (
            torch.ops.quantized.linear_prepack(rounded, None),
            kernel == "fbgemm",
        )

    def __call__(self, inputs: torch.Tensor, zero: int) -> torch.Tensor:
        numbers = torch.zeros(len(inputs) + 1, inputs.shape[1])
        numbers[:-1] = inputs
        numbers[:-1] -= zero
        # The product takes the range of all its inputs; this row makes a step of it 1, whatever the
        # others are.
        numbers[-1, 0], numbers[-1, -1] = 0.5 - zero, zero - 0.5
        answer: torch.Tensor = torch.ops.quantized.linear_dynamic(
            numbers, self._packed, self._reduced
        )
        return answer[:-1]


def int8_product_seconds(side: int, trials: int) -> float:
    """The least time of a product of square matrices of bytes; 0 where prompts are not read in
    bytes."""
    if not takes_smoothed():
        return 0.0
    linear = Int8Linear(torch.ones(side, side), precision=torch.int8, fine=False)
    numbers = linear.inputs(side).fill_(linear.zero + 1)
    return least_seconds(lambda: linear.product(numbers), trials)
