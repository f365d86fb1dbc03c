"""Texts that are no translation at all, and words left in French."""

import pytest

from service.english.flaws import is_english, repeats_itself
from service.english.target import TranslationChoice
from service.english.translation import Flaw
from service.facts.fact import FactKind, Source
from tests.service.english.candidates import CHOICE, ENGLISH, FRENCH, candidate, choose_best


@pytest.mark.parametrize(
    ("english", "flaw"),
    [
        ("", Flaw.MISSING),
        (FRENCH, Flaw.FRENCH),
        (
            "Orange stops lundi son offre avec Huawei, lancée en mars 2017 pour 3,5 milliards "
            "d'euros.",
            Flaw.FRENCH,
        ),
        (
            "Orange is stopping its offer on Monday, lancée en mars 2017 pour 3,5 milliards "
            "d'euros.",
            Flaw.FRENCH,
        ),
        (ENGLISH[:-1] + " and its offer with Huawei in Germany.", Flaw.REPEATED),
    ],
)
def test_a_text_that_is_no_translation_has_a_flaw(english: str, flaw: Flaw) -> None:
    assert CHOICE.choose_best([candidate(english)]).flaw is flaw


def test_a_title_in_french_is_no_flaw() -> None:
    french = "Elle a écrit « Les raisons de la colère et du bruit » en mars."
    english = 'She wrote "Les raisons de la colère et du bruit" in March.'
    assert choose_best(french, english).flaw is None


def test_english_is_told_from_french() -> None:
    assert is_english(ENGLISH)
    assert not is_english(FRENCH)


def test_repeated_words_are_noticed() -> None:
    assert repeats_itself("the end of the world, and the end of the world again")
    assert not repeats_itself(ENGLISH)


def test_a_candidate_with_a_word_left_in_french_loses() -> None:
    french = "L'hébergeur brestois rachète son concurrent."
    choice = TranslationChoice(french, Source(f"{french} Il a son siège à Brest."))
    left = candidate("The brestois provider is buying its competitor.", score=-0.3)
    translated = candidate("The Brest-based provider is buying its competitor.")
    assert choice.choose_best([left, translated]).sound
    facts = choice.choose_best([left]).unfaithful
    assert [(fact.kind, fact.text) for fact in facts] == [(FactKind.TERM, "brestois")]
    quoted = candidate('The provider calls "brestois" its competitor.')
    assert choice.choose_best([quoted]).sound


def test_french_words_of_a_kept_name_are_not_left_in_french() -> None:
    french = "Selon Le Courrier du numérique, l'hébergeur brestois rachète son concurrent."
    kept = "According to Le Courrier du numérique, the provider is buying its competitor."
    assert choose_best(french, kept).sound
    left = "According to the Courrier, the provider du numérique is buying its competitor."
    assert [fact.text for fact in choose_best(french, left).unfaithful] == ["numérique"]


def test_french_names_in_a_row_are_not_left_in_french() -> None:
    french = "Le siège du Grand Parc de la Loire à Tours de Saint-Georges de l'Oyapock a fermé."
    assert choose_best(
        french,
        "The seat of the Grand Parc de la Loire in Tours de Saint-Georges de l'Oyapock has closed.",
    ).sound
