"""How much of an article the model reads: all of it, or its opening."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from service.reading.article import Article

# An article of at most WHOLE_TOKENS is read whole. Of a longer one the opening is read by itself:
# it has the news, and more than OPENING_TOKENS of it makes the built-in model's summaries worse.
# See docs/measurements.md.
WHOLE_TOKENS: Final = 500
OPENING_TOKENS: Final = 400
# The opening ends with a sentence, so it may pass its size.
LONGEST_OPENING_TOKENS: Final = 700

CountTokens = Callable[[str], int]


@dataclass(frozen=True)
class Opening:
    """A run of complete sentences from the beginning of an article, which has `article_tokens`.

    The article's title is the first line of `text` where there is one. `tokens` are those of the
    sentences.
    """

    text: str
    tokens: int
    article_tokens: int


def find_opening(article: Article, count_tokens: CountTokens, window: int) -> Opening:
    """The article whole up to WHOLE_TOKENS; else its opening.

    `window` is how many tokens the model reads at once. A first sentence that is longer stands
    alone.
    """
    title = article.header.title
    title_tokens = count_tokens(title) + 1 if title else 0
    body_tokens = count_tokens(article.body)
    if body_tokens + title_tokens <= min(WHOLE_TOKENS, window):
        text, tokens = article.body, body_tokens
    else:
        most = min(LONGEST_OPENING_TOKENS, window) - title_tokens
        text, tokens = _take_sentences(article, count_tokens, OPENING_TOKENS - title_tokens, most)
    return Opening(f"{title}\n{text}" if title else text, tokens, max(body_tokens, tokens))


def _take_sentences(
    article: Article, count_tokens: CountTokens, wanted: int, most: int
) -> tuple[str, int]:
    """The first sentences with about `wanted` tokens, at most `most`; and their tokens."""
    text, tokens, paragraph = "", 0, -1
    for sentence in article.sentences:
        size = count_tokens(sentence.text) + 1
        if text and (tokens >= wanted or tokens + size > most):
            break
        separator = "" if not text else " " if sentence.paragraph == paragraph else "\n"
        text += separator + sentence.text
        tokens += size
        paragraph = sentence.paragraph
    return text, tokens
