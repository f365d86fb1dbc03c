"""Orders the candidates for a section by how much of the news they tell and how faithfully."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from models.engine import Candidate
from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.choosing.candidates import (
    count_repeated_words,
    find_complete_sentences,
    measure_consensus,
    remove_days,
)
from service.choosing.coherence import join, keep_coherent
from service.choosing.news import News
from service.choosing.own_sentences import OwnSentences
from service.facts.fact import FactKind
from service.facts.peoples import is_people, remove_peoples

# Costs in units of the model's mean log-probability of a token: candidates differ by about 0.05 to
# 0.3.
UNSUPPORTED_COST: Final = 1.0  # for each fact that the article lacks, and each made-up word
SCATTERED_COST: Final = 0.15  # for each fact far from the evidence
MISSING_WORDS_COST: Final = 0.5  # for words that the evidence lacks
# For words that do not follow each other as in a sentence of the article.
MOVED_WORDS_COST: Final = 0.5
MISSING_NEWS_COST: Final = 0.5  # for a candidate that says nothing of what title and lead say
# For each word that a sentence says twice ("le crash a fait 22 morts dans le crash").
REPEATED_COST: Final = 0.1
LOST_OPENING_COST: Final = 1.0  # for a first sentence that cannot be used: it carries the news
CONSENSUS_GAIN: Final = 0.6  # for a candidate that says what the others say

# "son magasin en ligne en ligne"
_DOUBLED: Final = re.compile(r"(?<![\w-])([^\W\d][\w'’-]*(?: [\w'’-]+){1,4})(?: \1)+(?![\w-])")


@dataclass(frozen=True)
class RankedSection:
    """The candidates for a section, and `ranked`: their checked sentences, the best candidate's
    first. Candidates without a usable sentence are not ranked."""

    candidates: Sequence[Candidate]
    ranked: list[list[CheckedSentence]]

    @property
    def best(self) -> list[CheckedSentence]:
        """The sentences of the best candidate."""
        return self.ranked[0] if self.ranked else []


class Ranker:
    """Ranks candidates for the sections of one article."""

    def __init__(self, finder: EvidenceFinder, news: News, own: OwnSentences) -> None:
        self._finder, self._news, self._own = finder, news, own

    def rank(
        self,
        candidates: Sequence[Candidate],
        is_wanted: Callable[[CheckedSentence], bool] = lambda _: True,
    ) -> RankedSection:
        """The candidates with their checked sentences, the candidate with the least cost first.

        Left out are sentences that are not wanted, those that need one of them, and candidates
        without any other.
        """
        costs: list[float] = []
        usable: list[list[CheckedSentence]] = []
        shares = measure_consensus([candidate.text for candidate in candidates])
        for candidate, share in zip(candidates, shares, strict=True):
            checked = map(self._check, find_complete_sentences(candidate))
            sentences = keep_coherent(checked, lambda sentence, _: is_wanted(sentence))
            if sentences:
                usable.append(sentences)
                costs.append(self._cost(sentences) - candidate.score - CONSENSUS_GAIN * share)
        order = sorted(range(len(usable)), key=costs.__getitem__)
        return RankedSection(candidates, [usable[k] for k in order])

    def _check(self, text: str) -> CheckedSentence:
        """The sentence with its evidence, mended first.

        Names are spelt as in the article, and words that stand twice in a row stand once. A people
        that the article does not name is cut out ("le chanteur américain"), and so is a day that it
        does not name there ("a annoncé mardi").
        """
        spelt = _DOUBLED.sub(r"\1", self._finder.source.spelt(text))
        checked = self._finder.support(spelt)
        wrong_facts = (*checked.unsupported, *checked.scattered)
        days = [fact.text for fact in wrong_facts if fact.kind is FactKind.DAY]
        peoples = [fact.text for fact in checked.unsupported if is_people(fact.text)]
        mended = remove_peoples(remove_days(spelt, days), peoples)
        return self._finder.support(mended) if mended != spelt else checked

    def _cost(self, sentences: Sequence[CheckedSentence]) -> float:
        opening = sentences[0]
        lost_opening = not (opening.trusted and opening.standalone)
        untold = 1 - self._news.told(join(sentences))
        return (
            self._cost_of_facts(sentences)
            + self._cost_of_wording(sentences)
            + MISSING_NEWS_COST * untold
            + LOST_OPENING_COST * lost_opening
        )

    @staticmethod
    def _cost_of_facts(sentences: Sequence[CheckedSentence]) -> float:
        unsupported = sum(
            len(sentence.unsupported) + len(sentence.made_up) for sentence in sentences
        )
        scattered = sum(len(sentence.scattered) for sentence in sentences)
        return UNSUPPORTED_COST * unsupported + SCATTERED_COST * scattered

    def _cost_of_wording(self, sentences: Sequence[CheckedSentence]) -> float:
        missing = sum(1 - sentence.share for sentence in sentences) / len(sentences)
        moved = sum(1 - sentence.kept_order for sentence in sentences) / len(sentences)
        repeated = sum(
            count_repeated_words(sentence.text)
            for sentence in sentences
            if sentence not in self._own
        )
        return MISSING_WORDS_COST * missing + MOVED_WORDS_COST * moved + REPEATED_COST * repeated
