"""The layers of a decoder with int8 weights, with compiled sums between the products.

They compute the few rows of a decoding step. They also compute prompts, if prompts are multiplied
in int8 too. The results are those of the plain operations of `models/gemma/decoder.py`, up to
rounding.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Optional, Protocol

import numpy as np
import torch

from models.cpu.int8_linear import Int8Linear

if TYPE_CHECKING:
    from models.gemma.config import Shape

logger = logging.getLogger("breve")

# Rows are shared among threads only if each thread gets at least this many.
LEAST_ROWS: Final = 16


class Layer(Protocol):
    """The parts of a decoder's layer that this module reads."""

    @property
    def linears(self) -> Sequence[object]:
        """The products, in their order."""
        ...

    @property
    def heads(self) -> torch.Tensor:
        """The scales of the normalised query and key heads."""
        ...

    @property
    def norms(self) -> Sequence[torch.Tensor]:
        """The weights of the norms."""
        ...


def compiled_layers(layers: Sequence[Layer], shape: "Shape") -> Optional["CompiledLayers"]:
    """`layers` compiled, or None where their products are not int8 ones or Numba cannot compile."""
    candidates = [_CompiledLayer.of(layer) for layer in layers]
    compiled = [layer for layer in candidates if layer is not None]
    if len(compiled) < len(layers):
        return None
    try:
        from models.gemma import step_kernels
    except Exception as error:
        # Numba is not installed, its cache is damaged or full, or LLVM does not know the processor.
        logger.warning(
            "Numba cannot compile the sums of a step, which will take longer: %s",
            type(error).__name__,
        )
        return None
    return CompiledLayers(compiled, shape, step_kernels)


@dataclass(frozen=True)
class _CompiledLayer:
    """The products of a layer in their order, and its other weights as arrays."""

    linears: tuple[Int8Linear, ...]
    heads: Any
    norms: tuple[Any, ...]

    @classmethod
    def of(cls, layer: Layer) -> Optional["_CompiledLayer"]:
        """The layer; None if its products are not all int8 ones."""
        linears = tuple(linear for linear in layer.linears if isinstance(linear, Int8Linear))
        if len(linears) < len(layer.linears):
            return None
        norms = tuple(norm.numpy() for norm in layer.norms)
        return cls(linears, layer.heads.contiguous().numpy(), norms)


class CompiledLayers:
    """All compiled layers: they make a `CompiledStep` for each step or prompt.

    The softmax of attention and the totals of logits are compiled too.
    """

    def __init__(
        self, layers: Sequence[_CompiledLayer], shape: "Shape", kernels: ModuleType
    ) -> None:
        self.layers, self.shape, self.kernels = layers, shape, kernels
        self.most_rows = min(linear.few for layer in layers for linear in layer.linears)
        self._pool = ThreadPoolExecutor(max(1, torch.get_num_threads() - 1), "breve-rows")
        self.least, self.least_head = (
            np.float32(shape.least_length(size)) for size in (shape.hidden_size, shape.head_dim)
        )

    def log_totals(self, logits: torch.Tensor, tops: torch.Tensor) -> torch.Tensor:
        """As `models.gemma.search.next_tokens.plain_log_totals`, four times as fast."""
        sums = torch.empty_like(tops)
        self.kernels.exp_sums(logits.numpy(), tops.flatten().numpy(), sums.flatten().numpy())
        return sums.log_().add_(tops)

    def parts(self, rows: int) -> list[tuple[int, int]]:
        """The first row and the end of each part, when threads share `rows` rows equally."""
        count = min(torch.get_num_threads(), rows // LEAST_ROWS) or 1
        return list(pairwise(rows * k // count for k in range(count + 1)))

    def share(
        self, kernel: Callable[..., None], parts: Sequence[tuple[int, int]], *arguments: Any
    ) -> None:
        """Runs `kernel` on each part of its rows, each in its own thread."""
        first, *others = parts
        futures = [self._pool.submit(kernel, *arguments, part) for part in others]
        kernel(*arguments, first)
        for future in futures:
            future.result()

    def softmax(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """As `models.gemma.cache.plain_softmax`, for bfloat16.

        The result of a query is the same to the last bit, whatever other queries there are.
        """
        weights = torch.empty_like(scores)
        self.kernels.softmax(_bits(scores), mask.numpy(), _bits(weights))
        return weights

    def step(self, rows: int) -> Optional["CompiledStep"]:
        """The step that takes `rows` rows through the layers; None if they are too many."""
        return CompiledStep(self, rows) if rows <= self.most_rows else None


class CompiledStep:
    """One step through all layers. The layers share the buffers for its rows."""

    def __init__(self, all_layers: CompiledLayers, rows: int) -> None:
        self._all = all_layers
        self._kernels = all_layers.kernels
        self._parts = all_layers.parts(rows)
        shape, linears = all_layers.shape, all_layers.layers[0].linears
        self._inputs = [linear.inputs(rows) for linear in linears]
        self._arrays = [
            (inputs.numpy(), np.empty(rows, np.float32), np.float32(linear.levels))
            for inputs, linear in zip(self._inputs, linears, strict=True)
        ]
        self._block = linears[-1].block
        self._queries = shape.num_attention_heads
        self._heads = torch.empty(
            rows, self._queries + 2 * shape.num_key_value_heads, shape.head_dim
        )

    def heads(
        self, k: int, states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Queries, and keys with values behind them, of layer `k`: both [rows, heads, head size].

        The next layer overwrites both tensors.
        """
        layer, inputs = self._all.layers[k], self._arrays[0]
        self._share(self._kernels.normed, states.numpy(), layer.norms[0], self._all.least, inputs)
        turns, heads = (turn[0].numpy(), turn[1].numpy()), self._heads.numpy()
        self._share(
            self._kernels.turned,
            self._product(k, 0),
            inputs,
            layer.heads,
            self._all.least_head,
            turns,
            heads,
        )
        return self._heads[:, : self._queries], self._heads[:, self._queries :]

    def rest(self, k: int, states: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
        """Turns `states` [rows, hidden] into the output of layer `k`, in place."""
        kernels, least, rows = self._kernels, self._all.least, states.numpy()
        _, attention, mlp, down = self._arrays
        _, after_attention, before_mlp, after_mlp = self._all.layers[k].norms
        self._share(kernels.split, attended.contiguous().numpy(), attention)
        self._share(kernels.added, rows, self._product(k, 1), attention, after_attention, least)
        self._share(kernels.normed, rows, before_mlp, least, mlp)
        self._share(kernels.gated, self._product(k, 2), mlp, down, self._block)
        self._share(kernels.added, rows, self._product(k, 3), down, after_mlp, least)
        return states

    def _share(self, kernel: Callable[..., None], *arguments: Any) -> None:
        self._all.share(kernel, self._parts, *arguments)

    def _product(self, k: int, which: int) -> Any:
        return self._all.layers[k].linears[which].product(self._inputs[which]).numpy()


def _bits(numbers: torch.Tensor) -> Any:
    """The bits of numbers in bfloat16, which NumPy does not know."""
    return numbers.view(torch.uint16).numpy()
