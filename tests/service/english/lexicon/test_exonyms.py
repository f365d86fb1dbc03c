"""Places that were left in French get their English names."""

import pytest

from service.english.lexicon.exonyms import correct_places
from tests.service.english.candidates import choose_best


def test_places_of_two_words_get_their_english_names() -> None:
    french = "Deux girafes de Floride (Etats-Unis) vont aux Pays-Bas, puis aux Etats-Unis."
    best = choose_best(
        french, "Two giraffes from Florida (Etats-Unis) go to the Pays-Bas, then to Etats-Unis."
    )
    assert best.text == (
        "Two giraffes from Florida (United States) go to the Netherlands, then to the United "
        "States."
    )


def test_places_left_in_french_get_their_english_names() -> None:
    french = (
        "Le port de Beyrouth et celui d'Égypte, en Haute-Savoie, a dit Virginie Roux au Journal de "
        "Genève."
    )
    best = choose_best(
        french,
        "The port of Beyrouth and that of Égypte, in Haute-Savoie, Virginie Roux told Le Journal "
        "de Genève.",
    )
    assert best.text == (
        "The port of Beirut and that of Egypt, in Haute-Savoie, Virginie Roux told Le Journal de "
        "Genève."
    )
    assert best.sound


@pytest.mark.parametrize(
    ("french", "left", "right"),
    [
        ("Il vit à Séville.", "He lives in Séville.", "He lives in Seville."),
        ("Il est né en Israël.", "He was born in Israël.", "He was born in Israel."),
        ("Il vit à Bogotá.", "He lives in Bogotá.", "He lives in Bogota."),
        ("Elle lit Le Journal de Québec.", "She reads Le Journal de Québec.",
        "She reads Le Journal de Québec."),
        ("Le ministre Israël Katz part.", "The minister Israël Katz is leaving.",
        "The minister Israël Katz is leaving."),
    ],
)  # fmt: skip
def test_places_that_differ_in_an_accent_only(french: str, left: str, right: str) -> None:
    assert correct_places(left, french) == right


@pytest.mark.parametrize(
    ("french", "left", "english"),
    [
        (
            "Il part à Dresde et à Anvers.",
            "He leaves for Dresde and Anvers.",
            "He leaves for Dresden and Antwerp.",
        ),
        ("Il part à La Haye.", "He leaves for La Haye.", "He leaves for The Hague."),
        (
            "Il vend Bruxelles Formation.",
            "He sells Bruxelles Formation.",
            "He sells Bruxelles Formation.",
        ),
        ("Il soutient le FC Barcelone.", "He supports FC Barcelone.", "He supports FC Barcelona."),
        ("Il vend Air Algérie.", "He sells Air Algérie.", "He sells Air Algérie."),
    ],
)
def test_cities_inside_longer_names_stay(french: str, left: str, english: str) -> None:
    assert choose_best(french, left).text == english
