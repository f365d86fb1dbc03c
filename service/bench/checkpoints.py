"""Makes checkpoints with the sizes of well-known models and random weights.

    python -m service.bench.checkpoints NAME FOLDER

No model hub is needed, and the time of an answer of a given length does not depend on the weights.
The sizes are those of the published configurations: google/mt5-base, moussaKam/barthez,
Helsinki-NLP/opus-mt-fr-en.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True)
class Recipe:
    """How a plain service uses its two checkpoints.

    Texts are cut after `window` tokens. A token stands for `characters` characters of French, as in
    the model's SentencePiece vocabulary. An answer has `new_tokens` tokens, and a translation has
    `translation_tokens`.
    """

    window: int
    characters: int
    new_tokens: int
    translation_tokens: int = 60
    beams: int = 4


# Since version 5, transformers ties the output layer to the embeddings. The checkpoint is 770 MB
# smaller than the published one, and takes the same time.
MT5_BASE: Final = {
    "model_type": "mt5",
    "vocab_size": 250_112,
    "d_model": 768,
    "d_kv": 64,
    "d_ff": 2048,
    "num_layers": 12,
    "num_decoder_layers": 12,
    "num_heads": 12,
    "feed_forward_proj": "gated-gelu",
    "decoder_start_token_id": 0,
}
BARTHEZ: Final = {
    "model_type": "mbart",
    "vocab_size": 50_002,
    "d_model": 768,
    "encoder_layers": 6,
    "decoder_layers": 6,
    "encoder_ffn_dim": 3072,
    "decoder_ffn_dim": 3072,
    "encoder_attention_heads": 12,
    "decoder_attention_heads": 12,
    "max_position_embeddings": 1024,
    "decoder_start_token_id": 2,
}
OPUS_MT: Final = {
    "model_type": "marian",
    "vocab_size": 59_514,
    "d_model": 512,
    "encoder_layers": 6,
    "decoder_layers": 6,
    "encoder_ffn_dim": 2048,
    "decoder_ffn_dim": 2048,
    "encoder_attention_heads": 8,
    "decoder_attention_heads": 8,
    "max_position_embeddings": 512,
    "activation_function": "swish",
    "scale_embedding": True,
    "pad_token_id": 59_513,
    "decoder_start_token_id": 59_513,
    "eos_token_id": 0,
    "forced_eos_token_id": 0,
}
PLAIN: Final[Mapping[str, tuple[Mapping[str, Any], Recipe]]] = {
    "mt5-base": (MT5_BASE, Recipe(window=512, characters=4, new_tokens=60)),
    "barthez": (BARTHEZ, Recipe(window=768, characters=5, new_tokens=45)),
}
RECIPE: Final = "recipe.json"


def make(
    folder: Path, summary: Mapping[str, Any], translation: Mapping[str, Any], recipe: Recipe
) -> None:
    """Writes the two checkpoints and the recipe into `folder`."""
    for name, sizes in (("summary", summary), ("translation", translation)):
        _write(folder / name, dict(sizes))
    (folder / RECIPE).write_text(json.dumps(asdict(recipe)), encoding="utf-8")


def read_recipe(folder: Path) -> Recipe:
    """The recipe that lies in `folder`."""
    return Recipe(**json.loads((folder / RECIPE).read_text(encoding="utf-8")))


def _write(folder: Path, sizes: dict[str, Any]) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForSeq2SeqLM

    torch.manual_seed(0)
    config = AutoConfig.for_model(sizes.pop("model_type"), **sizes)
    AutoModelForSeq2SeqLM.from_config(config).save_pretrained(folder)


def main() -> None:
    """Makes the checkpoints that the command line names."""
    sizes, recipe = PLAIN[sys.argv[1]]
    make(Path(sys.argv[2]), sizes, OPUS_MT, recipe)


if __name__ == "__main__":
    main()
