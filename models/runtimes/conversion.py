"""Converts an encoder-decoder to CTranslate2, once, into the user's cache: int8 weights, half the
time and a quarter of the memory of float32."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from models.checkpoints.config_files import CONFIG, GENERATION_CONFIG, read_object
from models.checkpoints.store import stored
from models.engine import ModelError
from models.finding import LOCAL, Checkpoint

INT8: Final = "int8"
VOCABULARY: Final = "shared_vocabulary.json"  # every token of a converted checkpoint, in order
FORMAT: Final = 1  # of our own conversion; a higher number makes all users convert again


class NotConvertible(Exception):
    """CTranslate2 is not installed or cannot run the checkpoint; torch can."""


def converted(checkpoint: Checkpoint, allow_pickle: bool = False, quantization: str = INT8) -> Path:
    """The folder of the converted checkpoint, converted first if need be.

    `quantization` is CTranslate2's: int8, float32 and others. Raises NotConvertible, and ModelError
    if the checkpoint itself is not whole or the cache cannot be written.
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
    if (
        checkpoint.revision == LOCAL
    ):  # known by the last part of its path, which others may have too ("final")
        slug += f"-{hashlib.sha256(str(checkpoint.folder.resolve()).encode()).hexdigest()[:8]}"
    key = _fingerprint(checkpoint, f"{ctranslate2.__version__} {quantization} {FORMAT}")
    return stored(
        f"ct2-{slug}-{quantization}-",
        key,
        build,
        f"the converted {checkpoint.entry.id}",
        "convert.lock",
    )


def _fingerprint(checkpoint: Checkpoint, how: str) -> str:
    """Changes with the checkpoint and with how it is converted. A local checkpoint is known by its
    files' dates and sizes: reading gigabytes at each start would cost more than the conversion
    saves."""
    parts = [checkpoint.revision, how]
    if checkpoint.revision == LOCAL:
        folder = checkpoint.folder.resolve()
        stats = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
        parts += [
            str(folder),
            *(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats),
        ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _convert(checkpoint: Checkpoint, allow_pickle: bool, quantization: str, folder: Path) -> None:
    converter = _converter(checkpoint, allow_pickle)
    try:
        converter.convert(str(folder), quantization=quantization, force=True)
        _name_special_tokens(folder, checkpoint)
    except (ModelError, OSError):
        raise
    except Exception as error:  # a converter raises whatever it meets first
        raise NotConvertible(
            f"CTranslate2 cannot convert it: {type(error).__name__}: {error}"
        ) from error


def _name_special_tokens(folder: Path, checkpoint: Checkpoint) -> None:
    """Writes into the converted configuration which token the decoder starts with: CTranslate2
    guesses from names of tokenizer classes, which many mBART checkpoints do not tell."""
    path = folder / CONFIG
    written = read_object(path)
    names = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
    theirs = {
        **read_object(checkpoint.folder / CONFIG),
        **read_object(checkpoint.folder / GENERATION_CONFIG, needed=False),
    }
    start = theirs.get("decoder_start_token_id")
    if start is not None and start < len(
        names
    ):  # Marian's is not among them: its decoder starts from zeros
        written["decoder_start_token"] = names[start]
    written |= {
        name: written["eos_token"]
        for name in ("bos_token", "unk_token")
        if written.get(name) is None
    }
    path.write_text(json.dumps(written), encoding="utf-8")


def _converter(checkpoint: Checkpoint, allow_pickle: bool) -> Any:
    """CTranslate2's converter, which gets its model and its tokenizer from us: whole, with
    safetensors, no code."""
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
            return _WholeVocabulary(
                tokenizer, read_object(checkpoint.folder / CONFIG)["vocab_size"]
            )

    return Converter(str(checkpoint.folder))


# Where layers are normalised, by model type. transformers 5 no longer says so in configurations,
# CTranslate2 4.8 reads it there; the classes of transformers know one way each.
NORMALISATION: Final = {
    "mbart": {"normalize_before": True, "normalize_embedding": True},
    "bart": {"normalize_before": False, "normalize_embedding": True},
    "pegasus": {"normalize_before": True, "normalize_embedding": False},
}


def _describe_layers(config: Any) -> None:
    """Tells CTranslate2 4.8 what it would read wrongly from a configuration of transformers 5."""
    for name, value in NORMALISATION.get(config.model_type, {}).items():
        setattr(config, name, value)
    if config.model_type in ("t5", "mt5", "umt5"):
        # CTranslate2 takes tied matrices for the sign that outputs are scaled; transformers 5 says
        # "tied" of all T5s. Only T5 1.0 scales: mT5 would lose all its certainty.
        config.tie_word_embeddings = bool(getattr(config, "scale_decoder_outputs", False))


class _WholeVocabulary:
    """A tokenizer whose vocabulary names every row of the output matrix, once. Checkpoints have
    more rows than tokens, and CTranslate2, which knows tokens by their names, would take two of one
    name for the same."""

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
        except (IndexError, KeyError):  # the slow tokenizers' way of saying that there is none
            return None
        return token
