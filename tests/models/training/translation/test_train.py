"""The adapter of the built-in translator: its pairs, and its training on a tiny Marian."""

import argparse
import gzip
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, MarianMTModel

from models.builtin import opus_mt
from models.checkpoints.updates import apply_update
from models.training.examples import orangesum
from models.training.gold_examples import GOLD, HELD_OUT, gold_rows
from models.training.packing import IGNORED
from models.training.sentence_examples import page_sentences
from models.training.translation.output_layer import OutputLayer
from models.training.translation.sentence_pairs import (
    PAIRS,
    Batch,
    added_pairs,
    batches,
    gold_pairs,
    is_held_out,
    own_pairs,
    pairs_of_pass,
    summary_pairs,
)
from models.training.translation.train import Trainer, rate, train, trained_layers
from tests.checkpoints import ENGLISH, FRENCH, marian
from tests.data import TRAINING, needs

OWN = own_pairs()


def plain(text: str) -> str:
    """The words of a text, without what stands between them."""
    return " ".join(re.findall(r"\w+", text.lower()))


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


@needs(TRAINING)
def test_no_pair_is_a_sentence_or_the_title_of_a_page_that_is_held_out() -> None:
    held_out = {str(row["id"]) for row in gold_rows(GOLD / HELD_OUT)}
    pages = [page for page in orangesum(TRAINING) if page["id"] in held_out]
    assert len(pages) == len(held_out)
    told = {
        plain(text)
        for page in pages
        for text in (page["title"], *page_sentences(page["abstract"], page["article"]))
        if len(text.split()) > 3
    }
    assert told.isdisjoint(plain(french) for french, _ in OWN)


def test_about_one_own_pair_in_96_is_held_out() -> None:
    assert len(OWN) / 115 < sum(map(is_held_out, OWN)) < len(OWN) / 80


def test_each_pass_has_all_own_pairs_and_other_public_ones() -> None:
    own = [(f"français {k}", f"English {k}") for k in range(20)]
    public = [(f"public {k}", f"public {k}") for k in range(8)]
    first, second = (pairs_of_pass(own, public, 0.2, number) for number in (0, 1))
    assert first == [*own, *public[:4]]
    assert second == [*own, *public[4:]]
    assert pairs_of_pass(own, public, 0.2, 2) == first


def test_the_gold_that_is_held_out_is_not_learnt(tmp_path: Path) -> None:
    learnt = gold_pairs(GOLD, tmp_path)
    assert len(learnt) > 5000
    assert {french for french, _ in learnt}.isdisjoint(
        french for french, _ in summary_pairs(GOLD / HELD_OUT)
    )


def test_gold_of_the_data_folder_is_learnt_too(tmp_path: Path) -> None:
    row = json.dumps({"fr": ["Bonjour.", "Merci."], "en": ["Hello.", "Thank you."]})
    with gzip.open(tmp_path / "gold.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write(row)
    (tmp_path / "headlines_fr_en.tsv").write_text("Titre\tHeadline\n", encoding="utf-8")
    found = gold_pairs(tmp_path, tmp_path)
    assert found == [("Bonjour.", "Hello."), ("Merci.", "Thank you."), ("Titre", "Headline")]


def test_sentences_behind_a_lead_are_learnt_too(tmp_path: Path) -> None:
    row = json.dumps({"fr": ["Bonjour."], "src": [[3]], "en": ["Hello."]})
    (tmp_path / "written.jsonl").write_text(row, encoding="utf-8")
    assert added_pairs(tmp_path) == [("Bonjour.", "Hello.")]
    assert len(added_pairs()) > 12_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("marian")
    marian(made)
    return made


def test_batches_have_all_pairs_once_and_no_more_tokens_than_asked(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    pairs = list(zip(FRENCH, ENGLISH, strict=True))
    made = list(batches(pairs, tokenizer, 40, seed=1))
    assert sum(len(batch.source) for batch in made) == len(pairs)
    assert all(batch.target.numel() <= 40 or len(batch.target) == 1 for batch in made)
    written = [
        tokenizer.decode(row[row != IGNORED], skip_special_tokens=True)
        for batch in made
        for row in batch.target
    ]
    assert sorted(written) == sorted(
        tokenizer.decode(tokenizer(text_target=text).input_ids, skip_special_tokens=True)
        for text in ENGLISH
    )


def test_the_loss_is_that_of_torch_over_the_rows_of_the_layer() -> None:
    torch.manual_seed(0)
    weight, bias = torch.randn(30, 8), torch.randn(30)
    hidden, target = torch.randn(700, 8, requires_grad=True), torch.randint(30, (700,))
    layer = OutputLayer(weight, bias, torch.arange(30))
    loss = layer.loss(hidden, target, 0.1)
    loss.backward()  # type: ignore[no-untyped-call]
    gradient, hidden.grad = hidden.grad, None
    expected = torch.nn.functional.cross_entropy(
        hidden @ weight.t() + bias, target, label_smoothing=0.1
    )
    expected.backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(gradient, hidden.grad)


def test_a_token_that_the_data_does_not_have_is_no_target() -> None:
    layer = OutputLayer(torch.randn(9, 4), torch.randn(9), torch.tensor([1, 3, 5]))
    assert layer.loss(torch.randn(2, 4), torch.tensor([3, 5]), 0.0).isfinite()
    with pytest.raises(ValueError, match="none of the known"):
        layer.loss(torch.randn(1, 4), torch.tensor([2]), 0.0)


def test_the_learning_rate_warms_up_stays_and_falls() -> None:
    assert [rate(step, 1000, 200) for step in (0, 49, 400, 800, 900, 1000)] == [
        0.01, 0.5, 1.0, 1.0, 0.5, 0.0
    ]  # fmt: skip


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Operations of this size wait for each other on more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def options(data: Path) -> argparse.Namespace:
    """Those of a run of 40 steps on a few pairs."""
    pairs = data / "pairs"
    pairs.mkdir()
    (pairs / "own.tsv").write_text(
        "".join(f"{f}\t{e}\n" for f, e in zip(FRENCH, ENGLISH, strict=True)), encoding="utf-8"
    )
    return argparse.Namespace(
        data=data, out=data / "out", pairs=pairs, gold=data, additions=pairs, start=None,
        share=1.0, steps=40, decay=20, tokens=60, learning_rate=2e-2, save_every=10, seed=3,
    )  # fmt: skip


@pytest.mark.usefixtures("one_thread")
@pytest.mark.filterwarnings("ignore")
def test_training_lowers_the_loss_and_a_stopped_run_ends_alike(
    options: argparse.Namespace, folder: Path
) -> None:
    out = options.out
    train(options, folder)
    losses = [entry["loss"] for entry in entries(out) if "loss" in entry]
    assert losses[-1] < losses[0] - 0.1
    assert min(entry["own"] for entry in entries(out) if "own" in entry) < entries(out)[0]["own"]
    weights = updated(folder, out)
    shutil.rmtree(out)
    options.steps, options.decay = 20, 0
    train(options, folder)
    options.steps, options.decay = 40, 20
    train(options, folder)
    assert [entry["step"] for entry in entries(out) if "loss" in entry] == [10, 20, 30, 40]
    again = updated(folder, out)
    plain = trained_layers(MarianMTModel.from_pretrained(folder))
    for name, weight in weights.items():
        torch.testing.assert_close(weight, again[name], atol=1e-3, rtol=0)
        assert not torch.equal(weight, plain[name])


@pytest.mark.usefixtures("one_thread")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("seed", "first"), [(3, 2), (4, 0)])
def test_a_run_goes_on_with_the_next_batch_or_with_a_pass_of_other_pairs(
    options: argparse.Namespace,
    folder: Path,
    seed: int,
    first: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt: list[torch.Tensor] = []

    def step(_: Trainer, batch: Batch, share: float) -> float:
        learnt.append(batch.target)
        return share

    monkeypatch.setattr(Trainer, "step", step)
    for options.steps, options.seed in ((2, 3), (3, seed), (4, seed)):
        train(options, folder)
    shutil.rmtree(options.out)
    train(options, folder)
    resumed, whole = learnt[:4], learnt[4:]
    assert len(resumed) == len(whole) == 4
    for place, target in enumerate(resumed[2:], first):
        torch.testing.assert_close(target, whole[place])


def updated(folder: Path, out: Path) -> dict[str, torch.nn.Parameter]:
    model = MarianMTModel.from_pretrained(folder)
    apply_update(model, out / "update.safetensors")
    return trained_layers(model)


def entries(out: Path) -> list[dict[str, float]]:
    lines = (out / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_update_that_ships_is_part_of_what_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opus_mt.fingerprint()
    (tmp_path / "update.safetensors").write_bytes(b"another")
    monkeypatch.setattr(opus_mt, "UPDATE", tmp_path / "update.safetensors")
    opus_mt.fingerprint.cache_clear()
    assert opus_mt.fingerprint() != before
    opus_mt.fingerprint.cache_clear()
