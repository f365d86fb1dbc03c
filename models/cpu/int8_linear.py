"""Linear layers with int8 weights that keep the precision of their inputs.

A decoding step reads every weight once, so it takes as long as reading their bytes. Weights in int8
have a quarter of the bytes of float32. The products are those of torch: oneDNN's where the
processor has instructions for them (VNNI, AMX), else FBGEMM's (x86-64) or QNNPACK's (arm64). They
multiply inputs of 8 bits with one scale for all rows (FBGEMM's of 7, or its 16-bit sums overflow on
processors without VNNI). Used as they are, such products cost quality, and make an answer depend on
the rest of the batch.

Here each row has its own scale and is written as two numbers, a coarse one and its remainder. Both
go through the same product, as two rows. So 14 to 16 bits of the inputs are kept, and rows do not
depend on each other.

For many rows, such as a prompt, the arithmetic takes longer than the reading of weights. They are
multiplied in bfloat16 where the processor computes with it, else in float32.

Inputs that were smoothed (`models/cpu/smoothing.py`) or rotated (`models/cpu/rotation.py`) need no
remainder: one number of 8 bits holds them, which halves the arithmetic. oneDNN then multiplies
prompts in int8 too, which is faster than in bfloat16.
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
# The most rows that are multiplied in int8 where prompts are multiplied in another precision. 400
# rows take 1.2 times longer in FBGEMM's int8 (the built-in model, one thread: 1.74 s, float32 1.40
# s, `scripts/measure_speed.py --cpu`). With 128 rows the reading of float32 weights still counts. A
# layer of 4,096 outputs by oneDNN with AMX takes 0.52 and 1.6 ms for 128 and 400 rows; in bfloat16
# 0.72 and 1.24 ms.
FEW_ROWS: Final = 128
# The same limits for FBGEMM and QNNPACK where prompts are multiplied in bfloat16. Layers of more
# than WIDE outputs have their own. Measured with FBGEMM on one thread, ms in int8 and bfloat16 for
# 16, 32 and 64 rows: all layers 16 and 19, 25 and 27, 43 and 40; the output layer (75,588 outputs)
# 8 and 9, 29 and 13, 61 and 19.
FEW_ROWS_BFLOAT16: Final = 48
WIDE: Final = 16_384
FEW_ROWS_WIDE: Final = 16
SMALLEST: Final = 1e-30  # scale of a row of zeros
# The number of weights that are rounded at a time. In float32 they fit a processor's cache. They
# take less than 1 MB, the size from which the allocator maps new pages for a block
# (`models/cpu/memory.py`).
PART: Final = 200_000


@cache
def kernels() -> str | None:
    """The library whose int8 products are used on this processor; None if torch has none."""
    if _multiplies_bytes() and _works("onednn"):
        return "onednn"
    return next(filter(_works, OLDER), None)


def _multiplies_bytes() -> bool:
    """True if the processor has instructions for products of bytes.

    Without them oneDNN may cut sums at 16 bits.
    """
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_vnni") or capabilities.get("avx_vnni"))


def _works(kernel: str) -> bool:
    try:
        Int8Linear(torch.ones(8, 8), kernel, torch.float32)(torch.ones(1, 8))
    except (RuntimeError, AttributeError):
        return False
    return True


def many_rows() -> torch.dtype:
    """The type of number for many rows, as of a prompt: bfloat16 where that is fast."""
    return torch.bfloat16 if computes_bfloat16() else torch.float32


def takes_smoothed() -> bool:
    """True if smoothed inputs, without a remainder, make products faster on this processor."""
    return kernels() == "onednn"


class Int8Linear:
    """A linear layer without bias of the weights [out, in].

    Up to `few` rows are multiplied with the weights rounded to 8 bits, where each output has its
    own scale. More rows are multiplied in `precision`, which is that of `many_rows` if it is None.
    If it is int8, any number of rows is multiplied with the rounded weights, and the original
    weights are not kept.

    Each input is written as a number from -`levels` to `levels`. If `fine`, a second number gives
    the remainder; a level has `parts` parts. Inputs and weights are rotated in blocks of `block`
    before they are rounded.
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
        # The number that stands for zero.
        self.zero = self.levels + 1
        self.parts = 2.0 * self.levels
        self._numbers, self._inputs = (2 if fine else 1), weight.shape[1]
        self._weight, self.block = (None if self._precision is torch.int8 else weight), block
        self._product = (
            _OneDnn(weight, block)
            if kernel == "onednn"
            else _Dynamic(meeting(weight.float(), block), kernel)
        )

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
        """Room for `rows` rows of rotated inputs: uint8 [rows or 2 rows, in].

        Coarse numbers, then fine ones if there are any; `zero` is added to all of them.
        """
        return torch.empty(self._numbers * rows, self._inputs, dtype=torch.uint8)

    def product(self, inputs: torch.Tensor) -> torch.Tensor:
        """The rounded weights times the rows of `inputs`, less `zero`: float32 [rows, out]."""
        return self._product(inputs, self.zero)


def _few_rows(kernel: str, precision: torch.dtype, outputs: int) -> int:
    if precision is torch.int8:
        return sys.maxsize
    if kernel == "onednn" or precision is torch.float32:
        return FEW_ROWS
    return FEW_ROWS_WIDE if outputs > WIDE else FEW_ROWS_BFLOAT16


def _scales(weight: torch.Tensor) -> torch.Tensor:
    """The value of one level, for the weights of each output."""
    return (weight.abs().amax(1) / WEIGHT_LEVELS).clamp(min=SMALLEST)


def _rounded(weight: torch.Tensor, block: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The weights [out, in], rotated in blocks of `block` and rounded to int8; their scales [out].

    A part of the outputs is rounded at a time. Rounding all at once would take twelve bytes a
    weight for a moment.
    """
    rounded = torch.empty(weight.shape, dtype=torch.int8)
    scales = torch.empty(len(weight))
    outputs = max(1, PART // weight.shape[1])
    for start in range(0, len(weight), outputs):
        part = slice(start, start + outputs)
        turned = meeting(weight[part].float(), block)
        scales[part] = _scales(turned)
        rounded[part] = (turned / scales[part, None]).round_()
    return rounded, scales


class _OneDnn:
    """oneDNN's product. The weights are brought into oneDNN's layout once."""

    def __init__(self, weight: torch.Tensor, block: int) -> None:
        rounded, self._scales = _rounded(weight, block)
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
    """The products of FBGEMM and QNNPACK, which take floating-point inputs and round them."""

    def __init__(self, weight: torch.Tensor, kernel: str) -> None:
        zeros = torch.zeros(len(weight), dtype=torch.long)
        with warnings.catch_warnings():
            # torch 2.13 warns that tensors of the type qint8 will be removed. `kernels` will then
            # find oneDNN's products only.
            warnings.filterwarnings("ignore", ".*quantize_per_channel.* deprecated")
            rounded = torch.quantize_per_channel(
                weight, _scales(weight).double(), zeros, 0, torch.qint8
            )
        torch.backends.quantized.engine = kernel
        self._packed = torch.ops.quantized.linear_prepack(rounded, None)
        self._reduced = kernel == "fbgemm"

    def __call__(self, inputs: torch.Tensor, zero: int) -> torch.Tensor:
        numbers = torch.zeros(len(inputs) + 1, inputs.shape[1])
        numbers[:-1] = inputs
        numbers[:-1] -= zero
        # The product derives the size of its rounding steps from the range of all inputs. The last
        # row makes that size 1, whatever the other rows are.
        numbers[-1, 0], numbers[-1, -1] = 0.5 - zero, zero - 0.5
        answer: torch.Tensor = torch.ops.quantized.linear_dynamic(
            numbers, self._packed, self._reduced
        )
        return answer[:-1]


def int8_product_seconds(side: int, trials: int) -> float:
    """The least time in seconds of a product of square int8 matrices, with `side` rows.

    0 if prompts are not multiplied in int8.
    """
    if not takes_smoothed():
        return 0.0
    linear = Int8Linear(torch.ones(side, side), precision=torch.int8, fine=False)
    numbers = linear.inputs(side).fill_(linear.zero + 1)
    return least_seconds(lambda: linear.product(numbers), trials)
