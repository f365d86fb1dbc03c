import pytest

from service.speakers import speaker, wrong_speaker
from service.statements import Statement

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
    found = speaker(Statement(text), KNOWN)
    assert found is not None
    assert found.name == name


def test_nobody_speaks() -> None:
    assert speaker(Statement("Le site de Lens fermera."), KNOWN) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("« Le site de Lens restera ouvert », promet Paul Morel.", ""),  # "promis" has no name: Anne Leroy only presented
        ("« Nous irons au tribunal s'il le faut », prévient Anne Leroy.", "Anne Leroy"),
        ("« Nous irons au tribunal s'il le faut », prévient Paul Morel.", ""),
        ("Anne Leroy dénonce un « mensonge éhonté de la direction ».", "Anne Leroy"),
        ("« Tout sera fini en mars », affirme une ouvrière.", "ouvriere"),
        ("« Tout sera fini en mars », affirme une porte-parole.", ""),
        ("« Une phrase que personne ne dit », affirme Anne Leroy.", ""),
    ],
)
def test_a_quotation_keeps_its_speaker(text: str, wrong: str) -> None:
    assert wrong_speaker(Statement(text), ARTICLE, KNOWN) == wrong
