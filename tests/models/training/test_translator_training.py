"""The adapter of the built-in translator: its pairs, and its training on a tiny Marian."""

import argparse
import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.builtin import opus_mt
from models.training.translator import (
    HELD_OUT,
    PAIRS,
    is_held_out,
    own_pairs,
    train,
    training_pairs,
)
from tests.checkpoints import ENGLISH, FRENCH, marian

OWN = own_pairs()


def test_every_pair_has_two_sides_and_stands_once() -> None:
    lines = [
        line
        for path in PAIRS.glob("*.tsv")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(OWN) == len(lines) > 6000
    assert all(
        line.count("\t") == 1 and not line.startswith("\t") and not line.endswith("\t")
        for line in lines
    )
    assert len({french for french, _ in OWN}) == len(OWN)


def test_hearsay_is_no_condition() -> None:
    """Of the pairs with one conditional perfect and no "si" few say "would have": those that are
    meant so."""
    hearsay = [
        english
        for french, english in OWN
        if " aurait " in french and "si" not in french.lower().split()
    ]
    assert sum("would have" in english for english in hearsay) < 0.2 * len(hearsay)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with gzip.open(tmp_path / "fr_en_train.tsv.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(
            f"{french}\t{english}\tnews_test\n"
            for french, english in zip(FRENCH, ENGLISH, strict=True)
        )
    return tmp_path


def test_held_out_pairs_are_not_taught(data: Path) -> None:
    pairs = [(f"français {k}", f"English {k}") for k in range(3 * HELD_OUT)]
    taught = training_pairs(pairs, data, share=0.1, seed=1)
    kept = [pair for pair in pairs if is_held_out(pair)]
    assert 0 < len(kept) < len(pairs) / 4
    assert not set(taught) & set(kept)
    learnt = len(pairs) - len(kept)
    assert len(set(taught) & set(pairs)) == learnt
    assert len(taught) - learnt == round(0.1 * learnt)
    assert len(OWN) / 14 < sum(map(is_held_out, OWN)) < len(OWN) / 10


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Operations of this size wait for each other on more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.filterwarnings("ignore")
def test_training_lowers_the_loss_and_a_stopped_run_ends_alike(data: Path) -> None:
    folder, pairs, out = data / "marian", data / "pairs", data / "out"
    folder.mkdir()
    pairs.mkdir()
    marian(folder)
    (pairs / "own.tsv").write_text(
        "".join(f"{f}\t{e}\n" for f, e in zip(FRENCH, ENGLISH, strict=True)), encoding="utf-8"
    )
    options = argparse.Namespace(
        data=data, out=out, pairs=pairs, adapter=None, share=1.0, epochs=8.0, batch=6, rank=4,
        learning_rate=2e-2, save_every=8,
        seed=3,
    )  # fmt: skip
    train(options, folder)
    log = [
        entry["loss"]
        for entry in json.loads((out / "log.json").read_text(encoding="utf-8"))
        if "loss" in entry
    ]
    assert log[-1] < log[0] - 0.1
    weights = load_file(out / "adapter" / "adapter_model.safetensors")
    config = json.loads((out / "adapter" / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "Helsinki-NLP/opus-mt-fr-en"
    last = max(out.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    shutil.rmtree(last)
    shutil.rmtree(out / "adapter")
    train(options, folder)
    again = load_file(out / "adapter" / "adapter_model.safetensors")
    steps = [
        entry["step"]
        for entry in json.loads((out / "log.json").read_text(encoding="utf-8"))
        if "loss" in entry
    ]
    assert steps == [8, 16, 24, 32]
    apart = sum((weights[name] - again[name]).float().square().sum() for name in weights)
    assert apart < 0.01 * sum(weight.float().square().sum() for weight in weights.values())
    options.adapter, options.out = (
        out / "adapter",
        data / "more",
    )  # gone on with, it has learnt all that already
    train(options, folder)
    more = [
        entry["loss"]
        for entry in json.loads((options.out / "log.json").read_text(encoding="utf-8"))
        if "loss" in entry
    ]
    assert max(more) < log[0] - 0.1


def test_the_adapter_that_ships_is_part_of_what_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opus_mt.fingerprint()
    for name in opus_mt.ADAPTER_FILES:
        (tmp_path / name).write_bytes((opus_mt.ADAPTER / name).read_bytes())
    (tmp_path / opus_mt.ADAPTER_FILES[1]).write_bytes(b"another")
    monkeypatch.setattr(opus_mt, "ADAPTER", tmp_path)
    opus_mt.fingerprint.cache_clear()
    assert opus_mt.fingerprint() != before
    opus_mt.fingerprint.cache_clear()
