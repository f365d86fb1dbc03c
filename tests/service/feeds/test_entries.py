"""What is asked of the summarizer for an entry."""

from typing import Any

import pytest

from service.feeds.entries import EntryWriter
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
