import pytest

from models.engine import Candidate
from service.facts import FactKind, Source
from service.translation import TranslationChoice, is_english

FRENCH = "Orange arrête lundi son offre avec Huawei en Allemagne, lancée en mars 2017 pour 3,5 milliards d'euros."
ENGLISH = "Orange is stopping on Monday its offer with Huawei in Germany, launched in March 2017 for 3.5 billion euros."
CHOICE = TranslationChoice(FRENCH, Source(FRENCH))


def candidate(text: str, score: float = -0.5, finished: bool = True) -> Candidate:
    return Candidate(text, 20, score, finished)


def test_places_days_and_months_are_no_inventions() -> None:
    assert CHOICE.best([candidate(ENGLISH)]) == (ENGLISH, ())


def test_a_wrong_number_loses() -> None:
    wrong = candidate(ENGLISH.replace("3.5", "35"), score=-0.1)
    assert CHOICE.best([wrong, candidate(ENGLISH)])[0] == ENGLISH
    facts = CHOICE.best([wrong])[1]
    assert [(fact.kind, fact.text) for fact in facts] == [
        (FactKind.NUMBER, "35 billion"),
        (FactKind.NUMBER, "3,5 milliards"),
    ]


def test_a_changed_name_is_restored() -> None:
    assert CHOICE.best([candidate(ENGLISH.replace("Huawei", "Huawi"))]) == (ENGLISH, ())


def test_an_invented_name_is_told() -> None:
    facts = CHOICE.best([candidate(ENGLISH.replace("Huawei", "Microsoft"))])[1]
    assert [(fact.kind, fact.text) for fact in facts] == [(FactKind.NAME, "Microsoft")]


@pytest.mark.parametrize("bad", [candidate("Orange is stopping.", -0.1), candidate(ENGLISH[:-1], -0.1, finished=False)])
def test_short_and_cut_translations_lose(bad: Candidate) -> None:
    assert CHOICE.best([bad, candidate(ENGLISH)])[0] == ENGLISH


def test_a_missing_full_stop_is_added() -> None:
    assert CHOICE.best([candidate("  " + ENGLISH[:-1] + "\n")])[0] == ENGLISH


def test_languages() -> None:
    assert is_english(ENGLISH)
    assert not is_english(FRENCH)
