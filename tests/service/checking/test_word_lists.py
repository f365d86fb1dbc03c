"""The tables of words that the checks read."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from service.checking.word_lists import read_words
from service.text.tables import table

ROOM = "service.checking"
SHARED = ("verbs", "small_words")


def test_lists_are_joined() -> None:
    pronouns = read_words("small_words", "personal_pronouns", "nobody_named")
    assert pronouns == {"il", "elle", "ils", "elles", "on"}


@pytest.mark.parametrize(
    ("room", "name"),
    [*((ROOM, name) for name in SHARED), (f"{ROOM}.contradictions", "swapped_numbers")],
)
def test_no_list_has_a_word_twice(room: str, name: str) -> None:
    for list_name, words in table(room, name).items():
        flat = list(_flatten(words))
        # "rejet" is the opposite of "accept" and of "adopt".
        if list_name != "opposites":
            assert len(flat) == len(set(flat)), list_name


@pytest.mark.parametrize("name", SHARED)
def test_every_list_is_read(name: str) -> None:
    modules = Path(str(files(ROOM))).rglob("*.py")
    code = "".join(path.read_text(encoding="utf-8") for path in modules)
    unread = [list_name for list_name in table(ROOM, name) if f'"{list_name}"' not in code]
    assert unread == []


def _flatten(words: Any) -> Iterator[str]:
    if isinstance(words, str):
        yield words
        return
    for entry in words:
        yield from _flatten(entry)
