"""What another source adds is told: a sentence with a figure or a name that the first lacks."""

import pytest

from service.feeds.grouping.additions import find_additions
from service.feeds.grouping.stories import Story
from service.feeds.item import Item

FIRST = Item(
    "1",
    "Ferrovia choisit Dunkerque pour son usine",
    "Le fabricant Ferrovia construira son usine de batteries à Dunkerque. Le chantier débutera au "
    "printemps.",
    source="A",
)


def additions(*texts: str, article: str = "") -> list[tuple[str, str]]:
    others = (
        Item(text, FIRST.title, text, source=source)
        for source, text in zip("BCDE", texts, strict=False)
    )
    found = find_additions(Story((FIRST, *others)), FIRST, article)
    return [(addition.text, addition.source) for addition in found]


JOBS = "L'usine emploiera 600 personnes dès son ouverture, selon le maire."
MONEY = "La banque Alpen Capital apporte la moitié de l'argent du projet."


def test_a_figure_and_a_name_are_told_with_their_source() -> None:
    assert additions(f"Une usine sort de terre. {JOBS}", MONEY) == [(JOBS, "B"), (MONEY, "C")]


@pytest.mark.parametrize(
    "text",
    [
        "Le fabricant Ferrovia construira au printemps son usine de Dunkerque.",  # nothing new
        "Il emploiera 600 personnes dans le nord du pays dès son ouverture.",  # who?
        "600 emplois sont attendus.",  # too short
        "L'usine emploiera 600 personnes dès son ouverture, selon le mai…",  # cut
        "Le chantier durera trois ans et sera fini en 2029, dit la direction.",  # times
    ],
)
def test_what_adds_nothing(text: str) -> None:
    assert additions(text) == []


def test_what_the_article_or_an_earlier_source_says_is_not_added() -> None:
    assert additions(JOBS, article=f"Le projet est grand. {JOBS}") == []
    assert additions(JOBS, JOBS) == [(JOBS, "B")]


def test_another_figure_of_the_same_thing_is_a_difference() -> None:
    assert additions(JOBS, article="L'usine emploiera 500 personnes.") == []
