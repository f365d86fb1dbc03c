"""The source of news at the end of a French sentence, in English."""

import pytest

from models.engine import Candidate
from service.english.post_editing.attribution import Attribution, find_attribution

NEWS = "Nuagis rachète son concurrent Datavallée"


def put_right(french: str, english: str) -> str:
    (candidate,) = find_attribution(french).put_right([Candidate(english, 9, -0.1, True)])
    return candidate.text


@pytest.mark.parametrize(
    ("end", "clause"),
    [
        ("a appris l'Informé", "l'Informé has learned"),
        ("rapporte le Monde", "Le Monde reports"),
        ("a appris l’AFP", "AFP has learned"),
        ("a révélé Le Courrier du numérique", "Le Courrier du numérique revealed"),
    ],
)
def test_the_source_stands_before_its_verb(end: str, clause: str) -> None:
    assert find_attribution(f"{NEWS}, {end}.").clause == clause


@pytest.mark.parametrize(
    "sentence",
    [
        f"{NEWS} pour 45 millions d'euros.",
        f"{NEWS}, a annoncé le Premier ministre.",  # no press title
        f"{NEWS}, a appris l'AFP auprès de la direction.",  # more than a name
        f"« {NEWS}, rapporte Le Monde.",  # a quotation that goes on
        "Bref, a appris l'AFP.",
    ],
)
def test_a_sentence_without_a_source_stays(sentence: str) -> None:
    assert find_attribution(sentence) == Attribution()
    assert (
        put_right(sentence, "Nuagis buys, in Lille, its rival.")
        == "Nuagis buys, in Lille, its rival."
    )


@pytest.mark.parametrize(
    "translated",
    ["informed the Informé.", "said Informer", "the Informé learnt.", "the informant said."],
)
def test_the_clause_is_corrected_in_english(translated: str) -> None:
    english = f"Nuagis buys its rival, Datavallée, {translated}"
    assert (
        put_right(f"{NEWS}, a appris l'Informé.", english)
        == "Nuagis buys its rival, Datavallée, l'Informé has learned."
    )


@pytest.mark.parametrize(
    "english", ["Nuagis buys its rival, Datavallée.", "Nuagis buys its rival."]
)
def test_a_translation_without_the_source_stays(english: str) -> None:
    assert put_right(f"{NEWS}, a appris l'Informé.", english) == english
