"""The tokenizer of a Gemma 3 checkpoint. Imports no torch."""

from pathlib import Path

from tokenizers import Tokenizer


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer, without the truncation and padding that it may have been saved with."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def count_tokens(tokenizer: Tokenizer, text: str) -> int:
    """The length of `text` in tokens, special tokens left out."""
    return len(tokenizer.encode(text, add_special_tokens=False).ids)
