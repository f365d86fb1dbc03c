"""The target side: post-edits the candidates for one French sentence, and chooses the best.

Each candidate is corrected in this order: glossary terms, figures, names, print. Then it is
compared with the original sentence, to find the facts that it adds, lacks or contradicts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from models.engine import Candidate
from service.english.flaws import is_left_french, repeats_itself
from service.english.lexicon.glossary import Glossary, correct_terms
from service.english.lexicon.names import find_kept_names
from service.english.post_editing.denials import find_differing_denials
from service.english.post_editing.english_figures import list_number_forms
from service.english.post_editing.figures import hold_to_figures
from service.english.post_editing.hearsay import find_stated_hearsay
from service.english.source import SourceSentence
from service.english.target_names import TargetNames, plain_words
from service.english.tidying import tidy
from service.english.translation import Flaw, Translation
from service.facts.fact import Fact, FactKind, Source
from service.text.quotation_marks import QUOTATION
from service.text.sentences import is_complete
from service.text.vocabulary import find_non_english_words, load_words, words

# English words per French word; a human translation has 0.7 to 1.1. Two of 2,253 translated
# sentences of summaries have a lower ratio.
FULL_RATIO: Final = 0.6
# In a shorter French sentence, a few words more or less say nothing.
JUDGED_WORDS: Final = 14
MAX_LENGTH_RATIO: Final = 1.6
# Below this ratio something is missing: 3 of 2,942 human translations of newstest2013 are so short.
# Measured by `python -m tests.service.english.translation_set`.
LEAST_RATIO: Final = 0.35
FACT_COST: Final = 1.0
TERM_COST: Final = 0.5
LOST_NAME_COST: Final = 0.5
REPAIR_COST: Final = 0.4  # a candidate that needs no repair is better than one that does
LENGTH_COST: Final = 1.0
SHORT_COST: Final = 2.0  # times the gap from the ratio up to FULL_RATIO
FLAW_COST: Final = 3.0


@dataclass(frozen=True)
class _PostEdited:
    """A candidate after post-editing.

    `repaired` counts the facts that were corrected; `wrong` are those that could not be.
    """

    text: str
    repaired: int
    wrong: tuple[Fact, ...]


class TranslationChoice:
    """Chooses, for one French sentence of an article, the candidate that keeps its facts.

    All comparisons are with `source.original`, the sentence of the article.
    """

    def __init__(self, french: str, article: Source, glossary: Glossary | None = None) -> None:
        glossary = glossary or Glossary.builtin()
        self.source = SourceSentence.prepare(french, glossary)
        self._article = article
        self._names = TargetNames(self.source, article)

    @cached_property
    def facts(self) -> str:
        """A text that holds every number and name that a translation may have.

        These are the sentence's own, and their English forms (see `GenerateRequest.facts`).
        """
        return "\n".join(
            [
                self.source.original,
                *list_number_forms(self.source.original),
                *self._names.term_wordings,
                *self._names.english_names,
            ]
        )

    def choose_best(
        self, candidates: Sequence[Candidate], taken: Collection[str] = ()
    ) -> Translation:
        """Returns the candidate with the least cost, as a translation.

        `taken` are the translations of other sentences, which it must not repeat.
        """
        translations = [self.judge(candidate, taken) for candidate in candidates]
        missing = Translation("", flaw=Flaw.MISSING)
        return min(translations, key=lambda translation: translation.cost, default=missing)

    def judge(self, candidate: Candidate, taken: Collection[str] = ()) -> Translation:
        """Corrects a candidate as far as possible, and finds the errors that remain."""
        edited = self._post_edit(candidate.text)
        text = edited.text
        is_french = is_left_french(candidate.text, self.source.original)
        flaw = Flaw.FRENCH if is_french else self._find_flaw(text, candidate.finished, taken)
        lost_names = self.find_lost_names(text)
        invented = self._names.find_invented(text, any_word=bool(lost_names))
        differing = [*edited.wrong, *invented, *self._find_differences(text, flaw)]
        unfaithful = tuple(dict.fromkeys(differing))
        cost = self._cost(text, unfaithful, flaw, len(lost_names))
        cost = cost + REPAIR_COST * edited.repaired - candidate.score
        return Translation(text, unfaithful, flaw, edited.repaired, cost)

    def find_lost_names(self, english: str) -> list[str]:
        """The names and week days that the translation lacks; they are not reported."""
        return self._names.find_lost(english)

    def _post_edit(self, english: str) -> _PostEdited:
        """Corrects the text of a candidate by its French sentence."""
        french = self.source.original
        termed = correct_terms(" ".join(english.split()), french, self.source.terms)
        # Figures come after terms, because a term may come out as a wrong figure: "septuagénaire"
        # as "seven-year-old".
        figured = hold_to_figures(termed.text, french)
        named, is_renamed = self._names.restore(figured.text)
        text = tidy(named, is_complete(french))
        repaired = figured.repaired + termed.repaired + is_renamed
        return _PostEdited(text, repaired, (*figured.wrong, *termed.missing))

    def _find_differences(self, english: str, flaw: Flaw | None) -> list[Fact]:
        """Returns where the English differs from the French, names and figures aside.

        These are words that are not English, hearsay stated as a fact, and denials that only one
        sentence has. In a text with a flaw, only hearsay is looked for.
        """
        unhedged_verb = find_stated_hearsay(english, self.source.original)
        hearsay = [Fact(FactKind.TERM, unhedged_verb)] if unhedged_verb else []
        if flaw is not None:
            return hearsay
        denials = find_differing_denials(english, self.source.original)
        return [*self._find_foreign_words(english), *hearsay, *denials]

    def _find_foreign_words(self, english: str) -> list[Fact]:
        """Words that are not English, outside quotations, which may be titles."""
        unquoted = QUOTATION.sub(" ", english)
        kept_names = find_kept_names(unquoted, self.source.original)
        allowed_texts = (*kept_names, *self._names.term_wordings)
        allowed = self._names.glossary_words.union(*map(words, allowed_texts))
        foreign_words = find_non_english_words(unquoted, self._article.words, allowed)
        return [Fact(FactKind.TERM, word) for word in foreign_words]

    def _find_flaw(self, english: str, finished: bool, taken: Collection[str]) -> Flaw | None:
        if not plain_words(english):
            return Flaw.MISSING
        is_loop = repeats_itself(english) and not repeats_itself(self.source.original)
        if english in taken or is_loop:
            return Flaw.REPEATED
        is_cut = not finished or self._ratio(english) < LEAST_RATIO
        return Flaw.CUT if is_cut else None

    def _missing_ratio(self, english: str) -> float:
        """Returns how far the word ratio is below FULL_RATIO; 0 for a short French sentence."""
        is_long = len(self.source.original.split()) >= JUDGED_WORDS
        return max(0.0, FULL_RATIO - self._ratio(english)) if is_long else 0.0

    def _ratio(self, english: str) -> float:
        """English words per French word."""
        return len(english.split()) / max(1, len(self.source.original.split()))

    def _cost(
        self, english: str, unfaithful: Sequence[Fact], flaw: Flaw | None, lost_names: int
    ) -> float:
        is_long = self._ratio(english) > MAX_LENGTH_RATIO
        length = SHORT_COST * self._missing_ratio(english) + LENGTH_COST * is_long
        facts = sum(TERM_COST if fact.kind is FactKind.TERM else FACT_COST for fact in unfaithful)
        return facts + LOST_NAME_COST * lost_names + length + FLAW_COST * (flaw is not None)


def load_tables() -> None:
    """Reads the lists of words and names now, so that no English summary waits for them."""
    load_words("en")
    choice = TranslationChoice("Brève part.", Source("Brève part."))
    choice.choose_best([Candidate("Brève leaves.", 4, 0.0, True)])
