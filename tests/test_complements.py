"""Complements of words that the article has far apart are found; those that it has together, or not at all, are not."""

import pytest

from service.complements import NEAR, joined_anew, places
from service.evidence import EvidenceFinder
from service.reading import read_article
from service.statements import Statement

ARTICLE = (
    "Richard Ferrand, président de l'Assemblée nationale, dirigera la mission d'information sur le fonctionnement des hôpitaux. "
    "Elle entendra d'abord plusieurs ministres et une vingtaine de médecins au cours du printemps. "
    "Olivier Véran accompagnera le chef du gouvernement devant les députés à l'occasion de la première audition."
)
PLACES = places([Statement(ARTICLE)])


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Le chef de l'Assemblée nationale dirigera la mission.", ("chef de Assemblée",)),
        ("Les médecins du printemps.", ()),  # near each other
        ("Le président de l'Assemblée dirigera la mission d'information.", ()),
        ("Le porte-parole de l'Assemblée nationale dirigera la mission.", ()),  # a word that the article lacks
        ("La mission a entendu une vingtaine de députés au cours de l'audition.", ()),  # nouns that only count or link
        ("Le chef, de l'Assemblée, dirigera.", ()),  # two clauses
        ("Il dirigera la mission afin d'accompagner Olivier Véran.", ()),  # a verb
    ],
)
def test_complements(sentence: str, found: tuple[str, ...]) -> None:
    assert joined_anew(Statement(sentence), PLACES) == found


@pytest.mark.parametrize(("between", "joined"), [(NEAR - 1, False), (NEAR, True)])
def test_how_near_two_words_have_to_be(between: int, joined: bool) -> None:
    article = places([Statement(f"Le directeur {' '.join(['parle'] * between)} usine.")])
    assert bool(joined_anew(Statement("Le directeur de l'usine parle."), article)) is joined


def test_such_a_sentence_is_supported_but_not_trusted() -> None:
    finder = EvidenceFinder(read_article(ARTICLE).sentences)
    true, false = (
        finder.support(f"Le {who} dirigera la mission sur les hôpitaux.")
        for who in ("président de l'Assemblée", "chef de l'Assemblée")
    )
    assert true.trusted
    assert (false.supported, false.joined_anew, false.trusted) == (True, ("chef de Assemblée",), False)
