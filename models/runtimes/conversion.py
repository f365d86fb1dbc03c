"""Converts an encoder-decoder to CTranslate2, once, into the user's cache.

With int8 weights it takes half the time and a quarter of the memory of float32.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from models.checkpoint_finder import LOCAL, Checkpoint
from models.checkpoints.config_files import CONFIG, GENERATION_CONFIG, read_object
from models.checkpoints.store import stored
from models.engine import ModelError
from models.wording import WordedError

INT8: Final = "int8"
# The file with every token of a converted checkpoint, in order.
VOCABULARY: Final = "shared_vocabulary.json"
# The version of our conversion. A higher number makes all users convert again.
FORMAT: Final = 1
# Where layers are normalised, by model type. CTranslate2 4.8 reads this from the configuration, but
# configurations of transformers 5 no longer state it. Each class of transformers has one way.
NORMALISATION: Final = {
    "mbart": {"normalize_before": True, "normalize_embedding": True},
    "bart": {"normalize_before": False, "normalize_embedding": True},
    "pegasus": {"normalize_before": True, "normalize_embedding": False},
}


class NotConvertible(WordedError):
    """CTranslate2 is not installed or cannot run the checkpoint; torch can."""


def converted(checkpoint: Checkpoint, allow_pickle: bool = False, quantization: str = INT8) -> Path:
    """The folder of the converted checkpoint. If there is none, it is converted first.

    `quantization` is CTranslate2's: int8, float32 and others. Raises NotConvertible. Raises
    ModelError if the checkpoint is incomplete or the cache cannot be written.
    """
    try:
        import ctranslate2
    except ImportError as error:
        raise NotConvertible(
            "CTranslate2 is not installed; install it with: pip install ctranslate2"
        ) from error

    def build(folder: Path) -> None:
        _convert(checkpoint, allow_pickle, quantization, folder)

    slug = checkpoint.entry.id.replace("/", "--").replace(" ", "-")
    if checkpoint.revision == LOCAL:
        # The id of a local checkpoint is the last part of its path, for example "final". Other
        # checkpoints may have the same.
        path = str(checkpoint.folder.resolve())
        slug += f"-{hashlib.sha256(path.encode()).hexdigest()[:8]}"
    key = _fingerprint(checkpoint, f"{ctranslate2.__version__} {quantization} {FORMAT}")
    return stored(
        f"ct2-{slug}-{quantization}-",
        key,
        build,
        f"the converted {checkpoint.entry.id}",
        "convert.lock",
    )


def _fingerprint(checkpoint: Checkpoint, how: str) -> str:
    """Sixteen digits that change with the checkpoint and with `how` it is converted.

    A local checkpoint is identified by the dates and sizes of its files. Reading gigabytes at each
    start would cost more than the conversion saves.
    """
    parts = [checkpoint.revision, how]
    if checkpoint.revision == LOCAL:
        folder = checkpoint.folder.resolve()
        parts.append(str(folder))
        for path in sorted(folder.iterdir()):
            if path.is_file():
                stat = path.stat()
                parts.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _convert(checkpoint: Checkpoint, allow_pickle: bool, quantization: str, folder: Path) -> None:
    from transformers.utils import logging

    converter = _converter(checkpoint, allow_pickle)
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # The converter uses old names of transformers, which warns.
    try:
        converter.convert(str(folder), quantization=quantization, force=True)
        _name_special_tokens(folder, checkpoint)
    except (ModelError, OSError):
        raise
    except Exception as error:
        # A converter raises errors of any kind.
        raise NotConvertible(
            "CTranslate2 cannot convert it: {kind}: {reason}",
            kind=type(error).__name__,
            reason=error,
        ) from error
    finally:
        logging.set_verbosity(verbosity)


def _name_special_tokens(folder: Path, checkpoint: Checkpoint) -> None:
    """Writes into the converted configuration which token the decoder starts with.

    CTranslate2 guesses the token from the name of the tokenizer's class, which many mBART
    checkpoints do not state.
    """
    path = folder / CONFIG
    converted_config = read_object(path)
    names = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
    original_config = {
        **read_object(checkpoint.folder / CONFIG),
        **read_object(checkpoint.folder / GENERATION_CONFIG, needed=False),
    }
    start = original_config.get("decoder_start_token_id")
    # Marian's is not in the vocabulary: its decoder starts from zeros.
    if start is not None and start < len(names):
        converted_config["decoder_start_token"] = names[start]
    for name in ("bos_token", "unk_token"):
        if converted_config.get(name) is None:
            converted_config[name] = converted_config["eos_token"]
    path.write_text(json.dumps(converted_config), encoding="utf-8")


def _converter(checkpoint: Checkpoint, allow_pickle: bool) -> Any:
    """CTranslate2's converter, which gets the model and the tokenizer from us.

    So both are checked to be complete, and nothing in them runs code.
    """
    import torch
    from ctranslate2.converters import TransformersConverter

    from models.checkpoints.tokenizer import load_tokenizer
    from models.checkpoints.weights import load_weights

    class Converter(TransformersConverter):  # type: ignore[misc]
        def load_model(self, *_: Any, **__: Any) -> Any:
            model = load_weights(checkpoint.folder, checkpoint.entry, torch.float32, allow_pickle)
            _describe_layers(model.config)
            return model

        def load_tokenizer(self, *_: Any, **__: Any) -> Any:
            tokenizer = load_tokenizer(checkpoint.folder, checkpoint.entry)
            rows = read_object(checkpoint.folder / CONFIG)["vocab_size"]
            return _WholeVocabulary(tokenizer, rows)

    return Converter(str(checkpoint.folder))


def _describe_layers(config: Any) -> None:
    """Sets the fields that CTranslate2 4.8 would misread in a configuration of transformers 5."""
    for name, value in NORMALISATION.get(config.model_type, {}).items():
        setattr(config, name, value)
    if config.model_type in ("t5", "mt5", "umt5"):
        # Where matrices are tied, CTranslate2 scales the outputs. transformers 5 says "tied" for
        # all T5s, but only T5 1.0 scales: mT5 would lose all its certainty.
        config.tie_word_embeddings = bool(getattr(config, "scale_decoder_outputs", False))


class _WholeVocabulary:
    """A tokenizer whose vocabulary names every row of the output matrix, once.

    Checkpoints have more rows than tokens. CTranslate2 identifies tokens by their names: it would
    take two tokens with one name for the same.
    """

    def __init__(self, tokenizer: Any, size: int) -> None:
        self._tokenizer, self._size = tokenizer, size
        self.num_madeup_words = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    def get_vocab(self) -> dict[str, int]:
        """Every token with its row."""
        named: dict[str, int] = {}
        for row in range(self._size):
            token = self._token(row)
            named[token if token is not None and token not in named else f"<row_{row}>"] = row
        return named

    def _token(self, row: int) -> str | None:
        try:
            token: str | None = self._tokenizer.convert_ids_to_tokens(row)
        except (IndexError, KeyError):
            # Slow tokenizers raise these errors if a row has no token.
            return None
        return token
