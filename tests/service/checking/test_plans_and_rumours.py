"""A summary sentence keeps the doubt of a rumour or a plan."""

import pytest

from service.checking.plans_and_rumours import is_conditional, lost_doubt
from service.facts.statements import Statement


@pytest.mark.parametrize(
    ("article", "summary", "word"),
    [
        (
            "Nuagis pourrait lancer un téléphone en mai.",
            "Nuagis va présenter un téléphone, qu'il lancera en mai.",
            "lancera",
        ),
        (
            "L'appareil coûterait plus de 2 000 euros.",
            "L'appareil coûtera plus de 2 000 euros.",
            "coûtera",
        ),
        ("L'appareil aurait un écran pliable.", "L'appareil a un écran pliable.", "écran"),
        ("Voxcom envisage de racheter le navigateur.", "Voxcom rachète le navigateur.", "rachète"),
        (
            "Le ministre veut interdire ces réseaux.",
            "Le ministre interdit ces réseaux.",
            "interdit",
        ),
        (
            "Les pirates auraient dérobé des données.",
            "Les pirates ont dérobé des données.",
            "dérobé",
        ),
        # The summary keeps the doubt, or the article has none.
        ("Nuagis pourrait lancer un téléphone.", "Nuagis pourrait lancer un téléphone.", ""),
        ("L'appareil coûterait 2 000 euros.", "L'appareil coûtera 2 000 euros, selon le site.", ""),
        (
            "Voxcom envisage de racheter le navigateur.",
            "Voxcom envisage de racheter le navigateur.",
            "",
        ),
        ("Voxcom veut racheter le navigateur.", "Voxcom projette de racheter le navigateur.", ""),
        ("Nuagis a annoncé qu'il lancerait un téléphone.", "Nuagis lancera un téléphone.", ""),
        ("Nuagis aurait dû lancer un téléphone.", "Nuagis devait lancer un téléphone.", ""),
        ("Le site montrait des photos.", "Le site montre des photos.", ""),
        ("Il l'a menacé de mort.", "Il est mort.", ""),
        ("« Nous lancerions un téléphone », dit-il.", "Nuagis lance un téléphone.", ""),
    ],
)
def test_lost_doubts(article: str, summary: str, word: str) -> None:
    assert lost_doubt(Statement(summary), [Statement(article)]) == word


@pytest.mark.parametrize(
    ("forms", "conditional"),
    [
        (
            "coûterait lancerait aurait prendrait pourraient finirait mettrait entrerait "
            "assurerait",
            True,
        ),
        (
            "montrait offrait tirait durait espérait livrait considérait assurait portrait retrait "
            "extrait paraît",
            False,
        ),
    ],
)
def test_the_conditional_is_no_imperfect(forms: str, conditional: bool) -> None:
    assert {word: is_conditional(word) for word in forms.split()} == dict.fromkeys(
        forms.split(), conditional
    )
