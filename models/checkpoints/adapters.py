"""Low-rank adapters in peft's format."""

import json
from pathlib import Path
from typing import Any, Final

from models.engine import ModelError

CONFIG: Final = "adapter_config.json"
WEIGHTS: Final = "adapter_model.safetensors"
# peft's names of weights begin with this.
PREFIX: Final = "base_model.model."
SUFFIXES: Final = (".lora_A.weight", ".lora_B.weight")
# Settings of peft that change the sum in `merged`. Our adapters use none of them.
UNSUPPORTED: Final = (
    "alpha_pattern",
    "rank_pattern",
    "use_dora",
    "use_rslora",
    "fan_in_fan_out",
    "modules_to_save",
    "lora_bias",
)


def merged(model: Any, folder: Path) -> Any:
    """`model` with the adapter in `folder` merged into its weights, in place.

    Weights become W + (B A) alpha / rank (Hu et al. 2021), the same numbers as peft's
    `merge_and_unload`, which would need accelerate too. Raises ModelError for an adapter that is
    not a plain LoRA.
    """
    import torch
    from safetensors.torch import load_file

    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    unsupported = [name for name in UNSUPPORTED if config.get(name)]
    if unsupported or config["peft_type"] != "LORA":
        raise ModelError(
            "The adapter in {folder} is no plain LoRA ({unsupported}): merge it with peft.",
            folder=folder,
            unsupported=", ".join(unsupported),
        )
    tensors = load_file(folder / WEIGHTS)
    layers = {name.removesuffix(SUFFIXES[0]) for name in tensors if name.endswith(SUFFIXES[0])}
    if tensors.keys() != {layer + suffix for layer in layers for suffix in SUFFIXES}:
        raise ModelError(
            "{path} holds other tensors than pairs of {names}.",
            path=folder / WEIGHTS,
            names=", ".join(SUFFIXES),
        )
    scale = config["lora_alpha"] / config["r"]
    with torch.no_grad():
        for layer in sorted(layers):
            a, b = (tensors[layer + suffix].float() for suffix in SUFFIXES)
            weight = model.get_submodule(layer.removeprefix(PREFIX)).weight
            weight += ((b @ a) * scale).to(weight.dtype)
    return model
