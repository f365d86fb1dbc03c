"""The English is compared with the sentence of the article, whatever the translator was given."""

import pytest

from service.english.translator import find_warnings
from service.facts.fact import FactKind
from tests.service.english.candidates import choose_best, find_lost_names

FRENCH = "Nuagis a vendu 45 serveurs pour 3 millions d'euros à Voxcom en mars."
ENGLISH = "Nuagis sold 45 servers for 3 million euros to Voxcom in March."


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("45", "54"),
        ("million", "billion"),
        ("euros", "dollars"),
        ("March", "May"),
        ("Nuagis", "Oxalyne"),
        ("Voxcom", "Oxalyne"),
    ],
)
def test_a_wrong_fact_is_corrected(right: str, wrong: str) -> None:
    translation = choose_best(FRENCH, ENGLISH.replace(right, wrong))
    assert (translation.text, translation.sound) == (ENGLISH, True)
    assert [warning.code for warning in find_warnings([FRENCH], [translation])] == [
        "translation_repaired"
    ]


@pytest.mark.parametrize(
    ("french", "english", "unfaithful"),
    [
        (
            "Nuagis a vendu 45 serveurs à 12 clients.",
            "Nuagis sold 54 servers to 21 customers.",
            {"45", "12", "54", "21"},
        ),
        (
            "Nuagis livre Voxcom et Datalune.",
            "Nuagis supplies Oxalyne and Brumeo.",
            {"Oxalyne", "Brumeo"},
        ),
        ("La panne n'a pas touché Lille.", "The breakdown hit Lille.", {"n'a pas"}),
        ("Il ne paiera jamais Nuagis.", "He will pay Nuagis.", {"ne paiera jamais"}),
        ("La panne a touché Lille.", "The breakdown did not hit Lille.", {"not"}),
        (
            "La puce consomme deux fois moins.",
            "The chip uses twice as much.",
            {"deux fois moins"},
        ),
    ],
)
def test_a_fact_that_cannot_be_corrected_is_unfaithful(
    french: str, english: str, unfaithful: set[str]
) -> None:
    translation = choose_best(french, english)
    assert {fact.text for fact in translation.unfaithful} == unfaithful
    assert find_warnings([french], [translation])


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("La puce consomme deux fois moins d'énergie.", "The chip uses half as much energy."),
        ("Le forfait est deux fois moins cher.", "The plan is half the price."),
        ("Le forfait est deux fois moins cher.", "The plan is twice as cheap."),
        ("La panne a duré 2 h 30.", "The breakdown lasted two and a half hours."),
        ("La panne a duré 2 h 30.", "The breakdown lasted 2 hours and 30 minutes."),
        ("Il faut signaler l'incident sous 24h.", "The incident must be reported within 24 hours."),
        ("Le support répond 24h/24.", "Support answers 24 hours a day."),
        ("Les ventes ont reculé au T3 2025.", "Sales fell in the third quarter of 2025."),
        ("Un colosse de 2m13.", "A giant of 2.13 metres."),
        ("L'attaque date du 12/02/2024.", "The attack dates from 12 February 2024."),
        ("Il coûte 2 centimes par Go.", "It costs 2 cents per GB."),
        ("Elle franchit la barre du milliard d'euros.", "It exceeds one billion euros."),
        ("Wikipédia souffle ses 25 bougies.", "Wikipedia celebrates its 25th birthday."),
        ("Le groupe freine des quatre fers.", "The group is resisting strongly."),
        ("La start-up rémoise recrute à Lille.", "The Reims startup is hiring in Lille."),
        ("Des sangliers dans la cité phocéenne.", "Wild boars in the city of Marseille."),
        ("La maire PS de Paris a voté.", "The Socialist mayor of Paris voted."),
        ("L'application ne fait pas recette.", "The app is not a success."),
        ("Le compte n'y est pas, selon Nuagis.", "It is insufficient, according to Nuagis."),
        ("Nuagis n'a pas tardé à réagir.", "Nuagis was quick to react."),
        ("Nuagis ne vend que des serveurs.", "Nuagis sells only servers."),
        ("Il craint que le prix ne soit plus élevé.", "He fears that the price will be higher."),
        ("Nuagis s'est fait doubler par Voxcom.", "Nuagis was overtaken by Voxcom."),
        ("Le groupe n'a pas encore choisi.", "The group has yet to choose."),
        ("Nuagis refuse de payer.", "Nuagis will not pay."),
    ],
)
def test_a_fact_in_another_form_is_right(french: str, english: str) -> None:
    translation = choose_best(french, english)
    facts = translation.unfaithful
    assert (facts, translation.repaired) == ((), 0)
    assert find_lost_names(french, english) == []


def test_a_wrong_quarter_is_corrected_and_an_added_denial_told() -> None:
    french = "Nuagis a été devancé par Voxcom au T2."
    wrong_quarter = choose_best(french, "Nuagis was overtaken by Voxcom in the third quarter.")
    assert wrong_quarter.repaired == 1
    english = "Nuagis was not overtaken by Voxcom in the second quarter."
    facts = choose_best(french, english).unfaithful
    assert [(fact.kind, fact.text) for fact in facts] == [(FactKind.NEGATION, "not")]
