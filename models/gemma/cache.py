"""Keys and values of the requests that a decoder works on, and how the new tokens of all of them
attend to theirs."""

from collections.abc import Callable
from math import prod
from typing import Final, TypeVar

import numpy as np
import torch

from models.gemma.config import Shape
from models.gemma.search.token_tree import TokenTree

T = TypeVar("T")
# Requests look at a multiple of so many slots together, each with a multiple of so many rows: for
# each size of a product oneDNN makes code of its own, which takes a millisecond and stays in its
# cache.
SLOTS_SEEN: Final = 128
ROWS_LOOKING: Final = 4
UNSEEN: Final = (
    -1e30
)  # what the score of a slot is made that a row does not see; no sum of it is infinite
Softmax = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def take_out(items: list[T], place: int) -> None:
    """Removes one of some items; the last one takes its place."""
    last = items.pop()
    if place < len(items):
        items[place] = last


class Cache:
    """The keys and values of the requests under way: of each layer [key heads and value heads,
    requests, slots, head size].

    `requests` are those that it holds, each in the place of its number in the list; `places` is how
    many there may be, `slots` how many tokens each may have.
    """

    def __init__(self, shape: Shape, requests: int, slots: int, precision: torch.dtype) -> None:
        self.places, self.slots = requests, slots
        size = (2 * shape.num_key_value_heads, requests, slots, shape.head_dim)
        # Zeros, since what is masked must be a number too. NumPy's are given by the system as they
        # are first used; torch writes its own: 150 MB, of which one request needs a tenth.
        count = len(shape.layer_types) * prod(size)
        self.layers = (
            torch.from_numpy(np.zeros(count * precision.itemsize, np.uint8))
            .view(precision)
            .view(-1, *size)
            .unbind()
        )
        self.requests: list[TokenTree] = []

    def drop(self, place: int) -> None:
        """Forgets a request, as `take_out` does."""
        used = self.requests[-1].slots
        if place + 1 < len(self.requests):
            for kept in self.layers:
                kept[:, place, :used] = kept[:, len(self.requests) - 1, :used]
        take_out(self.requests, place)


def plain_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The softmax over the slots of `scores` [requests x key heads, slots, queries] with `mask`
    [requests, slots, queries]."""
    heads = len(scores) // len(mask)
    return torch.add(mask.repeat_interleave(heads, dim=0), scores).softmax(1).to(scores.dtype)


class StepRows:
    """The rows of one step, the new tokens of all requests: which request and slot each of them is,
    and what each sees."""

    def __init__(self, cache: Cache, shape: Shape, softmax: Softmax) -> None:
        self._layers, self._requests, self._softmax = cache.layers, cache.requests, softmax
        rows = [len(one.new) for one in self._requests]
        most, used = max(rows), max(one.slots for one in self._requests)
        self._groups = shape.num_attention_heads // shape.num_key_value_heads
        self._precision, size = cache.layers[0].dtype, cache.slots
        self._most, self._used = most + -most % ROWS_LOOKING, min(size, used + -used % SLOTS_SEEN)
        self._new = torch.tensor(
            [place * size + slot for place, one in enumerate(self._requests) for _, slot in one.new]
        )
        # Where each row stands among as many rows of each request as the one with the most has;
        # None: they all have.
        full = torch.arange(self._most) < torch.tensor(rows)[:, None]
        self._spread = None if full.all() else full.flatten().nonzero()[:, 0]
        kinds = set(shape.layer_types)
        self._first = {
            kind: min(one.first(kind) for one in self._requests) // SLOTS_SEEN * SLOTS_SEEN
            for kind in kinds
        }
        self._masks = {kind: self._mask(kind) for kind in kinds}
        self.positions = torch.cat([one.positions for one in self._requests])
        self.tokens = torch.tensor([token for one in self._requests for token, _ in one.new])

    def _mask(self, kind: str) -> torch.Tensor:
        """Zero where a row sees a slot, UNSEEN elsewhere: [requests, slots from the first, most
        rows x groups]."""
        first = self._first[kind]
        mask = torch.full((len(self._requests), self._most, self._used - first), UNSEEN)
        for place, one in enumerate(self._requests):
            mask[place, : len(one.new), : one.slots - first].masked_fill_(
                one.visible(kind)[:, first:], 0.0
            )
        return mask.repeat_interleave(self._groups, dim=1).transpose(1, 2).contiguous()

    def attend(
        self, k: int, kind: str, query: torch.Tensor, key_value: torch.Tensor
    ) -> torch.Tensor:
        """Keeps `key_value` [rows, key and value heads, head size] of the new tokens in layer `k`,
        and gives what each row of `query` [rows, heads, head size] takes from its past, itself
        included: [rows, heads x size]."""
        number, kept = len(self._requests), self._layers[k]
        key_heads, size = key_value.shape[1] // 2, key_value.shape[2]
        kept.flatten(1, 2).index_copy_(1, self._new, key_value.to(self._precision).transpose(0, 1))
        keys, values = (
            kept[:, :number, self._first[kind] : self._used].transpose(0, 1).chunk(2, dim=1)
        )
        rows = query.to(self._precision)
        if self._spread is not None:
            rows = rows.new_zeros(number * self._most, *rows.shape[1:]).index_copy_(
                0, self._spread, rows
            )
        # The queries that share a key head are rows of one product: [requests, key heads, rows x
        # groups, size].
        rows = (
            rows.view(number, self._most, key_heads, -1, size)
            .transpose(1, 2)
            .reshape(number, key_heads, -1, size)
        )
        # Keys are the left side, which is multiplied as it lies: in bfloat16 torch's fused
        # attention takes nearly twice as long.
        scores = (keys @ rows.transpose(2, 3)).flatten(0, 1)
        weights = self._softmax(scores, self._masks[kind]).view(*keys.shape[:3], -1)
        found = (weights.transpose(2, 3) @ values).float()
        found = (
            found.view(number, key_heads, self._most, -1, size)
            .transpose(1, 2)
            .reshape(number * self._most, -1)
        )
        return found if self._spread is None else found[self._spread]
