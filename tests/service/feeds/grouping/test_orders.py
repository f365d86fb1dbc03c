"""Stories that three sources tell with differing figures are whole, in whatever order they come."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from service.feeds.grouping.differences import find_differences
from service.feeds.grouping.stories import group
from service.feeds.item import Item

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)


def item(source: str, hours: float, title: str, *sentences: str) -> Item:
    published = NOW - timedelta(hours=hours)
    return Item(source, title, " ".join(sentences), "", published, source, source)


LEAK = (
    item(
        "A",
        5,
        "Sanovia victime d’une fuite de données : 1,2 million de patients concernés",
        "Le spécialiste lyonnais de la prise de rendez-vous médicaux Sanovia a reconnu samedi "
        "qu’un pirate avait copié les données de 1,2 million de patients.",
        "L’intrusion a été détectée dans la nuit de jeudi à vendredi par les équipes de sécurité "
        "de l’entreprise, qui emploie 340 personnes.",
    ),
    item(
        "B",
        3,
        "Données de santé : Sanovia piraté, 800 000 patients touchés",
        "La plateforme de rendez-vous médicaux Sanovia a été piratée cette semaine.",
        "Selon la société, 800 000 patients voient leurs coordonnées dans la nature.",
        "Le fichier est apparu vendredi soir sur un forum, où il est proposé pour 15 000 dollars.",
    ),
    item(
        "C",
        1,
        "Fuite chez Sanovia : le parquet de Paris ouvre une enquête",
        "Le parquet de Paris a ouvert samedi une enquête après le piratage de la plateforme "
        "médicale Sanovia, qui a exposé les coordonnées de 1,2 million de patients.",
        "Les investigations ont été confiées à l’Office anti-cybercriminalité.",
    ),
)
FUNDING = (
    item(
        "A",
        8,
        "Quantelis lève 45 millions d’euros pour ses processeurs quantiques",
        "La jeune pousse grenobloise Quantelis annonce une levée de fonds de 45 millions d’euros, "
        "menée par le fonds Arvor Capital.",
        "Arvor Capital apporte 20 millions d’euros.",
    ),
    item(
        "B",
        6,
        "Processeurs quantiques : Quantelis réunit 42 millions d’euros et va recruter à Grenoble",
        "Quantelis a bouclé un tour de table de 42 millions d’euros auprès d’Arvor Capital et de "
        "la banque publique d’investissement.",
        "La jeune pousse va recruter 120 ingénieurs à Grenoble.",
        "Les premiers postes sont ouverts depuis lundi.",
    ),
    item(
        "C",
        7,
        "Quantelis séduit Arvor Capital et lève 45 millions d’euros",
        "Le grenoblois Quantelis lève 45 millions d’euros pour fabriquer des processeurs "
        "quantiques en silicium.",
        "L’opération est menée par Arvor Capital.",
    ),
)
PATENT = item(
    "A",
    30,
    "Brevets : Quantelis attaque le canadien Norlight devant le tribunal de Munich",
    "Quantelis a assigné vendredi l’entreprise canadienne Norlight pour contrefaçon de deux "
    "brevets européens.",
)
FINE = item(
    "D",
    6,
    "Quantelis condamné à 43 millions d’euros d’amende",
    "Le tribunal de Lyon inflige à Quantelis une amende de 43 millions d’euros pour avoir copié "
    "les plans d’un concurrent.",
)


@pytest.mark.parametrize(
    ("items", "figures"),
    [
        (LEAK, ["1,2 million de patients", "800 000 patients"]),
        (FUNDING, ["42 millions d’euros", "45 millions d’euros"]),
    ],
)
def test_a_story_is_whole_in_each_order(items: tuple[Item, ...], figures: list[str]) -> None:
    for order in permutations((*items, PATENT, FINE)):
        stories = {frozenset(story.items): story for story in group(order)}
        assert stories.keys() == {frozenset(items), frozenset([PATENT]), frozenset([FINE])}
        (difference,) = find_differences(stories[frozenset(items)])
        assert [figure.written for figure in difference] == figures
