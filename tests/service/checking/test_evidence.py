import subprocess
import sys

import pytest

from service.checking.evidence import EvidenceFinder
from service.facts.fact import FactKind
from service.facts.statements import stems
from service.reading.article import Sentence

TEXTS = (
    "Orange arrête son offre Flexible Engine avec le chinois Huawei.",
    "Le partenariat durait depuis six ans.",
    "Les clients seront accompagnés pendant leur migration technique.",
    "Une réunion discrète s'était tenue à Paris en 2016.",
    "La concurrence progresse partout.",
    "Google Cloud prépare un service souverain avec Thales.",
)
FINDER = EvidenceFinder(
    tuple(Sentence(text, 0, 0, len(text)) for text in TEXTS), "Cloud : Huawei perd Orange"
)


def test_stems_ignore_endings_accents_and_common_words() -> None:
    assert stems("Annoncé avec les annonces") == stems("annoncent") == {"annonc"}


def test_a_copied_sentence_is_its_own_evidence() -> None:
    checked = FINDER.support(TEXTS[3])
    assert [sentence.text for sentence in checked.evidence] == [TEXTS[3]]
    assert checked.share == 1.0
    assert checked.supported


def test_a_neighbour_adds_what_is_missing() -> None:
    checked = FINDER.support("Orange arrête avec Huawei un partenariat de six ans.")
    assert [sentence.text for sentence in checked.evidence] == [TEXTS[0], TEXTS[1]]
    assert checked.supported


def test_inventions_are_unsupported() -> None:
    checked = FINDER.support("Orange arrête son offre Flexible Engine avec Microsoft.")
    assert [(fact.kind, fact.text) for fact in checked.unsupported] == [
        (FactKind.NAME, "Microsoft")
    ]
    assert not checked.supported


def test_distant_facts_are_scattered() -> None:
    checked = FINDER.support("Une réunion discrète s'était tenue à Paris avec Flexible Engine.")
    assert checked.unsupported == ()
    assert [fact.text for fact in checked.scattered] == ["Flexible", "Engine"]
    assert not checked.supported


def test_words_of_several_sentences_put_together_are_not_trusted() -> None:
    checked = FINDER.support("Le partenariat prépare un service souverain depuis six ans.")
    assert [sentence.text for sentence in checked.evidence] == [TEXTS[1], TEXTS[5]]
    assert (checked.supported, checked.trusted) == (True, False)
    assert checked.kept_order == pytest.approx(5 / 9)


def test_a_sentence_with_words_left_out_is_trusted() -> None:
    checked = FINDER.support("Les clients seront accompagnés pendant leur migration.")
    assert (checked.kept_order, checked.trusted) == (1.0, True)


def test_a_name_from_a_distant_sentence_is_not_trusted() -> None:
    texts = (
        "La chaîne Nuagis TV a annoncé vendredi être la victime d'une cyberattaque sans effet sur "
        "ses programmes.",
        "Ses équipes sont mobilisées.", "Le site de secours est prêt.",
        "Un rival avait connu une panne en octobre.",
        "Mais l'affaire la plus connue est celle de la chaîne publique Datavallée, cible de "
        "pirates en 2015.",
    )  # fmt: skip
    finder = EvidenceFinder(
        tuple(Sentence(text, number, 0, len(text)) for number, text in enumerate(texts))
    )
    wrong = finder.support(
        "La chaîne publique Datavallée, cible de pirates, a annoncé vendredi être la victime d'une "
        "cyberattaque."
    )
    assert [sentence.text for sentence in wrong.evidence] == [texts[0], texts[4]]
    assert (wrong.supported, wrong.trusted) == (True, False)
    true = finder.support(
        "La chaîne Nuagis TV a annoncé être la victime d'une cyberattaque sans effet sur ses "
        "programmes."
    )
    assert true.trusted


def test_the_title_is_a_source_of_facts() -> None:
    assert FINDER.support("Une réunion discrète s'était tenue à Paris avec Huawei.").supported


def test_other_words_are_no_support() -> None:
    checked = FINDER.support("La météo annonce beaucoup de pluie demain matin.")
    assert checked.evidence == ()
    assert checked.share == 0
    assert not checked.supported


def test_an_empty_article_has_no_evidence() -> None:
    assert EvidenceFinder(()).support("Une phrase.").evidence == ()


def test_weights_are_the_same_in_every_process() -> None:
    """Sets of words have another order with every hash seed."""
    code = (
        "from service.reading.article import Sentence; from service.checking.evidence import "
        "EvidenceFinder\n"
        "texts = [' '.join(f'mot{n}' for n in range(40) if n % k) for k in range(2, 9)]\n"
        "finder = EvidenceFinder(tuple(Sentence(text, 0, 0, len(text)) for text in texts))\n"
        "print(finder.weight(frozenset(f'mot{n}' for n in range(40))))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    weights = {
        subprocess.run(
            command, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "1234"
    }
    assert len(weights) == 1


def test_a_name_that_only_opens_sentences_is_not_exchanged_for_another() -> None:
    article = (
        "Nuagis a dépassé les 5 000 clients mercredi, au terme d'une année record.",
        "Voxcom compte supprimer 9 000 postes, selon ses syndicats.",
        "Perplexity a annoncé 14 000 suppressions de postes dans la tech américaine.",
    )
    finder = EvidenceFinder(
        tuple(Sentence(text, 0, 100 * k, 100 * k + len(text)) for k, text in enumerate(article)), ""
    )
    assert finder.support(article[2]).supported
    wrong = finder.support(
        "Voxcom a annoncé 14 000 suppressions de postes dans la tech américaine."
    )
    assert [fact.text for fact in wrong.unsupported] == ["Voxcom"]


ASKED = (
    "Un ovni s'est-il baladé dans le ciel américain ?",
    "La Nasa veut créer une base sur la Lune, dit-elle.",
    "« Google prépare-t-il un téléphone pliable ? »",
)
ASKING = EvidenceFinder(tuple(Sentence(text, 0, 0, len(text)) for text in ASKED))


@pytest.mark.parametrize(
    "stated",
    [
        "Un ovni s'est baladé dans le ciel américain.",
        "Un ovni s'est-il baladé dans le ciel américain.",
        "Google prépare un téléphone pliable.",
    ],
)
def test_a_question_told_as_a_fact_is_not_trusted(stated: str) -> None:
    assert not ASKING.support(stated).trusted


@pytest.mark.parametrize("text", [ASKED[0], ASKED[1], "La Nasa veut créer une base sur la Lune."])
def test_a_question_that_still_asks_and_a_statement_are_trusted(text: str) -> None:
    assert ASKING.support(text).trusted
