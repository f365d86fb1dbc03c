"""Chooses the sentences of a summary.

They are the article's own beginning, or what the model wrote, filled up and put in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from models.engine import Candidate
from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.choosing.candidates import check_candidate
from service.choosing.coherence import order_as_article
from service.choosing.filling import Filler
from service.choosing.lengths import Budget
from service.choosing.news import News
from service.choosing.opening import Opener
from service.choosing.own_sentences import ALL_OWN, OwnSentences
from service.choosing.repair import Restorer
from service.choosing.title import put_title_first
from service.facts.fact import Fact
from service.reading.article import Article
from service.warning import SummaryWarning

NEWS_SENTENCES: Final = 3  # a summary of no more sentences tells the news and nothing else
# Below this many words a medium summary of an article with a title is filled up. Editors prefer the
# shorter summaries.
LEAST_NEWS: Final = 21


@dataclass(frozen=True)
class Draft:
    """A French summary: its sentences in order, and warnings for the reader.

    `caught` are the wrong facts of the model's sentences that were left out.
    """

    sentences: tuple[CheckedSentence, ...]
    warnings: tuple[SummaryWarning, ...] = ()
    caught: tuple[Fact, ...] = ()


class Chooser:
    """Chooses the summary of one article. `titled`: the article's title will stand above it.

    All steps raise Cancelled once `finder` is told that the caller has left.
    """

    def __init__(
        self, article: Article, finder: EvidenceFinder, budget: Budget, titled: bool = False
    ) -> None:
        self._finder, self._titled = finder, titled
        self._news = News(article, finder.weight, finder.capitals)
        self._tells_news_only = bool(self._news.title) and budget.sentences <= NEWS_SENTENCES
        if self._tells_news_only:
            budget = replace(budget, least=min(budget.least, LEAST_NEWS))
        self._filler = Filler(budget, finder.weight)
        self._own = OwnSentences(article, finder, self._news.title)
        self._opener = Opener(finder, self._news, self._own, self._filler, titled)
        self._restorer = Restorer(finder, [sentence.text for sentence in article.sentences])
        self._foreign = not article.language.may_be("fr")

    def take_beginning(self) -> Draft | None:
        """Returns the article's own beginning if it makes the whole summary; else None.

        The model then writes nothing. A long summary is the article's first sentences. Any other is
        the whole lead, if that may stand.
        """
        budget = self._filler.budget
        if budget.beginning:
            beginning = self._own.read_beginning(budget)
            return self._describe(beginning) if beginning else None
        lead = self._opener.whole_lead
        return self._finish(lead) if lead and not self._filler.is_too_short(lead) else None

    def choose(self, candidate: Candidate | None) -> Draft:
        """Returns the summary made of what the model wrote for the article's opening."""
        written = check_candidate(candidate, self._finder, self._is_wanted)
        return self._finish(self._opener.begin(written), written.sentences)

    def _finish(
        self, beginning: list[CheckedSentence], written: Sequence[CheckedSentence] = ()
    ) -> Draft:
        """Restores, fills up and orders a summary, and puts the title before it if needed."""
        summary = self._restorer.restore(beginning)
        if self._filler.is_too_short(summary):
            summary = self._filler.extend(summary, self._own.read())
        if self._foreign:
            # The measure of news compares French words, and fails on another language.
            summary = order_as_article(summary)
        if not self._titled:
            summary = put_title_first(summary, self._finder, self._news, self._filler)
        return self._describe(summary, written)

    def _describe(
        self, summary: list[CheckedSentence], written: Sequence[CheckedSentence] = ()
    ) -> Draft:
        """Returns the summary and its warnings; if it is empty, the article's shortest sentence."""
        dropped = [sentence for sentence in written if not sentence.trusted]
        caught = tuple(
            fact for sentence in dropped for fact in (*sentence.unsupported, *sentence.scattered)
        )
        if not summary:
            sentence, warnings = self._own.find_shortest(self._filler.budget.most)
            return Draft((sentence,), warnings, caught)
        repaired = (_warn_of_repair(len(dropped)),) if dropped else ()
        extracted = (ALL_OWN,) if all(sentence in self._own for sentence in summary) else ()
        return Draft(tuple(summary), (*repaired, *extracted), caught)

    def _is_wanted(self, sentence: CheckedSentence) -> bool:
        """False for a generated sentence that is cut short, or is not about the news.

        This applies to short and medium summaries of an article with a title. A third of the
        sentences that are not about the news are wrong or not standalone, and the lead can replace
        them.
        """
        if not self._tells_news_only or sentence in self._own:
            return True
        is_about = self._news.is_about(sentence.text)
        return is_about and not self._finder.is_cut_short(sentence.text)


def _warn_of_repair(dropped: int) -> SummaryWarning:
    detail = f"Generated sentences that the article does not support were left out: {dropped}."
    return SummaryWarning("repaired", detail)
