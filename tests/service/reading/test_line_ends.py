import pytest

from service.reading.line_ends import mend_words
from service.text.source_map import SourcedText
from tests.timing import seconds_of

CASES = {
    "Le vis-\nà-vis": "Le vis-à-vis",
    "Aix-en-\nProvence": "Aix-en-Provence",
    "à Boulogne-\n  Billancourt": "à Boulogne-Billancourt",
    "le pair-à-\r\npair recule": "le pair-à-pair recule",
    "le déploie-\nment de la fibre": "le déploiement de la fibre",
    "l'héberge-\nment reprend": "l'hébergement reprend",
    "Les Télécommuni-\ncations": "Les Télécommunications",
    "un porte-\nparole": "un porte-parole",
    "qu'en dira-t-\non": "qu'en dira-t-on",
    "entre 16-\n20 ans": "entre 16-20 ans",
    "les micro-\net macro-entreprises": "les micro-\net macro-entreprises",
    "le prix -\nmoins cher": "le prix -\nmoins cher",
    "un mot\nsuivant": "un mot\nsuivant",
}


@pytest.mark.parametrize(("text", "whole"), CASES.items())
def test_words_go_on_in_the_next_line(text: str, whole: str) -> None:
    assert mend_words(SourcedText.of(text)).text == whole


def test_characters_keep_their_places() -> None:
    text = "Le déploie-\nment et Aix-en-\nProvence."
    cleaned = mend_words(SourcedText.of(text, 7))
    assert [text[origin - 7] for origin in cleaned.origins] == list(cleaned.text)


@pytest.mark.parametrize("piece", ["a", "a-\n", "ab-\ncd ", "-\n", "a- \n\t"])
def test_no_text_takes_minutes(piece: str) -> None:
    text = SourcedText.of(piece * (150_000 // len(piece)))
    assert seconds_of(lambda: mend_words(text)) < 8
