"""Names, the names that open a sentence, days and quotations."""

import pytest

from service.facts.days import find_days
from service.facts.names import find_names, find_opening_names
from service.text.quotation_marks import find_quotations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le groupe Orange quitte Huawei.", ["Orange", "Huawei"]),
        ("Christel Heydemann parle.", ["Christel", "Heydemann"]),
        ("Après Orange, la suite.", ["Orange"]),
        ("L'entreprise recrute.", []),
        ("OpenAI recrute.", ["OpenAI"]),
        ("C'est la 5G d'Orange.", ["5G", "Orange"]),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert find_names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tourcoing a signé.", ["Tourcoing"]),
        ("L'Anssi confirme. Veolia dément.", ["Anssi", "Veolia"]),
        ("Interrogé mardi, il se tait.", []),
        ("Désormais, le site est fermé.", []),
        ("Les clients migrent.", []),
        ("RÉACTION", []),
    ],
)
def test_openings_are_no_common_first_words(text: str, expected: list[str]) -> None:
    assert find_opening_names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("le 5 mars", ["mars"]),
        ("la planète Mars", []),
        ("1er mai", ["mai"]),
        ("lundi, en août", ["lundi", "août"]),
    ],
)
def test_days(text: str, expected: list[str]) -> None:
    assert find_days(text) == expected


def test_quotes_have_three_words() -> None:
    assert find_quotations("« un deux trois » et “quatre cinq six” mais « sept »") == [
        "un deux trois",
        "quatre cinq six",
    ]
