"""The conditional of hearsay."""

import pytest

from service.english.post_editing.hearsay import find_stated_hearsay, restore_hearsay
from service.english.target import TranslationChoice
from service.facts.fact import Source
from tests.service.english.candidates import candidate


@pytest.mark.parametrize(
    ("french", "translated", "english"),
    [
        (
            "Selon Reuters, le patron aurait déjà effectué un virement.",
            "According to Reuters, the boss would have already made a transfer.",
            "According to Reuters, the boss is said to have already made a transfer.",
        ),
        (
            "Les pirates auraient volé des mots de passe.",
            "The hackers would have stolen passwords.",
            "The hackers are said to have stolen passwords.",
        ),
        (
            "Le groupe n'aurait pas payé la rançon.",
            "The group would not have paid the ransom.",
            "The group is said not to have paid the ransom.",
        ),
        (
            "Selon Les Échos, l'opérateur serait prêt à vendre.",
            "According to Les Échos, the operator would be ready to sell.",
            "According to Les Échos, the operator is said to be ready to sell.",
        ),
        (
            "D'après l'éditeur, 300 serveurs seraient vulnérables.",
            "According to the publisher, 300 servers would be vulnerable.",
            "According to the publisher, 300 servers are said to be vulnerable.",
        ),
        (
            "Même s'il nie, il aurait demandé un prix.",
            "Even if he denies it, he would have asked for a price.",
            "Even if he denies it, he is said to have asked for a price.",
        ),
    ],
)
def test_hearsay_is_written_as_said_to_be(french: str, translated: str, english: str) -> None:
    assert restore_hearsay(translated, french) == english
    assert (
        TranslationChoice(french, Source(french)).choose_best([candidate(translated)]).text
        == english
    )


@pytest.mark.parametrize(
    ("french", "translated"),
    [
        (
            "S'il avait su, il aurait demandé un prix.",
            "If he had known, he would have asked for a price.",
        ),
        (
            "Sans ce correctif, la faille aurait touché 320 sites.",
            "Without this patch, the flaw would have affected 320 sites.",
        ),
        (
            "Il estime que le groupe aurait réagi plus vite.",
            "He believes that the group would have reacted faster.",
        ),
        (
            'Pour lui, "la faille aurait touché tout le monde".',
            'For him, "the flaw would have affected everybody".',
        ),
        (
            "Un tel bond aurait pris des années en temps normal.",
            "Such a leap would have taken years in normal times.",
        ),
        (
            "Le groupe aurait pu payer la rançon.",
            "The group would have been able to pay the ransom.",
        ),
        ("L'impact aurait des conséquences.", "The impact would have consequences."),
        (
            "Il aurait demandé si ce serait possible.",
            "He would have asked whether it would be possible.",
        ),
        (
            "Le groupe aurait payé, et le patron aurait démissionné.",
            "The group would have paid and the boss would have resigned.",
        ),
        ("Le groupe aurait payé la rançon.", "The group reportedly paid the ransom."),
    ],
)
def test_a_real_conditional_stays(french: str, translated: str) -> None:
    assert restore_hearsay(translated, french) == translated


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
