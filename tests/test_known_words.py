"""Which words of the table a model knows, on a model that knows one."""

from tests.engines import ScriptedEngine
from tests.known_words import contexts, known

TEXTS = [
    "En pleine canicule, les pompiers ont quitté la ville de Lille mardi soir.",
    "Une canicule et un incendie : les pompiers luttent.",
    "Les Pompiers de Lille.",
]


def test_contexts_are_short_passages_with_the_word() -> None:
    found = contexts(TEXTS, {"canicule", "pompiers", "incendie"})
    assert found["canicule"] == ["En pleine canicule, les pompiers ont quitté la", "Une canicule et un incendie : les"]
    assert found["incendie"] == ["Une canicule et un incendie : les pompiers luttent."]
    assert len(found["pompiers"]) == 2


def test_contexts_of_phrases() -> None:
    found = contexts(
        ["À la suite d'un incendie à Lille, la police a lancé un appel à témoins."], {"suite d'", "appel à témoins", "appel"}
    )
    assert found["suite d'"] == ["À la suite d'un incendie à Lille, la police"]
    assert found["appel à témoins"] == ["Lille, la police a lancé un appel à témoins."]
    assert found["appel"] == ["Lille, la police a lancé un appel à témoins."]


def test_a_word_is_known_if_its_english_is_in_every_passage() -> None:
    passages = {
        "canicule": ["la heatwave", "une heatwave"],
        "pompiers": ["les firefighters", "les pompiers"],
        "incendie": ["un fire"],
    }
    assert list(known(ScriptedEngine(), passages)) == ["canicule"]
