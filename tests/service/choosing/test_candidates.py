"""How the sentences that the model writes are read and mended."""

import pytest

from service.choosing.candidates import find_complete_sentences, remove_days
from service.reading.reader import read_article
from tests.service.choosing.articles import (
    NEWS,
    OWN,
    UNTITLED,
    candidate,
    summarize,
)


def test_words_that_stand_twice_in_a_row_stand_once() -> None:
    twice = "Le nouvel ensemble exploitera neuf centres de données de données en France."
    assert summarize(candidate(twice), article=UNTITLED) == [
        "Le nouvel ensemble exploitera neuf centres de données en France."
    ]
    single = (
        "Le nouvel ensemble exploitera neuf neuf centres de données en France."  # "nous nous" may
    )
    assert summarize(candidate(single), article=UNTITLED) == [single]


def test_a_day_of_another_sentence_is_cut_out() -> None:
    article = read_article(
        f"Un incendie a touché un site de Datavallée mardi à Rennes. {' '.join(OWN[1:])} {OWN[0]}"
    )
    days = candidate(
        "L'hébergeur lillois Nuagis rachète mardi son concurrent Datavallée pour 45 millions "
        "d'euros."
    )
    assert summarize(days, article=article) == [OWN[0]]


@pytest.mark.parametrize(
    ("sentence", "without"),
    [
        ("Le site a rouvert mardi.", "Le site a rouvert."),
        ("Nuagis a annoncé mardi, lors d'un salon, son rachat.",
        "Nuagis a annoncé, lors d'un salon, son rachat."),
        ("Nuagis a annoncé mardi et lancé lundi son rachat.",
        "Nuagis a annoncé et lancé son rachat."),
    ],
)  # fmt: skip
def test_a_bare_day_is_cut_out(sentence: str, without: str) -> None:
    assert remove_days(sentence, ["mardi", "lundi"]) == without


@pytest.mark.parametrize(
    "sentence",
    [
        "Le site est en panne depuis mardi.",
        "Avant mardi, il faudra payer.",
        "Il ouvre après mardi, pour mardi ou jusqu'à mardi.",
        "Il ouvre d'ici mardi, entre lundi et jeudi, chaque lundi.",
        "Le site est fermé lundi et mardi.",
        "Le site est fermé lundi, mardi ou mercredi.",
        "Le site ouvre de mardi à jeudi.",
        "Nuagis, mardi, a annoncé son rachat.",
        "Nuagis a annoncé mardi après-midi son rachat.",
        "Nuagis a annoncé le mardi 5 mars son rachat.",
        "Nuagis a annoncé mardi soir son rachat.",
    ],
)
def test_a_day_that_other_words_need_is_left(sentence: str) -> None:
    assert remove_days(sentence, ["mardi", "lundi"]) == sentence


def test_a_cut_sentence_is_left_out() -> None:
    assert find_complete_sentences(candidate(NEWS, "Le nouvel ensemble", finished=False)) == [NEWS]
    assert find_complete_sentences(candidate(NEWS, "Le nouvel ensemble exploite")) == [
        NEWS,
        "Le nouvel ensemble exploite.",
    ]
    assert find_complete_sentences(candidate("")) == []
    assert find_complete_sentences(candidate(f"- {NEWS}")) == [NEWS]
    assert find_complete_sentences(candidate(f"► {NEWS}")) == []
