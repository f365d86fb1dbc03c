"""What is asked of the summarizer for an entry."""

import threading
from typing import Any

import pytest

from service.feeds.entries import Basis, EntryWriter
from service.feeds.grouping.stories import Story
from service.feeds.item import Item

TEXT = "Une panne électrique a coupé mardi 2 000 sites à Roubaix. Le courant est revenu."


@pytest.mark.parametrize(
    ("title", "feed", "language", "is_asked_for"),
    [
        ("Panne chez Nuagis", "https://un.example/rss", "fr", True),
        ("Nuagis", "https://un.example/rss", "fr", False),
        ("mot " * 21, "https://un.example/rss", "fr", False),
        ("mot " * 21, "https://un.example/rss", "en", True),
        (TEXT, "", "fr", True),
        (f"{TEXT[:40]}…", "https://un.example/rss", "fr", False),
    ],
)
def test_a_headline_is_asked_for_where_it_is_shown_or_costs_nothing(
    title: str, feed: str, language: str, is_asked_for: bool
) -> None:
    asked: list[dict[str, Any]] = []

    def summarise(fields: dict[str, Any]) -> dict[str, Any]:
        asked.append(fields)
        return {"sentences": [], "headline": None}

    writer = EntryWriter(summarise, lambda link, feed: "", language)
    writer.write(Story((Item("1", title, TEXT, feed=feed, source="Un"),)))
    assert [fields["headline"] for fields in asked] == [is_asked_for]


def test_the_opening_that_an_item_is_called_by_is_not_summarised_twice() -> None:
    asked: list[dict[str, Any]] = []

    def summarise(fields: dict[str, Any]) -> dict[str, Any]:
        asked.append(fields)
        return {"sentences": [], "headline": None}

    title = f"{TEXT[:40]}…"
    item = Item("1", title, TEXT, feed="https://un.example/rss", source="Un")
    entry = EntryWriter(summarise, lambda link, feed: "", "fr").write(Story((item,)))
    assert entry.headline == title
    assert [fields["text"] for fields in asked] == [TEXT]


def test_entries_are_written_several_at_a_time_and_in_order() -> None:
    stories = [
        Story((Item(str(k), f"Sujet {k}", TEXT, f"https://un.example/{k}", feed="f", source="Un"),))
        for k in range(6)
    ]
    together = threading.Barrier(2)
    all_fetched = threading.Barrier(len(stories))
    under_way: list[int] = []
    most = 0
    lock = threading.Lock()

    def fetch(link: str, feed: str) -> str:
        all_fetched.wait(5)  # Pages come while others wait for their turn.
        return "<p>Une page.</p>"

    def summarise(fields: dict[str, Any]) -> dict[str, Any]:
        nonlocal most
        with lock:
            under_way.append(1)
            most = max(most, len(under_way))
        together.wait(5)
        with lock:
            under_way.pop()
        return {"sentences": [], "headline": None}

    told: list[tuple[int, int]] = []
    writer = EntryWriter(summarise, fetch, "fr", lambda: 2)
    entries = writer.write_all(stories, lambda done, count: told.append((done, count)))
    assert [entry.headline for entry in entries] == [f"Sujet {k}" for k in range(6)]
    assert all(entry.basis is Basis.PAGE for entry in entries)
    assert told == [(done, 6) for done in range(7)]
    assert most == 2


def test_an_error_of_the_model_ends_the_work() -> None:
    stories = [Story((Item(str(k), f"Sujet {k}", TEXT, feed="f"),)) for k in range(50)]
    asked: list[dict[str, Any]] = []

    def fail(fields: dict[str, Any]) -> dict[str, Any]:
        asked.append(fields)
        raise RuntimeError("The model is gone.")

    writer = EntryWriter(fail, lambda link, feed: "", "fr")
    with pytest.raises(RuntimeError, match="gone"):
        writer.write_all(stories, lambda done, count: None)
    assert len(asked) < len(stories)


def test_nothing_is_chosen_where_there_are_no_stories() -> None:
    def refuse() -> int:
        raise AssertionError("no model is needed")

    writer = EntryWriter(lambda fields: {}, lambda link, feed: "", "fr", refuse)
    assert writer.write_all([], lambda done, count: None) == []
