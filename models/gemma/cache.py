"""The keys and values of the requests under way, and how their new tokens attend to them."""

from collections.abc import Callable
from math import prod
from typing import Final, TypeVar

import numpy as np
import torch

from models.gemma.config import Shape
from models.gemma.search.token_tree import TokenTree

T = TypeVar("T")
# The slots that requests see, and the rows of each request, are rounded up to multiples of these.
# oneDNN compiles code for each size of a product, which takes a millisecond, and keeps it in its
# cache.
SLOTS_SEEN: Final = 128
ROWS_LOOKING: Final = 4
# Added to the score of a slot that a row does not see. Unlike minus infinity, it keeps sums finite.
UNSEEN: Final = -1e30
Softmax = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def take_out(items: list[T], place: int) -> None:
    """Removes the item at `place`; the last item moves there."""
    last = items.pop()
    if place < len(items):
        items[place] = last


class Cache:
    """The keys and values of the requests under way.

    `layers` holds one tensor for each layer: [key heads and value heads, requests, slots, head
    size]. `requests` are the token trees of the requests, in the order of the second dimension.
    There is room for `places` requests, and for `slots` tokens of each.
    """

    def __init__(self, shape: Shape, requests: int, slots: int, precision: torch.dtype) -> None:
        self.places, self.slots = requests, slots
        size = (2 * shape.num_key_value_heads, requests, slots, shape.head_dim)
        # The memory begins as zeros, since masked slots must hold numbers too. NumPy's zeros take
        # memory only when they are first used. torch writes its own at once: 150 MB, of which one
        # request needs a tenth.
        count = len(shape.layer_types) * prod(size)
        memory = torch.from_numpy(np.zeros(count * precision.itemsize, np.uint8))
        self.layers = memory.view(precision).view(-1, *size).unbind()
        self.requests: list[TokenTree] = []

    def drop(self, place: int) -> None:
        """Removes the request at `place`; the last one moves there."""
        used = self.requests[-1].slots
        if place + 1 < len(self.requests):
            for kept in self.layers:
                kept[:, place, :used] = kept[:, len(self.requests) - 1, :used]
        take_out(self.requests, place)


def plain_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The softmax over the slots of `scores` with the `mask` added.

    `scores` are [requests x key heads, slots, queries], the `mask` [requests, slots, queries].
    """
    heads = len(scores) // len(mask)
    return torch.add(mask.repeat_interleave(heads, dim=0), scores).softmax(1).to(scores.dtype)


class StepRows:
    """The rows of one step: the new tokens of all requests, and the slots that each sees."""

    def __init__(self, cache: Cache, shape: Shape, softmax: Softmax) -> None:
        self._layers, self._requests, self._softmax = cache.layers, cache.requests, softmax
        rows = [len(request.new) for request in self._requests]
        most, used = max(rows), max(request.slots for request in self._requests)
        self._groups = shape.num_attention_heads // shape.num_key_value_heads
        self._precision, size = cache.layers[0].dtype, cache.slots
        self._most, self._used = most + -most % ROWS_LOOKING, min(size, used + -used % SLOTS_SEEN)
        self._new = torch.tensor(
            [
                place * size + slot
                for place, request in enumerate(self._requests)
                for _, slot in request.new
            ]
        )
        # Requests with fewer rows are padded. `_spread` holds the places of the real rows, or None
        # without padding.
        full = torch.arange(self._most) < torch.tensor(rows)[:, None]
        self._spread = None if full.all() else full.flatten().nonzero()[:, 0]
        kinds = set(shape.layer_types)
        self._first = {
            kind: min(request.first(kind) for request in self._requests) // SLOTS_SEEN * SLOTS_SEEN
            for kind in kinds
        }
        self._masks = {kind: self._mask(kind) for kind in kinds}
        self.positions = torch.cat([request.positions for request in self._requests])
        self.tokens = torch.tensor(
            [token for request in self._requests for token, _ in request.new]
        )

    def _mask(self, kind: str) -> torch.Tensor:
        """Zero where a row sees a slot, UNSEEN elsewhere.

        [requests, slots from the first, most rows x groups]
        """
        first = self._first[kind]
        mask = torch.full((len(self._requests), self._most, self._used - first), UNSEEN)
        for place, request in enumerate(self._requests):
            rows = mask[place, : len(request.new), : request.slots - first]
            rows.masked_fill_(request.visible(kind)[:, first:], 0.0)
        return mask.repeat_interleave(self._groups, dim=1).transpose(1, 2).contiguous()

    def attend(
        self, k: int, kind: str, query: torch.Tensor, key_value: torch.Tensor
    ) -> torch.Tensor:
        """Stores the keys and values of the new tokens in layer `k`, and computes their attention.

        `key_value` is [rows, key and value heads, head size], `query` [rows, heads, head size].
        Returns the attention output of each row over its past and itself: [rows, heads x size].
        """
        number, kept = len(self._requests), self._layers[k]
        key_heads, size = key_value.shape[1] // 2, key_value.shape[2]
        kept.flatten(1, 2).index_copy_(1, self._new, key_value.to(self._precision).transpose(0, 1))
        seen = kept[:, :number, self._first[kind] : self._used]
        keys, values = seen.transpose(0, 1).chunk(2, dim=1)
        rows = query.to(self._precision)
        if self._spread is not None:
            filled = rows.new_zeros(number * self._most, *rows.shape[1:])
            rows = filled.index_copy_(0, self._spread, rows)
        # The queries that share a key head are rows of one product: [requests, key heads, rows x
        # groups, size].
        rows = (
            rows.view(number, self._most, key_heads, -1, size)
            .transpose(1, 2)
            .reshape(number, key_heads, -1, size)
        )
        # Keys are the left factor, since that one is multiplied as it lies in memory. In bfloat16
        # torch's fused attention takes nearly twice as long.
        scores = (keys @ rows.transpose(2, 3)).flatten(0, 1)
        weights = self._softmax(scores, self._masks[kind]).view(*keys.shape[:3], -1)
        attended = (weights.transpose(2, 3) @ values).float()
        attended = (
            attended.view(number, key_heads, self._most, -1, size)
            .transpose(1, 2)
            .reshape(number * self._most, -1)
        )
        return attended if self._spread is None else attended[self._spread]
