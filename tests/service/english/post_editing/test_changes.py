"""A rise that is a fall by its own figures."""

import pytest

from service.english.post_editing.changes import correct_changes
from tests.service.english.candidates import choose_best


@pytest.mark.parametrize(
    ("english", "corrected"),
    [
        ("Sales rises from 38 to 35 million euros.", "Sales goes from 38 to 35 million euros."),
        (
            "Revenue rose from 1.2 billion to 900 million euros.",
            "Revenue went from 1.2 billion to 900 million euros.",
        ),
        ("Its share has risen from 38% to 35%.", "Its share has gone from 38% to 35%."),
        ("It has sharply risen from 38 to 35.", "It has sharply gone from 38 to 35."),
        ("It was increased from 38 to 35.", "It was changed from 38 to 35."),
        (
            "It has been raised; it has been increased from 38 to 35.",
            "It has been raised; it has been changed from 38 to 35.",
        ),
        (
            "Its users fell from 900,000 to 1.2 million.",
            "Its users went from 900,000 to 1.2 million.",
        ),
        ("Its share fell from 12 to 15%.", "Its share went from 12 to 15%."),
        (
            "Prices are falling from 9.99 to 12.99 euros.",
            "Prices are going from 9.99 to 12.99 euros.",
        ),
    ],
)
def test_a_change_goes_where_its_figures_go(english: str, corrected: str) -> None:
    assert correct_changes(english) == (corrected, 1)


@pytest.mark.parametrize(
    "english",
    [
        "Revenue rose from 35 to 38 million euros.",
        "Revenue fell from 1.2 billion to 900 million euros.",
        "A rise from 38 to 35 was feared.",
        "Its users rose from 900,000 to 1.2 million.",
        "Its users rose from 1,200 to 1.5 million.",
        "The storage rises from 500 MB to 1 GB.",
        "The time falls from 2 minutes to 30 seconds.",
        "The price fell from 1,200 to 900 million euros.",
        "Nuagis fell from 12 sites in 2020.",
        "Revenue rose from March to May.",
    ],
)
def test_other_changes_stay(english: str) -> None:
    assert correct_changes(english) == (english, 0)


def test_a_corrected_change_is_told() -> None:
    french = "Le chiffre d'affaires passe de 38 à 35 millions d'euros."
    best = choose_best(french, "Revenue rises from 38 million to 35 million euros.")
    assert (best.text, best.repaired) == ("Revenue goes from 38 million to 35 million euros.", 1)
