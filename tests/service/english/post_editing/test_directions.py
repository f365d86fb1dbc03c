"""The direction of a change in an English translation."""

import pytest

from service.english.post_editing.directions import correct_directions
from service.english.post_editing.figures import hold_to_figures


@pytest.mark.parametrize(
    ("french", "translated", "english"),
    [
        (
            "La part de marché d'Orange est passée de 38 à 35 % en deux ans.",
            "Orange's market share has risen from 38 to 35% in two years.",
            "Orange's market share has fallen from 38 to 35% in two years.",
        ),
        (
            "Le bénéfice net passe de 1,2 milliard à 850 millions d'euros.",
            "Net profit rose from 1.2 billion to 850 million euros.",
            "Net profit fell from 1.2 billion to 850 million euros.",
        ),
        (
            "Le marché passera de quatre à trois opérateurs.",
            "The market will rise from four to three operators.",
            "The market will fall from four to three operators.",
        ),
        (
            "La dette est passée de 24 à 15,5 milliards d'euros.",
            "The debt has climbed from 24 to 15.5 billion euros.",
            "The debt has fallen from 24 to 15.5 billion euros.",
        ),
        (
            "La vitesse passe de 90 à 80 km/h.",
            "Speed goes up from 90 to 80 km/h.",
            "Speed goes down from 90 to 80 km/h.",
        ),
        (
            "Le délai est passé de 60 à 45 jours.",
            "The time was raised from 60 to 45 days.",
            "The time was lowered from 60 to 45 days.",
        ),
        (
            "La prime passera de 3 000 à 5 000 euros.",
            "The bonus will drop from 3,000 to 5,000 euros.",
            "The bonus will rise from 3,000 to 5,000 euros.",
        ),
        (
            "Le taux passera de 2 à 3 %.",
            "The rate will be cut from 2 to 3%.",
            "The rate will be increased from 2 to 3%.",
        ),
        (
            "Le taux passe de 2 à 3 %.",
            "The rate was dropped from 2 to 3%.",
            "The rate was raised from 2 to 3%.",
        ),
        (
            "Le délai passe de 60 à 45 jours.",
            "An increase from 60 to 45 days.",
            "An decrease from 60 to 45 days.",
        ),
        (
            "Le forfait passe à 12,99 euros par mois, contre 15,99 euros auparavant.",
            "The plan goes up to 12.99 euros a month, compared with 15.99 euros previously.",
            "The plan goes down to 12.99 euros a month, compared with 15.99 euros previously.",
        ),
        (
            "Le nombre d'abonnés passe à 10 millions, contre 12 millions un an plus tôt.",
            "The number of subscribers is now at 10 million, up from 12 million a year earlier.",
            "The number of subscribers is now at 10 million, down from 12 million a year earlier.",
        ),
    ],
)
def test_a_word_turns_in_the_direction_of_the_figures(
    french: str, translated: str, english: str
) -> None:
    assert correct_directions(translated, french)[0] == english


@pytest.mark.parametrize(
    ("french", "translated", "english"),
    [
        (
            "La marge recule de 12,5 à 9,8 %.",
            "The margin fell by 12.5 to 9.8%.",
            "The margin fell from 12.5 to 9.8%.",
        ),
        ("Le taux passe de 2 à 3 %.", "The rate rises by 2 to 3%.", "The rate rises from 2 to 3%."),
    ],
)
def test_a_change_between_two_figures_has_from_and_not_by(
    french: str, translated: str, english: str
) -> None:
    assert correct_directions(translated, french)[0] == english


@pytest.mark.parametrize(
    ("french", "translated"),
    [
        ("Les prix augmentent de 5 à 10 %.", "Prices rise by 5 to 10%."),
        ("Le taux est passé de 8 à 5 %.", "The rate rose from 5 to 8%."),
        ("Les valeurs refluent de 2 à 5 %.", "Shares fall back by 2% to 5%."),
        ("Le prix passe de 9,99 à 12,99 euros.", "The price rises from 9.99 to 12.99 euros."),
        (
            "La résolution augmente, passant de 15 à 10 km.",
            "The resolution increases from 15 to 10 km.",
        ),
        (
            "La baisse des émissions, passées de 15 à 40 millions de tonnes.",
            "The decrease in emissions from 15 to 40 million tonnes.",
        ),
        (
            "La part de Renault passe à 5 %, contre 8 % pour Peugeot.",
            "Renault's share rises to 5%, compared with 8% for Peugeot.",
        ),
        ("La température passe de 5 à -3 degrés.", "The temperature rises from 5 to -3 degrees."),
        ("La fusée passe de 2026 à 2025.", "The rocket climbs from 2026 to 2025."),
        (
            "Le groupe, dont l'action monte, passe de 5 à 4 usines.",
            "The group, whose share rises, goes from 5 to 4 plants.",
        ),
    ],
)
def test_what_is_right_or_unsure_stays(french: str, translated: str) -> None:
    assert correct_directions(translated, french) == (translated, 0)


def test_a_turned_word_counts_as_a_repair() -> None:
    held = hold_to_figures("The rate has risen from 8 to 5%.", "Le taux est passé de 8 à 5 %.")
    assert (held.text, held.repaired, held.wrong) == ("The rate has fallen from 8 to 5%.", 1, ())
