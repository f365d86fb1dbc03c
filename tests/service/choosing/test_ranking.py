"""Which candidate ranks first, and how its sentences are mended."""

import pytest

from service.choosing.candidates import find_complete_sentences, measure_consensus
from service.reading.reader import read_article
from tests.service.choosing.articles import (
    CENTRES,
    NEWS,
    OWN,
    UNTITLED,
    WRONG,
    candidate,
    summarize,
)


def test_a_candidate_that_repeats_its_words_ranks_lower() -> None:
    twice = "Nuagis rachète son concurrent Datavallée, son concurrent, pour 45 millions d'euros."
    assert summarize(candidate(twice, score=-0.4), candidate(NEWS))[0] == NEWS
    assert summarize(candidate(twice))[0] == twice


def test_of_trusted_candidates_one_in_the_order_of_the_article_wins() -> None:
    moved = (
        "Pour 45 millions d'euros, l'hébergeur lillois Nuagis rachète son concurrent Datavallée."
    )
    kept = "L'hébergeur lillois Nuagis rachète son concurrent Datavallée pour 45 millions."
    assert summarize(candidate(moved, score=-0.45), candidate(kept), article=UNTITLED) == [
        f"{kept[:-1]} d'euros."
    ]


def test_a_candidate_without_inventions_wins() -> None:
    assert summarize(candidate(WRONG, score=-0.1), candidate(NEWS, score=-0.6)) == [NEWS]


def test_of_trusted_candidates_one_that_others_agree_with_wins() -> None:
    alone, other = (
        candidate(CENTRES, score=-0.45),
        "Nuagis rachète son concurrent Datavallée pour 45 millions d'euros.",
    )
    assert summarize(alone, candidate(NEWS), article=UNTITLED) == [CENTRES]
    assert summarize(alone, candidate(NEWS), candidate(other), article=UNTITLED) in (
        [NEWS],
        [other],
    )


def test_consensus() -> None:
    assert measure_consensus([]) == []
    assert measure_consensus(["Un accord."]) == [0]
    assert measure_consensus(["Un accord signé", "un accord signé."]) == [1, 1]
    first, second, third = measure_consensus(["a b c d", "a b c e", "f g"])
    assert first == second == pytest.approx((3 / 4 + 2 / 3) / 2 / 2)
    assert third == 0


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
