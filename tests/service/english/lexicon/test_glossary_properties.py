"""No terms of a user and no words of a sentence make a translation fail."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.engine import Candidate
from service.english.lexicon.glossary import (
    Glossary,
    GlossaryError,
    checked,
    correct_terms,
    distinct_terms,
    replace_misread_terms,
)
from service.english.lexicon.inflection import english_plural, strip_genitive
from service.english.target import TranslationChoice
from service.facts.fact import Source

# Signs of regular expressions, apostrophes, accents, letters with an odd capital, digits.
SIGNS = "'’-–«»\"()[]{}\\|^$*+?.,;:!/&%€#~\u00a0\u202f\u0301ßŉİıﬁǅ²½"
LETTERS = "aAdDlLeEéÉsSxXyYtTnNoOuUiIvVpPrR"
WORDS = st.sampled_from(
    "d' l' D' L’ y s x a A à de des du al aux La Le L'Équipe IA RGPD faille failles centre données "
    "y's 's of in Addario Nuagis Lille 3 3,5 Md€ 18h30 2e Xe mardi lundi plus de « » l'IA d'IA qu' "
    "-in- person".split()
)
TERMS = st.one_of(st.text(LETTERS + SIGNS + " 0123", min_size=1, max_size=4), WORDS)
TEXTS = st.lists(st.one_of(WORDS, TERMS), min_size=1, max_size=12).map(" ".join)
GLOSSARIES = st.dictionaries(TERMS, TERMS, max_size=5)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def allowed(pairs: Mapping[str, str]) -> dict[str, str]:
    """Of the pairs those that a request may hold."""
    kept: dict[str, str] = {}
    for french, english in pairs.items():
        try:
            kept |= checked({french: english})
        except GlossaryError:
            continue
    return kept


@settings(deadline=None)
@given(GLOSSARIES, TEXTS, TEXTS)
@example({"d'": "of"}, "La marque D' Addario", "La marque D' Addario")
@example({"des Y": "y"}, "des Y", "des Y")
def test_a_term_of_any_kind_is_in_the_translation_or_told_as_missing(
    pairs: dict[str, str], french: str, english: str
) -> None:
    glossary = Glossary(()).extended(allowed(pairs))
    occurrences = glossary.find(french)
    replace_misread_terms(french, occurrences)
    terms = distinct_terms(occurrences)
    for text in (english, french):
        correct_terms(text, french, terms)
        for term in terms:
            corrected = correct_terms(text, french, [term])
            assert bool(corrected.missing) is not term.is_in(corrected.text)


@given(TERMS)
@example("y")
@example("")
@example("-in-law")
def test_every_wording_has_a_plural(wording: str) -> None:
    assert bool(english_plural(wording)) is bool(wording)
    assert strip_genitive(wording) in wording


@SLOW
@given(GLOSSARIES, TEXTS, TEXTS)
@example({"d'": "of"}, "La marque D' Addario ouvre.", "La marque D' Addario opens.")
def test_translations_of_any_kind_do_not_fail(
    pairs: dict[str, str], french: str, english: str
) -> None:
    glossary = Glossary.builtin().extended(allowed(pairs))
    choice = TranslationChoice(french, Source(french), glossary)
    candidates = [Candidate(text, 9, -0.1, True) for text in (english, french, choice.source.text)]
    assert choice.facts
    choice.choose_best(candidates)


@pytest.mark.parametrize(
    ("french", "left", "english"),
    [
        ("La marque D' Addario", "La marque D' Addario", "La marque of Addario"),
        ("le prix d' Addario", "the price d' Addario", "the price of Addario"),
    ],
)
def test_a_term_that_is_an_elided_article(french: str, left: str, english: str) -> None:
    terms = distinct_terms(Glossary(()).extended({"d'": "of"}).find(french))
    assert correct_terms(left, french, terms).text == english
