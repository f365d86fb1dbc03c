"""Fits an article to what the model reads well: whole, or in sections; nothing is dropped
silently."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from service.reading.article import Article

# Up to here an article is read whole; of a longer one the opening is read by itself. It has the
# news, and more of it than this makes the built-in model's summaries worse. Measured: see
# docs/measurements.md.
WHOLE_TOKENS: Final = 500
OPENING_TOKENS: Final = 400
SECTION_TOKENS: Final = 600
MIN_SECTION_TOKENS: Final = 64
LONGEST_SECTION_TOKENS: Final = 700  # one ends with the sentence in which it has reached its size
MAX_SECTIONS: Final = 12

CountTokens = Callable[[str], int]


@dataclass(frozen=True)
class Section:
    """A run of whole sentences, with the article's title as first line of `text` where there is
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
    """The article whole up to WHOLE_TOKENS, else its opening and the rest in even sections, at most
    MAX_SECTIONS in all."""
    title = article.header.title
    room = count_tokens(title) + 1 if title else 0
    whole = count_tokens(article.body)
    if whole + room <= min(WHOLE_TOKENS, window):
        sections = [Section(article.body, whole)]
    else:
        whole += len(article.sentences)  # each is counted with the space after it
        most = max(MIN_SECTION_TOKENS, min(SECTION_TOKENS, window) - room)
        opening = min(OPENING_TOKENS - room, most)
        rest = max(1, whole - opening)
        targets = (opening, rest / -(-rest // most))
        sections = _sections(
            article, count_tokens, targets, min(LONGEST_SECTION_TOKENS, window) - room
        )
    total = sum(section.tokens for section in sections)
    kept = sections[:MAX_SECTIONS]
    return Plan(
        tuple(
            Section(f"{title}\n{section.text}" if title else section.text, section.tokens)
            for section in kept
        ),
        total,
        sum(section.tokens for section in kept),
    )


def _sections(
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
        full = tokens >= targets[bool(sections)] or tokens + size > most
        if text and full:
            sections.append(Section(text, tokens))
            text, tokens = "", 0
        separator = "" if not text else " " if sentence.paragraph == paragraph else "\n"
        text, tokens, paragraph = (
            text + separator + sentence.text,
            tokens + size,
            sentence.paragraph,
        )
    return [*sections, Section(text, tokens)] if text else sections
