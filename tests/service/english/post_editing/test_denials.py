"""Denials that only a sentence or only its translation has."""

import pytest

from service.english.post_editing.denials import find_differing_denials
from service.facts.fact import Fact, FactKind

DIFFERING = [
    ("La panne n'a pas touché Lille.", "The breakdown hit Lille.", "n'a pas"),
    ("Aucun mot de passe n'a jamais été volé.", "A password was stolen.", "n'a jamais"),
    ("Personne ne l'a vu, il ne le dira pas.", "He has seen it and will say it.", "ne le dira pas"),
    ("La panne a touché Lille.", "The breakdown didn't hit Lille.", "not"),
    ("La panne a touché Lille.", "The breakdown never hit Lille.", "never"),
    ("Le contrat est signé.", "No contract is signed.", "no"),
]
ALIKE = [
    ("La panne n'a pas touché Lille.", "The breakdown did not hit Lille."),
    ("Le service n'est pas disponible.", "The service is unavailable."),
    ("Nuagis n'a pas réussi à payer.", "Nuagis failed to pay."),
    ("Nuagis n'a vendu que des serveurs.", "Nuagis sold servers."),
    ("Il n'a pas encore choisi.", "He has yet to choose."),
    ("Il n'a pas manqué de le dire.", "He made sure to say it."),
    ("Nuagis n'en continue pas moins de vendre.", "Nuagis continues to sell."),
    ("Le film n'est pas sans rappeler Alien.", "The film is reminiscent of Alien."),
    ("Il l'a dit dans On n'est pas couché.", "He said it on On n'est pas couché."),
    ("Il a dit « je ne sais pas ».", "He spoke up."),
    ("Nuagis refuse de payer.", "Nuagis will not pay."),
    ("Le site est introuvable.", "The site cannot be found."),
    ("Il vend au moins 12 serveurs.", "He sells no fewer than 12 servers."),
    ("Près de Paris, le site a brûlé.", "Not far from Paris, the site burned down."),
    ("Trois sites au plus seront fermés.", "No more than three sites will be closed."),
    ("La tour n°2 est fermée.", "Tower No. 2 is closed."),
    ("Le choix dépend de n'importe quelle personne.", "The choice depends on anyone."),
]


@pytest.mark.parametrize(("french", "english", "denial"), DIFFERING)
def test_a_denial_of_one_sentence_only_is_reported(french: str, english: str, denial: str) -> None:
    assert find_differing_denials(english, french) == [Fact(FactKind.NEGATION, denial)]


@pytest.mark.parametrize(("french", "english"), ALIKE)
def test_a_denial_in_other_words_is_the_same(french: str, english: str) -> None:
    assert find_differing_denials(english, french) == []
