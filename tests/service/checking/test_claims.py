"""A claim keeps its speaker."""

import pytest

from service.checking.claims import lost_speaker
from service.checking.evidence import EvidenceFinder
from service.facts.statements import Statement
from service.reading.article import Sentence

ARTICLE = [
    "Une taxe pour les centres de données",
    "Il faut supprimer ce tarif réduit dès 2027, estime le sénateur Paul Durand.",
    "Les prix vont baisser de 10 %, a promis la ministre.",
    "Le plan va supprimer 300 emplois, selon le syndicat CFDT.",
    "Selon le collectif Halte, les riverains ne dorment plus.",
    "Le cabinet Nord juge pour sa part que la mesure est efficace pour les petites communes.",
    "« Aucun centre de données au monde n'emploie autant de monde », réplique Anne Leroy.",
    "Le site emploie 40 personnes ; les riverains sont furieux, assure le maire.",
    "Nuagis ferme son site de Lille, a annoncé le groupe lundi.",
    "Les serveurs sont à Lyon, selon l'AFP.",
    "La loi devrait être votée en mai, a indiqué le ministère.",
    "L'État devrait taxer les géants du Web, plaide la chercheuse Lucie Perrin.",
    "Il est temps de bannir les téléphones, a indiqué le ministère.",
    "Nuagis, dont on pense que le fondateur est parti, a fermé son site de Nantes.",
    "Ce qui a étonné les juges, c'est que la société a vendu ses locaux de Paris.",
    "Le réseau est saturé depuis mars, affirme l'opérateur Voxcom.",
    "Depuis mars, le réseau est saturé.",
]


@pytest.mark.parametrize(
    "claim",
    [
        "Il faut supprimer ce tarif réduit dès 2027.",
        "Les prix vont baisser de 10 %.",
        "Le plan va supprimer 300 emplois.",
        "Les riverains ne dorment plus.",
        "La mesure est efficace pour les petites communes.",
        "Aucun centre de données au monde n'emploie autant de monde.",
        "Les riverains sont furieux.",
        "L'État devrait taxer les géants du Web.",
        "Il est temps de bannir les téléphones.",  # A judging word, whatever the verb.
    ],
)
def test_a_claim_without_its_speaker(claim: str) -> None:
    assert _find_lost_speaker(claim) == " ".join(claim.split()[:3])


@pytest.mark.parametrize(
    "sentence",
    [
        "Il faut supprimer ce tarif réduit, estime le sénateur.",
        "Selon la CFDT, le plan va supprimer 300 emplois.",
        "Le plan pourrait supprimer 300 emplois.",
        "Pour Halte, les riverains ne dorment plus.",
        "« Aucun centre de données au monde n'emploie autant de monde. »",
        "Le site emploie 40 personnes.",
        # Announced, or reported by an agency.
        "Nuagis ferme son site de Lille.",
        "Les serveurs sont à Lyon.",
        "La loi devrait être votée en mai.",
        # The claim is only said in passing, or there is none: "juges" is no verb.
        "Nuagis a fermé son site de Nantes.",
        "La société a vendu ses locaux de Paris.",
        # Another sentence says the same without a speaker.
        "Le réseau est saturé depuis mars.",
        "",
    ],
)
def test_sentences_that_need_no_speaker(sentence: str) -> None:
    assert not _find_lost_speaker(sentence)


def test_a_claim_without_its_speaker_is_not_trusted() -> None:
    finder = EvidenceFinder(
        tuple(Sentence(text, 0, 0, len(text)) for text in ARTICLE[1:]), ARTICLE[0]
    )
    lost = finder.support("Le plan va supprimer 300 emplois.")
    assert (lost.supported, lost.trusted, lost.untrusted_words) == (True, False, "Le plan va")
    assert finder.support(ARTICLE[3]).trusted


def _find_lost_speaker(sentence: str) -> str:
    return lost_speaker(Statement(sentence), [Statement(text) for text in ARTICLE])
