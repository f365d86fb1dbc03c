"""The configuration of a Gemma 3 checkpoint: its sizes and weights, and whether we can run it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

NORMS: Final = (
    "input_layernorm",
    "post_attention_layernorm",
    "pre_feedforward_layernorm",
    "post_feedforward_layernorm",
)
EMBEDDINGS: Final = "model.embed_tokens.weight"
OUTPUT: Final = "lm_head.weight"
NEEDED: Final = (
    "hidden_size",
    "intermediate_size",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "num_hidden_layers",
    "layer_types",
    "sliding_window",
    "rms_norm_eps",
    "query_pre_attn_scalar",
    "vocab_size",
)


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
        names = (
            "hidden_size",
            "num_attention_heads",
            "num_key_value_heads",
            "head_dim",
            "sliding_window",
            "rms_norm_eps",
        )
        theta = {
            kind: float(rope["rope_theta"]) for kind, rope in config["rope_parameters"].items()
        }
        scale = config["query_pre_attn_scalar"] ** -0.5
        sizes: dict[str, Any] = {name: config[name] for name in names}
        return cls(**sizes, layer_types=tuple(config["layer_types"]), theta=theta, scale=scale)

    def least_length(self, size: int) -> float:
        """The least length of a vector of `size` numbers. It keeps lengths above zero.

        Its square is added: length² = sum of squares + size x eps.
        """
        return float((size * self.rms_norm_eps) ** 0.5)


def runs(config: Mapping[str, Any]) -> bool:
    """True if `models/gemma/decoder.py` runs the model of this configuration.

    It runs a Gemma 3 text model that states all its sizes and has no further parts.
    """
    stated = (
        all(config.get(name) is not None for name in NEEDED)
        and len(config["layer_types"]) == config["num_hidden_layers"]
    )
    plain = (
        config.get("model_type") == "gemma3_text"
        and config.get("hidden_activation") == "gelu_pytorch_tanh"
    )
    extras = (
        "attention_bias",
        "attn_logit_softcapping",
        "final_logit_softcapping",
        "use_bidirectional_attention",
    )
    ropes = config.get("rope_parameters", {}).values()
    return (
        stated
        and plain
        and bool(ropes)
        and not any(config.get(name) for name in extras)
        and all(map(_is_plain_rope, ropes))
    )


def expected_shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shapes of a checkpoint's weights, by their names in transformers.

    A tied weight is listed once.
    """
    hidden, inner, size = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    queries, keys = config["num_attention_heads"] * size, config["num_key_value_heads"] * size
    layer = {
        **dict.fromkeys(NORMS, (hidden,)),
        "self_attn.q_norm": (size,),
        "self_attn.k_norm": (size,),
        "self_attn.q_proj": (queries, hidden),
        "self_attn.k_proj": (keys, hidden),
        "self_attn.v_proj": (keys, hidden),
        "self_attn.o_proj": (hidden, queries),
        "mlp.gate_proj": (inner, hidden),
        "mlp.up_proj": (inner, hidden),
        "mlp.down_proj": (hidden, inner),
    }
    layers = range(config["num_hidden_layers"])
    shapes = {
        f"model.layers.{k}.{name}.weight": shape for k in layers for name, shape in layer.items()
    }
    shapes |= {EMBEDDINGS: (config["vocab_size"], hidden), "model.norm.weight": (hidden,)}
    if not config.get("tie_word_embeddings", True):
        shapes[OUTPUT] = shapes[EMBEDDINGS]
    return shapes


def _is_plain_rope(rope: object) -> bool:
    return isinstance(rope, Mapping) and rope.get("rope_type") == "default"
