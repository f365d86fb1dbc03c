"""Week days and months of a translation."""

import pytest

from service.english.post_editing.dates import find_week_days
from service.english.post_editing.figures import hold_to_figures


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Les soldes du Black Friday baissent.", "Black Friday sales are falling."),
        (
            "La part baisse, mais tout ira mieux à la rentrée.",
            "The share is falling, but all will be better in September.",
        ),
    ],
)
def test_days_and_months_in_other_words_stay(french: str, english: str) -> None:
    held = hold_to_figures(english, french)
    assert (held.text, held.repaired, held.wrong) == (english, 0, ())


@pytest.mark.parametrize(
    ("french", "days"),
    [
        ("Lundi, Nuagis a fermé un site.", ["Monday"]),
        ("Mardis et jeudis, Nuagis est fermé.", ["Tuesday", "Thursday"]),
        ("Nuagis a fermé un site lundi.", ["Monday"]),
        ("Le Journal du Dimanche cite Nuagis.", []),
    ],
)
def test_week_days_are_found(french: str, days: list[str]) -> None:
    assert find_week_days(french) == days
