"""How much of an article the model reads: all of it, or its opening."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from service.reading.article import Article

# The model reads an article of at most WHOLE_TOKENS whole, and only the opening of a longer one.
# The opening has the news, and more than OPENING_TOKENS make the built-in model's summaries worse.
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
    """Returns the whole article if it has at most WHOLE_TOKENS; else its opening.

    `window` is the model's context window, in tokens. A first sentence that does not fit into it is
    still returned, alone.
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
    """Returns the first sentences with about `wanted` and at most `most` tokens, and their number.

    The number counts tokens. A first sentence of more than `most` tokens is returned alone.
    """
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
