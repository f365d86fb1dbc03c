"""Names behind the nouns for what they are."""

import pytest

from service.english.post_editing.apposition import put_names_behind_nouns
from service.english.target import TranslationChoice
from service.facts.fact import Source
from tests.service.english.candidates import candidate


@pytest.mark.parametrize(
    ("french", "translated", "english"),
    [
        (
            "L'opérateur Orange met fin à l'offre.",
            "The Orange operator ends the offer.",
            "The operator Orange ends the offer.",
        ),
        (
            "Un accord avec le géant Google.",
            "An agreement with the Google giant.",
            "An agreement with the giant Google.",
        ),
        (
            "L’éditeur Electronic Arts a vendu le studio.",
            "The Electronic Arts publisher sold the studio.",
            "The publisher Electronic Arts sold the studio.",
        ),
        (
            "Le patron de l'hébergeur OVHcloud a réagi.",
            "The boss of the OVHcloud hosting provider reacted.",
            "The boss of the hosting provider OVHcloud reacted.",
        ),
    ],
)
def test_a_name_stands_behind_its_noun(french: str, translated: str, english: str) -> None:
    assert put_names_behind_nouns(translated, french) == english
    assert (
        TranslationChoice(french, Source(french)).choose_best([candidate(translated)]).text
        == english
    )


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Le groupe Orange met fin à l'offre.", "The Orange group ends the offer."),  # good English
        (
            "L'opérateur d'Orange met fin à l'offre.",
            "The Orange operator ends the offer.",
        ),  # it is Orange's
        ("L'opérateur Orange met fin à l'offre.", "The operator Orange ends the offer."),
        ("L'opérateur SFR quitte Orange.", "SFR leaves the Orange operator."),  # another name
        (
            "Le réseau de l'opérateur Orange.",
            "The Orange operator's network.",
        ),  # nothing that a name could stand behind
    ],
)
def test_other_nouns_and_names_stay(french: str, english: str) -> None:
    assert put_names_behind_nouns(english, french) == english
