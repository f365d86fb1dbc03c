"""Candidates for the translation of one sentence, and a sentence with its translation."""

from models.engine import Candidate
from service.english.target import TranslationChoice
from service.english.translation import Translation
from service.facts.fact import Source

FRENCH = (
    "Orange arrête lundi son offre avec Huawei en Allemagne, lancée en mars 2017 pour 3,5 "
    "milliards d'euros."
)
ENGLISH = (
    "Orange is stopping on Monday its offer with Huawei in Germany, launched in March 2017 for 3.5 "
    "billion euros."
)
CHOICE = TranslationChoice(FRENCH, Source(FRENCH))


def candidate(text: str, score: float = -0.5, finished: bool = True) -> Candidate:
    """A candidate as an engine gives it."""
    return Candidate(text, 20, score, finished)


def choose_best(french: str, english: str) -> Translation:
    """What becomes of `english`, the only candidate for the article `french`."""
    return TranslationChoice(french, Source(french)).choose_best([candidate(english)])


def find_lost_names(french: str, english: str) -> list[str]:
    """The names and week days that `english` lacks."""
    return TranslationChoice(french, Source(french)).find_lost_names(english)
