"""Adjectives of peoples that a summary adds."""

import pytest

from service.facts import Fact, FactKind, Source

SOURCE = Source("Le chanteur Bono a été reçu à l'Élysée avec des Coréens, un ministre à Pékin et l'équipe des États-Unis.")


@pytest.mark.parametrize(
    "text", ["Une chanteuse coréenne est reçue.", "Les chinoises partent.", "Il est américain.", "Il est français."]
)
def test_peoples_of_the_source(text: str) -> None:
    assert SOURCE.unsupported(text) == ()


@pytest.mark.parametrize(("text", "wrong"), [("Le chanteur irlandais Bono.", "irlandais"), ("Des équipes grecques.", "grecques")])
def test_peoples_that_the_source_lacks(text: str, wrong: str) -> None:
    assert SOURCE.unsupported(text) == (Fact(FactKind.NAME, wrong),)
