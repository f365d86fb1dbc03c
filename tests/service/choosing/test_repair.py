"""What a copy changes in the article's sentence, and what it lacks."""

import pytest

from service.checking.evidence import EvidenceFinder
from service.choosing.repair import Restorer
from service.choosing.repair_rules.copies import Originals
from service.choosing.repair_rules.endings import complete
from service.choosing.repair_rules.offices import remove_strange_office
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
LACKING = [
    (
        "La panne a duré plus d'une heure et demie, mardi soir.",
        "La panne a duré plus d'une heure.",
        "La panne a duré plus d'une heure et demie.",
    ),
    (
        "La police a fouillé les locaux du média en ligne Nuagis, dans le cadre de l'affaire.",
        "La police a fouillé les locaux du média.",
        "La police a fouillé les locaux du média en ligne Nuagis.",
    ),
    (
        "La salle de la ville peut contenir 80 000 spectateurs.",
        "La salle de la ville peut contenir 80 000.",
        "La salle de la ville peut contenir 80 000 spectateurs.",
    ),
    (
        'Un "plan de secours" sera prêt en mars, a précisé lundi 3 février le ministère de '
        "l'Économie lors d'un salon.",
        'Un "plan de secours" sera prêt en mars.',
        'Un "plan de secours" sera prêt en mars, a précisé le ministère de l\'Économie.',
    ),
    (
        "Selon Nuagis, la panne aurait touché trois centres de données en Bretagne.",
        "La panne aurait touché trois centres de données en Bretagne.",
        "Selon Nuagis, la panne aurait touché trois centres de données en Bretagne.",
    ),
    (
        "Selon les informations du Télégramme, Nuagis va fermer son centre de données de Brest.",
        "Nuagis va fermer son centre de données de Brest.",
        "Selon les informations du Télégramme, Nuagis va fermer son centre de données de Brest.",
    ),
]
LACKING_NOTHING = [
    (
        "Nuagis va fermer son centre, a annoncé lundi le groupe.",
        "Nuagis va fermer son centre.",
    ),  # no claim
    (
        'Le jeu "Fil Rouge" sort en mars, a annoncé la société.',
        'Le jeu "Fil Rouge" sort en mars.',
    ),  # a title
    (
        'La panne était "prévisible", a-t-elle dit.',
        'La panne était "prévisible".',
    ),  # nobody is named
    (
        "Selon le quotidien, la panne aurait touché trois centres.",
        "La panne aurait touché trois centres.",
    ),
    (
        "Nuagis a fermé son centre de données près de Brest.",
        "Nuagis a fermé son centre de données.",
    ),
    ("Le centre a été fermé par le préfet de la région.", "Le centre a été fermé."),
    (
        "Le groupe cherche de nouveaux locaux situés à Brest.",
        "Le groupe cherche de nouveaux locaux.",
    ),
    ("Le second tour aura lieu au mois de mars 2030 à Brest.", "Le second tour aura lieu au mois."),
]


@pytest.mark.parametrize(("source", "text", "right"), SWAPPED)
def test_words_and_subjects_of_the_article_are_put_back(source: str, text: str, right: str) -> None:
    assert put_back(text, Originals(["Il pleut.", source])) == right


@pytest.mark.parametrize(("source", "text"), KEPT)
def test_wording_that_the_article_does_not_say_better_stays(source: str, text: str) -> None:
    assert put_back(text, Originals([source])) == text


@pytest.mark.parametrize(("source", "text", "right"), LACKING)
def test_lost_endings_and_sources_are_added(source: str, text: str, right: str) -> None:
    assert list(complete(text, Originals([source])))[-1:] == [right]


@pytest.mark.parametrize(("source", "text"), LACKING_NOTHING)
def test_sentence_that_lacks_nothing_stays(source: str, text: str) -> None:
    assert list(complete(text, Originals([source]))) == []


def test_sentence_that_copies_none_stays() -> None:
    text = "La police a ouvert une enquête sur la panne."
    assert put_back(text, Originals(["Il pleut sur Brest depuis hier.", ""])) == text
    assert put_back("", Originals([])) == ""


def test_office_of_somebody_else_is_left_out() -> None:
    article = (
        "À la tête de la communication, Joseph Valmont est remplacé. Le président Paul Dubois a "
        "signé le décret."
    )
    text = "Le président de la communication, Joseph Valmont, est remplacé."
    assert remove_strange_office(text, article) == "Joseph Valmont est remplacé."
    kept = "Le président du groupe Paul Dubois a signé le décret."
    assert remove_strange_office(kept, article) == kept
    assert (
        remove_strange_office(text, "Joseph Valmont, président de la communication, est remplacé.")
        == text
    )
    assert remove_strange_office(text, "Personne n'est remplacé.") == text


def test_restored_sentence_is_checked_again() -> None:
    source = (
        "Le parquet de Brest a ouvert une enquête sur la panne qui aurait touché la ville, selon "
        "la mairie."
    )
    finder = EvidenceFinder((Sentence(source, 0, 0, len(source)),))
    restorer = Restorer(finder, [source])
    right = restorer.correct(
        finder.support("La police a ouvert une enquête sur la panne qui aurait touché la ville.")
    )
    assert right.trusted
    assert [version.text for version in restorer.complete(right)] == [source]
    assert restorer.correct(right) is right
