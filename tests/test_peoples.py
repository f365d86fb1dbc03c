"""Adjectives of peoples that a summary adds."""

import pytest

from service.facts import Fact, FactKind, Source
from service.peoples import without_peoples

SOURCE = Source("Le chanteur Bono a été reçu à l'Élysée avec des Coréens, un ministre à Pékin et l'équipe des États-Unis.")


@pytest.mark.parametrize(
    "text", ["Une chanteuse coréenne est reçue.", "Les chinoises partent.", "Il est américain.", "Il est français."]
)
def test_peoples_of_the_source(text: str) -> None:
    assert SOURCE.unsupported(text) == ()


@pytest.mark.parametrize(("text", "wrong"), [("Le chanteur irlandais Bono.", "irlandais"), ("Des équipes grecques.", "grecques")])
def test_peoples_that_the_source_lacks(text: str, wrong: str) -> None:
    assert SOURCE.unsupported(text) == (Fact(FactKind.NAME, wrong),)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Le président américain Donald Trump parle.", "Le président Donald Trump parle."),
        ("La Cour suprême américaine juge, et il est américain.", "La Cour suprême juge, et il est américain."),
        ("Une star d'origine américaine.", "Une star d'origine américaine."),
    ],
)
def test_a_people_behind_a_noun_is_cut_out(text: str, left: str) -> None:
    assert without_peoples(text, ["américain", "américaine"]) == left
