"""The print of English sentences: spaces, quotation marks, articles, titles and full stops."""

import pytest

from tests.service.english.candidates import CHOICE, ENGLISH, candidate, choose_best


def test_no_space_stands_inside_quotation_marks() -> None:
    french = "« Tout va bien », selon « Nuagis »."
    best = choose_best(french, '" All is well, " according to " Nuagis".')
    assert best.text == '"All is well," according to "Nuagis".'


def test_a_full_stop_stands_close_to_its_word() -> None:
    assert CHOICE.choose_best([candidate(f"{ENGLISH[:-1]} .")]).text == ENGLISH


def test_a_missing_full_stop_is_added() -> None:
    assert CHOICE.choose_best([candidate("  " + ENGLISH[:-1] + "\n")]).text == ENGLISH


def test_a_headline_gets_no_full_stop() -> None:
    french = "Nuagis rachète Datavallée"
    assert choose_best(french, "Nuagis buys Datavallée").text == "Nuagis buys Datavallée"


def test_a_split_genitive_is_joined() -> None:
    french = "Le parquet de Lorient enquête."
    best = choose_best(french, "The Lorient Prosecutor ' s Office is investigating.")
    assert (best.text, best.sound) == ("The Lorient Prosecutor's Office is investigating.", True)


@pytest.mark.parametrize(
    ("left", "english"),
    [
        (
            "He buys a old firm, an new one, a 87-page file and an 12-year-old car.",
            "He buys an old firm, a new one, an 87-page file and a 12-year-old car.",
        ),
        (
            "It took an 18.7% share, an 11.4% stake, a 11,000 euro fee.",
            "It took an 18.7% share, an 11.4% stake, an 11,000 euro fee.",
        ),
        ("It kept an 1878 map and a 118-page file.",) * 2,
        (
            "He needs an hour, a one-off fee, a user, an NGO, an MP, a European and a 1,100 euro "
            "fee.",
        )
        * 2,
        ('A Ifop poll calls it a "error".', 'An Ifop poll calls it an "error".'),
        (
            "It hit a OVH data centre, a AFP reporter and a EU law.",
            "It hit an OVH data centre, an AFP reporter and a EU law.",
        ),
        ("It is cut off from Epic Games,'s store.", "It is cut off from Epic Games's store."),
        ("Mr. Musk met Mrs.Macron.", "Mr Musk met Mrs Macron."),
        ("Series A is closed. A old firm paid.", "Series A is closed. An old firm paid."),
    ],
)
def test_articles_and_titles_are_tidied(left: str, english: str) -> None:
    french = (
        "Il achète une vieille entreprise, un dossier de 87 pages, Musk, Macron, 1 100 euros, "
        "12 ans."
    )
    assert choose_best(french, left).text == english
