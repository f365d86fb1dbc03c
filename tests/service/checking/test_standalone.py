"""Which sentences are complete, and which are standalone."""

import pytest

from service.checking.standalone import (
    is_complete_statement,
    is_standalone,
    is_understood_after,
    is_wholly_standalone,
)


@pytest.mark.parametrize(
    ("sentence", "understood"),
    [
        ("L'arrêt de cette offre a été décidé en mars.", False),
        ("Ce partenariat durait depuis six ans.", True),
        ("Cette année, Orange a perdu des clients.", True),
        ("Ce que les clients demandent est un délai.", True),
        ("Orange quitte le cloud.", True),
    ],
)
def test_noun_that_a_sentence_points_to_must_stand_before_it(
    sentence: str, understood: bool
) -> None:
    before = ["Orange et Huawei mettent fin à leur partenariat."]
    assert is_understood_after(sentence, before) is understood


@pytest.mark.parametrize(
    "text",
    [
        "Mais il renonce.", "L'arrêt de cette offre surprend.", "Elle vend.", "C’est la fin.",
        "Son prix monte.",
        "Ce n'est pas fini.", "Ces derniers renoncent.", "Pour ce dernier, rien ne change.",
        "Contacté par l'AFP, Nuagis n'a pas répondu.", "Parmi eux figure Nuagis.",
        "De son côté, Nuagis attend.",
        "Non, elle ne vend pas.", "Une telle offre surprend.",
        "Sauf que personne ne vend.", "Cinq d'entre eux restent.", "L'un d'entre eux reste.",
        "Vendu trois fois moins cher, il a provoqué des émeutes.", "Orange l'avait promis en mars.",
        "Tous ont été hospitalisés.", "Toutes trois sont fermées.",
        "Le terme, inventé en mars, désigne un logiciel.", "Voilà une bonne nouvelle.",
    ],
)  # fmt: skip
def test_sentence_that_needs_the_one_before_it(text: str) -> None:
    assert not is_standalone(text)


@pytest.mark.parametrize(
    "text",
    [
        "Orange renonce.", "Cellnex vend ses tours.", "Les clients migrent.", "Etsy vend.",
        "Ilford ferme.",
        "Ce lundi, Orange renonce.",
        "Dans une tribune publiée ce dimanche 21 juillet, Nuagis renonce.",
        "Cette semaine, Etsy vend.",
        "Ces derniers mois, les ventes montent.", "Il y a un an, Etsy vendait.",
        "Orange l'a annoncé en mars : le site ferme.",
        "Quand Orange a perdu ses clients, il a réagi.",
        "Pour sauver le site, il faut de l'argent.",
        "Ces dernières années, les prix baissent.", "Tous les iPhone sont concernés.",
        "Toutes les ventes montent.",
        "Le mot de passe est volé.", "Le terme de deepfake désigne une image.",
    ],
)  # fmt: skip
def test_standalone_sentence(text: str) -> None:
    assert is_standalone(text)


@pytest.mark.parametrize(
    ("text", "standalone"),
    [
        ("Des experts jugent moyen le niveau de ces militants.", False),
        ("L'actrice s'en est prise à cette décision.", False),
        ("Nuagis a cependant reçu une amende.", False),
        ("Nuagis vend son offre, et cette offre surprend.", True),
        ("Nuagis a vendu son offre ce jeudi 3 mai.", True),
        ("Nuagis fermera son site de Lille durant cette période.", True),
    ],
)
def test_nothing_in_a_wholly_standalone_sentence_points_back(text: str, standalone: bool) -> None:
    assert is_standalone(text)
    assert is_wholly_standalone(text) is standalone


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("Nuagis rachète son concurrent Datavallée à Lille.", True),
        ("Nuagis rachète-t-il son concurrent Datavallée à Lille ?", False),
        ("Nous rachetons notre concurrent Datavallée à Lille.", False),
        ("Comptez 159 euros pour le moins cher des modèles.", False),
        ("Suez rachète son concurrent Datavallée à Lille.", True),
        ("Chez Nuagis, le moins cher coûte 159 euros.", True),
        ("Nuagis rachète Datavallée.", False),
        ("« Nuagis rachète son concurrent Datavallée à Lille.", False),
    ],
)
def test_complete_statement_is_nobody_s_speech(text: str, complete: bool) -> None:
    assert is_complete_statement(text) is complete


@pytest.mark.parametrize(
    "text",
    [
        "Le Premier ministre a annoncé jeudi un plan de 109 milliards d'euros.",
        "Le premier fabricant mondial de puces va investir 100 milliards de dollars.",
        "Les deux tiers des Français utilisent une IA au travail.",
        "Ce 12 mars, Nuagis a présenté un téléphone à 400 euros.",
        "En Australie, il est interdit aux moins de 16 ans d'ouvrir un compte.",
    ],
)
def test_opening_that_only_looks_as_if_it_pointed_back(text: str) -> None:
    assert is_standalone(text)


@pytest.mark.parametrize(
    "text",
    [
        "Mon espace santé compte désormais 12 millions d'utilisateurs.",
        "Le ton monte entre Nuagis et la Commission européenne.",
        "Notre-Dame de Paris se visite désormais en réalité virtuelle.",
    ],
)
def test_names_and_nouns_are_nobody_s_speech(text: str) -> None:
    assert is_complete_statement(text)
