"""What the translator is given for a French sentence: other words for what it takes for something
else, the speaker before the verb, and stand-ins for names that are kept. The English is compared
with the sentence itself (`service.english.target`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.engine import Candidate
from service.english.lexicon.glossary import Glossary, Term, terms_of, with_instead
from service.english.pre_editing.inversion import with_speaker_first
from service.english.pre_editing.placeholders import Hidden
from service.english.pre_editing.rewording import reworded


@dataclass(frozen=True)
class GivenSentence:
    """A French sentence as the translator is given it.

    `reworded` is the sentence in words that it gets right, `terms` the terms of the glossary in
    these words, `whole` what it is given with its names, and `hidden` the same with stand-ins for
    names that are kept.
    """

    reworded: str
    terms: tuple[Term, ...]
    whole: str
    hidden: Hidden

    @classmethod
    def of(cls, french: str, glossary: Glossary) -> "GivenSentence":
        """What is given of a sentence of the article."""
        words = reworded(french)
        found = glossary.find(words)
        terms = tuple(terms_of(found))
        whole = with_speaker_first(with_instead(words, found))
        return cls(words, terms, whole, Hidden.of(whole, terms))

    @property
    def ordered(self) -> str:
        """What is to be translated."""
        return self.hidden.text

    def shown(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Translations of `ordered` with the names that stand-ins stand for."""
        return [
            replace(candidate, text=self.hidden.shown(candidate.text)) for candidate in candidates
        ]
