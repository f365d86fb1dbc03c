"""Fills a summary up to its budget with sentences that say something new."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from service.checking.evidence import CheckedSentence
from service.choosing.candidates import tells_all
from service.choosing.coherence import join
from service.choosing.lengths import Budget
from service.facts.statements import stems
from service.text.words import count_words

# A sentence says nothing new if the summary has at least this share of its words, by count or by
# weight (rare words weigh more).
SAME_SHARE: Final = 0.5


class Filler:
    """Fills summaries of one article. `weigh` sums the weights of words; rare ones weigh more."""

    def __init__(self, budget: Budget, weigh: Callable[[frozenset[str]], float]) -> None:
        self.budget, self._weigh = budget, weigh

    def is_too_short(self, sentences: Sequence[CheckedSentence]) -> bool:
        """True if the summary has fewer words or sentences than it should."""
        words = count_words(join(sentences))
        return words < self.budget.least or len(sentences) < self.budget.least_sentences

    def has_room(self, sentences: Sequence[CheckedSentence], sentence: CheckedSentence) -> bool:
        """True if `sentence` may follow the others within the budget."""
        words = count_words(join([*sentences, sentence]))
        return words <= self.budget.most and len(sentences) < self.budget.sentences

    def take(self, sentences: Iterable[CheckedSentence]) -> list[CheckedSentence]:
        """Returns a summary of those sentences that are trusted, new and fit the budget."""
        summary: list[CheckedSentence] = []
        for sentence in sentences:
            self._add(summary, sentence)
        return summary

    def extend(
        self, summary: Sequence[CheckedSentence], sentences: Iterable[CheckedSentence]
    ) -> list[CheckedSentence]:
        """Returns `summary` with trusted, new sentences behind it until it is long enough.

        An empty summary takes all sentences that fit the budget.
        """
        if not summary:
            return self.take(sentences)
        extended = list(summary)
        for sentence in sentences:
            if not self.is_too_short(extended):
                break
            self._add(extended, sentence)
        return extended

    def _add(self, summary: list[CheckedSentence], sentence: CheckedSentence) -> None:
        fits = sentence.trusted and self.has_room(summary, sentence)
        if fits and not self._says_nothing_new(sentence, summary):
            summary.append(sentence)

    def _says_nothing_new(
        self, sentence: CheckedSentence, summary: Sequence[CheckedSentence]
    ) -> bool:
        words = stems(sentence.text)
        known = words & frozenset().union(*(stems(other.text) for other in summary))
        if self._weigh(known) >= SAME_SHARE * (self._weigh(words) or 1.0):
            return True
        if len(known) >= SAME_SHARE * len(words):
            return True
        return any(tells_all(words, other.text) for other in summary)
