"""GGUF files are read as the `gguf` package reads them."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from models.builtin import gguf_tensors
from models.builtin.gguf_tensors import tensors

KINDS = ("Q8_0", "Q5_0")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small file with metadata of many types, and tensors in three block formats."""
    numbers = np.random.default_rng(0).standard_normal((6, 64)).astype(np.float32)
    writer = gguf.GGUFWriter(str(tmp_path / "model.gguf"), "gemma3")
    writer.add_array("tokens", ["un", "deux", "trois"])
    writer.add_array("scores", [0.5, 1.5])
    writer.add_bool("whole", True)
    writer.add_float32("epsilon", 1e-6)
    writer.add_custom_alignment(64)
    writer.add_tensor("plain", numbers[0])
    for name in KINDS:
        kind = gguf.GGMLQuantizationType[name]
        writer.add_tensor(name, gguf.quants.quantize(numbers, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tmp_path / "model.gguf"


@pytest.mark.parametrize("at_once", [1 << 17, 5])
def test_tensors_are_those_of_the_library(
    path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(gguf_tensors, "BLOCKS_AT_ONCE", at_once)
    expected = {
        each.name: gguf.quants.dequantize(each.data, each.tensor_type)
        for each in gguf.GGUFReader(path).tensors
    }
    read = dict(tensors(path))
    assert read.keys() == expected.keys() == {"plain", *KINDS}
    for name, values in read.items():
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, expected[name])


@pytest.mark.parametrize(
    ("start", "message"),
    [(b"GGML\x03\0\0\0", "begins with b'GGML'"), (b"GGUF\x02\0\0\0", "version 2")],
)
def test_another_format_is_refused(path: Path, start: bytes, message: str) -> None:
    data = path.read_bytes()
    path.write_bytes(start + data[len(start) :])
    with pytest.raises(ValueError, match=message):
        dict(tensors(path))


def test_a_cut_file_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ValueError, match=r"model\.gguf cannot be read as GGUF"):
        dict(tensors(path))
