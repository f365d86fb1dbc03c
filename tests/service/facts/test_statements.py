import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.facts.statements import Statement


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("21 jours", [("21", "jour")]),
        ("3,5 milliards d'euros", [("3500000000", "euro")]),
        ("trois kilomètres par heure", [("3", "km/heure")]),
        ("la 19e semaine", [("19", "semaine")]),
        ("le 5 mars", [("5", "mars")]),
        ("23 % des 200 plus grosses sociétés", [("23", "%"), ("200", "plu")]),
        ("à 22h", [("22", "heure")]),
        ("en 2017.", [("2017", "")]),
        ("rien", []),
    ],
)
def test_quantities_have_units(text: str, found: list[tuple[str, str]]) -> None:
    assert [(quantity.value, quantity.unit) for quantity in Statement(text).quantities] == found


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("Il ne plaît pas.", {"plait"}),
        ("Ils n'ont cependant pas l'intention de vendre.", {"intent"}),
        ("La décision n'a jamais été annulée.", {"annule"}),
        ("Aucun suspect n'a été interpellé.", {"interp"}),
        ("L'ambassade n'a pu préciser la date.", {"precis"}),
        ("Il n'a qu'une chance.", set()),
        ("Il n'a plus que dix jours.", set()),
        ("Il plaît.", set()),
    ],
)
def test_negations_deny_a_word(text: str, heads: set[str]) -> None:
    assert Statement(text).negated_heads == heads


def test_a_parting_without_negates_too() -> None:
    assert "preven" in Statement("Il part sans prévenir.").negated


def test_names_are_capitals_in_a_row() -> None:
    statement = Statement("Selon Le Point, Marine Le Pen et M. Morel vivent à Lens.")
    assert [name.text for name in statement.names(frozenset())] == [
        "Le Point",
        "Marine Le Pen",
        "Morel",
        "Lens",
    ]


def test_a_first_word_is_a_name_if_it_is_known() -> None:
    assert Statement("Netflix recrute.").names(frozenset()) == ()
    assert [name.text for name in Statement("Netflix recrute.").names(frozenset({"netflix"}))] == [
        "Netflix"
    ]
    assert Statement("Le groupe recrute.").names(frozenset({"le"})) == ()


def test_sides_are_the_words_next_to_a_name() -> None:
    statement = Statement("La démission de Karim Benali surprend.")
    (name,) = statement.names(frozenset())
    assert statement.sides(name) == (("de", "demiss"), ("", ""))


def test_an_introduction_belongs_to_what_follows() -> None:
    assert {"contro", "grevis"} <= Statement(
        "Parmi les contrôleurs, 47,7 % sont grévistes."
    ).clauses[0]
    assert len(Statement("La grève dure, 47,7 % sont grévistes.").clauses) > len(
        Statement("La grève dure 47,7 jours.").clauses
    )


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('"Il viendra", dit-elle.', ["Il", "viendra"]),
        ('très fort". Et elle ajoute : "il viendra"', ["très", "fort", "il", "viendra"]),
        ("« Il viendra », dit-elle.", ["Il", "viendra"]),
        ("Personne ne parle.", []),
    ],
)
def test_words_know_whether_they_are_quoted(text: str, quoted: list[str]) -> None:
    assert [
        word.text for word in Statement(text).words if word.quoted and word.text.isalpha()
    ] == quoted


def test_dates_have_two_parts() -> None:
    statement = Statement("Ouvert mardi 12 mai, puis le 3 juin et jeudi.")
    assert statement.dates == (("mardi", "12", "mai"), ("", "3", "juin"))
    assert set(statement.week_days) == {"mardi", "jeudi"}


@given(st.one_of(st.text(), st.text(alphabet=st.sampled_from(list("0129 ,.\"«»'neNpasA%\ue000")))))
def test_any_text_can_be_read(text: str) -> None:
    statement = Statement(text)
    assert len(statement.clauses) >= 1
    assert all(word.clause < len(statement.clauses) for word in statement.words)
    assert statement.negated_heads <= statement.negated
    assert statement.values == {quantity.value for quantity in statement.quantities}
    assert all(name.parts for name in statement.names(statement.capitals))
