"""Low-rank adapters in peft's format."""

import json
from pathlib import Path
from typing import Any, Final

from models.engine import ModelError

CONFIG: Final = "adapter_config.json"
WEIGHTS: Final = "adapter_model.safetensors"
PREFIX: Final = "base_model.model."  # of peft's names
SUFFIXES: Final = (".lora_A.weight", ".lora_B.weight")
# What changes the sum below; our adapters use none of it.
UNKNOWN: Final = (
    "alpha_pattern", "rank_pattern", "use_dora", "use_rslora", "fan_in_fan_out", "modules_to_save",
    "lora_bias",
)  # fmt: skip


def merged(model: Any, folder: Path) -> Any:
    """`model` with the adapter in `folder` added to its weights, in place: W + (B A) alpha / rank
    (Hu et al. 2021).

    The same numbers as peft's `merge_and_unload`, which would bring accelerate too. Raises
    ModelError for an adapter that asks for more than this.
    """
    import torch
    from safetensors.torch import load_file

    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    asked = [name for name in UNKNOWN if config.get(name)]
    if asked or config["peft_type"] != "LORA":
        raise ModelError(
            f"The adapter in {folder} is no plain LoRA ({', '.join(asked)}): merge it with peft."
        )
    tensors = load_file(folder / WEIGHTS)
    layers = {name.removesuffix(SUFFIXES[0]) for name in tensors if name.endswith(SUFFIXES[0])}
    if tensors.keys() != {layer + suffix for layer in layers for suffix in SUFFIXES}:
        raise ModelError(
            f"{folder / WEIGHTS} holds other tensors than pairs of {' and '.join(SUFFIXES)}."
        )
    scale = config["lora_alpha"] / config["r"]
    with torch.no_grad():
        for layer in sorted(layers):
            a, b = (tensors[layer + suffix].float() for suffix in SUFFIXES)
            weight = model.get_submodule(layer.removeprefix(PREFIX)).weight
            weight += ((b @ a) * scale).to(weight.dtype)
    return model
