"""How much of an article the model reads."""

import pytest

from service.choosing.plan import (
    LONGEST_OPENING_TOKENS,
    OPENING_TOKENS,
    WHOLE_TOKENS,
    find_opening,
)
from service.reading.article import Article, Header
from service.text.language import Language
from service.text.source_map import SourcedText

TITLE = "Un titre"


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
    source = article([20] * 24, TITLE)
    opening = find_opening(source, count_tokens, 1000)
    assert opening.text == f"{TITLE}\n{source.body}"
    assert opening.tokens == opening.article_tokens == 480


def test_the_limit_counts_the_title() -> None:
    sizes = [20] * (WHOLE_TOKENS // 20)
    whole = find_opening(article(sizes), count_tokens, 1000)
    assert whole.tokens == whole.article_tokens
    titled = find_opening(article(sizes, TITLE), count_tokens, 1000)
    assert titled.tokens < titled.article_tokens


@pytest.mark.parametrize("window", [100, 300, 1000])
def test_the_opening_is_whole_sentences_that_fit_the_window(window: int) -> None:
    source = article([10, 30, 20, 15] * 20, TITLE)
    opening = find_opening(source, count_tokens, window)
    text = opening.text.removeprefix(f"{TITLE}\n")
    assert source.body.startswith(text)
    assert text.endswith("fin.")
    assert count_tokens(opening.text) <= min(LONGEST_OPENING_TOKENS, window)
    assert opening.tokens >= min(OPENING_TOKENS, window) - 40
    assert opening.article_tokens == count_tokens(source.body)


def test_a_very_long_first_sentence_stands_alone() -> None:
    opening = find_opening(article([2000, 20], per_paragraph=2), count_tokens, 500)
    assert opening.text.split()[-1] == "fin."
    assert opening.tokens == 2001
