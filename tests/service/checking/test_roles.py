"""A summary sentence keeps who does something to whom."""

import pytest

from service.checking.evidence import EvidenceFinder
from service.checking.roles import turned_round
from service.facts.statements import Statement
from service.reading.article import Sentence

ARTICLE = [
    "Nuagis écope d'une amende de 3 millions d'euros",
    "L'Autorité de la concurrence a infligé lundi une amende de 3 millions d'euros à Nuagis.",
    "Le groupe Voxcom va racheter son rival Datavallée, que poursuit Anne Leroy.",
    "Datavallée a été attaqué en justice par Halte, qui accuse aussi le patron de Nuagis.",
    "La cyberattaque contre Voxcom a duré deux heures, et Nuagis a licencié Paul Durand.",
    "Pixelor, que va racheter Logivert, compte 30 salariés.",
]
KNOWN = frozenset(
    "nuagis autorite voxcom datavallee halte anne leroy paul durand pixelor logivert".split()
)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Nuagis a infligé une amende de 3 millions d'euros.", "Nuagis"),
        ("Nuagis inflige lundi une amende.", "Nuagis"),
        ("Nuagis condamne l'Autorité.", "Nuagis"),
        ("L'Autorité a été condamnée lundi.", "Autorité"),
        ("Datavallée va racheter son rival Voxcom.", "Datavallée"),
        ("Voxcom est racheté par Datavallée.", "Voxcom"),
        ("Datavallée a attaqué Halte en justice.", "Datavallée"),
        ("Paul Durand a licencié Nuagis.", "Paul Durand"),
        # As the article has it, or in other words.
        ("L'Autorité de la concurrence inflige une amende à Nuagis.", ""),
        ("Nuagis se voit infliger une amende.", ""),
        ("Nuagis a été condamné à une amende.", ""),
        ("Nuagis est condamné par l'Autorité.", ""),
        ("Voxcom rachète Datavallée.", ""),
        ("Datavallée est racheté par Voxcom.", ""),
        ("Halte a attaqué Datavallée en justice.", ""),
        ("Logivert rachète Pixelor.", ""),
        # Nouns, other people's deeds, and names that are neither who does it nor to whom.
        ("Voxcom a subi une attaque de deux heures.", ""),
        ("Le patron de Nuagis condamne la décision.", ""),
        ("Anne Leroy accuse Halte.", "Halte"),
        ("Anne Leroy accuse le groupe.", ""),
    ],
)
def test_who_does_what_to_whom(sentence: str, name: str) -> None:
    assert turned_round(Statement(sentence), [Statement(text) for text in ARTICLE], KNOWN) == name


def test_a_sentence_with_roles_turned_round_is_not_supported() -> None:
    sentences = tuple(Sentence(text, 0, 0, len(text)) for text in ARTICLE[1:])
    finder = EvidenceFinder(sentences, ARTICLE[0])
    assert not finder.support("Nuagis a infligé lundi une amende de 3 millions d'euros.").supported
    assert finder.support("L'Autorité a infligé lundi une amende de 3 millions d'euros.").trusted
