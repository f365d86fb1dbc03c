"""The source side: prepares a French sentence for the translator.

Pre-editing rewords what the translator misreads, puts the speaker before the verb, and puts
placeholders where names stay as they are. The English is compared with the original sentence, not
with the prepared one (`service.english.target`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.engine import Candidate
from service.english.lexicon.glossary import Glossary, Term, distinct_terms, replace_misread_terms
from service.english.lexicon.notations import write_out
from service.english.pre_editing.inversion import put_speaker_first
from service.english.pre_editing.placeholders import MaskedSentence
from service.english.pre_editing.rewording import reword
from service.text.folding import straight


@dataclass(frozen=True)
class SourceSentence:
    """A French sentence as the article has it, and as the translator is shown it.

    `original` is the sentence with its notations written out: translations are compared with it.
    `reworded` says the same in words that the translator gets right, and `terms` are the glossary's
    terms in these words. `pre_edited` is the whole sentence after pre-editing, and `masked` the
    same with placeholders for the names that English keeps.
    """

    original: str
    reworded: str
    terms: tuple[Term, ...]
    pre_edited: str
    masked: MaskedSentence

    @classmethod
    def prepare(cls, french: str, glossary: Glossary) -> "SourceSentence":
        """The sentence `french` of the article, pre-edited."""
        original = write_out(straight(french))
        reworded = reword(french)
        occurrences = glossary.find(reworded)
        terms = tuple(distinct_terms(occurrences))
        pre_edited = put_speaker_first(replace_misread_terms(reworded, occurrences))
        masked = MaskedSentence.mask_names(pre_edited, terms)
        return cls(original, reworded, terms, pre_edited, masked)

    @property
    def text(self) -> str:
        """The text that the translator is given."""
        return self.masked.text

    def unmask(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Candidates for `text`, with names in place of their placeholders."""
        return [
            replace(candidate, text=self.masked.unmask(candidate.text)) for candidate in candidates
        ]
