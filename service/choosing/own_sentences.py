"""The article's own sentences, for where the model's cannot be used."""

from collections.abc import Iterator
from typing import Final

from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.checking.standalone import (
    MIN_STATEMENT_WORDS,
    is_complete_statement,
    is_standalone,
)
from service.choosing.lengths import Budget, shortened
from service.reading.article import Article
from service.text.sentences import is_complete
from service.text.words import count_words
from service.warning import SummaryWarning

ALL_OWN: Final = SummaryWarning("extracted", "The summary consists of the article's own sentences.")
ONE_OWN: Final = SummaryWarning("extracted", "The summary is a sentence of the article.")


class OwnSentences:
    """The sentences of one article. `title` is its title as a sentence."""

    def __init__(self, article: Article, finder: EvidenceFinder, title: str) -> None:
        self._article, self._finder = article, finder
        self._texts = frozenset([title, *(sentence.text for sentence in article.sentences)])

    def __contains__(self, sentence: CheckedSentence) -> bool:
        return sentence.text in self._texts

    def read(self, first: int | None = None) -> Iterator[CheckedSentence]:
        """Yields the complete and standalone statements of the article, in its order.

        With `first`, only that many sentences from the beginning are read.
        """
        for sentence in self._article.sentences[:first]:
            if is_complete_statement(sentence.text) and is_standalone(sentence.text):
                yield self._finder.support(sentence.text)

    def read_beginning(self, budget: Budget) -> list[CheckedSentence]:
        """Returns the first complete sentences, until they have `budget.beginning` words.

        No complete sentence between them is left out, so that each follows what it refers to. Empty
        if the next sentence does not fit and there are fewer than `budget.least` words.
        """
        beginning: list[CheckedSentence] = []
        count = 0
        for sentence in filter(lambda own: is_complete(own.text), self._article.sentences):
            if count >= budget.beginning or len(beginning) == budget.sentences:
                return beginning
            words = count_words(sentence.text)
            if count + words > budget.most:
                return beginning if count >= budget.least else []
            beginning.append(self._finder.support(sentence.text))
            count += words
        return beginning

    def find_shortest(self, most: int) -> tuple[CheckedSentence, tuple[SummaryWarning, ...]]:
        """Returns the shortest sentence that may be the summary, and its warnings.

        It is complete, and has MIN_STATEMENT_WORDS to `most` words. If there is none, the article's
        first sentence is cut.
        """
        lengths = {
            sentence.text: count_words(sentence.text)
            for sentence in self._article.sentences
            if is_complete(sentence.text)
        }
        fitting = [text for text, words in lengths.items() if MIN_STATEMENT_WORDS <= words <= most]
        if fitting:
            return self._finder.support(min(fitting, key=lengths.__getitem__)), (ONE_OWN,)
        first = self._article.sentences[0]
        cut = CheckedSentence(shortened(first.text, most), (first,), 1.0, ())
        detail = (
            f"No whole sentence of the article has {MIN_STATEMENT_WORDS} to {most} words: its "
            "first one was cut."
        )
        return cut, (ONE_OWN, SummaryWarning("max_words", detail))
