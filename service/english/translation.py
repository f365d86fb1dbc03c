"""One French sentence and its translations: what the translator is given
(`service.english.source`), and what becomes of what it answers (`service.english.target`)."""

from collections.abc import Collection, Sequence

from models.engine import Candidate
from service.english.lexicon.glossary import Glossary
from service.english.source import GivenSentence
from service.english.target import Comparison, Flaw, Translation, is_english, loops
from service.facts.fact import Source
from service.text.vocabulary import load_words

__all__ = ["Flaw", "Translation", "TranslationChoice", "is_english", "load_tables", "loops"]


class TranslationChoice:
    """Chooses, for one French sentence of an article, the translation that keeps its facts.

    `french` is the sentence, its notations written out. `ordered` is what is to be translated: the
    reworded sentence with its speaker before the verb, and with stand-ins for names that are kept;
    `whole`: with these names.
    """

    def __init__(self, french: str, article: Source, glossary: Glossary | None = None) -> None:
        glossary = glossary or Glossary.builtin()
        given = GivenSentence.of(french, glossary)
        self._comparison = Comparison(french, given, article, glossary)
        self.ordered, self.whole, self.shown = given.ordered, given.whole, given.shown
        self.french = self._comparison.french

    @property
    def facts(self) -> str:
        """The text whose numbers and names alone a translation may hold (see
        `GenerateRequest.facts`)."""
        return self._comparison.facts

    def best(self, candidates: Sequence[Candidate], taken: Collection[str] = ()) -> Translation:
        """The translation with the least cost; `taken` are those of other sentences, which it must
        not repeat."""
        return self._comparison.best(candidates, taken)

    def read(self, candidate: Candidate, taken: Collection[str] = ()) -> Translation:
        """One candidate, put right as far as possible and judged."""
        return self._comparison.read(candidate, taken)

    def lost_names(self, english: str) -> list[str]:
        """The names and the week days of the French that `english` has not, of those that English
        writes alike."""
        return self._comparison.lost_names(english)


def load_tables() -> None:
    """Reads the lists of words and names now, so that the first English summary need not wait for
    them."""
    load_words("en")
    choice = TranslationChoice("Brève part.", Source("Brève part."))
    choice.best([Candidate("Brève leaves.", 4, 0.0, True)])
