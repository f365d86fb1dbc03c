"""Gemma 3 as a decoder for a few rows at a time, for CPUs.

It computes what transformers computes, without its overhead. Prompts are read one by one. While
answers are written, the new tokens of all requests go through the layers together. Each request
keeps the keys and values of its prompt once. The keys and values of its answers lie in one pool. Of
this pool, a token sees only the tokens that it continues. So nothing is copied when beams are
exchanged.

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
# The number of rows whose logits are computed at once. 12 rows take two thirds of the time of 24.
# All 64 would need 20 MB anew each time.
ROWS: Final = 24
# Prompts are padded to a multiple of this many tokens. oneDNN compiles code for each number of
# rows, which takes time, and keeps it in its cache.
ROUNDING: Final = 32
# The number of prompt tokens whose attention is computed together. Keys that none of them sees are
# left out. It was measured on a layer of the built-in model and a prompt of 448 tokens. Blocks of
# 64, 128 and 256 take 3.6, 3.7 and 5.8 ms on one thread. On two threads they take 3.0, 2.5 and 2.7
# ms.
QUERY_BLOCK: Final = 128


@dataclass(frozen=True)
class Layer:
    """The weights of one layer. `heads` scales the normalised query and key heads [heads, size]."""

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
    """How states are smoothed: their `sizes`, and two makers of the products that take states.

    `of_smoothed` makes the products of smoothed states, `others` those of other states.
    """

    sizes: Sizes
    of_smoothed: MakeLinear
    others: MakeLinear


def _norm(weight: torch.Tensor) -> torch.Tensor:
    """The factors of a norm for vectors of length 1, from the norm's weight."""
    return (1 + weight.float()).mul_(len(weight) ** 0.5)


# Cached, since all layers of a kind ask for the same masks.
@lru_cache(maxsize=8)
def _hidden(rows: int, keys: int, window: int) -> torch.Tensor:
    """Which of `keys` tokens each of the last `rows` tokens may not see, bool [rows, keys].

    A token sees neither later tokens nor those that stand `window` or more places before it.
    """
    past = keys - rows
    visible = torch.ones(rows, keys, dtype=torch.bool).tril_(past).triu_(past + 1 - window)
    return visible.logical_not_()


class Gemma3:
    """A loaded decoder.

    `weights` holds tensors under transformers' names. `linear` makes a product of weights [out,
    in]. With `smoothing`, its makers are used instead. Keys and values are stored, and attention is
    computed, in `precision`.
    """

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
        hidden = torch.ones(self.shape.hidden_size)
        values = torch.ones(self.shape.num_key_value_heads * self.shape.head_dim)
        return Sizes((LayerSizes(hidden, values, hidden),) * len(self.shape.layer_types), hidden)

    def _layer(self, k: int, weights: Mapping[str, torch.Tensor], smoothing: Smoothing) -> Layer:
        def get(name: str) -> torch.Tensor:
            return weights[f"model.layers.{k}.{name}.weight"]

        shape, sizes = self.shape, smoothing.sizes.layers[k]
        smoothed = smoothing.of_smoothed
        groups = shape.num_attention_heads // shape.num_key_value_heads
        query, key = _norm(get("self_attn.q_norm")) * shape.scale, _norm(get("self_attn.k_norm"))
        before, after_attention, before_mlp, after_mlp = (_norm(get(name)) for name in NORMS)
        attended = get("self_attn.o_proj")
        gate_up = torch.cat([get("mlp.gate_proj"), get("mlp.up_proj")])
        value = scaled(get("self_attn.v_proj"), 1 / sizes.values[:, None])
        qkv = torch.cat([get("self_attn.q_proj"), get("self_attn.k_proj"), value])
        of_heads = sizes.values.view(-1, 1, shape.head_dim).expand(-1, groups, -1).flatten()
        heads = [
            query.expand(shape.num_attention_heads, -1),
            key.expand(shape.num_key_value_heads, -1),
        ]
        return Layer(
            kind=shape.layer_types[k],
            qkv=smoothed(scaled(qkv, sizes.qkv)),
            heads=torch.cat(heads),
            attended=smoothed(scaled(attended, of_heads)),
            gate_up=smoothed(scaled(gate_up, sizes.gate_up)),
            down=smoothing.others(get("mlp.down_proj")),
            norms=(before / sizes.qkv, after_attention, before_mlp / sizes.gate_up, after_mlp),
        )

    @property
    def vocabulary(self) -> int:
        """The number of tokens that the model chooses from."""
        return len(self._output)

    def cache(self, requests: int, slots: int) -> Cache:
        """A cache for `requests` requests, with `slots` slots for the tokens of each."""
        return Cache(self.shape, requests, slots, self.precision)

    def read(self, prompt: Sequence[int], room: int, cache: Cache) -> TokenTree:
        """Reads a prompt into the next place of the cache; up to `room` tokens may follow it."""
        size, place = len(prompt), len(cache.requests)
        tree = TokenTree(size, room, self.shape.sliding_window)
        cache.requests.append(tree)
        if not size:
            return tree
        # Zeros pad the prompt. They stand behind it, so that no token of the prompt sees them.
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
            # The last layer only has to give keys and values.
            if k + 1 < len(self._layers):
                attended = self._attend_prompt(layer.kind, query, key_value)
                states = (
                    compiled.rest(k, states, attended)
                    if compiled
                    else self._rest(layer, states, attended)
                )
        return tree

    def step(self, cache: Cache) -> list[list[NextTokens]]:
        """Reads the new tokens of all requests; returns the next tokens after each, by request."""
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
        following = (each for part in parts for each in self._next_tokens(part).each())
        return [[next(following) for _ in request.read()] for request in cache.requests]

    def _next_tokens(self, states: torch.Tensor) -> NextTokens:
        """The next tokens after `states` [rows, hidden].

        The logits of the likeliest tokens are computed with weights that are not rounded, because
        their order decides which token is written. With all weights rounded, the likeliest token
        changes in 5 % of positions (8 validation articles). With an exact output layer it changes
        in 1 % (5 of them).
        """
        logits = self._logits(states / self._output_sizes)
        tokens = largest(logits, TOP)
        # Not a product of matrices: its last bits would differ for one row alone.
        exact = torch.linalg.vecdot(self._output[tokens].float(), states[:, None])
        return NextTokens.of(logits.scatter_(1, tokens, exact), tokens, self._log_totals)

    def _embed(self, tokens: torch.Tensor) -> torch.Tensor:
        return self._embeddings[tokens].float().mul_(self.shape.hidden_size**0.5)

    def _normed(self, states: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """Root mean square normalisation of the last dimension; `weight` is that of `_norm`."""
        return states * weight / self._length(states)

    def _length(self, states: torch.Tensor) -> torch.Tensor:
        """The length of the last dimension, never quite zero.

        It takes two kernels; torch's own normalisation takes nine.
        """
        length = torch.linalg.vector_norm(states, dim=-1, keepdim=True)
        return torch.hypot(length, self._least[states.shape[-1]])

    def _turns(self, positions: torch.Tensor) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Cosines and signed sines of the rotary position embedding, by kind of layer.

        Both are [rows, 1, head size].
        """
        turns = {}
        for kind, frequencies in self._frequencies.items():
            angles = positions[:, None, None].float() * frequencies
            sine = angles.sin()
            turns[kind] = torch.cat([angles.cos()] * 2, dim=-1), torch.cat([-sine, sine], dim=-1)
        return turns

    def _heads(
        self, layer: Layer, states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Queries, and keys with values behind them: both [rows, heads, head size].

        Queries and keys are normalised, scaled and turned.
        """
        shape = self.shape
        products = layer.qkv(self._normed(states, layer.norms[0]))
        heads = products.view(len(states), -1, shape.head_dim)
        turned = heads[:, : -shape.num_key_value_heads]
        turned = self._normed(turned, layer.heads)
        turned = torch.addcmul(turned * turn[0], turned.roll(shape.head_dim // 2, -1), turn[1])
        query, key = turned[:, : shape.num_attention_heads], turned[:, shape.num_attention_heads :]
        return query, torch.cat([key, heads[:, -shape.num_key_value_heads :]], dim=1)

    def _attend_prompt(
        self, kind: str, query: torch.Tensor, key_value: torch.Tensor
    ) -> torch.Tensor:
        """The attention output of each token of a prompt: [tokens, heads x size].

        `query` is [tokens, heads, size].
        """
        query, key_value = query.to(self.precision), key_value.to(self.precision)
        key, value = key_value.chunk(2, dim=1)
        blocks = []
        for start in range(0, len(query), QUERY_BLOCK):
            rows = query[start : start + QUERY_BLOCK]
            first = max(0, start - self.shape.sliding_window + 1) if kind == LOCAL else 0
            stop = start + len(rows)
            if kind == LOCAL and stop > self.shape.sliding_window:
                hidden = _hidden(len(rows), stop - first, self.shape.sliding_window)
            else:
                # The window hides nothing: these rows see all tokens before their first.
                hidden = _hidden(len(rows), len(rows), len(rows))
            blocks.append(self._attend_block(rows, key[first:stop], value[first:stop], hidden))
        return torch.cat(blocks)

    def _attend_block(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, hidden: torch.Tensor
    ) -> torch.Tensor:
        """The attention output of the rows of `query`: [rows, heads x size].

        `query` is [rows, heads, size], `key` and `value` [tokens, key heads, size]. `hidden` says
        which of the last tokens a row does not see [rows, some tokens].

        Plain products are used: the queries that share a key head are rows of one matrix product.
        torch's fused attention does not do that. With 475 tokens, a layer of the built-in model
        takes 3.2 ms in bfloat16 on one thread; fused attention takes 10.4 ms.
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
