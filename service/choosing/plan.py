"""Plans what the model reads of an article: all of it at once, or section by section. What is left
out is counted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from service.reading.article import Article

# An article of at most WHOLE_TOKENS is read whole. Of a longer one the opening is read by itself:
# it has the news, and more than OPENING_TOKENS of it makes the built-in model's summaries worse.
# See docs/measurements.md.
WHOLE_TOKENS: Final = 500
OPENING_TOKENS: Final = 400
SECTION_TOKENS: Final = 600
MIN_SECTION_TOKENS: Final = 64
LONGEST_SECTION_TOKENS: Final = 700  # a section ends with a sentence, so it may pass its size
MAX_SECTIONS: Final = 12

CountTokens = Callable[[str], int]


@dataclass(frozen=True)
class Section:
    """A run of complete sentences, with the article's title as first line of `text` where there is
    one."""

    text: str
    tokens: int


@dataclass(frozen=True)
class Plan:
    """The sections to summarise, in order, and how many of the article's tokens they hold."""

    sections: tuple[Section, ...]
    tokens: int
    used_tokens: int

    @property
    def truncated(self) -> bool:
        """True if the end of the article is not read."""
        return self.used_tokens < self.tokens


def plan(article: Article, count_tokens: CountTokens, window: int) -> Plan:
    """The article whole up to WHOLE_TOKENS; else its opening and the rest in even sections, at most
    MAX_SECTIONS in all. `window` is how many tokens the model reads at once."""
    title = article.header.title
    title_tokens = count_tokens(title) + 1 if title else 0
    body_tokens = count_tokens(article.body)
    if body_tokens + title_tokens <= min(WHOLE_TOKENS, window):
        sections = [Section(article.body, body_tokens)]
    else:
        spaced_tokens = body_tokens + len(article.sentences)  # each is counted with a space
        targets = _find_targets(spaced_tokens, title_tokens, window)
        most = min(LONGEST_SECTION_TOKENS, window) - title_tokens
        sections = _divide(article, count_tokens, targets, most)
    kept = sections[:MAX_SECTIONS]
    return Plan(
        tuple(_put_title_before(section, title) for section in kept),
        max(body_tokens, sum(section.tokens for section in sections)),
        sum(section.tokens for section in kept),
    )


def _find_targets(body_tokens: int, title_tokens: int, window: int) -> tuple[float, float]:
    """How many tokens the opening should have, and each further section."""
    most = max(MIN_SECTION_TOKENS, min(SECTION_TOKENS, window) - title_tokens)
    opening = min(OPENING_TOKENS - title_tokens, most)
    rest = max(1, body_tokens - opening)
    sections = -(-rest // most)
    return opening, rest / sections


def _put_title_before(section: Section, title: str) -> Section:
    return Section(f"{title}\n{section.text}", section.tokens) if title else section


def _divide(
    article: Article, count_tokens: CountTokens, targets: tuple[float, float], most: int
) -> list[Section]:
    """Sections of about as many tokens as `targets` say (the first one, the others), cut between
    sentences.

    None has more than `most`, but a sentence that is longer stands alone.
    """
    sections: list[Section] = []
    text, tokens, paragraph = "", 0, -1
    for sentence in article.sentences:
        size = count_tokens(sentence.text) + 1
        target = targets[1] if sections else targets[0]
        if text and (tokens >= target or tokens + size > most):
            sections.append(Section(text, tokens))
            text, tokens = "", 0
        separator = "" if not text else " " if sentence.paragraph == paragraph else "\n"
        text += separator + sentence.text
        tokens += size
        paragraph = sentence.paragraph
    return [*sections, Section(text, tokens)] if text else sections
