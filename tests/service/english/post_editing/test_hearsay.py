"""The conditional of hearsay."""

import pytest

from service.english.post_editing.hearsay import find_stated_hearsay
from service.english.target import TranslationChoice
from service.facts.fact import Source
from tests.service.english.candidates import candidate


@pytest.mark.parametrize(
    ("french", "translated", "verb"),
    [
        (
            "Les négociations seraient en cours depuis mars.",
            "Negotiations have been under way since March.",
            "seraient",
        ),
        ("Le groupe n'aurait pas payé.", "The group did not pay.", "aurait"),
        ("Le groupe aurait payé.", "The group reportedly paid.", ""),
        ("Le groupe aurait payé, rapporte Nuagis.", "The group paid, Nuagis reports.", ""),
        ("Pour ses détracteurs, ce serait un piège.", "For its critics, this is a trap.", ""),
        ("Selon Reuters, le groupe aurait payé.", "The group paid, according to Reuters.", ""),
        ("Le groupe a payé.", "The group paid.", ""),
        ("Il préparait une vente.", "He was preparing a sale.", ""),
    ],
)
def test_hearsay_that_became_a_statement_is_reported(
    french: str, translated: str, verb: str
) -> None:
    assert find_stated_hearsay(translated, french) == verb
    facts = (
        TranslationChoice(french, Source(french)).choose_best([candidate(translated)]).unfaithful
    )
    assert [fact.text for fact in facts] == [verb] * bool(verb)
