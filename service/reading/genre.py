"""Recognises inputs that are no news article: a consent banner, a list of links, a live ticker, a
round-up of stories.

A summary of such a text would read like news without being news. The signs are mostly of form:
times at the beginning of paragraphs, headings, unfinished lines. Words count little, because an
article about cookies or live tickers is still an article. `pytest
tests/service/reading/test_genre.py` measures false alarms, where the pages are present. The words
are in `genre.toml`.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations
from typing import Final, NamedTuple

from service.facts.names import find_names
from service.facts.statements import stems
from service.reading.boilerplate import Kind, boilerplate
from service.reading.bylines import SIGNED
from service.reading.wordings import expression
from service.text.folding import plain
from service.text.quotation_marks import QUOTATION
from service.text.tables import table

MIN_TIMES: Final = 4  # paragraphs that begin with a time of their own
MIN_TIMES_OF_LIVE: Final = 2  # the same under a title that says "direct"
MIN_LINES: Final = 5  # of a list of links
LINES_SHARE: Final = 0.7  # of the blocks that are unfinished lines
MAX_LINE_WORDS: Final = 25
MIN_STORIES: Final = 3  # of a round-up
MAX_STORIES: Final = 20  # that are compared with each other
# The largest share of pairs of a round-up's parts that have a name or SHARED_WORDS in common. Tuned
# on the validation articles (`python -m tests.service.reading.genre_set`). Of 375 mixtures of four
# articles, the title and three sentences of each, 304 are found. Of 1,172 single articles cut into
# four parts, 35 are taken for a round-up.
MAX_RELATED: Final = 0.17
MIN_BODY_WORDS: Final = 8
SHARED_WORDS: Final = 2  # rarer content words that two parts of one article have in common
WORDS_PER_CONSENT: Final = 15  # the most words of a request for each of its consent terms

_TIME: Final = re.compile(
    r"\W{0,3}(?:à |le )?(?:\d{1,2}/\d{1,2}(?:/\d{2,4})?\W{1,3})?([01]?\d"
    r"|2[0-3])\s?[h:]\s?([0-5]\d)\b",
    re.IGNORECASE,
)
_LIVE: Final = re.compile(
    r"\b(?:en direct|le direct|live|minute par minute|fil (?:info|d'actu))\b|\bdirect\s*[-–:.]"
    r"|\A\W*direct\b"
)
_ROUND_UP_TITLE: Final = re.compile(rf"\W*{expression('genre', 'round_up_title')}\b")
_CONSENT_TERM: Final = re.compile(rf"\b{expression('genre', 'consent_term')}\b", re.IGNORECASE)
_READER: Final = re.compile(
    r"\b(?:vous|votre|vos|cliquez|acceptez|refusez|choisissez)\b", re.IGNORECASE
)
_SITE: Final = re.compile(r"\b(?:nous|notre|nos|ce site)\b", re.IGNORECASE)
# The end of a sentence, its last character first.
_REVERSED_END: Final = re.compile(r"[^\w.!?…:;»”]*+[.!?…:;»”]")
_COMMON_PLACES: Final = frozenset(table(__package__, "genre")["common_places"])
_COMMON_WORDS: Final = frozenset(table(__package__, "genre")["common_words"])


class Genre(StrEnum):
    """What an input is instead of an article; the codes of the warnings."""

    CONSENT = "consent"
    LINKS = "link_list"
    LIVE = "live_ticker"
    ROUNDUP = "round_up"


DETAILS: Final = {
    Genre.CONSENT: (
        "Most of the text is a request for consent to cookies, which was left out: the article "
        "may be missing."
    ),
    Genre.LINKS: "The text is mostly a list of links or titles, not an article.",
    Genre.LIVE: ("The text is a live ticker: a summary of its entries may mix old news with new."),
    Genre.ROUNDUP: (
        "The text holds several stories: the summary may tell one of them only, or mix them."
    ),
}


def find_genres(title: str, blocks: Sequence[str]) -> list[Genre]:
    """What a text is instead of an article; empty for an article.

    `blocks` are its paragraphs, headings and lines, in order.
    """
    genres = [Genre.LIVE] if is_live(title, blocks) else []
    genres += [Genre.LINKS] if is_link_list(blocks) else []
    return genres or ([Genre.ROUNDUP] if is_round_up(title, blocks) else [])


def is_consent(block: str) -> bool:
    """True if the block asks its reader for consent: it says "nous" and "vous", and often names
    cookies, partners or purposes."""
    if boilerplate(block) is Kind.CONSENT:
        return True
    unquoted = QUOTATION.sub(" ", block)
    terms = [term.lower() for term in _CONSENT_TERM.findall(unquoted)]
    is_dense = len(set(terms)) >= 2 and len(block.split()) <= WORDS_PER_CONSENT * len(terms)
    return is_dense and bool(_READER.search(unquoted) and _SITE.search(unquoted))


def is_live(title: str, blocks: Sequence[str]) -> bool:
    """True if paragraph after paragraph begins with another time of the day."""
    times = {
        match.groups()
        for block in blocks
        if (match := _TIME.match(block)) and boilerplate(block) is not Kind.DATELINE
    }
    is_announced = bool(_LIVE.search(plain(title)))
    return len(times) >= (MIN_TIMES_OF_LIVE if is_announced else MIN_TIMES)


def is_link_list(blocks: Sequence[str]) -> bool:
    """True if most lines are titles, which end without a full stop."""
    lines = [block for block in blocks if boilerplate(block) in (None, Kind.PROMPT)]
    titles = [
        line for line in lines if not _is_ended(line) and 3 <= len(line.split()) <= MAX_LINE_WORDS
    ]
    if len(titles) < MIN_LINES or len(titles) < LINES_SHARE * len(lines):
        return False
    return _count_words(titles) >= LINES_SHARE * _count_words(lines)


def _count_words(lines: Sequence[str]) -> int:
    return sum(len(line.split()) for line in lines)


def is_round_up(title: str, blocks: Sequence[str]) -> bool:
    """True if the parts under the headings have hardly a name or rare word in common.

    Under a title that announces a round-up, up to half of the pairs of parts may have some.
    """
    stories = _split_stories(blocks, title)
    if len(stories) < MIN_STORIES:
        return False
    topics = [_find_topic(story) for story in stories[:MAX_STORIES]]
    pairs = [*combinations(topics, 2)]
    related = sum(_are_related(topic, other) for topic, other in pairs)
    if related <= MAX_RELATED * len(pairs):
        return True
    return bool(_ROUND_UP_TITLE.match(plain(title))) and related <= len(pairs) / 2


def _split_stories(blocks: Sequence[str], title: str) -> list[str]:
    """The text under each heading, the heading included. What stands before the first one is left
    out."""
    stories: list[str] = []
    for block in blocks:
        if boilerplate(block) is not None or block == title or SIGNED.match(block):
            continue
        if not _is_ended(block) and 1 <= len(block.split()) <= MAX_LINE_WORDS:
            stories.append(block)
        elif stories:
            stories[-1] += f".\n{block}"
    return [story for story in stories if _has_body(story)]


def _has_body(story: str) -> bool:
    _, line_end, body = story.partition("\n")
    return bool(line_end) and len(body.split()) >= MIN_BODY_WORDS


def _is_ended(block: str) -> bool:
    """True if only signs follow the last mark that ends a sentence.

    The block is read backwards. A forward search would start at each mark, and with 40,000 marks
    its time would grow with the square of their number.
    """
    return bool(_REVERSED_END.match(block[::-1]))


class _Topic(NamedTuple):
    """What a story is about."""

    names: frozenset[str]
    rare_words: frozenset[str]


def _are_related(topic: _Topic, other: _Topic) -> bool:
    """True if two stories have a name in common, or some rarer words."""
    if topic.names & other.names:
        return True
    return len(topic.rare_words & other.rare_words) >= SHARED_WORDS


def _find_topic(story: str) -> _Topic:
    words = {word for name in find_names(story) for word in re.split(r"\W+", plain(name))}
    long_words = frozenset(word for word in words if len(word) > 2)
    rare_words = frozenset(word for word in stems(story) if not word.isdigit())
    return _Topic(long_words - _COMMON_PLACES, rare_words - _COMMON_WORDS)
