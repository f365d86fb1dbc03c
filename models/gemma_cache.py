"""Keys and values of the requests that a decoder works on, and how the new tokens of all of them attend to theirs."""

from typing import TypeVar

import torch
from torch.nn import functional as F

from models.gemma_config import Shape
from models.token_tree import TokenTree

T = TypeVar("T")


def take_out(items: list[T], place: int) -> None:
    """Removes one of some items; the last one takes its place."""
    last = items.pop()
    if place < len(items):
        items[place] = last


class Cache:
    """The keys and values of the requests under way: of each layer [key heads and value heads, requests, slots, head size].

    `requests` are those that it holds, each in the place of its number in the list; `places` is how many there may be, `slots`
    how many tokens each may have.
    """

    def __init__(self, shape: Shape, requests: int, slots: int, precision: torch.dtype) -> None:
        self.places, self.slots = requests, slots
        size = (2 * shape.num_key_value_heads, requests, slots, shape.head_dim)
        # Zeros, since what is masked must be a number too; the system gives such memory as it is first used.
        self.layers = torch.zeros(len(shape.layer_types), *size, dtype=precision).unbind()
        self.requests: list[TokenTree] = []

    def drop(self, place: int) -> None:
        """Forgets a request, as `take_out` does."""
        used = self.requests[-1].slots
        if place + 1 < len(self.requests):
            for kept in self.layers:
                kept[:, place, :used] = kept[:, len(self.requests) - 1, :used]
        take_out(self.requests, place)


class StepRows:
    """The rows of one step, the new tokens of all requests: which request and slot each of them is, and what each sees."""

    def __init__(self, cache: Cache, shape: Shape) -> None:
        self._layers, self._requests = cache.layers, cache.requests
        rows = [len(one.new) for one in self._requests]
        self._most, self._used = max(rows), max(one.slots for one in self._requests)
        self._groups = shape.num_attention_heads // shape.num_key_value_heads
        self._precision, size = cache.layers[0].dtype, cache.slots
        self._new = torch.tensor([place * size + slot for place, one in enumerate(self._requests) for _, slot in one.new])
        # Where each row stands among as many rows of each request as the one with the most has; None: they all have.
        full = torch.arange(self._most) < torch.tensor(rows)[:, None]
        self._spread = None if full.all() else full.flatten().nonzero()[:, 0]
        kinds = set(shape.layer_types)
        self._first = {kind: min(one.first(kind) for one in self._requests) for kind in kinds}
        self._masks = {kind: self._mask(kind) for kind in kinds}
        self.positions = torch.cat([one.positions for one in self._requests])
        self.tokens = torch.tensor([token for one in self._requests for token, _ in one.new])

    def _mask(self, kind: str) -> torch.Tensor:
        """Zero where a row sees a slot, minus infinity elsewhere: [requests, 1, most rows x groups, slots from the first]."""
        first = self._first[kind]
        mask = torch.full((len(self._requests), self._most, self._used - first), -torch.inf, dtype=self._precision)
        for place, one in enumerate(self._requests):
            mask[place, : len(one.new), : one.slots - first].masked_fill_(one.visible(kind)[:, first:], 0.0)
        return mask.repeat_interleave(self._groups, dim=1)[:, None]

    def attend(self, k: int, kind: str, query: torch.Tensor, key_value: torch.Tensor) -> torch.Tensor:
        """What each row takes from its past in layer `k`: [rows, heads x size]. `query` is [rows, heads, head size], `key_value`
        [rows, key and value heads, head size]."""
        number, kept = len(self._requests), self._layers[k]
        key_heads, size = key_value.shape[1] // 2, key_value.shape[2]
        kept.flatten(1, 2).index_copy_(1, self._new, key_value.to(self._precision).transpose(0, 1))
        keys, values = kept[:, :number, self._first[kind] : self._used].transpose(0, 1).chunk(2, dim=1)
        rows = query.to(self._precision)
        if self._spread is not None:
            rows = rows.new_zeros(number * self._most, *rows.shape[1:]).index_copy_(0, self._spread, rows)
        # The queries that share a key head are rows of one product: [requests, key heads, rows x groups, size].
        rows = rows.view(number, self._most, key_heads, -1, size).transpose(1, 2).reshape(number, key_heads, -1, size)
        found = F.scaled_dot_product_attention(rows, keys, values, attn_mask=self._masks[kind], scale=1.0).float()
        found = found.view(number, key_heads, self._most, -1, size).transpose(1, 2).reshape(number * self._most, -1)
        return found if self._spread is None else found[self._spread]
