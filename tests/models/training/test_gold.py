"""The gold summaries are whole and as long as they should be. Those held out are nowhere else."""

import json
from pathlib import Path
from typing import Any

import pytest

import models.training

GOLD = Path(models.training.__file__).with_name("gold")
MEDIUM_WORDS = range(35, 76)
MAX_SHORT_WORDS = 27
LONG_WORDS = range(90, 161)


def rows(name: str) -> list[dict[str, Any]]:
    lines = (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def words(row: dict[str, Any]) -> int:
    return len(" ".join(row["fr"]).split())


@pytest.mark.parametrize("name", ["medium", "short", "long", "held_out"])
def test_each_sentence_has_its_sources_and_its_english(name: str) -> None:
    for row in rows(name):
        assert len(row["fr"]) == len(row["src"]) == len(row["en"]) > 0
        assert all(text.strip() for text in (*row["fr"], *row["en"]))
        assert all(isinstance(number, int) for numbers in row["src"] for number in numbers)


def test_summaries_are_as_long_as_they_should_be() -> None:
    assert all(words(row) in MEDIUM_WORDS for row in (*rows("medium"), *rows("held_out")))
    assert all(words(row) <= MAX_SHORT_WORDS for row in rows("short"))
    assert all(words(row) in LONG_WORDS for row in rows("long"))


def test_what_is_held_out_is_not_learnt() -> None:
    held_out = {row["id"] for row in rows("held_out")}
    assert len(held_out) == 150
    for name in ("medium", "short", "long"):
        ids = [row["id"] for row in rows(name)]
        assert len(ids) == len(set(ids))
        assert held_out.isdisjoint(ids)
