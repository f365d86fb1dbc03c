"""The independent test of English summaries against French articles."""

import pytest

from models.scoring.support_english import foreign_facts_in_english

ARTICLE = (
    "L'opérateur français Orange a perdu 3,5 milliards d'euros en 2023, soit 12,4 % de moins, et 1 "
    "200 clients, a dit mardi "
    "à Bruxelles sa PDG. Deux banques allemandes lui prêtent 500 000 dollars. La version 2.5 "
    "sortira le 3 février à 10h04, "
    "l'autre à 18h."
)


@pytest.mark.parametrize(
    "text",
    [
        "The French operator Orange lost 3.5 billion euros in 2023, or 12.4% less, its CEO said in "
        "Brussels on Tuesday.",
        "It lost 1,200 customers; two German banks lend it half a million, that is $500,000.",
        "The company lends 500 thousand dollars; version 2.5 comes on February 3 at 10:04.",
        "It owes 2 banks money, or €3.5bn.",
        "The other one comes at 18:00.",
        "The other one comes at 6 pm, not at 6:00 p.m.",
    ],
)
def test_what_the_article_says_in_other_forms_is_known(text: str) -> None:
    assert foreign_facts_in_english(ARTICLE, text) == []


def test_a_word_that_begins_a_quotation_is_no_name() -> None:
    assert foreign_facts_in_english(ARTICLE, 'Its CEO said "There is a loss".') == []


def test_roman_numerals_are_known() -> None:
    assert (
        foreign_facts_in_english(
            "La maire du XIVe arrondissement parle.", "The mayor of the 14th district speaks."
        )
        == []
    )
    assert foreign_facts_in_english(
        "La maire du XIVe arrondissement parle.", "The mayor of the 16th district speaks."
    ) == ["16"]


def test_another_hour_is_foreign() -> None:
    assert foreign_facts_in_english(ARTICLE, "The other one comes at 7 pm.") == ["19"]


def test_noon_is_twelve() -> None:
    assert (
        foreign_facts_in_english(
            "Ils arrivent peu avant midi.", "They arrive shortly before 12 p.m."
        )
        == []
    )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Orange lost 3.5 million euros.", "3.5 million"),
        ("Orange lost 35 billion euros.", "35 billion"),
        ("Orange lost 1,300 customers.", "1,300"),
        ("Orange owes seven banks money.", "seven"),
        ("The operator said so on Wednesday.", "Wednesday"),
        ("The operator Vodafone said so.", "Vodafone"),
        ("The Spanish said so, and the Italian banks.", "Italian"),
    ],
)
def test_what_the_article_lacks_is_found(text: str, wrong: str) -> None:
    assert wrong in foreign_facts_in_english(ARTICLE, text)
