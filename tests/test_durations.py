"""Phrases of time in English."""

import pytest

from service.durations import with_english_durations


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Ce qui s'est passé il y a vingt ans.", "Ce qui s'est passé twenty years ago."),
        ("Il y a près de 3 mois, elle part.", "Nearly 3 months ago, elle part."),
        ("Il travaille depuis une semaine.", "Il travaille for a week."),
        ("Elle attend depuis une heure et pendant quelques jours.", "Elle attend for an hour et for a few days."),
        ("Disparue il y a un mois.", "Disparue a month ago."),
        ("Depuis deux ans et demi.", "Depuis deux ans et demi."),
        ("Il y a deux ministres.", "Il y a deux ministres."),
        ("Depuis 2017, depuis mardi.", "Depuis 2017, depuis mardi."),
    ],
)
def test_phrases_of_time(french: str, english: str) -> None:
    assert with_english_durations(french) == english
