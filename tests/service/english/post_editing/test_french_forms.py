"""French forms that a translation kept."""

import pytest

from service.english.post_editing.figures import hold_to_figures
from service.english.post_editing.french_forms import rewrite_french_print
from service.facts.figures import FigureKind, figures


@pytest.mark.parametrize(
    "text",
    [
        "He wants to go to the 3 To-do lists.",
        "Take 5 to go.",
        "Le Parisien and Xe",
        "iPhone 15 Pro",
    ],
)
def test_english_words_are_no_french_forms(text: str) -> None:
    assert rewrite_french_print(text) == text
    assert not [
        figure
        for figure in figures(text, "en")
        if figure.foreign and figure.kind is not FigureKind.ORDINAL
    ]


@pytest.mark.parametrize(
    ("translated", "english"),
    [
        ("Vendredi, two people were hired.", "Friday, two people were hired."),
        ("Ce mercredi, Nuagis opens.", "This Wednesday, Nuagis opens."),
        ("Nuagis opens ce mercredi.", "Nuagis opens this Wednesday."),
        ("Le Journal du Dimanche said on lundi.", "Le Journal du Dimanche said on Monday."),
        ("The weekly Lille Vendredi said so.", "The weekly Lille Vendredi said so."),
    ],
)
def test_french_week_days_are_translated(translated: str, english: str) -> None:
    assert rewrite_french_print(translated) == english


def test_the_article_of_a_title_left_in_french_is_no_number() -> None:
    held = hold_to_figures('M6 shows "Une ambition intime".', "M6 montre « Une ambition intime ».")
    assert held.text == 'M6 shows "Une ambition intime".'


@pytest.mark.parametrize(
    ("french", "translated", "english"),
    [
        (
            "Le séisme a eu lieu à 08h03.",
            "The quake occurred at 0803.",
            "The quake occurred at 8:03.",
        ),
        (
            "Le masque est obligatoire de 11H00 à 18H00.",
            "The mask is required from 11am to 6pm.",
            "The mask is required from 11am to 6pm.",
        ),
        (
            "Il manque 530 millions d'euros.",
            "EUR 530 million is missing.",
            "€530 million is missing.",
        ),
    ],
)
def test_times_and_amounts_in_the_style_of_institutions(
    french: str, translated: str, english: str
) -> None:
    held = hold_to_figures(translated, french)
    assert (held.text, held.repaired, held.wrong) == (english, 0, ())
