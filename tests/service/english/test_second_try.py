"""Doubtful sentences are cut into clauses, and lost names are written in capitals."""

import pytest

from service.english.second_try import Clauses, cut_into_clauses, write_in_capitals
from tests.service.english.candidates import candidate

LONG = (
    "Après la panne de mardi à Lille et à Paris, l'hébergeur a promis de rembourser en mars tous "
    "les clients de ces deux sites."
)


@pytest.mark.parametrize(
    ("sentence", "poor", "clauses"),
    [
        (
            "L'hébergeur emploie 320 personnes ; il ouvre un site à Lille.",
            False,
            ["L'hébergeur emploie 320 personnes.", "Il ouvre un site à Lille."],
        ),
        (
            "Le service est en panne – les clients seront remboursés.",
            False,
            ["Le service est en panne.", "Les clients seront remboursés."],
        ),
        (
            LONG,
            True,
            [
                "Après la panne de mardi à Lille et à Paris.",
                "L'hébergeur a promis de rembourser en mars tous les clients de ces deux sites.",
            ],
        ),
        (LONG, False, [LONG]),
        ("Nuagis part ; Voxcom reste à Lille.", True, ["Nuagis part ; Voxcom reste à Lille."]),
    ],
)
def test_a_sentence_is_cut_into_clauses(sentence: str, poor: bool, clauses: list[str]) -> None:
    assert cut_into_clauses(sentence, poor).texts == clauses


def test_a_quotation_is_not_cut() -> None:
    sentence = "« Le service est en panne ; il revient demain matin », dit Nuagis."
    assert cut_into_clauses(sentence, poor=True).texts == [sentence]


def test_translations_of_clauses_are_joined() -> None:
    clauses = Clauses(["Le service est en panne.", "Il revient demain à Lille."], "; ")
    english = ["The service is down.", "It is back tomorrow in Lille."]
    joined = clauses.join([candidate(text) for text in english])
    assert joined.text == "The service is down; it is back tomorrow in Lille."
    assert (joined.score, joined.finished) == (-0.5, True)


@pytest.mark.parametrize("first", ["Nuagis", "I"])
def test_a_name_and_i_keep_their_capital(first: str) -> None:
    clauses = Clauses(["Le service est en panne.", "Nuagis le répare demain."], "; ")
    english = ["The service is down.", f"{first} will repair it tomorrow."]
    joined = clauses.join([candidate(text) for text in english])
    assert joined.text == f"The service is down; {first} will repair it tomorrow."


def test_lost_names_are_written_in_capitals() -> None:
    sentence = "Nuagis et Nuagis-Lab partent."
    assert write_in_capitals(sentence, ["Nuagis"]) == "NUAGIS et Nuagis-Lab partent."
