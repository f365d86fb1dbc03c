"""Rough numbers and their sizes."""

import pytest

from service.facts.magnitudes import find_magnitudes
from service.facts.source import Source


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
