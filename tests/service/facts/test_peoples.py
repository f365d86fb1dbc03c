"""Adjectives of peoples that a summary adds."""

import pytest

from service.checking.evidence import EvidenceFinder
from service.facts.fact import Fact, FactKind, Source
from service.facts.peoples import remove_peoples
from service.reading.reader import read_article

SOURCE = Source(
    "Le chanteur Bono a été reçu à l'Élysée avec des Coréens, un ministre à Pékin et l'équipe des "
    "États-Unis."
)


@pytest.mark.parametrize(
    "text",
    [
        "Une chanteuse coréenne est reçue.",
        "Les chinoises partent.",
        "Il est américain.",
        "Il est français.",
    ],
)
def test_peoples_of_the_source(text: str) -> None:
    assert SOURCE.unsupported(text) == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("Le chanteur irlandais Bono.", "irlandais"), ("Des équipes grecques.", "grecques")],
)
def test_peoples_that_the_source_lacks(text: str, wrong: str) -> None:
    assert SOURCE.unsupported(text) == (Fact(FactKind.NAME, wrong),)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Le président américain Donald Trump parle.", "Le président Donald Trump parle."),
        (
            "La Cour suprême américaine juge, et il est américain.",
            "La Cour suprême juge, et il est américain.",
        ),
        ("Une star d'origine américaine.", "Une star d'origine américaine."),
    ],
)
def test_a_people_behind_a_noun_is_cut_out(text: str, left: str) -> None:
    assert remove_peoples(text, ["américain", "américaine"]) == left


def test_what_people_somebody_is_of_may_stand_far_from_the_rest() -> None:
    sentences = [
        f"La phrase numéro {k} parle d'autre chose et de rien."
        for k in ("une", "deux", "trois", "quatre", "cinq", "six")
    ]
    text = " ".join(
        [
            "Le chanteur Bono a été reçu à l'Élysée par le président.",
            *sentences,
            "Les Irlandais ont voté.",
        ]
    )
    article = read_article(text, language_check=False)
    finder = EvidenceFinder(article.sentences)
    assert finder.support(
        "Le chanteur irlandais Bono a été reçu à l'Élysée par le président."
    ).trusted
    assert not finder.support(
        "Le chanteur anglais Bono a été reçu à l'Élysée par le président."
    ).trusted
