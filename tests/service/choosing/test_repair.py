"""What a copy changes in the article's sentence."""

import pytest

from service.checking.evidence import EvidenceFinder
from service.choosing.repair import Restorer
from service.choosing.repair_rules.copies import Originals
from service.choosing.repair_rules.wording import put_back
from service.reading.article import Sentence

# The article's sentence, the generated sentence, and the generated sentence put right.
SWAPPED = [
    (
        "Nuagis reste un acteur mineur en Bretagne, loin derrière ses trois rivaux.",
        "Nuagis reste un acteur majeur en Bretagne, loin derrière ses trois rivaux.",
        "Nuagis reste un acteur mineur en Bretagne, loin derrière ses trois rivaux.",
    ),
    (
        "Ce lundi, quatre jeunes ingénieurs ont quitté le laboratoire de Rennes pour fonder une "
        "entreprise.",
        "Deux jeunes ingénieurs ont quitté le laboratoire de Rennes pour fonder une entreprise.",
        "Quatre jeunes ingénieurs ont quitté le laboratoire de Rennes pour fonder une entreprise.",
    ),
    (
        "Le parquet de Brest a ouvert une enquête après la panne du réseau de la ville.",
        "La police a ouvert une enquête après la panne du réseau de la ville.",
        "Le parquet de Brest a ouvert une enquête après la panne du réseau de la ville.",
    ),
    (
        "Selon Nuagis, le ministère a validé hier le plan de secours du réseau électrique.",
        "Selon Nuagis, la région a validé le plan de secours du réseau électrique.",
        "Selon Nuagis, le ministère a validé le plan de secours du réseau électrique.",
    ),
    (
        "Sept des neuf syndicats de pompiers ont lancé un appel à la grève pour jeudi.",
        "Les syndicats de pompiers ont lancé un appel à la grève pour jeudi.",
        "Sept des neuf syndicats de pompiers ont lancé un appel à la grève pour jeudi.",
    ),
    (
        "Le décollage du lanceur européen avait été repoussé au mois de mars par prudence.",
        "Le lanceur européen avait été repoussé au mois de mars par prudence.",
        "Le décollage du lanceur européen avait été repoussé au mois de mars par prudence.",
    ),
]
KEPT = [
    (
        "En trois jours, 3 000 clients ont résilié leur abonnement.",
        "En 3 jours, 3 000 clients ont résilié leur abonnement.",
    ),
    # A misprint of the article, another form of a word, and a number in other signs.
    (
        "Le résau de la ville est tombé en panne dimanche.",
        "Le réseau de la ville est tombé en panne dimanche.",
    ),
    (
        "Deux usines ont été fermé dimanche par le préfet.",
        "Deux usines ont été fermées dimanche par le préfet.",
    ),
    (
        "Il y a 100.000 abonnés en Bretagne cette année.",
        "Il y a 100 000 abonnés en Bretagne cette année.",
    ),
    # A question of the article.
    (
        "Anne Leroy serait-elle mêlée à une autre panne du réseau ?",
        "Anne Leroy serait mêlée à une autre panne du réseau.",
    ),
    # Somebody named whom the article means, and shorter names.
    (
        "Elle a promis une enquête sur la panne du réseau.",
        "Anne Leroy a promis une enquête sur la panne du réseau.",
    ),
    (
        "Le ministre a promis une enquête sur la panne du réseau.",
        "Paul Valmont a promis une enquête sur la panne du réseau.",
    ),
    (
        "L'entreprise Nuagis a promis une enquête sur la panne.",
        "Nuagis a promis une enquête sur la panne.",
    ),
    ("L'hébergeur breton Nuagis a promis une enquête.", "L'hébergeur Nuagis a promis une enquête."),
    (
        "Le ballon bleu a survolé la ville pendant deux heures.",
        "Un ballon a survolé la ville pendant deux heures.",
    ),
    (
        "Les suspects ont été mis en examen à Brest dimanche.",
        "Quatre hommes ont été mis en examen à Brest dimanche.",
    ),
    (
        "Le maire de Brest a promis une enquête sur la panne.",
        "Le maire a promis une enquête sur la panne.",
    ),
]


@pytest.mark.parametrize(("source", "text", "right"), SWAPPED)
def test_words_and_subjects_of_the_article_are_put_back(source: str, text: str, right: str) -> None:
    assert put_back(text, Originals(["Il pleut.", source])) == right


@pytest.mark.parametrize(("source", "text"), KEPT)
def test_wording_that_the_article_does_not_say_better_stays(source: str, text: str) -> None:
    assert put_back(text, Originals([source])) == text


def test_sentence_that_copies_none_stays() -> None:
    text = "La police a ouvert une enquête sur la panne."
    assert put_back(text, Originals(["Il pleut sur Brest depuis hier.", ""])) == text
    assert put_back("", Originals([])) == ""


def test_restored_sentence_is_checked_again() -> None:
    source = "Le parquet de Brest a ouvert une enquête sur la panne de la ville."
    finder = EvidenceFinder((Sentence(source, 0, 0, len(source)),))
    restorer = Restorer(finder, [source])
    right = restorer.correct(
        finder.support("La police a ouvert une enquête sur la panne de la ville.")
    )
    assert right.trusted
    assert right.text == source
    assert restorer.correct(right) is right
