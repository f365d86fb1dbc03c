"""No sentence takes long, whatever stands in it and however often."""

from collections.abc import Iterator

import pytest

from models.engine import Candidate
from service.checking.evidence import EvidenceFinder
from service.english.lexicon.glossary import Glossary
from service.english.target import TranslationChoice
from service.facts.bounds import MAX_NAMES, MAX_NUMBERS
from service.facts.fact import Source
from service.facts.figures import figures
from service.facts.special_numbers import find_magnitudes
from service.facts.statements import Statement
from service.reading.article import Sentence
from tests.timing import seconds_of

LENGTH = 10_000  # characters of a sentence
MOST_SECONDS = 10.0  # on a slow machine; without bounds most of these take a minute
# "@" stands for other letters each time, "#" for another number.
NUMBERS = "1\xa0|1 km |1, |1/2 |-1|un |mille |1 z@ |# km |# |Xe |12,5 % |2 h 40 ".split("|")
NAMES = ["Z@, ", "Z@ dit ", "Z# ", "Z@A ", "NASA ", "lundi # mars, ", "A1 ", "selon Z@, "]


def repeated(piece: str, length: int = LENGTH) -> str:
    """The piece again and again."""

    def pieces() -> Iterator[str]:
        for k in range(length // len(piece)):
            letters = "".join(chr(ord("a") + k // size % 26) for size in (1, 26, 676))
            yield piece.replace("@", letters).replace("#", str(k))

    return "".join(pieces())


@pytest.mark.parametrize("piece", [*NUMBERS, *NAMES])
def test_no_sentence_takes_long_to_be_checked(piece: str) -> None:
    own = f"Le site {repeated(piece)}ouvre à Lille mardi."
    other = f"Le nouveau site {repeated(piece)}ouvre à Brest mardi."
    finder = EvidenceFinder((Sentence(own, 0, 0, len(own)),), "Le site ouvre")
    seconds = seconds_of(lambda: (finder.support(other), finder.is_cut_short(other)))
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize("piece", [*NUMBERS, *NAMES])
def test_no_sentence_takes_long_to_be_translated(piece: str) -> None:
    many = repeated(piece, LENGTH // 2)
    french, english = f"Le site {many}ouvre à Lille.", f"The site {many}opens in Lille."

    def choose() -> None:
        choice = TranslationChoice(french, Source(french), Glossary(()))
        choice.choose_best([Candidate(english, 9, -0.1, True)])

    assert seconds_of(choose) < MOST_SECONDS


@pytest.mark.parametrize("piece", ["milliers ", "1 millier ", "dizaines de millions "])
def test_no_article_takes_long_to_be_searched_for_rough_numbers(piece: str) -> None:
    text = piece * (120_000 // len(piece))
    assert seconds_of(lambda: find_magnitudes(text)) < MOST_SECONDS / 5


def test_the_first_numbers_and_names_of_a_sentence_count() -> None:
    text = repeated("# km, ", 6 * 2 * MAX_NUMBERS)
    statement = Statement(text)
    first = list(map(str, range(MAX_NUMBERS)))
    assert [quantity.value for quantity in statement.quantities] == first
    assert len(statement.values) == 2 * MAX_NUMBERS
    assert [figure.value for figure in figures(text, "fr")] == first
    assert len(Statement(repeated("Z@, ", 4 * 2 * MAX_NAMES)).names(frozenset())) == MAX_NAMES
