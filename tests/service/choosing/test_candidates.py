"""How the sentences that the model writes are read and mended."""

from service.choosing.candidates import find_complete_sentences
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


def test_a_cut_sentence_is_left_out() -> None:
    assert find_complete_sentences(candidate(NEWS, "Le nouvel ensemble", finished=False)) == [NEWS]
    assert find_complete_sentences(candidate(NEWS, "Le nouvel ensemble exploite")) == [
        NEWS,
        "Le nouvel ensemble exploite.",
    ]
    assert find_complete_sentences(candidate("")) == []
    assert find_complete_sentences(candidate(f"- {NEWS}")) == [NEWS]
    assert find_complete_sentences(candidate(f"► {NEWS}")) == []
