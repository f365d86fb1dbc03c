"""Gemma 3 as a decoder for a few rows at a time, for CPUs: the same sums as transformers', without
its overhead.

Prompts are read one by one. While answers are written, the new tokens of all requests go through
the layers together; each request keeps the keys and values of its prompt once, and of all its
answers' tokens in one pool in which a token sees those that it continues: nothing is copied when
beams are exchanged.

Architecture: Gemma Team, "Gemma 3 Technical Report", 2025 (arXiv:2503.19786).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import torch
from torch.nn import functional as F

from models.cpu.smoothing import LayerSizes, Sizes, scaled
from models.gemma.cache import Cache, Softmax, StepRows, plain_softmax
from models.gemma.compiled_layers import compiled_layers
from models.gemma.config import EMBEDDINGS, NORMS, OUTPUT, Shape
from models.gemma.search.next_tokens import TOP, LogTotals, NextTokens, largest, plain_log_totals
from models.gemma.search.token_tree import LOCAL, TokenTree

Linear = Callable[[torch.Tensor], torch.Tensor]
MakeLinear = Callable[[torch.Tensor], Linear]
# whose logits are computed at once: 12 take two thirds of their time, all 64 would need 20 MB anew
# each time
ROWS: Final = 24
# Prompts are made a multiple of so many tokens: for each number of rows oneDNN makes code of its
# own, which takes time and stays in its cache.
ROUNDING: Final = 32
# Tokens of a prompt that look back together: keys that none of them sees are left out. One thread,
# 448 tokens of the built-in model: 3.6, 3.7 and 5.8 ms a layer with 64, 128 and 256; two threads
# 3.0, 2.5 and 2.7.
QUERY_BLOCK: Final = 128


@dataclass(frozen=True)
class Layer:
    """The weights of one layer. `heads` scales the normalised query and key heads [heads, 1 of them
    for each, size]."""

    kind: str
    qkv: Linear
    heads: torch.Tensor
    attended: Linear
    gate_up: Linear
    down: Linear
    norms: tuple[torch.Tensor, ...]

    @property
    def linears(self) -> tuple[Linear, Linear, Linear, Linear]:
        """The products of the layer, in their order."""
        return self.qkv, self.attended, self.gate_up, self.down


class Smoothing(NamedTuple):
    """`sizes` of the states that are smoothed, and what makes the products `of_smoothed` states and
    those of `others`."""

    sizes: Sizes
    of_smoothed: MakeLinear
    others: MakeLinear


def _norm(weight: torch.Tensor) -> torch.Tensor:
    """What a vector scaled to the length 1 is multiplied by."""
    return (1 + weight.float()).mul_(len(weight) ** 0.5)


@lru_cache(maxsize=8)  # all layers of a kind ask for the same ones
def _hidden(rows: int, keys: int, window: int) -> torch.Tensor:
    """Which of `keys` tokens the last `rows` of them may not see: later ones, and those `window` or
    more before. [rows, keys]"""
    past = keys - rows
    return (
        torch.ones(rows, keys, dtype=torch.bool).tril_(past).triu_(past + 1 - window).logical_not_()
    )


class Gemma3:
    """A loaded decoder. `linear` makes a layer of weights [out, in]; `weights` has transformers'
    names; keys and values are kept, and attended to, in `precision`; `smoothing` puts others in the
    place of `linear`."""

    def __init__(
        self,
        config: Mapping[str, Any],
        weights: Mapping[str, torch.Tensor],
        linear: MakeLinear,
        precision: torch.dtype = torch.float32,
        smoothing: Smoothing | None = None,
    ) -> None:
        self.precision = precision
        self.shape = Shape.of(config)
        sizes = (self.shape.hidden_size, self.shape.head_dim)
        self._least = {size: torch.tensor(self.shape.least_length(size)) for size in sizes}
        self._embeddings = weights[EMBEDDINGS]
        smoothing = smoothing or Smoothing(self._unsmoothed(), linear, linear)
        self._layers = [
            self._layer(k, weights, smoothing) for k in range(len(self.shape.layer_types))
        ]
        self._compiled = compiled_layers(self._layers, self.shape)
        self._softmax: Softmax = plain_softmax
        self._log_totals: LogTotals = plain_log_totals
        if self._compiled is not None:
            self._log_totals = self._compiled.log_totals
            self._softmax = self._compiled.softmax if precision is torch.bfloat16 else plain_softmax
        self._norm = _norm(weights["model.norm.weight"])
        self._output = weights.get(OUTPUT, self._embeddings)
        self._output_sizes = smoothing.sizes.output
        self._logits = smoothing.of_smoothed(scaled(self._output, self._output_sizes))
        half = torch.arange(0, self.shape.head_dim, 2) / self.shape.head_dim
        self._frequencies = {kind: 1 / theta**half for kind, theta in self.shape.theta.items()}

    def _unsmoothed(self) -> Sizes:
        """Sizes that change nothing."""
        hidden, values = (
            torch.ones(self.shape.hidden_size),
            torch.ones(self.shape.num_key_value_heads * self.shape.head_dim),
        )
        return Sizes((LayerSizes(hidden, values, hidden),) * len(self.shape.layer_types), hidden)

    def _layer(self, k: int, weights: Mapping[str, torch.Tensor], smoothing: Smoothing) -> Layer:
        def get(name: str) -> torch.Tensor:
            return weights[f"model.layers.{k}.{name}.weight"]

        shape, sizes = self.shape, smoothing.sizes.layers[k]
        smoothed, groups = (
            smoothing.of_smoothed,
            shape.num_attention_heads // shape.num_key_value_heads,
        )
        query, key = _norm(get("self_attn.q_norm")) * shape.scale, _norm(get("self_attn.k_norm"))
        before, after_attention, before_mlp, after_mlp = (_norm(get(name)) for name in NORMS)
        attended, gate_up = (
            get("self_attn.o_proj"),
            torch.cat([get("mlp.gate_proj"), get("mlp.up_proj")]),
        )
        value = scaled(get("self_attn.v_proj"), 1 / sizes.values[:, None])
        qkv = torch.cat([get("self_attn.q_proj"), get("self_attn.k_proj"), value])
        of_heads = sizes.values.view(-1, 1, shape.head_dim).expand(-1, groups, -1).flatten()
        return Layer(
            shape.layer_types[k],
            smoothed(scaled(qkv, sizes.qkv)),
            torch.cat(
                [
                    query.expand(shape.num_attention_heads, -1),
                    key.expand(shape.num_key_value_heads, -1),
                ]
            ),
            smoothed(scaled(attended, of_heads)),
            smoothed(scaled(gate_up, sizes.gate_up)),
            smoothing.others(get("mlp.down_proj")),
            (before / sizes.qkv, after_attention, before_mlp / sizes.gate_up, after_mlp),
        )

    @property
    def vocabulary(self) -> int:
        """How many tokens it chooses from."""
        return len(self._output)

    def cache(self, requests: int, slots: int) -> Cache:
        """Room for so many requests, each with so many tokens: its prompt's, and those that may
        follow it at a time."""
        return Cache(self.shape, requests, slots, self.precision)

    def read(self, prompt: Sequence[int], room: int, cache: Cache) -> TokenTree:
        """Reads a prompt into the next place of the cache; `room` more tokens may follow it at a
        time."""
        size, place = len(prompt), len(cache.requests)
        tree = TokenTree(size, room, self.shape.sliding_window)
        cache.requests.append(tree)
        if not size:
            return tree
        # What fills it up stands behind all that is wanted, and so is seen by none of it.
        tokens = torch.tensor([*prompt, *[0] * (-size % ROUNDING)])
        turns = self._turns(torch.arange(len(tokens)))
        states = self._embed(tokens)
        compiled = self._compiled.step(len(states)) if self._compiled is not None else None
        for k, layer in enumerate(self._layers):
            turn = turns[layer.kind]
            query, key_value = (
                compiled.heads(k, states, turn) if compiled else self._heads(layer, states, turn)
            )
            cache.layers[k][:, place, :size] = key_value[:size].transpose(0, 1)
            if k + 1 < len(self._layers):  # of the last layer nothing but keys and values is needed
                attended = self._attend_prompt(layer.kind, query, key_value)
                states = (
                    compiled.rest(k, states, attended)
                    if compiled
                    else self._rest(layer, states, attended)
                )
        return tree

    def step(self, cache: Cache) -> list[list[NextTokens]]:
        """What may follow each of the new tokens of each request."""
        rows = StepRows(cache, self.shape, self._softmax)
        turns = self._turns(rows.positions)
        states = self._embed(rows.tokens)
        compiled = self._compiled.step(len(states)) if self._compiled is not None else None
        for k, layer in enumerate(self._layers):
            turn = turns[layer.kind]
            query, key_value = (
                compiled.heads(k, states, turn) if compiled else self._heads(layer, states, turn)
            )
            attended = rows.attend(k, layer.kind, query, key_value)
            states = (
                compiled.rest(k, states, attended)
                if compiled
                else self._rest(layer, states, attended)
            )
        states = self._normed(states, self._norm)
        parts = (states[start : start + ROWS] for start in range(0, len(states), ROWS))
        following = (found for part in parts for found in self._exact_at_the_top(part).each())
        return [[next(following) for _ in one.read()] for one in cache.requests]

    def _exact_at_the_top(self, states: torch.Tensor) -> NextTokens:
        """What follows `states` [rows, hidden], the logits of the likeliest tokens computed with
        weights that are not rounded.

        Their order decides what is written. With all weights rounded, the likeliest one changes in
        5 % of positions (8 validation articles), with the output layer exact in 1 % (5 of them).
        """
        logits = self._logits(states / self._output_sizes)
        tokens = largest(logits, TOP)
        # No product of matrices: of one row alone it would differ in the last bits.
        exact = torch.linalg.vecdot(self._output[tokens].float(), states[:, None])
        return NextTokens.of(logits.scatter_(1, tokens, exact), tokens, self._log_totals)

    def _embed(self, tokens: torch.Tensor) -> torch.Tensor:
        return self._embeddings[tokens].float().mul_(self.shape.hidden_size**0.5)

    def _normed(self, states: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """Root mean square normalisation of the last dimension; `weight` holds the root of the size
        (see `_norm`)."""
        return states * weight / self._length(states)

    def _length(self, states: torch.Tensor) -> torch.Tensor:
        """The length of the last dimension, never quite zero: two kernels, where torch's own
        normalisation takes nine."""
        return torch.hypot(
            torch.linalg.vector_norm(states, dim=-1, keepdim=True), self._least[states.shape[-1]]
        )

    def _turns(self, positions: torch.Tensor) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Cosines and signed sines of the rotary position embedding [rows, 1, head size] for each
        kind of layer."""
        turns = {}
        for kind, frequencies in self._frequencies.items():
            angles = positions[:, None, None].float() * frequencies
            sine = angles.sin()
            turns[kind] = torch.cat([angles.cos()] * 2, dim=-1), torch.cat([-sine, sine], dim=-1)
        return turns

    def _heads(
        self, layer: Layer, states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Queries, and keys with values behind them [rows, heads, head size]; queries and keys are
        normalised, scaled, turned."""
        shape = self.shape
        heads = layer.qkv(self._normed(states, layer.norms[0])).view(
            len(states), -1, shape.head_dim
        )
        turned = heads[:, : -shape.num_key_value_heads]
        turned = self._normed(turned, layer.heads)
        turned = torch.addcmul(turned * turn[0], turned.roll(shape.head_dim // 2, -1), turn[1])
        query, key = turned[:, : shape.num_attention_heads], turned[:, shape.num_attention_heads :]
        return query, torch.cat([key, heads[:, -shape.num_key_value_heads :]], dim=1)

    def _attend_prompt(
        self, kind: str, query: torch.Tensor, key_value: torch.Tensor
    ) -> torch.Tensor:
        """What each token of a prompt [tokens, heads, size] takes from those before it: [tokens,
        heads x size]."""
        query, key_value = query.to(self.precision), key_value.to(self.precision)
        key, value = key_value.chunk(2, dim=1)
        found = []
        for start in range(0, len(query), QUERY_BLOCK):
            rows = query[start : start + QUERY_BLOCK]
            first = max(0, start - self.shape.sliding_window + 1) if kind == LOCAL else 0
            stop = start + len(rows)
            # Where the window hides nothing, they see all before the first of them.
            cut = kind == LOCAL and stop > self.shape.sliding_window
            looked_at, window = (
                (stop - first, self.shape.sliding_window) if cut else (len(rows), len(rows))
            )
            hidden = _hidden(len(rows), looked_at, window)
            found.append(self._attend_block(rows, key[first:stop], value[first:stop], hidden))
        return torch.cat(found)

    def _attend_block(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, hidden: torch.Tensor
    ) -> torch.Tensor:
        """What tokens [rows, heads, size] take from keys [tokens, key heads, size], but the
        `hidden` of the last ones [rows, some tokens]: [rows, heads x size].

        Plain products: the queries that share a key head go through one product of matrices, which
        torch's fused attention does not make of them (475 tokens of the built-in model: 3.2 ms a
        layer in bfloat16, 10.4 ms fused, one thread).
        """
        rows, seen = len(query), len(key) - hidden.shape[1]
        queries = query.view(rows, self.shape.num_key_value_heads, -1, self.shape.head_dim)
        answers = []
        for k in range(self.shape.num_key_value_heads):
            group = queries[:, k].reshape(-1, self.shape.head_dim)
            scores = (group @ key[:, k].t()).view(rows, -1, len(key))
            scores[:, :, seen:].masked_fill_(hidden[:, None], -torch.inf)
            weights = scores.softmax(-1).view(-1, len(key))
            answers.append((weights @ value[:, k]).view(rows, -1, self.shape.head_dim))
        return torch.cat(answers, dim=1).float().flatten(1)

    def _rest(self, layer: Layer, states: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
        """The layer's output [rows, hidden] after attention."""
        _, after_attention, before_mlp, after_mlp = layer.norms
        states = self._added(states, layer.attended(attended), after_attention)
        gate, up = layer.gate_up(self._normed(states, before_mlp)).chunk(2, dim=-1)
        return self._added(states, layer.down(F.gelu(gate, approximate="tanh") * up), after_mlp)

    def _added(
        self, states: torch.Tensor, more: torch.Tensor, weight: torch.Tensor
    ) -> torch.Tensor:
        return torch.addcdiv(states, more * weight, self._length(more))
