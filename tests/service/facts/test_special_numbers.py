"""Rough numbers, times and fractions."""

import pytest

from service.facts.fact import Source
from service.facts.special_numbers import find_magnitudes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("des milliers de maisons", {3}),
        ("une centaine d'habitants et des dizaines de milliers d'euros", {2, 4}),
        ("3 millions, trois cents millions et 1,2 milliard d'euros", set()),
        ("le millionnaire", set()),
    ],
)
def test_rough_numbers(text: str, expected: set[int]) -> None:
    assert find_magnitudes(text).keys() == expected


@pytest.mark.parametrize(
    ("rough", "source", "supported"),
    [
        (
            "Des milliers de maisons sont détruites.",
            "Une centaine de maisons ont brûlé sur 400 hectares.",
            False,
        ),
        ("Des milliers de maisons sont détruites.", "3 200 maisons ont brûlé.", True),
        (
            "Des milliers de maisons sont détruites.",
            "Des dizaines de milliers de maisons ont brûlé.",
            True,
        ),
        ("Une centaine de maisons sont détruites.", "Le feu a détruit 98 maisons.", True),
        ("Des centaines de maisons sont détruites.", "Le feu a détruit douze maisons.", False),
        ("Des milliers de maisons sont détruites.", "Le feu a détruit 32 000 maisons.", True),
    ],
)
def test_a_rough_number_needs_one_of_its_size(rough: str, source: str, supported: bool) -> None:
    assert (Source(source).unsupported(rough) == ()) is supported


@pytest.mark.parametrize(
    ("article", "summary", "wrong"),
    [
        ("Deux tiers acceptent, un quart refuse.", "Un tiers accepte.", ["Un tiers"]),
        ("Deux tiers acceptent.", "Deux tiers acceptent.", []),
        ("Un million et demi de comptes, contre 900 000.", "Un million de comptes.", ["1000000"]),
        ("Un million et demi de comptes.", "1,5 million de comptes.", []),
        ("La panne a duré 2 h 40.", "La panne a duré 2 heures.", ["2 heures"]),
        ("La panne a duré 2 heures et 40 minutes.", "La panne a duré 2 h 40.", []),
        ("De 10h00 à 12h.", "De 10 h à 12 heures.", []),
    ],
)
def test_times_and_fractions_are_compared_as_wholes(
    article: str, summary: str, wrong: list[str]
) -> None:
    assert [fact.text for fact in Source(article).unsupported(summary)] == wrong
