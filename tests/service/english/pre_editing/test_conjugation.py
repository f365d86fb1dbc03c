"""The forms of French verbs."""

import pytest

from service.english.pre_editing.conjugation import (
    PARTICIPLE,
    PLURAL,
    SINGULAR,
    Conjugations,
    agree,
)


@pytest.mark.parametrize(
    ("infinitive", "forms"),
    [
        ("donner", ("donne", "donnent", "donné", "donnera", "donnait")),
        ("changer", ("change", "changent", "changé", "changera", "changeait")),
        ("annoncer", ("annonce", "annoncent", "annoncé", "annoncera", "annonçait")),
        ("employer", ("emploie", "emploient", "employé", "emploiera", "employait")),
        ("acheter", ("achète", "achètent", "acheté", "achètera", "achetait")),
        ("révéler", ("révèle", "révèlent", "révélé", "révélera", "révélait")),
        ("créer", ("crée", "créent", "créé", "créera", "créait")),
        ("intégrer", ("intègre", "intègrent", "intégré", "intégrera", "intégrait")),
        ("critiquer", ("critique", "critiquent", "critiqué", "critiquera", "critiquait")),
    ],
)
def test_regular_verbs(infinitive: str, forms: tuple[str, ...]) -> None:
    conjugated = Conjugations({}).conjugate(infinitive)
    names = (SINGULAR, PLURAL, PARTICIPLE, "future a", "imperfect ait")
    assert tuple(conjugated[name] for name in names) == forms


def test_an_irregular_present_participle() -> None:
    forms = Conjugations({"avoir": "a ont eu aur av ayant"}).conjugate("avoir")
    assert forms["imperfect ant"] == "ayant"


@pytest.mark.parametrize(
    ("participle", "agreement", "agreed"),
    [("renoncé", "es", "renoncées"), ("mis", "s", "mis"), ("mis", "e", "mise")],
)
def test_agreement(participle: str, agreement: str, agreed: str) -> None:
    assert agree(participle, agreement) == agreed


def test_an_unknown_conjugation_is_refused() -> None:
    with pytest.raises(ValueError, match="prendre"):
        Conjugations({}).conjugate("prendre")
