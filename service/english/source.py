"""The source side: prepares a French sentence for the translator.

Notations are written out, and terms of the glossary that the translator misreads are replaced.
The English is compared with the original sentence, not with the prepared one.
"""

from dataclasses import dataclass

from service.english.lexicon.glossary import Glossary, Term, distinct_terms, replace_misread_terms
from service.english.lexicon.notations import write_out
from service.text.folding import straight


@dataclass(frozen=True)
class SourceSentence:
    """A French sentence as the article has it, and as the translator gets it.

    `original` is the sentence with its notations written out: translations are compared with it.
    `terms` are the glossary's terms in it, and `text` is the sentence that the translator gets.
    """

    original: str
    terms: tuple[Term, ...]
    text: str

    @classmethod
    def prepare(cls, french: str, glossary: Glossary) -> "SourceSentence":
        """Prepares the sentence `french` of the article."""
        original = write_out(straight(french))
        occurrences = glossary.find(original)
        text = replace_misread_terms(original, occurrences)
        return cls(original, tuple(distinct_terms(occurrences)), text)
