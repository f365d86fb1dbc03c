"""Reads the tensors of a GGUF file, dequantised to float32.

The `gguf` package knows the block formats and computes the numbers. The package's own reader is not
used: it wraps each of a tokenizer's 800,000 metadata values in an array, which takes 30 s. The
reader of transformers is not used either: it needs `accelerate`. This module skips the metadata
(0.3 s).

Format: GGUF version 3, little-endian, as the project ggml specifies it
(https://github.com/ggml-org/ggml).
"""

import math
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MAGIC: Final = b"GGUF"
VERSION: Final = 3
# The alignment of the data in bytes, if the metadata states no other.
ALIGNMENT: Final = 32
ALIGNMENT_KEY: Final = b"general.alignment"
# The size in bytes of a metadata value, by the number of its type. STRING and ARRAY have none.
SIZES: Final = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
STRING: Final = 8
ARRAY: Final = 9
# With blocks of 32 numbers, these take some 16 MB in float32.
BLOCKS_AT_ONCE: Final = 1 << 17


@dataclass(frozen=True)
class _Entry:
    """One tensor in the file's table.

    `shape` is in torch's order, `kind` the number of its block format, `offset` where its data
    begin.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int


class _Reader:
    """Reads numbers and strings one after the other."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.place = data, 0

    def number(self, form: str) -> int:
        """The next number, in the form that `struct` names."""
        (value,) = struct.unpack_from(f"<{form}", self.data, self.place)
        self.place += struct.calcsize(form)
        return int(value)

    def string(self) -> bytes:
        """The next string: its length, then its bytes."""
        length = self.number("Q")
        self.place += length
        return self.data[self.place - length : self.place]

    def skip(self, kind: int) -> None:
        """Skips a metadata value. Raises ValueError for an unknown type."""
        if kind == STRING:
            length = self.number("Q")
            self.place += length
        elif kind == ARRAY:
            inner, count = self.number("I"), self.number("Q")
            for _ in range(count if inner in (STRING, ARRAY) else 0):
                self.skip(inner)
            self.place += count * SIZES.get(inner, 0)
        elif kind in SIZES:
            self.place += SIZES[kind]
        else:
            raise ValueError(f"metadata of the unknown type {kind}")


def tensors(path: Path) -> Iterator[tuple[str, Any]]:
    """Names and float32 arrays of the file's tensors. Raises ValueError if it is no GGUF file."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            entries, start = _read_table(_Reader(data))
        except (struct.error, ValueError) as error:
            raise ValueError(f"{path} cannot be read as GGUF: {error}") from error
        for entry in entries:
            yield entry.name, _dequantise(data, entry, start + entry.offset)


def _read_table(reader: _Reader) -> tuple[list[_Entry], int]:
    """The entries of the file's tensors, and where their data begin."""
    magic, version = reader.data[: len(MAGIC)], 0
    reader.place = len(MAGIC)
    if magic == MAGIC:
        version = reader.number("I")
    if version != VERSION:
        raise ValueError(
            f"it begins with {magic!r} and version {version}, expected {MAGIC!r} and {VERSION}"
        )
    tensor_count, value_count = reader.number("Q"), reader.number("Q")
    alignment = ALIGNMENT
    for _ in range(value_count):
        key, kind = reader.string(), reader.number("I")
        if key == ALIGNMENT_KEY:
            alignment = reader.number("I")
        else:
            reader.skip(kind)
    entries = [_read_entry(reader) for _ in range(tensor_count)]
    return entries, math.ceil(reader.place / alignment) * alignment


def _read_entry(reader: _Reader) -> _Entry:
    name = reader.string().decode("utf-8")
    sizes = [reader.number("Q") for _ in range(reader.number("I"))]
    kind, offset = reader.number("I"), reader.number("Q")
    return _Entry(name, tuple(reversed(sizes)), kind, offset)


def _dequantise(data: mmap.mmap, entry: _Entry, start: int) -> Any:
    """The tensor's numbers.

    Many blocks are read at once, since `gguf.quants.dequantize` takes only sixteen rows at a time.
    """
    import numpy as np
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
    from gguf.quants import dequantize

    kind = GGMLQuantizationType(entry.kind)
    numbers, size = GGML_QUANT_SIZES[kind]
    count = math.prod(entry.shape) // numbers
    blocks = np.frombuffer(data, np.uint8, count * size, start).reshape(count, size)
    if numbers == 1:
        return dequantize(blocks, kind).reshape(entry.shape).copy()
    values = np.empty((count, numbers), np.float32)
    format_class = _format_class(kind)
    for begin in range(0, count, BLOCKS_AT_ONCE):
        part = slice(begin, begin + BLOCKS_AT_ONCE)
        values[part] = format_class.dequantize_blocks(blocks[part])
    return values.reshape(entry.shape)


def _format_class(kind: Any) -> Any:
    """The class of `gguf.quants` for a block format: it has the same name."""
    import gguf.quants

    return getattr(gguf.quants, kind.name)
