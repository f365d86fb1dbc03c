"""Week days and months that a text names."""

import pytest

from service.facts.days import find_days
from service.facts.fact import Fact, FactKind, Source


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Lundi et le 3 mai, puis le 1er mars.", ["lundi", "mai", "mars"]),
        ("L'usine ouvre mi-juin.", ["juin"]),
        ("Elle ferme en juin-juillet, puis mi-mars.", ["juin", "juillet", "mars"]),
        ("Elle a fermé avant-hier.", ["avant-hier"]),
        ("L'iPhone 16 en mars, puis fin mai.", ["mars", "mai"]),
        ("La sonde est sur Mars, le rover de Mars aussi, sur le Champ-de-Mars.", []),
        ("Le lendemain, Marsan demandait mais en marsouin.", []),
    ],
)
def test_days_and_months_are_found(text: str, days: list[str]) -> None:
    assert find_days(text) == days


@pytest.mark.parametrize(
    ("source", "summary", "day"),
    [
        ("L'usine ouvre mi-juillet.", "L'usine ouvre mi-juin.", "juin"),
        ("L'usine ouvre en avril.", "L'usine ouvre en mars.", "mars"),
        ("L'usine a fermé hier.", "L'usine a fermé avant-hier.", "avant-hier"),
    ],
)
def test_a_day_that_the_source_lacks_is_an_invention(source: str, summary: str, day: str) -> None:
    assert Source(source).unsupported(summary) == (Fact(FactKind.DAY, day),)
    assert Source(source).unsupported(source) == Source(summary).unsupported(summary) == ()
