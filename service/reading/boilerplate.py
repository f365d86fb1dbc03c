"""Recognises what a French news page says besides its article: prompts, credits, datelines, reading
times, paywalls.

A pattern is matched from the beginning of a block (a paragraph, or a line of a header), never from
inside it. So a sentence that happens to hold the words further on stays. Tuned on the pages of
`tests/service/reading/test_extraction_floors.py`.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from service.reading.paywall import is_paywall_notice
from service.reading.wordings import build_expression, expression
from service.text.tables import table

MAX_BLOCK: Final = 300  # characters; a longer block is never boilerplate
HEADER_BLOCKS: Final = 8  # the first blocks, in which title, byline and date are looked for

DATE: Final = re.compile(expression("boilerplate", "date"), re.IGNORECASE)
CHANGED: Final = expression("boilerplate", "changed")
PUBLISHED: Final = expression("boilerplate", "published")
RUBRICS: Final = expression("boilerplate", "rubrics")
# What stands before a first sentence and belongs to no sentence: a place, a section, an agency.
LABEL: Final = re.compile(rf"\A{expression('boilerplate', 'label')}")
# A line that announces the titles of other articles ("À lire aussi").
ANNOUNCEMENT: Final = re.compile(
    rf"\W*(?:{expression('boilerplate', 'see_also')}|{expression('boilerplate', 'more')})\W*",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """The kinds of blocks that are not part of the article."""

    READING_TIME = "reading_time"
    DATELINE = "dateline"
    LINK = "link"
    PROMPT = "prompt"
    CREDIT = "credit"
    PAYWALL = "paywall"
    CONSENT = "consent"
    PAGE_NUMBER = "page_number"


_RULES: Final = tuple(
    (Kind(kind), re.compile(build_expression("boilerplate", patterns), re.IGNORECASE))
    for kind, patterns in table(__package__, "boilerplate")["rules"].items()
)
# Behind a dateline ("Publié le 12 mars 2025 à 10h00 Temps de Lecture 2 min.").
_READING_TAIL: Final = re.compile(
    r"(?<=[\dh])[\s,·|•–-]+temps de lecture\s*:?\s*\d+\s*min(?:ute)?s?\.?$", re.IGNORECASE
)
# Symbols before a text: an arrow, a bell, a bullet. Opening quotation marks and brackets stay.
_SYMBOLS: Final = re.compile(r"^[^\w«“\"'(\[@©]*+(?:_[^\w«“\"'(\[@©]*+)*+")


def boilerplate(block: str) -> Kind | None:
    """What kind of boilerplate the whole block is, or None if it may be part of the article."""
    block = _SYMBOLS.sub("", " ".join(block.replace("’", "'").split())).rstrip(" *_#|•·-–—")
    if len(block) > MAX_BLOCK:
        return None
    return _kind(block)


@lru_cache(maxsize=4_096)  # each block is asked about some eight times
def _kind(block: str) -> Kind | None:
    block = _READING_TAIL.sub("", block) or block
    if is_paywall_notice(block):
        return Kind.PAYWALL
    return next((kind for kind, pattern in _RULES if pattern.match(block)), None)
