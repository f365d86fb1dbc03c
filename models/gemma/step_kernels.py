"""The small sums of a decoding step, compiled.

They are the sums between two int8 products, each in one pass over its rows; the softmax of
attention; and the totals of logits. A step of a small model has a hundred short vector operations a
layer. torch takes longer to start these operations than to compute them, and the threads of the
products fall asleep meanwhile. Numba compiles them when this module is first imported on a machine,
which takes some seconds, and keeps the result in the cache folder. Without Numba, importing raises
ImportError.

Arguments. All arrays are contiguous, and float32 but for two types:

- `Bits` are the bits of numbers in bfloat16.
- `Inputs` are the inputs of a product, as `Int8Linear` takes them: numbers, the scale of each row,
  and `levels`. The numbers are uint8 [2 rows, size], first the coarse ones, then the fine ones;
  `levels` + 1 stands for zero. Smoothed or rotated inputs have no fine numbers: [rows, size].

`product` [2 rows, outputs] is what `Int8Linear` gives for such inputs. `part` holds the first row
to compute and the end, which is not computed: threads share the rows of a prompt.

Loops are written so that LLVM vectorises them. Slices have one length, divisions are not tested for
zero (`error_model`), and the largest of some numbers is found by their bits. A gelu of 32 rows
takes 0.09 ms instead of 0.49.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import config, float32, intp, njit, types, uint8, uint16, void

from models.checkpoints.store import cache_folder

SMALLEST: Final = np.float32(1e-30)
HALF: Final = np.float32(0.5)
ONE: Final = np.float32(1)
TWO: Final = np.float32(2)
# A mask for the bits of a float32 without its sign.
MAGNITUDE: Final = np.int32(0x7FFFFFFF)
ROOT_2_OVER_PI: Final = np.float32(0.7978845608028654)
CUBIC: Final = np.float32(0.044715)
# tanh(x) as a quotient of polynomials in x², with the coefficients of Eigen's `ptanh_float`. It is
# exact to a few units in the last place. Beyond MOST the quotient leaves [-1, 1].
MOST: Final = np.float32(7.9053111)
A1, A3, A5, A7, A9, A11, A13 = map(
    np.float32,
    (
        4.89352455891786e-3,
        6.37261928875436e-4,
        1.48572235717979e-5,
        5.12229709037114e-8,
        -8.60467152213735e-11,
        2.00018790482477e-13,
        -2.76076847742355e-16,
    ),
)
B0, B2, B4, B6 = map(
    np.float32, (4.89352518554385e-3, 2.26843463243900e-3, 1.18534705686654e-4, 1.19825839466702e-6)
)
# The coefficients of 2 ** x between -0.5 and 0.5: its Taylor series, exact to 2e-7. Near LEAST and
# below, the power counts as zero.
LOG2_E: Final = np.float32(1.4426950408889634)
LEAST: Final = np.float32(-127)
C1, C2, C3, C4, C5, C6 = map(
    np.float32,
    (
        0.6931471805599453,
        0.2402265069591007,
        0.05550410866482158,
        0.009618129107628477,
        0.0013333558146428443,
        0.0001540353039338161,
    ),
)
# The number of bits behind the exponent of a float32.
EXPONENT: Final = np.int32(23)
BIAS: Final = np.int32(127)
# So many numbers stay in the processor's first-level cache.
BLOCK: Final = 2048
# Bits of a float32 that a bfloat16 lacks.
HALF_BITS: Final = np.int32(16)
ROUND_UP: Final = np.int32(0x7FFF)


def _keeps_results() -> bool:
    """True if compiled code can be saved. Sets its folder, unless NUMBA_CACHE_DIR does."""
    folder = Path(config.CACHE_DIR or cache_folder() / "kernels")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    config.CACHE_DIR = str(folder)
    return os.access(folder, os.W_OK)


logging.getLogger("numba").setLevel(logging.WARNING)

Array = npt.NDArray[np.float32]
Inputs = tuple[npt.NDArray[np.uint8], Array, np.float32]
Bits = npt.NDArray[np.uint16]
Turn = tuple[Array, Array]
Part = tuple[int, int]
_ROWS, _ROW, _HEADS = float32[:, ::1], float32[::1], float32[:, :, ::1]
_SCORES = uint16[:, :, ::1]
_INPUTS: Any = types.Tuple((uint8[:, ::1], _ROW, float32))
_TURN: Any = types.Tuple((_HEADS, _HEADS))
_PART: Any = types.UniTuple(intp, 2)
_KEPT: Final = _keeps_results()
_inlined: Callable[[Any], Any] = njit(fastmath=True, inline="always", error_model="numpy")


def _compiled(*arguments: Any) -> Callable[[Any], Any]:
    """Compiles the decorated function for arguments of these types."""
    decorator: Callable[[Any], Any] = njit(
        void(*arguments), nogil=True, fastmath=True, error_model="numpy", cache=_KEPT
    )
    return decorator


@_inlined
def _tanh(x: np.float32) -> np.float32:
    x = min(MOST, max(-MOST, x))
    s = x * x
    above = x * ((((((A13 * s + A11) * s + A9) * s + A7) * s + A5) * s + A3) * s + A1)
    return above / (((B6 * s + B4) * s + B2) * s + B0)


@_inlined
def _outputs(product: Array, inputs: Inputs, row: int, out: Array) -> None:
    """Writes the outputs of a row: the products of its coarse and its fine numbers together."""
    scales, levels = inputs[1], inputs[2]
    coarse, scale = product[row], scales[row]
    if len(product) == len(scales):
        for k in range(len(out)):
            out[k] = coarse[k] * scale
        return
    fine = product[len(scales) + row]
    part = scale / (TWO * levels)
    for k in range(len(out)):
        out[k] = coarse[k] * scale + fine[k] * part


@_inlined
def _split(values: Array, inputs: Inputs, row: int) -> None:
    """Writes the coarse and fine numbers of `values` [size] into a row of inputs."""
    numbers, scales, levels = inputs
    coarse = numbers[row]
    largest = np.int32(0)
    bits = values.view(np.int32)
    # Without their sign, floating-point numbers are in the order of their bits.
    for k in range(len(bits)):
        largest = max(largest, bits[k] & MAGNITUDE)
    last = np.empty(1, np.int32)
    last[0] = largest
    scale = max(SMALLEST, last.view(np.float32)[0]) / levels
    scales[row] = scale
    zero = levels + ONE
    if len(numbers) == len(scales):
        for k in range(len(values)):
            coarse[k] = np.uint8(np.int32(np.rint(values[k] / scale) + zero))
        return
    fine = numbers[len(scales) + row]
    for k in range(len(values)):
        x = values[k] / scale
        whole = np.rint(x)
        coarse[k] = np.uint8(np.int32(whole + zero))
        fine[k] = np.uint8(np.int32(np.rint((x - whole) * TWO * levels) + zero))


@_inlined
def _rotate(values: Array, block: int) -> None:
    """Rotates `values` in place, as `models.cpu.rotation.rotated` does."""
    step = len(values) // block
    while step < len(values):
        for start in range(0, len(values), 2 * step):
            low, high = values[start : start + step], values[start + step : start + 2 * step]
            for k in range(step):
                x, y = low[k], high[k]
                low[k] = x + y
                high[k] = x - y
        step *= 2


@_inlined
def _exp(values: Array, powers: npt.NDArray[np.int32]) -> None:
    """The exponential function of `values` [size], in place. None of them is above zero.

    `powers` is room for as many numbers.
    """
    for k in range(len(values)):
        x = max(LEAST, values[k] * LOG2_E)
        whole = np.rint(x)
        x -= whole
        powers[k] = (np.int32(whole) + BIAS) << EXPONENT
        values[k] = ONE + x * (C1 + x * (C2 + x * (C3 + x * (C4 + x * (C5 + x * C6)))))
    scales = powers.view(np.float32)
    for k in range(len(values)):
        values[k] *= scales[k]


@_inlined
def _shares(values: Array, powers: npt.NDArray[np.int32]) -> None:
    """The softmax over the first dimension of `values` [slots, queries], in place.

    `powers` is room for as many numbers.
    """
    slots, queries = values.shape
    top, total = values[0].copy(), np.zeros(queries, np.float32)
    for slot in range(1, slots):
        row = values[slot]
        for k in range(queries):
            top[k] = max(top[k], row[k])
    for slot in range(slots):
        row = values[slot]
        for k in range(queries):
            row[k] -= top[k]
    _exp(values.reshape(-1), powers)
    for slot in range(slots):
        row = values[slot]
        for k in range(queries):
            total[k] += row[k]
    for k in range(queries):
        total[k] = ONE / total[k]
    for slot in range(slots):
        row = values[slot]
        for k in range(queries):
            row[k] *= total[k]


@_compiled(_SCORES, _HEADS, _SCORES)
def softmax(scores: Bits, mask: Array, weights: Bits) -> None:
    """Writes the softmax over the slots of `scores`, with the `mask` added, to `weights`.

    `scores` and `weights` are [requests x key heads, slots, queries], the `mask` [requests, slots,
    queries]; all is finite. The result of a query depends on its own scores alone, to the last bit.
    With torch's vector instructions it depends on how many other queries there are.
    """
    number, slots, queries = scores.shape
    heads = number // len(mask)
    values = np.empty((slots, queries), np.float32)
    flat, powers = values.reshape(-1), np.empty(slots * queries, np.int32)
    bits = flat.view(np.int32)
    for head in range(number):
        score, weight = scores[head].reshape(-1), weights[head].reshape(-1)
        hidden = mask[head // heads].reshape(-1)
        for k in range(len(flat)):
            bits[k] = np.int32(score[k]) << HALF_BITS
        for k in range(len(flat)):
            flat[k] += hidden[k]
        _shares(values, powers)
        # Rounded to the nearest bfloat16; halfway cases to the even one.
        for k in range(len(flat)):
            weight[k] = (bits[k] + ROUND_UP + ((bits[k] >> HALF_BITS) & 1)) >> HALF_BITS


@_compiled(_ROWS, _ROW, _ROW)
def exp_sums(logits: Array, tops: Array, sums: Array) -> None:
    """Writes the sum of the exponentials of each row of `logits` [rows, size] to `sums`.

    The greatest logit of each row, its number in `tops`, is subtracted from all its logits first.
    """
    values, powers = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.int32)
    for row in range(len(logits)):
        logit, top, total = logits[row], tops[row], np.float32(0)
        for start in range(0, len(logit), BLOCK):
            some = logit[start : start + BLOCK]
            for k in range(len(some)):
                values[k] = some[k] - top
            _exp(values[: len(some)], powers[: len(some)])
            for k in range(len(some)):
                total += values[k]
        sums[row] = total


@_compiled(_ROWS, _INPUTS, _PART)
def split(values: Array, inputs: Inputs, part: Part) -> None:
    """Writes `values` [rows, size] as the inputs of a product."""
    for row in range(part[0], part[1]):
        _split(values[row], inputs, row)


@_compiled(_ROWS, _ROW, float32, _INPUTS, _PART)
def normed(states: Array, weight: Array, least: np.float32, inputs: Inputs, part: Part) -> None:
    """Writes `states` as the inputs of a product, after root mean square normalisation.

    `weight` includes the square root of the size; `least` is the least length of a state.
    """
    size = states.shape[1]
    values = np.empty(size, np.float32)
    for row in range(part[0], part[1]):
        state = states[row]
        total = least * least
        for k in range(size):
            total += state[k] * state[k]
        factor = ONE / np.sqrt(total)
        for k in range(size):
            values[k] = state[k] * weight[k] * factor
        _split(values, inputs, row)


@_compiled(_ROWS, _INPUTS, _ROWS, float32, _TURN, _HEADS, _PART)
def turned(  # noqa: PLR0913, PLR0917
    product: Array,
    inputs: Inputs,
    weight: Array,
    least: np.float32,
    turn: Turn,
    heads: Array,
    part: Part,
) -> None:
    """Writes `heads` [rows, heads, size]: queries, keys and values.

    Queries and keys, for which `weight` has a row each, are normalised, and turned by the cosine
    and the signed sine [rows, 1, size]. Values stay as they are.
    """
    half = heads.shape[2] // 2
    for row in range(part[0], part[1]):
        _outputs(product, inputs, row, heads[row].reshape(-1))
        cosine, sine = turn[0][row, 0], turn[1][row, 0]
        for head in range(len(weight)):
            first, second = heads[row, head, :half], heads[row, head, half:]
            total = least * least
            for k in range(half):
                total += first[k] * first[k] + second[k] * second[k]
            factor = ONE / np.sqrt(total)
            for k in range(half):
                x = first[k] * weight[head, k] * factor
                y = second[k] * weight[head, half + k] * factor
                first[k] = x * cosine[k] + y * sine[k]
                second[k] = y * cosine[half + k] + x * sine[half + k]


@_compiled(_ROWS, _INPUTS, _INPUTS, intp, _PART)
def gated(product: Array, inputs: Inputs, new: Inputs, block: int, part: Part) -> None:
    """Writes the inputs of a layer's last product.

    The first half of `product` goes through the gelu and is multiplied by the second half. The
    result is rotated in blocks of `block` numbers.
    """
    size = new[0].shape[1]
    both = np.empty(2 * size, np.float32)
    gates, values = both[:size], both[size:]
    for row in range(part[0], part[1]):
        _outputs(product, inputs, row, both)
        for k in range(size):
            gate = gates[k]
            inner = ROOT_2_OVER_PI * (gate + CUBIC * gate * gate * gate)
            values[k] *= HALF * gate * (ONE + _tanh(inner))
        _rotate(values, block)
        _split(values, new, row)


@_compiled(_ROWS, _ROWS, _INPUTS, _ROW, float32, _PART)
def added(  # noqa: PLR0913, PLR0917
    states: Array, product: Array, inputs: Inputs, weight: Array, least: np.float32, part: Part
) -> None:
    """Adds `product`, normalised, to `states` [rows, size], in place."""
    size = states.shape[1]
    values = np.empty(size, np.float32)
    for row in range(part[0], part[1]):
        _outputs(product, inputs, row, values)
        total = least * least
        for k in range(size):
            total += values[k] * values[k]
        factor = ONE / np.sqrt(total)
        state = states[row]
        for k in range(size):
            state[k] += values[k] * weight[k] * factor
