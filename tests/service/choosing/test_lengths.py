import pytest

from service.choosing.lengths import (
    MAX_MAX_WORDS,
    MIN_MAX_WORDS,
    PRESETS,
    WIDEST_WORD,
    Length,
    budget,
    is_short,
    shortened,
)
from service.text.words import LONGEST_WORD, count_words


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("Le cloud — « bleu » !", 3), ("l'État 18 %", 2), ("a\nb  c", 3)]
)
def test_words_without_lone_punctuation(text: str, words: int) -> None:
    assert count_words(text) == words


def test_endless_words_count_as_several() -> None:
    assert count_words("a" * 100) == 1
    assert count_words(f"un {'a' * 1_001} deux") == 13


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("un deux trois quatre, cinq six", 5, "un deux trois quatre…"),
        ("un, deux trois quatre cinq six", 5, "un, deux trois quatre cinq…"),
        ("un deux, — trois", 2, "un deux…"),
        ("a" * 500, 2, "a" * 199 + "…"),
    ],
)
def test_shortened(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short
    assert count_words(short) <= most


@pytest.mark.parametrize("length", Length)
def test_presets_stand_without_a_limit(length: Length) -> None:
    assert budget(length, None) == PRESETS[length]


@pytest.mark.parametrize("length", Length)
@pytest.mark.parametrize("limit", [MIN_MAX_WORDS, 25, 60, 100, MAX_MAX_WORDS])
def test_a_limit_narrows_and_never_widens(length: Length, limit: int) -> None:
    preset, narrowed = PRESETS[length], budget(length, limit)
    assert narrowed.most == min(limit, preset.most)
    assert narrowed.asked <= min(preset.asked, narrowed.most)
    assert narrowed.least <= narrowed.most / 2
    assert narrowed.sentences == preset.sentences
    assert 1 <= narrowed.least_sentences <= preset.least_sentences


def test_few_words_ask_for_one_sentence() -> None:
    assert budget(Length.LONG, 30).least_sentences == 1
    assert budget(Length.LONG, 150).least_sentences == 4


@pytest.mark.parametrize("piece", [", ", "— ", "« » ", "a, , , , , , , , , , , , , , "])
def test_signs_count_by_their_characters_where_they_are_many(piece: str) -> None:
    text = piece * 12_000
    assert count_words(text) >= len(text) // LONGEST_WORD
    assert not is_short(text, 400)
    short = shortened(text, 20)
    assert count_words(short) <= 20
    assert len(short) <= 20 * WIDEST_WORD


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("Nuagis ouvre un site à Lille.", 6, True),
        ("Nuagis ouvre un site à Lille.", 5, False),
        (f"Nuagis ouvre {'a' * 90} à Lille.", 6, True),
        (f"Nuagis ouvre {', ' * 60} à Lille.", 6, False),
        ("", 1, True),
    ],
)
def test_a_short_text_has_few_words_and_few_characters(text: str, most: int, short: bool) -> None:
    assert is_short(text, most) is short
