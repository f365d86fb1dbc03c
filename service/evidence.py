"""Which sentences of the article stand behind a sentence of the summary.

Words are compared by their first letters and weighted by how rare they are among the article's sentences (the
idea of inverse document frequency, Spärck Jones 1972). This says where to look, not that the sentence is true.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from service.article import Sentence
from service.facts import Fact, Source, plain

NEIGHBOURS: Final = 2  # how many sentences away from the best one a second evidence sentence may stand
MIN_GAIN: Final = 0.12  # share of the words that the second evidence sentence must add
MIN_SHARE: Final = 0.6  # share of a sentence's words that its evidence must have, for "supported"
STEM: Final = 6  # letters: "annoncé", "annonce" and "annoncent" count as one word
_WORD: Final = re.compile(r"\w+")
_COMMON: Final = frozenset(
    (
        "avec dans pour mais plus cette leur leurs elle elles sont etre avoir avait etait comme aussi tout tous toute "
        "entre depuis apres avant sous chez alors ainsi donc dont sans sera seront ont les des une par sur est que qui "
        "ses son aux ces"
    ).split()
)


@dataclass(frozen=True)
class SupportedSentence:
    """A summary sentence with the article sentences behind it.

    `share` is how much of the sentence's words the evidence has, from 0 to 1, rare words counting more;
    `best` is the sentence with most of them.
    `unsupported` are facts that the article lacks; `scattered` are facts that the article has, but far from
    the evidence: a sentence that blends distant facts is wrong more often than not.
    """

    text: str
    evidence: tuple[Sentence, ...]
    share: float
    unsupported: tuple[Fact, ...]
    scattered: tuple[Fact, ...] = ()
    best: Sentence | None = None

    @property
    def supported(self) -> bool:
        """True if its evidence has all its facts and most of its words."""
        return not self.unsupported and not self.scattered and self.share >= MIN_SHARE


def stems(text: str) -> frozenset[str]:
    """The content words of `text`, cut to STEM letters."""
    words = _WORD.findall(plain(text))
    return frozenset(w[:STEM] for w in words if (len(w) > 2 or w.isdigit()) and w not in _COMMON)


class EvidenceFinder:
    """Finds evidence in one article. `context` (its title, say) counts as source of facts, not as evidence."""

    def __init__(self, sentences: tuple[Sentence, ...], context: str = "") -> None:
        self._sentences, self._context = sentences, context
        self._stems = [stems(sentence.text) for sentence in sentences]
        frequency = Counter(stem for found in self._stems for stem in found)
        self._weights = {stem: math.log(1 + len(sentences) / count) for stem, count in frequency.items()}
        self._rare = math.log(1 + max(1, len(sentences)))
        self.source = Source("\n".join([context, *(sentence.text for sentence in sentences)]))

    def weight(self, found: frozenset[str]) -> float:
        """The summed weight of some words; words that the article lacks weigh as much as its rarest."""
        return sum(self._weights.get(stem, self._rare) for stem in found)

    def support(self, text: str) -> SupportedSentence:
        """The French summary sentence `text` with its evidence, in the order of the article."""
        wanted = stems(text)
        total = self.weight(wanted) or 1.0
        chosen = self._closest(wanted, total)
        covered = wanted & frozenset().union(*(self._stems[k] for k in chosen))
        evidence = tuple(self._sentences[k] for k in sorted(chosen))
        unsupported = self.source.unsupported(text)
        nearby = Source("\n".join([self._context, *(sentence.text for sentence in evidence)]))
        scattered = tuple(fact for fact in nearby.unsupported(text) if fact not in unsupported)
        best = self._sentences[chosen[0]] if chosen else None
        return SupportedSentence(text, evidence, self.weight(covered) / total, unsupported, scattered, best)

    def _closest(self, wanted: frozenset[str], total: float) -> list[int]:
        """The article sentence with most of the wanted words, and a neighbour if it adds enough of them."""
        gains = [self.weight(wanted & found) for found in self._stems]
        best = max(range(len(gains)), key=lambda k: (gains[k], -k), default=-1)
        if best < 0 or gains[best] <= 0:
            return []
        missing = wanted - self._stems[best]
        near = [k for k in range(best - NEIGHBOURS, best + NEIGHBOURS + 1) if k != best and 0 <= k < len(gains)]
        second = max(near, key=lambda k: (self.weight(missing & self._stems[k]), -k), default=best)
        adds = self.weight(missing & self._stems[second]) / total
        return [best, second] if adds >= MIN_GAIN else [best]
