"""Quotation marks of single sentences, and to which sentence a mark between two belongs."""

import pytest

from service.choosing.candidates import find_complete_sentences
from service.text.quotation_marks import close_quotation, is_balanced
from service.text.sentences import sentences
from tests.service.choosing.articles import candidate


@pytest.mark.parametrize(
    ("sentence", "whole"),
    [
        ('" Nous invitons les pétroliers.', '" Nous invitons les pétroliers."'),
        (
            'Le maire a déclaré mardi devant la presse: "Nous partons.',
            'Le maire a déclaré mardi devant la presse: "Nous partons."',
        ),
        ('Nous partons demain", a dit le maire.', '"Nous partons demain", a dit le maire.'),
        ('Nous partons demain. "', '"Nous partons demain. "'),
        ("Il ajoute : « Nous partons.", "Il ajoute : « Nous partons. »"),
        ("Nous partons », dit-il.", "« Nous partons », dit-il."),
        ('"Nous partons", dit-il.', '"Nous partons", dit-il.'),
        ("Un écran de 6 pouces.", "Un écran de 6 pouces."),
    ],
)
def test_a_quotation_is_opened_and_closed(sentence: str, whole: str) -> None:
    assert close_quotation(sentence) == whole
    assert is_balanced(whole)


def test_a_mark_between_two_sentences_opens_the_next_one() -> None:
    text = 'Le directeur a décidé de faire le saut. " Cela fait des années que nous les invitons.'
    assert sentences(text) == [
        "Le directeur a décidé de faire le saut.",
        '" Cela fait des années que nous les invitons.',
    ]


def test_a_mark_that_closes_stays_where_it_is() -> None:
    text = 'Il a dit: " Je viens. Tu pars. " Elle rit.'
    assert sentences(text) == ['Il a dit: " Je viens. Tu pars. "', "Elle rit."]


def test_sentences_of_a_candidate_are_closed() -> None:
    text = 'Il a décidé de partir. " Cela fait des années que nous les invitons.'
    assert find_complete_sentences(candidate(text)) == [
        "Il a décidé de partir.",
        '" Cela fait des années que nous les invitons."',
    ]


def test_who_speaks_belongs_to_the_quotation() -> None:
    text = '"On s\'est inspiré des Américains...", souligne le directeur. Il part.'
    assert sentences(text) == [
        '"On s\'est inspiré des Américains...", souligne le directeur.',
        "Il part.",
    ]


def test_a_sentence_whose_beginning_was_lost_is_none() -> None:
    assert find_complete_sentences(
        candidate(", souligne le directeur de Nuagis. Il part demain.")
    ) == ["Il part demain."]


def test_a_sentence_that_begins_inside_a_quotation_is_no_whole_one() -> None:
    assert not is_balanced('Est-ce bien raisonnable ?", demande le maire. "')
    assert is_balanced('Le maire demande ("si possible") un délai.')
