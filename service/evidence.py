"""Which sentences of the article stand behind a sentence of the summary, and what it says otherwise than they do.

Words are compared by their first letters and weighted by how rare they are among the article's sentences (the
idea of inverse document frequency, Spärck Jones 1972). This says where to look; the rules of `service/agreement.py`
then compare numbers, names, negations and speakers.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from service.agreement import Reading, disagreements
from service.article import Sentence
from service.complements import Places, joined_anew, places
from service.facts import Fact, FactKind, Source
from service.peoples import is_people
from service.splices import Pieces
from service.statements import Name, Statement
from service.vocabulary import made_up, words

MAX_EVIDENCE: Final = 3
NEIGHBOURS: Final = 2  # how many sentences away from the best one a second evidence sentence may stand
MIN_GAIN: Final = 0.12  # share of the words that a further evidence sentence must add
FAR_GAIN: Final = 0.2  # the same for a sentence further away
MIN_SHARE: Final = 0.6  # share of a sentence's words that its evidence must have, for "supported"
MIN_BEST_SHARE: Final = 0.7  # of which the closest article sentence must have so many, if others are not beside it


@dataclass(frozen=True)
class SupportedSentence:
    """A summary sentence with the article sentences behind it.

    `share` is how much of the sentence's words the evidence has, from 0 to 1, rare words counting more;
    `best` is the sentence with most of them; `unsupported` are facts that the article lacks or tells otherwise;
    `scattered` are facts that the article has, but far from
    the evidence: a sentence that blends distant facts is wrong more often than not; `blended` says that its words are together
    nowhere in the article, but in sentences far from each other; `made_up` are words that do not exist; `joined_anew` are
    complements ("chef de l'Assemblée") of which the article has both words, but never near each other; `spliced` says that a
    piece of one sentence goes over into a piece of another.
    """

    text: str
    evidence: tuple[Sentence, ...]
    share: float
    unsupported: tuple[Fact, ...]
    scattered: tuple[Fact, ...] = ()
    best: Sentence | None = None
    blended: bool = False
    made_up: tuple[str, ...] = ()
    joined_anew: tuple[str, ...] = ()
    spliced: bool = False

    @property
    def supported(self) -> bool:
        """True if its evidence has all its facts and most of its words."""
        return not self.unsupported and not self.scattered and self.share >= MIN_SHARE

    @property
    def trusted(self) -> bool:
        """True if it may stand in a summary: supported, in words that exist, not blended of sentences, joined of words that are
        far from each other or spliced of pieces. Of 25 blended sentences that were read against their articles eleven told
        something else, of 35 joined ones 21."""
        doubtful = self.blended or self.made_up or self.joined_anew or self.spliced
        return self.supported and not doubtful


class EvidenceFinder:
    """Finds evidence in one article. `context` (its title, say) counts as source of facts, not as evidence."""

    def __init__(self, sentences: tuple[Sentence, ...], context: str = "") -> None:
        self._sentences, self._context = sentences, context
        self._statements = [Statement(sentence.text) for sentence in sentences]
        self._frequency = Counter(stem for statement in self._statements for stem in statement.stems)
        self._weights = {stem: math.log(1 + len(sentences) / count) for stem, count in self._frequency.items()}
        self._rare = math.log(1 + max(1, len(sentences)))
        self.source = Source("\n".join([context, *(sentence.text for sentence in sentences)]))

    @cached_property
    def _words(self) -> frozenset[str]:
        return words(self.source.text)

    @cached_property
    def capitals(self) -> frozenset[str]:
        """The words that stand capitalised inside the article's sentences, in plain form; those of the context are not among
        them."""
        return frozenset().union(*(statement.capitals for statement in self._statements))

    @cached_property
    def _reading(self) -> Reading:
        title = Statement(self._context)
        return Reading(title, self._statements, title.capitals | self.capitals, self.weight)

    @cached_property
    def _places(self) -> dict[str, Sentence]:
        pairs = zip(self._statements, self._sentences, strict=True)
        return {statement.plain: sentence for statement, sentence in pairs if statement.plain}

    @cached_property
    def _word_places(self) -> Places:
        return places(self._titled)

    @cached_property
    def _pieces(self) -> Pieces:
        return Pieces(self._titled)

    @property
    def _titled(self) -> list[Statement]:
        """The context and the article's sentences, read."""
        return [self._reading.title, *self._statements]

    def weight(self, found: frozenset[str]) -> float:
        """The summed weight of some words; words that the article lacks weigh as much as its rarest.

        The order of a set changes from process to process: a sum that rounds as it goes decides close cases now so, now
        otherwise.
        """
        return math.fsum(self._weights.get(stem, self._rare) for stem in found)

    def returning(self, found: frozenset[str]) -> float:
        """How much the words of a sentence of the article come back in its other sentences: the mean share of these that have
        one, from 0 to 1."""
        others = sum(self._frequency[stem] - 1 for stem in found)
        return others / max(1, len(found) * len(self._sentences))

    def support(self, text: str) -> SupportedSentence:
        """The French summary sentence `text` with its evidence, in the order of the article; a sentence of the article
        is its own evidence."""
        statement = Statement(text)
        if own := self._places.get(statement.plain):
            return SupportedSentence(text, (own,), 1.0, (), (), own)
        wanted = statement.stems
        total = self.weight(wanted) or 1.0
        chosen = self._closest(statement, total)
        covered = wanted & frozenset().union(*(self._statements[k].stems for k in chosen))
        unsupported = self.source.unsupported(text)
        unsupported += tuple(self._disagreements(statement, chosen, unsupported))
        scattered = tuple(fact for fact in self._missing(statement, chosen) if fact not in unsupported)
        if scattered:
            for fact in scattered:
                self._add(fact, chosen)
            scattered = tuple(fact for fact in self._missing(statement, chosen) if fact in scattered)
        evidence = tuple(self._sentences[k] for k in sorted(chosen))
        best = self._sentences[chosen[0]] if chosen else None
        share, blended = self.weight(covered) / total, self._is_blended(statement, total, chosen)
        strange, joined = made_up(text, self._words), joined_anew(statement, self._word_places)
        spliced = self._pieces.spliced(statement)
        return SupportedSentence(text, evidence, share, unsupported, scattered, best, blended, strange, joined, spliced)

    def _is_blended(self, statement: Statement, total: float, chosen: list[int]) -> bool:
        """True if the chosen sentences are not neighbours, and the closest one lacks too many of the words, or a name of which
        no part stands in it, near it or in the context."""
        if not chosen or max(chosen) - min(chosen) <= NEIGHBOURS:
            return False
        if self.weight(statement.stems & self._statements[chosen[0]].stems) < MIN_BEST_SHARE * total:
            return True
        nearby = self._source(k for k in range(len(self._sentences)) if self._near(k, chosen[:1]))
        return not all(_names(nearby, name) for name in statement.names(self._reading.known))

    def _disagreements(self, statement: Statement, chosen: list[int], known: tuple[Fact, ...]) -> Iterator[Fact]:
        """What the statement says otherwise than the article, less what is known to be wrong."""
        said = {word for fact in known for word in fact.text.split()}
        return (fact for fact in disagreements(statement, chosen, self._reading) if not said & set(fact.text.split()))

    def _missing(self, statement: Statement, chosen: list[int]) -> tuple[Fact, ...]:
        """The facts that the chosen sentences and the context lack; a name is there if its surname is, and what people somebody
        is of may stand anywhere."""
        nearby = self._source(chosen)
        missing = [fact for fact in nearby.unsupported(statement.text) if not is_people(fact.text)]
        partly = {part for name in statement.names(self._reading.known) if _names(nearby, name) for part in name.text.split()}
        return tuple(fact for fact in missing if fact.kind is not FactKind.NAME or fact.text not in partly)

    def _source(self, places: Iterable[int]) -> Source:
        """The facts of some sentences and the context."""
        return Source("\n".join([self._context, *(self._sentences[k].text for k in places)]))

    def _add(self, fact: Fact, chosen: list[int]) -> None:
        """Adds to the chosen sentences a neighbour of theirs that has the fact."""
        near = (k for k in range(len(self._sentences)) if self._near(k, chosen))
        having = [k for k in near if Source(self._sentences[k].text).has(fact)]
        if having and len(chosen) < MAX_EVIDENCE:
            chosen.append(having[0])

    def _closest(self, statement: Statement, total: float) -> list[int]:
        """The article sentence with most of the statement's words, then those that add enough, neighbours first.

        One that is far away must add other words than names and numbers: a fact alone is no reason to go there.
        """
        chosen: list[int] = []
        missing = statement.stems
        while len(chosen) < MAX_EVIDENCE:
            gains = {k: self.weight(missing & other.stems) / total for k, other in enumerate(self._statements) if k not in chosen}
            near = {k: gain for k, gain in gains.items() if not chosen or (self._near(k, chosen[:1]) and gain >= MIN_GAIN)}
            words = missing - statement.facts
            far = {k: gain for k, gain in gains.items() if gain >= FAR_GAIN and words & self._statements[k].stems}
            best = max(near or far, key=lambda k: (gains[k], -k), default=-1)
            if best < 0 or not gains[best]:
                break
            chosen.append(best)
            missing -= self._statements[best].stems
        return chosen

    def _near(self, k: int, chosen: list[int]) -> bool:
        return any(abs(k - other) <= NEIGHBOURS for other in chosen)


def _names(source: Source, name: Name) -> bool:
    """True if the source has a part of the name, a surname say."""
    return any(map(source.has_name, name.text.split()))
