"""The small sums of a decoding step between two int8 products, each compiled into one pass over its rows.

A step of a small model is a hundred short vector operations a layer, which torch needs longer to start than to compute, and
meanwhile the threads of the products fall asleep. Numba compiles them when this module is first imported on a machine (some
seconds), with the LLVM that it brings, and keeps the result in the cache folder. Importing fails with ImportError without Numba.

All arrays are float32 and contiguous. `Inputs` are those of a product as `Int8Linear` wants them: the numbers [2 rows + 1, size],
coarse ones, then fine ones, then a row that is left alone; the scale of each row; and the layer's levels. `product`
[2 rows + 1, outputs] is what it gives for them.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import config, float32, njit, types, void

from models.store import cache_folder

SMALLEST: Final = np.float32(1e-30)
HALF: Final = np.float32(0.5)
ONE: Final = np.float32(1)
TWO: Final = np.float32(2)
ROOT_2_OVER_PI: Final = np.float32(0.7978845608028654)
CUBIC: Final = np.float32(0.044715)
# tanh(x) as a quotient of polynomials in x², with the coefficients of Eigen's `ptanh_float`: a few units in the last place.
MOST: Final = np.float32(7.9053111)  # beyond it the quotient leaves [-1, 1]
A1, A3, A5, A7, A9, A11, A13 = map(
    np.float32, (4.89352455891786e-3, 6.37261928875436e-4, 1.48572235717979e-5, 5.12229709037114e-8, -8.60467152213735e-11,
                 2.00018790482477e-13, -2.76076847742355e-16)
)  # fmt: skip
B0, B2, B4, B6 = map(np.float32, (4.89352518554385e-3, 2.26843463243900e-3, 1.18534705686654e-4, 1.19825839466702e-6))


def _keeps_results() -> bool:
    """True if what is compiled can be kept; tells Numba where, unless NUMBA_CACHE_DIR does."""
    folder = Path(config.CACHE_DIR or cache_folder() / "kernels")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    config.CACHE_DIR = str(folder)
    return os.access(folder, os.W_OK)


logging.getLogger("numba").setLevel(logging.WARNING)

Array = npt.NDArray[np.float32]
Inputs = tuple[Array, Array, np.float32]
Turn = tuple[Array, Array]
_ROWS, _ROW, _HEADS = float32[:, ::1], float32[::1], float32[:, :, ::1]
_INPUTS: Any = types.Tuple((_ROWS, _ROW, float32))
_TURN: Any = types.Tuple((_HEADS, _HEADS))
_KEPT: Final = _keeps_results()
_inlined: Callable[[Any], Any] = njit(fastmath=True, inline="always")


def _compiled(*arguments: Any) -> Callable[[Any], Any]:
    """Compiles the decorated function for arguments of these types."""
    decorator: Callable[[Any], Any] = njit(void(*arguments), nogil=True, fastmath=True, cache=_KEPT)
    return decorator


@_inlined
def _tanh(x: np.float32) -> np.float32:
    x = min(MOST, max(-MOST, x))
    s = x * x
    above = x * ((((((A13 * s + A11) * s + A9) * s + A7) * s + A5) * s + A3) * s + A1)
    return above / (((B6 * s + B4) * s + B2) * s + B0)


@_inlined
def _output(product: Array, inputs: Inputs, row: int, k: int) -> np.float32:
    """What the layer gives for a row: the products of its coarse and its fine numbers together."""
    scales, levels = inputs[1], inputs[2]
    output: np.float32 = (product[row, k] + product[len(scales) + row, k] / (TWO * levels)) * scales[row]
    return output


@_inlined
def _split(inputs: Inputs, row: int) -> None:
    """Replaces a row of numbers by their coarse and fine ones."""
    numbers, scales, levels = inputs
    size, fine = numbers.shape[1], len(scales) + row
    largest = SMALLEST
    for k in range(size):
        largest = max(largest, abs(numbers[row, k]))
    scales[row] = scale = largest / levels
    for k in range(size):
        x = numbers[row, k] / scale
        coarse = np.rint(x)
        numbers[row, k] = coarse
        numbers[fine, k] = (x - coarse) * TWO * levels


@_compiled(_ROWS, _INPUTS)
def split(values: Array, inputs: Inputs) -> None:
    """Makes `values` [rows, size] the inputs of a product."""
    for row in range(len(values)):
        inputs[0][row] = values[row]
        _split(inputs, row)


@_compiled(_ROWS, _ROW, float32, _INPUTS)
def normed(states: Array, weight: Array, least: np.float32, inputs: Inputs) -> None:
    """The same after root mean square normalisation; `weight` holds the root of the size, `least` is the shortest length."""
    rows, size = states.shape
    numbers = inputs[0]
    for row in range(rows):
        total = least * least
        for k in range(size):
            total += states[row, k] * states[row, k]
        length = np.sqrt(total)
        for k in range(size):
            numbers[row, k] = states[row, k] * weight[k] / length
        _split(inputs, row)


@_compiled(_ROWS, _INPUTS, _ROWS, float32, _TURN, _HEADS)
def turned(product: Array, inputs: Inputs, weight: Array, least: np.float32, turn: Turn, heads: Array) -> None:  # noqa: PLR0913, PLR0917
    """Writes `heads` [rows, heads, size]: queries and keys, for which `weight` has a row each, normalised and turned by cosine
    and signed sine [rows, 1, size]; then the values, as they are."""
    rows, number, size = heads.shape
    cosine, sine = turn
    half = size // 2
    for row in range(rows):
        for head in range(number):
            total = least * least
            for k in range(size):
                x = _output(product, inputs, row, head * size + k)
                heads[row, head, k] = x
                total += x * x
            if head < len(weight):
                length = np.sqrt(total)
                for k in range(half):
                    x = heads[row, head, k] * weight[head, k] / length
                    y = heads[row, head, half + k] * weight[head, half + k] / length
                    heads[row, head, k] = x * cosine[row, 0, k] + y * sine[row, 0, k]
                    heads[row, head, half + k] = y * cosine[row, 0, half + k] + x * sine[row, 0, half + k]


@_compiled(_ROWS, _INPUTS, _INPUTS)
def gated(product: Array, inputs: Inputs, new: Inputs) -> None:
    """The inputs of a layer's last product: the first half of `product` through the gelu, times its second half."""
    numbers = new[0]
    size = numbers.shape[1]
    for row in range(len(new[1])):
        for k in range(size):
            gate = _output(product, inputs, row, k)
            inner = ROOT_2_OVER_PI * (gate + CUBIC * gate * gate * gate)
            numbers[row, k] = HALF * gate * (ONE + _tanh(inner)) * _output(product, inputs, row, size + k)
        _split(new, row)


@_compiled(_ROWS, _ROWS, _INPUTS, _ROW, float32)
def added(states: Array, product: Array, inputs: Inputs, weight: Array, least: np.float32) -> None:
    """Adds `product`, normalised, to `states` [rows, size], in place."""
    rows, size = states.shape
    for row in range(rows):
        total = least * least
        for k in range(size):
            x = _output(product, inputs, row, k)
            product[row, k] = x
            total += x * x
        length = np.sqrt(total)
        for k in range(size):
            states[row, k] += product[row, k] * weight[k] / length
