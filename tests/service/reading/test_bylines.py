import pytest

from service.reading.bylines import (
    clean_authors,
    cut_at_date,
    find_authors,
    find_signed_author,
    is_byline,
    is_masthead,
    is_signature,
)
from tests.timing import seconds_of


@pytest.mark.parametrize(
    "line",
    [
        "Par Claire Martin",
        "Claire Martin",
        "Claire Martin, Youssef Benali",
        "Écrit par Claire Martin",
        "Par : Claire Martin",
        "Written by Claire Martin",
        "La rédaction de 01net",
        "Rédaction Culture",
    ],
)
def test_lines_that_say_who_wrote(line: str) -> None:
    assert is_byline(line)


@pytest.mark.parametrize(
    "line",
    [
        "La rédaction a été perquisitionnée",
        "Nuagis rachète Datavallée",
        "Parallèle risqué",
        "AFP",
        "Claire",
    ],
)
def test_lines_that_do_not(line: str) -> None:
    assert not is_byline(line)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Par Claire Martin, journaliste", "Claire Martin"),
        ("Par Claire Martin, Spécialiste Hardware.", "Claire Martin"),
        ("Written by Claire Martin, Rédactrice en chef", "Claire Martin"),
        ("Par Claire Martin (journaliste) et Paul Petit", "Claire Martin et Paul Petit"),
        ("Par Claire Martin, journaliste et Paul Petit, reporter", "Claire Martin et Paul Petit"),
        ("Par Claire Martin - ", "Claire Martin"),
        ("Par Gaspar Noé", "Gaspar Noé"),
        ("Par Le Figaro avec AFP", "Le Figaro avec AFP"),
    ],
)
def test_the_names_of_a_line_and_of_metadata_are_the_same(line: str, names: str) -> None:
    assert (
        find_authors(["", line])
        == clean_authors(line)
        == find_signed_author([line.rstrip(".")])
        == names
    )


def test_an_agency_is_the_last_choice() -> None:
    assert find_authors(["AFP", "Claire Martin"]) == "Claire Martin"
    assert find_authors(["AFP"]) == "AFP"
    assert find_authors(["Nuagis rachète Datavallée pour 45 millions d'euros"]) == ""


def test_what_stands_before_a_date() -> None:
    assert cut_at_date("Par Claire Martin - 12 mars 2025") == "Par Claire Martin"
    assert cut_at_date("Claire MartinPublié le 12 mars 2025") == "Claire Martin"
    assert cut_at_date("Claire Martin") == ""
    assert find_signed_author(["Par Claire Martin - 12 mars 2025"]) == "Claire Martin"


def test_a_signature_holds_no_other_name() -> None:
    assert is_signature("Par Claire Martin (avec AFP)", "Claire Martin, Paul Petit")
    assert not is_signature("Claire Martin et Ada Leroy", "Claire Martin")
    assert not is_signature("AFP", "Claire Martin")


@pytest.mark.parametrize(
    "line",
    [
        "Le retour de Nokia",
        "Claire Martin",
        "Nuagis Rachète Datavallée",
        "Le procès du siècle",
        "Les Échos !",
        "Le Cloud Act",
        "Les Ray-Ban Meta",
    ],
)
def test_other_short_lines_are_no_newspaper(line: str) -> None:
    assert not is_masthead(line)


@pytest.mark.parametrize(
    "piece",
    [
        "Claire ",
        "Par ",
        ", journaliste",
        "rédaction ",
        "A ",
        "L'",
        " et A",
        "12 ",
        "(",
        "publié par ",
    ],
)
def test_no_line_takes_long(piece: str) -> None:
    line = (piece * 20_000)[:20_000] + "§"

    def read() -> None:
        is_byline(line)
        is_masthead(line)
        find_authors([line[:120]])
        clean_authors(line[:80])
        find_signed_author([line])
        cut_at_date(line[:300])

    assert seconds_of(read) < 1
