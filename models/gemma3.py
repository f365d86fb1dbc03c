"""Gemma 3 as a decoder for a few rows at a time, for CPUs: the same sums as transformers', without its overhead.

Prompts are read one by one. While answers are written, the rows of all requests go through the linear layers together;
each request keeps the keys and values of its prompt once, and of its beams' tokens in one pool in which a row sees
those of its own ancestors: nothing is copied when beams are exchanged.

Architecture: Gemma Team, "Gemma 3 Technical Report", 2025 (arXiv:2503.19786).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch.nn import functional as F

from models.compiled_layers import compiled_layers

Linear = Callable[[torch.Tensor], torch.Tensor]
LOCAL: Final = "sliding_attention"
# The order of the likeliest tokens decides what is written. With all weights rounded, the likeliest one changes in 5 % of
# positions (8 validation articles), with the output layer exact in 1 % (5 of them).
TOP_TOKENS: Final = 32
QUERY_BLOCK: Final = 256  # tokens of a prompt that look back together: keys that none of them sees are left out


@dataclass(frozen=True)
class Shape:
    """The sizes of a model; the names are those of `config.json`."""

    hidden_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    sliding_window: int
    rms_norm_eps: float
    layer_types: tuple[str, ...]
    theta: Mapping[str, float]
    scale: float

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Shape":
        """The sizes in a checkpoint's configuration."""
        names = ("hidden_size", "num_attention_heads", "num_key_value_heads", "head_dim", "sliding_window", "rms_norm_eps")
        theta = {kind: float(rope["rope_theta"]) for kind, rope in config["rope_parameters"].items()}
        scale = config["query_pre_attn_scalar"] ** -0.5
        sizes: dict[str, Any] = {name: config[name] for name in names}
        return cls(**sizes, layer_types=tuple(config["layer_types"]), theta=theta, scale=scale)

    def least_length(self, size: int) -> float:
        """What keeps the length of a vector of so many numbers from zero: with it, length² is its sum of squares + size x eps."""
        return float((size * self.rms_norm_eps) ** 0.5)


def runs(config: Mapping[str, Any]) -> bool:
    """True if `config` is of a Gemma 3 text model with nothing that this module leaves out."""
    plain = config.get("model_type") == "gemma3_text" and config.get("hidden_activation") == "gelu_pytorch_tanh"
    extras = ("attention_bias", "attn_logit_softcapping", "final_logit_softcapping", "use_bidirectional_attention")
    ropes = config.get("rope_parameters", {}).values()
    return plain and bool(ropes) and not any(config.get(name) for name in extras) and all(map(_is_plain_rope, ropes))


def _is_plain_rope(rope: object) -> bool:
    return isinstance(rope, Mapping) and rope.get("rope_type") == "default"


@dataclass(frozen=True)
class Layer:
    """The weights of one layer. `heads` scales the normalised query and key heads [heads, 1 of them for each, size]."""

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


def _norm(weight: torch.Tensor) -> torch.Tensor:
    """What a vector scaled to the length 1 is multiplied by."""
    return (1 + weight.float()).mul_(len(weight) ** 0.5)


def _hidden(rows: int, keys: int, window: int) -> torch.Tensor:
    """Which of `keys` tokens the last `rows` of them may not see: later ones, and those `window` or more before. [rows, keys]"""
    past = keys - rows
    return torch.ones(rows, keys, dtype=torch.bool).tril_(past).triu_(past + 1 - window).logical_not_()


class Branches:
    """The keys and values of one prompt and of the beams that continue it, for all layers.

    `keys` and `values`: [layers, key heads, prompt + beams x new tokens, head size]. After the prompt's tokens lie the first ones
    of all beams, then their second ones, and so on; `seen` [beams, slots in use] says which slots are a beam's past, `positions`
    where in the text each slot stands.
    """

    def __init__(self, shape: Shape, prompt: int, beams: int, new_tokens: int) -> None:
        size = (len(shape.layer_types), shape.num_key_value_heads, prompt + beams * new_tokens, shape.head_dim)
        self.keys, self.values = torch.empty(size), torch.empty(size)
        self.prompt, self.beams, self.window = prompt, beams, shape.sliding_window
        self.position = prompt  # of the next token
        self.seen = torch.ones(beams, prompt, dtype=torch.bool)
        self.positions = torch.arange(prompt)

    def advance(self, parents: Sequence[int] | None) -> None:
        """Makes room for one more token of each beam; beam b goes on where beam `parents[b]` was, and there may be fewer than
        before."""
        past = self.seen if parents is None else self.seen[list(parents)]
        self.beams = len(past)
        self.seen = torch.cat([past, torch.eye(self.beams, dtype=torch.bool)], dim=1)
        self.positions = torch.cat([self.positions, torch.full((self.beams,), self.position)])
        self.position += 1

    def first(self, kind: str) -> int:
        """The first slot that a layer of this kind may need."""
        return min(self.prompt, max(0, self.position - self.window)) if kind == LOCAL else 0

    def mask(self, kind: str, groups: int) -> torch.Tensor:
        """Zero where a row sees a slot, minus infinity elsewhere: [1, beams x groups, slots from `first`]."""
        seen = self.seen
        if kind == LOCAL:
            seen = seen & (self.positions >= self.position - self.window)
        seen = seen[:, self.first(kind) :]
        mask = torch.zeros(seen.shape).masked_fill_(~seen, -torch.inf)
        return mask.repeat_interleave(groups, dim=0)[None]


class Gemma3:
    """A loaded decoder. `linear` makes a layer of weights [out, in]; `weights` has transformers' names; prompts' tokens
    attend to each other in `precision`."""

    def __init__(
        self,
        config: Mapping[str, Any],
        weights: Mapping[str, torch.Tensor],
        linear: Callable[[torch.Tensor], Linear],
        precision: torch.dtype = torch.float32,
    ) -> None:
        self._precision = precision
        self.shape = Shape.of(config)
        sizes = (self.shape.hidden_size, self.shape.head_dim)
        self._least = {size: torch.tensor(self.shape.least_length(size)) for size in sizes}
        self._embeddings = weights["model.embed_tokens.weight"]
        self._layers = [self._layer(k, weights, linear) for k in range(len(self.shape.layer_types))]
        self._compiled = compiled_layers(self._layers, self.shape)
        self._norm = _norm(weights["model.norm.weight"])
        self._output = weights.get("lm_head.weight", self._embeddings)
        self._logits = linear(self._output)
        half = torch.arange(0, self.shape.head_dim, 2) / self.shape.head_dim
        self._frequencies = {kind: 1 / theta**half for kind, theta in self.shape.theta.items()}

    def _layer(self, k: int, weights: Mapping[str, torch.Tensor], linear: Callable[[torch.Tensor], Linear]) -> Layer:
        def get(name: str) -> torch.Tensor:
            return weights[f"model.layers.{k}.{name}.weight"]

        shape = self.shape
        query, key = _norm(get("self_attn.q_norm")) * shape.scale, _norm(get("self_attn.k_norm"))
        norms = ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm")
        return Layer(
            shape.layer_types[k],
            linear(torch.cat([get(f"self_attn.{name}_proj") for name in "qkv"])),
            torch.cat([query.expand(shape.num_attention_heads, -1), key.expand(shape.num_key_value_heads, -1)]),
            linear(get("self_attn.o_proj")),
            linear(torch.cat([get("mlp.gate_proj"), get("mlp.up_proj")])),
            linear(get("mlp.down_proj")),
            tuple(_norm(get(name)) for name in norms),
        )  # fmt: skip

    def read(self, prompt: Sequence[int], beams: int, new_tokens: int) -> Branches:
        """Reads all of a prompt but its last token, with which `step` then begins."""
        tokens = torch.tensor(prompt[:-1])
        branches = Branches(self.shape, len(tokens), beams, new_tokens)
        if not len(tokens):
            return branches
        turns = self._turns(torch.arange(len(tokens)))
        states = self._embed(tokens)
        for k, layer in enumerate(self._layers):
            query, key, value = self._heads(layer, states, turns[layer.kind])
            branches.keys[k, :, : len(tokens)], branches.values[k, :, : len(tokens)] = key.transpose(0, 1), value.transpose(0, 1)
            if k + 1 < len(self._layers):  # of the last layer nothing but keys and values is needed
                states = self._rest(layer, states, self._attend_prompt(layer.kind, query, key, value))
        return branches

    def step(self, tokens: torch.Tensor, requests: Sequence[Branches]) -> torch.Tensor:
        """The logits [rows, vocabulary] after `tokens` [rows]: the beams of all requests, one after the other."""
        groups = self.shape.num_attention_heads // self.shape.num_key_value_heads
        masks = [{kind: one.mask(kind, groups) for kind in set(self.shape.layer_types)} for one in requests]
        positions = torch.cat([torch.full((one.beams,), one.position - 1) for one in requests])
        turns = self._turns(positions)
        states = self._embed(tokens)
        compiled = self._compiled.step(len(tokens)) if self._compiled is not None else None
        for k, layer in enumerate(self._layers):
            turn = turns[layer.kind]
            query, key, value = compiled.heads(k, states, turn) if compiled else self._heads(layer, states, turn)
            attended, row = [], 0
            for one, mask in zip(requests, masks, strict=True):
                rows = slice(row, row + one.beams)
                attended.append(self._attend(k, one, mask[layer.kind], (query[rows], key[rows], value[rows])))
                row += one.beams
            found = attended[0] if len(attended) == 1 else torch.cat(attended)
            states = compiled.rest(k, states, found) if compiled else self._rest(layer, states, found)
        return self._exact_at_the_top(self._normed(states, self._norm))

    def _exact_at_the_top(self, states: torch.Tensor) -> torch.Tensor:
        """The logits of `states` [rows, hidden], those of the likeliest tokens computed with weights that are not rounded."""
        logits = self._logits(states)
        top = logits.topk(min(TOP_TOKENS, logits.shape[1])).indices
        exact = torch.bmm(self._output[top].float(), states[:, :, None])
        return logits.scatter_(1, top, exact[:, :, 0])

    def _embed(self, tokens: torch.Tensor) -> torch.Tensor:
        return self._embeddings[tokens].float().mul_(self.shape.hidden_size**0.5)

    def _normed(self, states: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """Root mean square normalisation of the last dimension; `weight` holds the root of the size (see `_norm`)."""
        return states * weight / self._length(states)

    def _length(self, states: torch.Tensor) -> torch.Tensor:
        """The length of the last dimension, never quite zero: two kernels, where torch's own normalisation takes nine."""
        return torch.hypot(torch.linalg.vector_norm(states, dim=-1, keepdim=True), self._least[states.shape[-1]])

    def _turns(self, positions: torch.Tensor) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Cosines and signed sines of the rotary position embedding [rows, 1, head size] for each kind of layer."""
        turns = {}
        for kind, frequencies in self._frequencies.items():
            angles = positions[:, None, None].float() * frequencies
            sine = angles.sin()
            turns[kind] = torch.cat([angles.cos()] * 2, dim=-1), torch.cat([-sine, sine], dim=-1)
        return turns

    def _heads(
        self, layer: Layer, states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Queries, keys and values [rows, heads, head size]; queries and keys are normalised, scaled and turned."""
        shape = self.shape
        heads = layer.qkv(self._normed(states, layer.norms[0])).view(len(states), -1, shape.head_dim)
        turned = heads[:, : -shape.num_key_value_heads]
        turned = self._normed(turned, layer.heads)
        turned = torch.addcmul(turned * turn[0], turned.roll(shape.head_dim // 2, -1), turn[1])
        query, key = turned[:, : shape.num_attention_heads], turned[:, shape.num_attention_heads :]
        return query, key, heads[:, -shape.num_key_value_heads :]

    def _attend_prompt(self, kind: str, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        """What each token of a prompt [tokens, heads, size] takes from those before it: [tokens, heads x size]."""
        query, key, value = (heads.to(self._precision) for heads in (query, key, value))
        found = []
        for start in range(0, len(query), QUERY_BLOCK):
            rows = query[start : start + QUERY_BLOCK]
            first = max(0, start - self.shape.sliding_window + 1) if kind == LOCAL else 0
            seen = slice(first, start + len(rows))
            hidden = _hidden(len(rows), seen.stop - first, self.shape.sliding_window if kind == LOCAL else len(query))
            found.append(self._attend_block(rows, key[seen], value[seen], hidden))
        return torch.cat(found)

    def _attend_block(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """What tokens [rows, heads, size] take from keys [tokens, key heads, size], but the `hidden`: [rows, heads x size].

        Plain products: the queries that share a key head go through one product of matrices, which torch's fused attention
        does not make of them (475 tokens of the built-in model: 3.2 ms a layer in bfloat16, 10.4 ms fused, one thread).
        """
        rows = len(query)
        queries = query.view(rows, self.shape.num_key_value_heads, -1, self.shape.head_dim)
        answers = []
        for k in range(self.shape.num_key_value_heads):
            group = queries[:, k].reshape(-1, self.shape.head_dim)
            scores = (group @ key[:, k].t()).float().view(rows, -1, len(key)).masked_fill_(hidden[:, None], -torch.inf)
            weights = scores.softmax(-1).to(value.dtype).view(-1, len(key))
            answers.append((weights @ value[:, k]).view(rows, -1, self.shape.head_dim))
        return torch.cat(answers, dim=1).float().flatten(1)

    def _attend(
        self, k: int, one: Branches, mask: torch.Tensor, heads: tuple[torch.Tensor, torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        """What the query, key and value of each beam of a request take from its past: [beams, heads x size]."""
        query, key, value = heads
        shape, end = self.shape, one.seen.shape[1]
        new, seen = slice(end - one.beams, end), slice(end - mask.shape[-1], end)
        one.keys[k, :, new], one.values[k, :, new] = key.transpose(0, 1), value.transpose(0, 1)
        rows = query.view(one.beams, shape.num_key_value_heads, -1, shape.head_dim).transpose(0, 1)
        rows = rows.reshape(shape.num_key_value_heads, -1, shape.head_dim)
        weights = torch.baddbmm(mask, rows, one.keys[k, :, seen].transpose(1, 2)).softmax(-1)
        found = torch.bmm(weights, one.values[k, :, seen])
        found = found.view(shape.num_key_value_heads, one.beams, -1, shape.head_dim)
        return found.transpose(0, 1).reshape(one.beams, -1)

    def _rest(self, layer: Layer, states: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
        """The layer's output [rows, hidden] after attention."""
        _, after_attention, before_mlp, after_mlp = layer.norms
        states = self._added(states, layer.attended(attended), after_attention)
        gate, up = layer.gate_up(self._normed(states, before_mlp)).chunk(2, dim=-1)
        return self._added(states, layer.down(F.gelu(gate, approximate="tanh") * up), after_mlp)

    def _added(self, states: torch.Tensor, more: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return torch.addcdiv(states, more * weight, self._length(more))
