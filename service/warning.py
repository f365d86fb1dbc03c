"""Warnings to the reader of a summary."""

from dataclasses import dataclass
from typing import Final

from service.facts.fact import Fact

# The codes of warnings and their meanings; the documentation lists them.
WARNINGS: Final = {
    "repaired": "generated sentences that the article does not support were left out",
    "extracted": "the summary consists of the article's own sentences",
    "unchanged": "the article has one or two sentences and is returned as it is",
    "max_words": "no sentence of the article is as short as was asked for",
    "long_sentences": (
        "sentences of more than 2,000 characters, which are no prose, were left out; "
        "`coverage` counts them"
    ),
    "truncated": "a sentence of the opening is longer than the model reads",
    "headline": "the article has no title that may be the headline, and none could be written",
    "language": "the article may not be French",
    "paywall": "the page carries a paywall notice: the article may be cut short",
    "consent": "most of the text is a request for consent to cookies, which was left out",
    "link_list": "the text is a list of links or titles, not an article",
    "live_ticker": "the text is a live ticker",
    "round_up": "the text holds several stories",
    "translation": (
        "numbers, units, days, names or terms of the named sentence differ between "
        "French and English"
    ),
    "translation_language": "the named sentence is missing, cut, repeated or still French",
    "translation_repaired": (
        "numbers, units, days or terms of the named sentence's English were corrected from the "
        "French"
    ),
}


@dataclass(frozen=True)
class SummaryWarning:
    """Something that the reader of a summary should know.

    `code` is one of WARNINGS. A warning about a translation names the `facts` that differ from the
    French. It also names the `sentence`, by its place in the summary from 0, or the `headline`.
    """

    code: str
    detail: str
    sentence: int | None = None
    headline: bool = False
    facts: tuple[Fact, ...] = ()
