"""Items that tell the same event become one story; another event of the same firm does not."""

from datetime import UTC, datetime, timedelta

import pytest

from service.feeds.grouping.differences import find_differences
from service.feeds.grouping.likeness import ALIKE, WINDOW, Comparison, traits_of
from service.feeds.grouping.stories import Story, group
from service.feeds.item import Item
from tests.service.feeds.grouping.pairs import PARTS, item_of, pairs, rows, score
from tests.timing import seconds_of

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
MIN_PRECISION = 0.95
MIN_RECALL = 0.8


@pytest.mark.parametrize("part", PARTS)
def test_pairs_are_told_apart(part: str) -> None:
    measured = score(part)
    assert measured.precision >= MIN_PRECISION
    assert measured.recall >= MIN_RECALL


@pytest.mark.parametrize("part", PARTS)
def test_items_of_other_firms_are_never_alike(part: str) -> None:
    assert max(value for value, _ in pairs(part, within=False)) < ALIKE


@pytest.mark.parametrize("part", PARTS)
def test_no_story_mixes_events(part: str) -> None:
    items = [item_of(row) for row in rows(part)]
    stories = group(items)
    assert sum(len(story.items) for story in stories) == len(items)
    assert all(len({item.folder for item in story.items}) == 1 for story in stories)


def item(source: str, title: str, text: str, hours: float = 0, link: str = "") -> Item:
    return Item(source, title, text, link, NOW - timedelta(hours=hours), source, source)


LEAK = item(
    "A",
    "Luméo piraté : 3,4 millions de clients touchés",
    "Le vol de données révélé jeudi chez Luméo touche 3,4 millions d'abonnés, selon la Cnil. "
    "Une plainte a été déposée.",
)
EARLIER_LEAK = item(
    "B",
    "Fuite de données chez Luméo, la Cnil saisie",
    "Un vol de données a touché deux millions d'abonnés de Luméo jeudi. Une plainte a été déposée.",
    hours=5,
)


def test_the_newest_item_comes_first_and_sources_are_counted_once() -> None:
    again = item("B", LEAK.title, LEAK.text, hours=1)
    (story,) = group([EARLIER_LEAK, LEAK, again])
    assert [each.source for each in story.items] == ["A", "B", "B"]
    assert story.sources == 2


def test_items_of_other_days_are_other_stories() -> None:
    late = item("B", LEAK.title, LEAK.text, hours=WINDOW / timedelta(hours=1) + 1)
    assert len(group([LEAK, late])) == 2


PLANT = "Le fabricant Ferrovia construira son usine de batteries à {}. La ville l'a dit {}."


@pytest.mark.parametrize(
    ("place", "day", "stories"),
    [("Dunkerque", "lundi", 1), ("Calais", "lundi", 2), ("Dunkerque", "mardi", 2)],
)
def test_an_event_has_its_place_and_its_day(place: str, day: str, stories: int) -> None:
    first = item("A", "Une usine Ferrovia à Dunkerque", PLANT.format("Dunkerque", "lundi"))
    second = item("B", f"Batteries : Ferrovia choisit {place}", PLANT.format(place, day))
    assert len(group([first, second])) == stories


@pytest.mark.parametrize(
    ("title", "hours"),
    [("Ferrovia va créer 900 emplois", 0), ("Ferrovia va créer des emplois", 24)],
)
def test_a_figure_of_the_title_and_a_day_between_speak_against_one_event(
    title: str, hours: float
) -> None:
    plant = PLANT.format("Dunkerque", "lundi")
    first, second, other = map(
        traits_of,
        (
            item("A", "Une usine Ferrovia à Dunkerque", plant),
            item("B", "Ferrovia va créer des emplois", plant),
            item("C", title, plant, hours),
        ),
    )
    comparison = Comparison([first, second, other])
    assert comparison.likeness(first, other) < comparison.likeness(first, second)


@pytest.mark.parametrize(
    ("link", "other"),
    [
        ("/1", "/1"),
        ("/1", "/1?"),
        ("/1", "/1#xtor=RSS-1"),
        ("/1", "/1#utm_source=rss"),
        ("/1", "/1?utm_source=rss&utm_medium=feed"),
        ("/1?a=1", "/1?utm_source=rss&a=1&xtor=RSS-1"),
        ("/1?a=1#b", "/1?a=1&utm_source=rss#b"),
    ],
)
def test_a_link_is_one_item(link: str, other: str) -> None:
    first = item("A", "Un titre", "Un texte.", link=f"https://a.example{link}")
    second = item("B", "Un autre titre", "Un autre.", link=f"https://a.example{other}")
    assert [story.items for story in group([first, second])] == [(first,)]


@pytest.mark.parametrize(
    ("link", "other"), [("/notes#v1", "/notes#v2"), ("/?p=1", "/?p=2"), ("/1?a=1", "/1?b=1")]
)
def test_parts_of_a_page_and_its_parameters_are_other_items(link: str, other: str) -> None:
    first = item("A", "Un titre", "Un texte.", link=f"https://a.example{link}")
    second = item("A", "Autre chose", "Un robot.", link=f"https://a.example{other}")
    assert len(group([first, second])) == 2


def test_a_link_of_marks_alone_is_read_in_time() -> None:
    marks = item("A", "Un titre", "Un texte.", link=f"https://a.example/{'?' * 200_000}a")
    assert seconds_of(lambda: group([marks])) < 5


def test_figures_that_differ_are_told_with_their_sources() -> None:
    (difference,) = find_differences(Story((LEAK, EARLIER_LEAK)))
    assert [(figure.written, figure.source) for figure in difference] == [
        ("3,4 millions d’abonnés", "A"),
        ("2 millions d’abonnés", "B"),
    ]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (
            "Le téléphone d'Opalis coûte 399 euros.",
            "Le téléphone d'Opalis coûte près de 400 euros.",
        ),
        ("La panne a duré cinq heures mardi.", "La panne de mardi a été résolue vers 14 heures."),
        ("L'amende est de 12 millions d'euros.", "L'amende est de 12 M€."),
        ("Le vol touche 12 clients.", "Le vol touche 12 clients sur 900 clients."),
        ("L'usine emploie 12 salariés.", "Le groupe a 4 000 salariés, dont ceux de l'usine."),
        ("Le vol touche 12 clients.", "Dix clients attendent leur colis."),
    ],
)
def test_other_figures_are_no_difference(text: str, other: str) -> None:
    story = Story((item("A", "Un titre", text), item("B", "Un titre", other)))
    assert not find_differences(story)


def test_many_items_are_grouped_in_time() -> None:
    items = [
        item(
            str(k % 40),
            f"Société{k} lève {k + 20} millions d'euros",
            f"La jeune pousse Société{k} de Lyon boucle un tour de {k + 20} millions d'euros.",
            link=f"https://a.example/{k}",
        )
        for k in range(400)
    ]
    assert len(group(items)) == 400
