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
        """The complete and standalone statements among the `first` sentences, or among all, in the
        order of the article."""
        for sentence in self._article.sentences[:first]:
            if is_complete_statement(sentence.text) and is_standalone(sentence.text):
                yield self._finder.support(sentence.text)

    def read_beginning(self, budget: Budget) -> list[CheckedSentence]:
        """The first sentences, until they have `budget.beginning` words, none left out between
        them: what one points to stands before it.

        Empty where those that fit the budget are too few.
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
        """The shortest complete sentence of MIN_STATEMENT_WORDS to `most` words, and the warnings
        that it needs. Where there is none, the article's first sentence is cut."""
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
