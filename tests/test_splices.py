"""Sentences put together of two pieces that do not belong to each other."""

import pytest

from service.article import Sentence
from service.evidence import EvidenceFinder
from service.splices import Pieces
from service.statements import Statement

ARTICLE = [
    "La fusée Nuage a été lancée le samedi 20 juin depuis la base de Kourou.",
    "Le satellite de télécommunications doit rejoindre son orbite dans trois semaines.",
    "Le vol précédent avait échoué à la suite d'un comportement anormal d'une sonde, selon Nuagis.",
    "Les secours ont mis en sûreté le pas de tir, près de la base aérienne de Voxville.",
]
PIECES = Pieces([Statement(sentence) for sentence in ARTICLE])
SPLICED = [
    "La fusée Nuage a été lancée le samedi 20 juin à la suite d'un comportement anormal d'une sonde.",
    "Le satellite de télécommunications doit rejoindre son orbite près de la base aérienne de Voxville.",
    "La fusée Nuage a été lancée le samedi 20 juin, selon son pas de tir, près de la base aérienne.",
]
WHOLE = [
    ARTICLE[0],
    "La fusée Nuage a été lancée le samedi 20 juin, a annoncé Nuagis.",
    "Le vol précédent avait échoué à la suite d'un comportement anormal.",  # a piece left out within one sentence
    "La fusée Nuage est partie et le satellite de télécommunications doit rejoindre son orbite.",  # a sentence from its beginning
    "Les secours ont mis en sûreté le pas de tir près de la base.",
    # whom a predicate is about, in the words of another sentence
    "La base aérienne de Voxville, près du pas de tir, doit rejoindre son orbite dans trois semaines.",
    "La fusée Nuage a été lancée le samedi 20 juin ; le vol d'avant, lui, a connu un échec à la suite d'un comportement anormal.",
]


@pytest.mark.parametrize("sentence", SPLICED)
def test_a_piece_that_goes_over_into_another_is_found(sentence: str) -> None:
    assert PIECES.spliced(Statement(sentence))
    found = EvidenceFinder(tuple(Sentence(text, 0, 0, 0) for text in ARTICLE)).support(sentence)
    assert (found.spliced, found.trusted) == (True, False)


@pytest.mark.parametrize("sentence", WHOLE)
def test_what_belongs_together_stays(sentence: str) -> None:
    assert not PIECES.spliced(Statement(sentence))


def test_the_same_word_before_both_pieces_joins_them() -> None:
    article = ["Le géant Voxcom a vendu ses antennes à Nuagis.", "À Lille, Nuagis emploie 300 personnes depuis dix ans."]
    pieces = Pieces([Statement(sentence) for sentence in article])
    assert not pieces.spliced(
        Statement("Le géant Voxcom a vendu ses antennes à Nuagis, qui emploie 300 personnes depuis dix ans.")
    )
    assert pieces.spliced(Statement("Le géant Voxcom a vendu ses antennes, qui emploie 300 personnes depuis dix ans."))


def test_an_empty_article_has_no_pieces() -> None:
    assert not Pieces([]).spliced(Statement(SPLICED[0]))
