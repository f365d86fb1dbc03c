"""How much of a sentence is one sentence of the article with words left out."""

from collections.abc import Sequence

import pytest

from service.checking.copying import ending, kept_order, lost_noun, plain_words, unfinished
from service.facts.statements import Statement

ARTICLE = [
    "La fusée Nuage a été lancée le samedi 20 juin depuis la base de Kourou.",
    "Le satellite de télécommunications doit rejoindre son orbite dans trois semaines.",
]


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        (ARTICLE[0], 1.0),
        ("La fusée Nuage a été lancée depuis Kourou.", 1.0),
        ("LA FUSÉE, Nuage, a ete lancée !", 1.0),  # Signs, accents and capitals do not count.
        ("Le satellite doit rejoindre Kourou dans trois semaines.", 7 / 8),
        ("Depuis Kourou a été lancée la fusée.", 4 / 7),
        (
            "Le satellite a été lancé le samedi 20 juin.",
            6 / 9,
        ),  # The second sentence has 3 of them.
        ("Rien.", 0.0),
        ("…", 0.0),
    ],
)
def test_the_share_that_one_sentence_has_in_the_same_order(sentence: str, share: float) -> None:
    article = [plain_words(Statement(text)) for text in ARTICLE]
    assert kept_order(Statement(sentence), article) == pytest.approx(share)


@pytest.mark.parametrize(
    ("sentence", "cut"),
    [
        (
            "La fusée Nuage a été lancée depuis la base.",
            True,
        ),  # The article goes on with "de Kourou".
        ("La fusée Nuage a été lancée le samedi 20 juin depuis la base de Kourou.", False),
        ("Le satellite doit rejoindre son orbite.", True),
        ("Le satellite de télécommunications.", True),
        ("Le satellite est en orbite.", False),  # The article has no such words.
        ("La fusée Nuage a coûté cher.", False),
        ("", False),
    ],
)
def test_a_sentence_that_ends_in_the_middle_of_a_clause_is_cut_short(
    sentence: str, cut: bool
) -> None:
    assert _cut_short(sentence, ARTICLE) is cut


def test_where_a_clause_of_the_article_ends_nothing_is_cut() -> None:
    article = ["Orange ferme son offre, selon l'Informé, qui cite la direction du groupe."]
    assert not _cut_short("Orange ferme son offre.", article)
    assert _cut_short("L'Informé cite la direction.", article)
    assert not _cut_short("Il ferme un site.", ["Orange ferme un site : celui de Lyon."])
    assert not _cut_short("L'Informé cite la direction.", [*article, "Il cite la direction."])


def test_a_circumstance_may_be_left_out() -> None:
    article = [
        "Le duo proposait une offre commune depuis 2017 avec pour objectif de séduire les sociétés "
        "françaises."
    ]
    assert not _cut_short("Le duo proposait une offre commune.", article)
    assert not _cut_short("Le duo proposait une offre commune depuis 2017.", article)
    assert _cut_short("Le duo proposait une offre.", article)


def _cut_short(sentence: str, article: Sequence[str]) -> bool:
    return ending(Statement(sentence)) in unfinished(map(Statement, article))


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("Le duo veut séduire les 200 plus grosses françaises.", True),
        ("Le duo veut séduire les 200 plus grosses sociétés.", False),
        ("Le duo veut séduire les 200 plus grosses sociétés françaises.", False),
        ("Elle compte plus de clients.", True),  # The article has "plus de 200 clients".
        ("Elle compte plus de 200 clients.", False),
        ("Les sociétés françaises sont les plus grosses.", False),
        ("Le duo est plus connu.", False),
    ],
)
def test_a_comparison_that_lost_its_noun(text: str, lost: bool) -> None:
    article = [
        "Le duo veut séduire les 200 plus grosses sociétés françaises.",
        "Elle compte plus de 200 clients à Lille.",
    ]
    sentences = [plain_words(Statement(sentence)) for sentence in article]
    assert lost_noun(Statement(text), sentences) == lost
