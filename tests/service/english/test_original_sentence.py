"""The English is compared with the sentence of the article, not with the pre-edited one.

So a rule that changes a fact does not go unnoticed.
"""

import re

import pytest

from service.english.lexicon.glossary import Glossary
from service.english.pre_editing import rewording
from service.english.pre_editing.idioms import Idioms
from service.english.pre_editing.rewording import reword
from service.english.target import TranslationChoice
from service.english.translation import Translation
from service.english.translator import Translator, find_warnings
from service.facts.fact import FactKind, Source
from tests.service.english.candidates import choose_best
from tests.service.english.test_translator import Answers

FRENCH = "Nuagis a vendu 45 serveurs pour 3 millions d'euros à Voxcom en mars."
ENGLISH = "Nuagis sold 45 servers for 3 million euros to Voxcom in March."


def add_rule(monkeypatch: pytest.MonkeyPatch, pattern: str, replacement: str) -> None:
    """Adds a rule to those that reword a sentence."""
    rules = (*rewording._COMPILED, (re.compile(pattern), replacement))
    monkeypatch.setattr("service.english.pre_editing.rewording._COMPILED", rules)


def translate(french: str, english: str) -> Translation:
    """The translation of `french` where `english` is right for the pre-edited sentence."""
    engine = Answers({TranslationChoice(french, Source(french)).source.text: [english]})
    (translation,) = Translator(engine, Glossary.builtin(), Source(french)).translate([french])
    return translation


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"\b45\b", "54"),
        (r"millions", "milliards"),
        (r"euros", "dollars"),
        (r"\bmars\b", "mai"),
        (r"Nuagis", "Oxalyne"),
        (r"Voxcom", "Oxalyne"),
    ],
)
def test_a_fact_that_a_wrong_rule_changes_is_corrected(
    monkeypatch: pytest.MonkeyPatch, pattern: str, replacement: str
) -> None:
    add_rule(monkeypatch, pattern, replacement)
    changed = re.sub(pattern, replacement, FRENCH)
    assert TranslationChoice(FRENCH, Source(FRENCH)).source.text == changed
    words = {"milliards": "billion", "mai": "May"}
    english = {r"millions": "million", r"\bmars\b": "March"}
    wrong = re.sub(english.get(pattern, pattern), words.get(replacement, replacement), ENGLISH)
    translation = translate(FRENCH, wrong)
    assert (translation.text, translation.sound) == (ENGLISH, True)
    assert [warning.code for warning in find_warnings([FRENCH], [translation])] == [
        "translation_repaired"
    ]


@pytest.mark.parametrize(
    ("french", "pattern", "replacement", "english", "unfaithful"),
    [
        (
            "Nuagis a vendu 45 serveurs à 12 clients.",
            r"45 serveurs à 12",
            "54 serveurs à 21",
            "Nuagis sold 54 servers to 21 customers.",
            {"45", "12", "54", "21"},
        ),
        ("Nuagis livre Voxcom et Datalune.", r"Voxcom et Datalune", "Oxalyne et Brumeo",
        "Nuagis supplies Oxalyne and Brumeo.", {
            "Oxalyne", "Brumeo"
        }),
        ("La panne n'a pas touché Lille.", r"n'a pas touché", "a touché",
        "The breakdown hit Lille.", {"n'a pas"}),
        ("Il ne paiera jamais Nuagis.", r"ne paiera jamais", "paiera", "He will pay Nuagis.",
        {"ne paiera jamais"}),
        ("La panne a touché Lille.", r"a touché", "n'a pas touché",
        "The breakdown did not hit Lille.", {"not"}),
        ("La puce consomme deux fois moins.", r"moitié moins", "deux fois plus",
        "The chip uses twice as much.", {
            "deux fois moins"
        }),
        ("L'offre a pris fin le 02/09/2024.", r"septembre", "octobre",
        "The offer ended on 2 October 2024.", set()),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_corrected_is_unfaithful(
    monkeypatch: pytest.MonkeyPatch,
    french: str,
    pattern: str,
    replacement: str,
    english: str,
    unfaithful: set[str],
) -> None:
    add_rule(monkeypatch, pattern, replacement)
    assert re.search(replacement, TranslationChoice(french, Source(french)).source.text)
    translation = translate(french, english)
    assert {fact.text for fact in translation.unfaithful} == unfaithful
    assert find_warnings([french], [translation])


def test_a_fact_that_a_wrong_idiom_changes_is_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Idioms({"phrases": {"au bout de trois jours": "au bout de huit jours"}})
    monkeypatch.setattr(
        "service.english.pre_editing.rewording.replace_idioms", wrong.replace_idioms
    )
    translation = translate(
        "Nuagis cède au bout de trois jours.", "Nuagis gives in after eight days."
    )
    assert (translation.text, translation.repaired) == ("Nuagis gives in after 3 days.", 1)


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
    assert (facts, translation.repaired, translation.lost) == ((), 0, False)


def test_a_sentence_is_compared_as_the_article_has_it() -> None:
    french = "Nuagis a été devancé par Voxcom au T2."
    choice = TranslationChoice(french, Source(french))
    reworded = "Nuagis a été dépassé par Voxcom au deuxième trimestre."
    assert choice.source.text == reword(french) == reworded
    wrong_quarter = choose_best(french, "Nuagis was overtaken by Voxcom in the third quarter.")
    assert wrong_quarter.repaired == 1
    english = "Nuagis was not overtaken by Voxcom in the second quarter."
    facts = choose_best(french, english).unfaithful
    assert [(fact.kind, fact.text) for fact in facts] == [(FactKind.NEGATION, "not")]
