"""Puts the article's title before a summary that is not understood without it."""

from dataclasses import replace

from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.choosing.coherence import join, order_as_article_if_standalone
from service.choosing.filling import Filler
from service.choosing.news import News


def put_title_first(
    summary: list[CheckedSentence], finder: EvidenceFinder, news: News, filler: Filler
) -> list[CheckedSentence]:
    """Returns `summary` behind the article's title if it needs that; else unchanged.

    Its last sentences are dropped until the rest and the title fit the budget. If no sentence fits
    behind the title, `summary` stays without it.
    """
    title = news.title_before(join(summary))
    if not title:
        return summary
    # The title is a source of facts: nothing in it is unsupported.
    opening = replace(finder.support(title), share=1.0, unsupported=(), scattered=())
    for size in range(len(summary), 0, -1):
        if filler.has_room(summary[:size], opening):
            return [opening, *order_as_article_if_standalone(summary[:size])]
    return summary
