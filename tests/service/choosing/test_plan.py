import pytest

from service.choosing.plan import (
    LONGEST_SECTION_TOKENS,
    MAX_SECTIONS,
    OPENING_TOKENS,
    SECTION_TOKENS,
    WHOLE_TOKENS,
    plan,
)
from service.reading.article import Article, Header
from service.text.language import Language
from service.text.source_map import SourcedText


def count_tokens(text: str) -> int:
    return len(text.split())


def article(sizes: list[int], title: str = "", per_paragraph: int = 4) -> Article:
    """Sentences of `sizes` words, each beginning with its number."""
    lines = [f"Phrase{k} " + "mot " * (size - 2) + "fin." for k, size in enumerate(sizes)]
    paragraphs = [
        " ".join(lines[k : k + per_paragraph]) for k in range(0, len(lines), per_paragraph)
    ]
    return Article(Header(title), tuple(map(SourcedText.of, paragraphs)), Language("fr", 1.0), "")


def test_whole_below_the_limit() -> None:
    source = article([20] * 24, "Un titre")
    made = plan(source, count_tokens, 1000)
    assert [section.text for section in made.sections] == ["Un titre\n" + source.body]
    assert made.tokens == made.used_tokens == 480
    assert not made.truncated


def test_the_limit_counts_the_title() -> None:
    sentences = [20] * (WHOLE_TOKENS // 20)
    assert len(plan(article(sentences), count_tokens, 1000).sections) == 1
    assert len(plan(article(sentences, "Un titre"), count_tokens, 1000).sections) == 2


def test_the_opening_is_read_by_itself() -> None:
    first, second = plan(article([20] * 40), count_tokens, 1000).sections
    assert OPENING_TOKENS <= first.tokens < OPENING_TOKENS + 25
    assert first.tokens + second.tokens >= 800


@pytest.mark.parametrize("window", [100, 300, 1000])
def test_sections_cover_every_sentence_once_in_order(window: int) -> None:
    source = article([10, 30, 20, 15] * 12, "Un titre")
    made = plan(source, count_tokens, window)
    texts = [section.text.removeprefix("Un titre\n") for section in made.sections]
    assert len(texts) > 1 or window == 1000
    assert " ".join(texts).split() == source.body.split()
    assert all(
        section.text.startswith("Un titre\nPhrase") and section.text.endswith("fin.")
        for section in made.sections
    )
    assert all(
        count_tokens(section.text) <= min(LONGEST_SECTION_TOKENS, window)
        for section in made.sections
    )
    assert not made.truncated


def test_sections_keep_the_paragraphs() -> None:
    source = article([20] * 60)
    joined = "\n".join(section.text for section in plan(source, count_tokens, 1000).sections)
    assert all(
        paragraph.text.replace(" ", "") in joined.replace("\n", "").replace(" ", "")
        for paragraph in source.paragraphs
    )
    assert joined.count("\n") >= len(source.paragraphs) - 1


def test_sections_are_even() -> None:
    _, *sizes = [
        section.tokens for section in plan(article([20] * 90), count_tokens, 1000).sections
    ]
    assert len(sizes) == 3
    assert max(sizes) - min(sizes) <= 100


def test_truncated_only_beyond_the_most_sections() -> None:
    words = SECTION_TOKENS * (MAX_SECTIONS - 1)
    assert not plan(article([20] * (words // 20)), count_tokens, 1000).truncated
    made = plan(article([20] * (words // 20 * 2)), count_tokens, 1000)
    assert made.truncated
    assert len(made.sections) == MAX_SECTIONS
    assert made.used_tokens < made.tokens


def test_a_very_long_sentence_stands_alone() -> None:
    made = plan(article([20, 2000, 20], per_paragraph=3), count_tokens, 500)
    assert [section.text.split()[0] for section in made.sections] == [
        "Phrase0",
        "Phrase1",
        "Phrase2",
    ]
