"""Who speaks, and who speaks in the article."""

import pytest

from service.checking.speakers import find_speaker, wrong_speaker
from service.facts.statements import Statement

ARTICLE = [
    Statement(text)
    for text in (
        "Anne Leroy a présenté le plan mardi.",
        "« Le site de Lens restera ouvert pendant dix ans », a-t-elle promis.",
        "Paul Morel, délégué syndical, a dénoncé un « mensonge éhonté de la direction ».",
        "« Nous irons au tribunal s'il le faut », a-t-il ajouté.",
        "« On nous prend pour des pions », souffle une ouvrière.",
        "« Tout sera fini en mars », affirme une porte-parole.",
    )
]
KNOWN = frozenset().union(*(statement.capitals for statement in ARTICLE), {"anne", "paul"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("« Oui », a déclaré à l'AFP Anne Leroy.", {"anne", "leroy"}),
        ("Selon Paul Morel, le site fermera.", {"paul", "morel"}),
        ("Anne Leroy a annoncé la fermeture.", {"anne", "leroy"}),
        ("« Oui », a-t-elle dit à Anne Leroy.", set()),
        ("« Oui », a affirmé la présidente.", set()),
    ],
)
def test_speakers(text: str, name: set[str]) -> None:
    speaker = find_speaker(Statement(text), KNOWN)
    assert speaker is not None
    assert speaker.name_words == name


def test_nobody_speaks() -> None:
    assert find_speaker(Statement("Le site de Lens fermera."), KNOWN) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        # The article has "a-t-elle promis" only, and Anne Leroy has just presented the plan.
        ("« Le site de Lens restera ouvert », promet Paul Morel.", ""),
        ("« Nous irons au tribunal s'il le faut », prévient Anne Leroy.", "Anne Leroy"),
        ("« Nous irons au tribunal s'il le faut », prévient Paul Morel.", ""),
        ("Anne Leroy dénonce un « mensonge éhonté de la direction ».", "Anne Leroy"),
        ("« Tout sera fini en mars », affirme une ouvrière.", "ouvriere"),
        ("« Tout sera fini en mars », affirme une porte-parole.", ""),
        ("« Une phrase que personne ne dit », affirme Anne Leroy.", ""),
    ],
)
def test_a_quotation_keeps_its_speaker(text: str, wrong: str) -> None:
    assert wrong_speaker(Statement(text), ARTICLE, KNOWN, 0) == wrong


@pytest.mark.parametrize(
    ("text", "best", "wrong"),
    [
        ("Ils iront au tribunal, a ajouté Anne Leroy.", 3, "Anne Leroy"),
        ("Ils iront au tribunal, a ajouté Paul Morel.", 3, ""),
        ("Anne Leroy ira au tribunal.", 3, ""),  # No verb of saying.
        # Only behind a comma a name surely is who speaks.
        ("Anne Leroy estime qu'ils iront au tribunal.", 3, ""),
        # In the article nobody says so.
        ("Le site sera ouvert, a ajouté Paul Morel.", 6, ""),
        ("Ils iront au tribunal, a ajouté mardi Anne Leroy.", 3, "Anne Leroy"),
        ("La direction, critiquée mardi, ira au tribunal.", 3, ""),
        ("Anne Leroy, annoncée mardi, ira au tribunal.", 3, ""),
        ("Anne Leroy, critiquée par Jean Petit, ira au tribunal.", 3, ""),
        ("Ils iront au tribunal, a ajouté par ailleurs Anne Leroy.", 3, "Anne Leroy"),
    ],
)
def test_what_is_reported_keeps_its_speaker(text: str, best: int, wrong: str) -> None:
    article = [*ARTICLE, Statement("Le site sera ouvert.")]
    assert wrong_speaker(Statement(text), article, KNOWN, best) == wrong


def test_a_quotation_without_a_verb_of_saying_is_its_subjects() -> None:
    text = Statement("Anne Leroy s'est engagée à un « mensonge éhonté de la direction ».")
    assert wrong_speaker(text, ARTICLE, KNOWN, 0) == "Anne Leroy"
