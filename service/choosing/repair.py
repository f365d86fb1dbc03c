"""Restores sentences that copy a sentence of the article with changes, and checks them again."""

from collections.abc import Sequence

from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.choosing.coherence import keep_coherent
from service.choosing.repair_rules.copies import Originals
from service.choosing.repair_rules.wording import put_back


class Restorer:
    """Restores summaries of one article. `sentences` are those of the article."""

    def __init__(self, finder: EvidenceFinder, sentences: Sequence[str]) -> None:
        self._finder, self._originals = finder, Originals(sentences)

    def restore(self, summary: Sequence[CheckedSentence]) -> list[CheckedSentence]:
        """Returns the summary with the article's words where the model changed them.

        Sentences that are no longer trusted are dropped, with those that depend on them.
        """
        corrected = map(self.correct, summary)
        return keep_coherent(corrected, lambda sentence, _: sentence.trusted)

    def correct(self, sentence: CheckedSentence) -> CheckedSentence:
        """Returns the sentence with the article's words and subject put back.

        A changed sentence is checked again, and may no longer be trusted.
        """
        text = put_back(sentence.text, self._originals)
        return sentence if text == sentence.text else self._finder.support(text)
