"""Gives chosen sentences back what they have lost of the article's sentences that they copy, and
checks them again."""

from collections.abc import Iterator, Sequence

from service.checking.evidence import EvidenceFinder, SupportedSentence
from service.choosing.repair_endings import completed
from service.choosing.repair_offices import without_strange_office
from service.choosing.repair_wording import Originals, put_back


class Restorer:
    """Restores sentences of a summary of one article, of which these are the `sentences`."""

    def __init__(self, finder: EvidenceFinder, sentences: Sequence[str]) -> None:
        self._finder, self._originals = finder, Originals(sentences)

    def corrected(self, given: SupportedSentence) -> SupportedSentence:
        """The sentence with the article's words and subject where it has others in their places,
        and without an office that is not that of who has it; it may be no longer to be trusted
        then."""
        text = without_strange_office(
            put_back(given.text, self._originals), self._finder.source.text
        )
        return given if text == given.text else self._finder.support(text)

    def completed(self, given: SupportedSentence) -> Iterator[SupportedSentence]:
        """The sentence with what it lacks, as far as it is to be trusted then, the longest one
        last."""
        longer = map(self._finder.support, completed(given.text, self._originals))
        return (sentence for sentence in longer if sentence.trusted)
