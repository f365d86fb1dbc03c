"""English words in French sentences that are to be translated."""

import re

import pytest

from service.press_words import _WORD, MAX_WORDS, expected_words, lost_words, table, with_english_words


@pytest.mark.parametrize(
    ("french", "hinted"),
    [
        ("Une canicule, et il a percuté une fusée.", "Une heatwave, et il a hit une rocket."),
        ("Les députées danoises et sud-coréennes écoutent.", "Les MPs Danish et South Korean écoutent."),
        ("Les violences policières et les pompiers agressés.", "Les police violence et les firefighters attacked."),
        ("Des adolescents et des quadragénaires.", "Des teenagers et des people in their forties."),
        ("Procureur à Lille, elle s’est enfuie.", "Prosecutor à Lille, elle fled."),
        ("Le Parquet de Lille attend.", "Le Parquet de Lille attend."),  # a name
        ("Condamnés à mort, ils attendent leur dixième procès.", "Sentenced to death, ils attendent leur tenth trial."),
        ("Le néo-procureur et l'ex-otage.", "Le néo-procureur et l'ex-otage."),  # parts of words
        ("Le plus mortel des incendies.", "Le plus mortel des fires."),
        ("Des accidents de la route et des jeux vidéo.", "Des road accidents et des video games."),
        ("Les agences spatiales et un avion de chasse.", "Les space agencies et un fighter jet."),
        ("L'automobiliste parle d'un incendie.", "Le motorist parle d'un fire."),
        ("Il vend avec pour objectif de séduire les riverains.", "Il vend with the aim of séduire les local residents."),
        ("Il part à la suite d’un incendie.", "Il part following un fire."),
        ("Les élections municipales et l'élection présidentielle.", "Les municipal elections et le presidential election."),
    ],
)
def test_words_of_the_press(french: str, hinted: str) -> None:
    assert with_english_words(french) == hinted


@pytest.mark.parametrize(
    ("english", "lost"),
    [
        ("In the middle of a heatwave, he hit a rocket.", 0),
        ("In the heatwaves he was hitting the rockets.", 0),
        ("In a hurricane, he hit a rocket.", 1),
        ("He fell.", 3),
    ],
)
def test_words_that_a_translation_lost(english: str, lost: int) -> None:
    assert lost_words(expected_words("Une canicule, et il a percuté une fusée."), english) == lost


def test_the_table_is_sound() -> None:
    entries = table()
    assert len(entries) > 8000
    assert max(len(_WORD.findall(french)) for french in entries) <= MAX_WORDS
    assert not [
        (french, english) for french, english in entries.items() if french != french.strip() or english != english.strip()
    ]
    assert not [french for french in entries if re.search(r"\d", french)]
    assert (entries["heurts"], entries["beaux-frères"], entries["milliardaires"]) == (
        "clashes",
        "brothers-in-law",
        "billionaires",
    )
