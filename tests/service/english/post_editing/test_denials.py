"""A denial of one of two sentences that the other lacks."""

import pytest

from service.english.post_editing.denials import told_otherwise
from service.facts.fact import Fact, FactKind

TOLD = [
    ("La panne n'a pas touché Lille.", "The breakdown hit Lille.", "n'a pas"),
    ("Aucun mot de passe n'a jamais été volé.", "A password was stolen.", "n'a jamais"),
    ("Personne ne l'a vu, il ne le dira pas.", "He has seen it and will say it.", "ne le dira pas"),
    ("La panne a touché Lille.", "The breakdown didn't hit Lille.", "not"),
    ("La panne a touché Lille.", "The breakdown never hit Lille.", "never"),
    ("Le contrat est signé.", "No contract is signed.", "no"),
]
SAME = [
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
    ("La tour n°2 est fermée.", "Tower No. 2 is closed."),
    ("Le choix dépend de n'importe quelle personne.", "The choice depends on anyone."),
]


@pytest.mark.parametrize(("french", "english", "told"), TOLD)
def test_a_denial_that_one_sentence_lacks_is_told(french: str, english: str, told: str) -> None:
    assert told_otherwise(english, french) == [Fact(FactKind.NEGATION, told)]


@pytest.mark.parametrize(("french", "english"), SAME)
def test_what_is_denied_in_other_words_is_the_same(french: str, english: str) -> None:
    assert told_otherwise(english, french) == []
