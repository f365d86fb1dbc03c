"""Single sentences of gold summaries as training examples."""

import random
from pathlib import Path
from typing import Any

import pytest

from models.training.examples import Example
from models.training.gold_examples import GOLD, HELD_OUT, gold_rows
from models.training.sentence_examples import (
    ADDITIONS,
    addition_examples,
    page_sentences,
    sentence_examples,
    sentence_marker,
)
from models.training.train import Examples, Recipe, pack_each
from tests.models.training.test_gold_examples import PAGE, write

SENTENCES = ["Nuagis ouvre une région de 1200 serveurs.", "Le site a coûté 45 millions d'euros."]
ROW: dict[str, Any] = {"id": "7", "fr": SENTENCES, "src": [[0, 1], [2]]}


def made(folder: Path, *rows: dict[str, Any]) -> list[Example]:
    write(folder / "orangesum_train.jsonl.gz", *({**PAGE, "id": row["id"]} for row in rows))
    return sentence_examples(folder, [write(folder / "gold.jsonl", *rows)], random.Random(1))


def test_sentences_end_as_the_writers_of_the_summaries_counted() -> None:
    assert page_sentences("Un. Deux ?", '"Trois" Quatre.\nCinq de 3.5 Go.') == [
        "Un.", "Deux ?", '"Trois"', "Quatre.", "Cinq de 3.5 Go.",
    ]  # fmt: skip


def test_each_sentence_is_learnt_from_its_sources(tmp_path: Path) -> None:
    rows = [{**ROW, "id": str(number)} for number in range(40)]
    examples = made(tmp_path, *rows)
    branches = [branch for example in examples for branch in example.branches]
    following = [branch for branch in branches if branch.marker == sentence_marker(7, first=False)]
    assert {branch.target for branch in following} == {SENTENCES[1]}
    assert len(following) == 40
    assert 5 <= len(branches) - len(following) <= 30
    for example in examples:
        if example.branches[0].target == SENTENCES[1]:
            assert "* Il a coûté 45 millions d'euros." in example.source


def test_a_next_sentence_follows_the_lead_or_the_summary(tmp_path: Path) -> None:
    examples = made(tmp_path, *({**ROW, "id": str(number)} for number in range(60)))
    following = [example for example in examples if example.branches[0].target == SENTENCES[1]]
    ends = [example.source.rsplit("\n\n", 1)[1] for example in following]
    assert set(ends) == {SENTENCES[0], PAGE["abstract"]}
    assert ends.count(PAGE["abstract"]) > ends.count(SENTENCES[0])


@pytest.mark.parametrize(("count", "is_learnt"), [(1200, True), (1300, False)])
def test_a_sentence_with_a_number_that_is_not_shown_is_not_learnt(
    tmp_path: Path, count: int, is_learnt: bool
) -> None:
    second = f"Le site compte {count} serveurs en tout."
    examples = made(tmp_path, {"id": "7", "fr": [SENTENCES[0], second], "src": [[0], [1]]})
    learnt = {example.branches[0].target for example in examples}
    assert (second in learnt) is is_learnt


def test_additions_follow_the_lead(tmp_path: Path) -> None:
    rows = [{**ROW, "id": str(number), "src": [[1], [2]]} for number in range(60)]
    write(tmp_path / "orangesum_train.jsonl.gz", *({**PAGE, "id": row["id"]} for row in rows))
    files = [write(tmp_path / "written.jsonl", *rows)]
    examples = addition_examples(tmp_path, files, random.Random(1))
    assert len(examples) == 120
    ends = [example.source.rsplit("\n\n", 1)[1] for example in examples]
    assert set(ends) == {PAGE["abstract"], f"{PAGE['abstract']} {SENTENCES[0]}"}
    assert ends.count(PAGE["abstract"]) > 90


def test_what_stands_behind_a_lead_has_sources_in_the_body() -> None:
    (path,) = ADDITIONS.glob("*.jsonl")
    rows = list(gold_rows(path))
    assert len(rows) > 1500
    held_out = {row["id"] for row in gold_rows(GOLD / HELD_OUT)}
    assert held_out.isdisjoint(row["id"] for row in rows)
    assert all(len(row["fr"]) == len(row["src"]) == len(row["en"]) for row in rows)
    assert all(min(sources) > 0 and len(sources) <= 3 for row in rows for sources in row["src"])


def test_a_step_has_as_many_sentences_as_the_recipe_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "orangesum_train.jsonl.gz", PAGE)
    write(tmp_path / "fr_en_train.tsv.gz")
    files = [write(tmp_path / "gold.jsonl", ROW)]
    monkeypatch.setattr("models.training.train.learnt_files", lambda _: files)
    recipe = Recipe(articles_per_step=0, pairs_per_step=0, sentences_per_step=7)
    examples = Examples(tmp_path, recipe, lambda text: [ord(letter) for letter in text])
    packs = examples.step(0)
    assert [int(packed.document.max()) for packed in packs] == [3, 3, 1]
    assert len(pack_each([], 3, examples.encode, 100)) == 0
