"""Whole pages with gold summaries as training examples."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from models.prompts import summary_marker
from models.training.gold_examples import GOLD, HELD_OUT, gold_examples, gold_rows, learnt_files
from models.training.train import Examples, Recipe

PAGE: dict[str, Any] = {
    "id": "7",
    "abstract_task": False,
    "title_task": False,
    "title": "Nuagis ouvre à Lille",
    "abstract": "L'hébergeur Nuagis ouvre une région à Lille.",
    "article": "Le site compte 1200 serveurs.\nIl a coûté 45 millions d'euros.",
}
MEDIUM = ["L'hébergeur Nuagis ouvre une région à Lille.", "Elle a coûté 45 millions d'euros."]
SHORT = ["Nuagis ouvre une région à Lille, avec 1200 serveurs pour l’hébergeur."]


def write(path: Path, *rows: object) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write(tmp_path / "orangesum_train.jsonl.gz", PAGE, {**PAGE, "id": "8"})
    return tmp_path


def test_the_lengths_of_a_page_share_its_source(data: Path) -> None:
    files = [
        write(data / "medium.jsonl", {"id": "7", "fr": MEDIUM}),
        write(data / "short.jsonl.gz", {"id": 7, "fr": SHORT}),
    ]
    (example,) = gold_examples(data, files, random.Random(1))
    assert example.source.endswith(f"{PAGE['abstract']}\n{PAGE['article']}")
    medium, short = example.branches
    assert (medium.marker, medium.target) == (summary_marker(13), " ".join(MEDIUM))
    assert short.target == SHORT[0].replace("’", "'")


def test_most_pages_have_their_title(data: Path) -> None:
    pages = [{**PAGE, "id": str(number)} for number in range(100)]
    write(data / "orangesum_train.jsonl.gz", *pages)
    rows = [{"id": page["id"], "fr": MEDIUM} for page in pages]
    made = gold_examples(data, [write(data / "medium.jsonl", *rows)], random.Random(1))
    titled = sum(example.source.startswith(PAGE["title"]) for example in made)
    assert 65 <= titled <= 95


def test_a_summary_with_a_number_of_its_own_is_not_learnt(data: Path) -> None:
    wrong = ["L'hébergeur Nuagis ouvre une région de 1300 serveurs à Lille."]
    files = [write(data / "medium.jsonl", {"id": "7", "fr": wrong}, {"id": "8", "fr": MEDIUM})]
    assert len(gold_examples(data, files, random.Random(1))) == 1


def test_what_is_held_out_is_in_no_file_that_is_learnt(data: Path) -> None:
    held_out = {row["id"] for row in gold_rows(GOLD / HELD_OUT)}
    learnt = {row["id"] for path in learnt_files(data) for row in gold_rows(path)}
    assert len(learnt) > 2000
    assert held_out.isdisjoint(learnt)


def test_a_step_has_as_many_gold_pages_as_the_recipe_says(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [write(data / "medium.jsonl", {"id": "7", "fr": MEDIUM}, {"id": "8", "fr": MEDIUM})]
    write(data / "fr_en_train.tsv.gz")
    monkeypatch.setattr("models.training.train.learnt_files", lambda _: files)
    recipe = Recipe(articles_per_step=3, gold_per_step=3, pairs_per_step=0)
    examples = Examples(data, recipe, lambda text: [ord(letter) for letter in text])
    assert len(examples.gold) == 2
    packs = examples.step(0)
    assert len(packs) == 3
    assert all(int(packed.learnt.sum()) > len(" ".join(MEDIUM)) for packed in packs)
