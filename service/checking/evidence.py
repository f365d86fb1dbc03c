"""Which sentences of the article stand behind a sentence of the summary, and what it says otherwise
than they do.

Words are compared by their first letters and weighted by how rare they are among the article's
sentences (the idea of inverse document frequency, Spärck Jones 1972). This says where to look; the
rules of `service/checking/agreement.py` then compare numbers, names, negations and speakers.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from models.engine import never, stop_if
from service.checking.agreement import disagreements
from service.checking.article_statements import ArticleStatements
from service.checking.broken_french import broken_form, of_editors
from service.checking.claims import lost_speaker
from service.checking.copying import ending, kept_order, lost_noun, plain_words, unfinished
from service.checking.roles import turned_round
from service.facts.fact import Fact, FactKind, Source
from service.facts.peoples import is_people
from service.facts.statements import Name, Statement
from service.reading.article import Sentence
from service.text.vocabulary import find_made_up_words, words

MAX_EVIDENCE: Final = 3
NEIGHBOURS: Final = (
    2  # how many sentences away from the best one a second evidence sentence may stand
)
MIN_GAIN: Final = 0.12  # share of the words that a further evidence sentence must add
FAR_GAIN: Final = 0.2  # the same for a sentence further away
MIN_SHARE: Final = 0.6  # share of a sentence's words that its evidence must have, for "supported"
# Share of a sentence's words that one sentence of the article must have in the same order, for
# "trusted": see docs/decisions/order-of-words.md.
MIN_KEPT_ORDER: Final = 0.8


@dataclass(frozen=True)
class SupportedSentence:
    """A summary sentence with the article sentences behind it.

    `share` is how much of the sentence's words the evidence has, from 0 to 1, rare words counting
    more; `best` is the sentence with most of them; `unsupported` are facts that the article lacks
    or tells otherwise; `scattered` are facts that the article has, but far from the evidence: a
    sentence that blends distant facts is wrong more often than not; `kept_order` is the share of
    its words that one sentence of the article has in the same order; `made_up` are words that do
    not exist; `unfit` are words for which it may not stand as it is (`service/checking/claims.py`,
    `service/checking/broken_french.py`).
    """

    text: str
    evidence: tuple[Sentence, ...]
    share: float
    unsupported: tuple[Fact, ...]
    scattered: tuple[Fact, ...] = ()
    best: Sentence | None = None
    kept_order: float = 1.0
    made_up: tuple[str, ...] = ()
    unfit: str = ""

    @property
    def supported(self) -> bool:
        """True if its evidence has all its facts and most of its words."""
        return not self.unsupported and not self.scattered and self.share >= MIN_SHARE

    @property
    def trusted(self) -> bool:
        """True if it may stand in a summary: supported, in words that exist, in a good form, no
        claim without its speaker, and a sentence of the article with words left out or changed
        rather than one put together of several."""
        return (
            self.supported
            and not self.made_up
            and not self.unfit
            and self.kept_order >= MIN_KEPT_ORDER
        )


class EvidenceFinder:
    """Finds evidence in one article. `context` (its title, say) counts as source of facts, not as
    evidence. `cancelled` says that nobody waits any more; it is asked before each sentence."""

    def __init__(
        self,
        sentences: tuple[Sentence, ...],
        context: str = "",
        cancelled: Callable[[], bool] = never,
    ) -> None:
        self._sentences, self._context, self._cancelled = sentences, context, cancelled
        self._statements = [Statement(sentence.text) for sentence in sentences]
        self._having: dict[
            str, list[int]
        ] = {}  # by a stem the places of the sentences that have it
        for place, statement in enumerate(self._statements):
            for stem in statement.stems:
                self._having.setdefault(stem, []).append(place)
        self._frequency = Counter({stem: len(places) for stem, places in self._having.items()})
        self._weights = {
            stem: math.log(1 + len(sentences) / count) for stem, count in self._frequency.items()
        }
        self._rare = math.log(1 + max(1, len(sentences)))
        self.source = Source("\n".join([context, *(sentence.text for sentence in sentences)]))

    @cached_property
    def _words(self) -> frozenset[str]:
        return words(self.source.text)

    @cached_property
    def capitals(self) -> frozenset[str]:
        """The words that stand capitalised inside the article's sentences, in plain form; those of
        the context are not among them."""
        return frozenset().union(*(statement.capitals for statement in self._statements))

    @cached_property
    def _reading(self) -> ArticleStatements:
        title = Statement(self._context)
        openings = (one.opening_names for one in (title, *self._statements))
        return ArticleStatements(
            title, self._statements, (title.capitals | self.capitals).union(*openings), self.weight
        )

    @cached_property
    def _places(self) -> dict[str, Sentence]:
        pairs = zip(self._statements, self._sentences, strict=True)
        return {statement.plain: sentence for statement, sentence in pairs if statement.plain}

    @cached_property
    def _ordered(self) -> list[list[str]]:
        """The words of the context and of each sentence."""
        return [plain_words(statement) for statement in self._titled]

    @cached_property
    def _unfinished(self) -> frozenset[tuple[str, ...]]:
        return unfinished(self._titled)

    @property
    def _titled(self) -> list[Statement]:
        """The context and the article's sentences, read."""
        return [self._reading.title, *self._statements]

    def weight(self, found: frozenset[str]) -> float:
        """The summed weight of some words; words that the article lacks weigh as much as its
        rarest.

        The order of a set changes from process to process: a sum that rounds as it goes decides
        close cases now so, now otherwise.
        """
        return math.fsum(self._weights.get(stem, self._rare) for stem in found)

    def cut_short(self, text: str) -> bool:
        """True if `text` ends where every sentence of the article that has its last words goes on,
        or compares what it does not name."""
        statement = Statement(text)
        return ending(statement) in self._unfinished or lost_noun(statement, self._ordered)

    def returning(self, found: frozenset[str]) -> float:
        """How much the words of a sentence of the article come back in its other sentences: the
        mean share of these that have one, from 0 to 1."""
        others = sum(self._frequency[stem] - 1 for stem in found)
        return others / max(1, len(found) * len(self._sentences))

    def support(self, text: str) -> SupportedSentence:
        """The French summary sentence `text` with its evidence, in the order of the article; a
        sentence of the article is its own evidence. Raises Cancelled if nobody waits for it any
        more."""
        stop_if(self._cancelled)
        statement = Statement(text)
        if own := self._places.get(statement.plain):
            return SupportedSentence(text, (own,), 1.0, (), (), own, unfit=of_editors(text))
        wanted = statement.stems
        total = self.weight(wanted) or 1.0
        chosen = self._closest(statement, total)
        covered = wanted & frozenset().union(*(self._statements[k].stems for k in chosen))
        unsupported = self.source.unsupported(text)
        unsupported += tuple(self._disagreements(statement, chosen, unsupported))
        scattered = tuple(
            fact for fact in self._missing(statement, chosen) if fact not in unsupported
        )
        if scattered:
            for fact in scattered:
                self._add(fact, chosen)
            scattered = tuple(
                fact for fact in self._missing(statement, chosen) if fact in scattered
            )
        evidence = tuple(self._sentences[k] for k in sorted(chosen))
        best = self._sentences[chosen[0]] if chosen else None
        share, order = self.weight(covered) / total, kept_order(statement, self._ordered)
        found = SupportedSentence(
            text,
            evidence,
            share,
            unsupported,
            scattered,
            best,
            order,
            find_made_up_words(text, self._words),
        )
        return replace(found, unfit=self._unfit(statement)) if found.trusted else found

    def _unfit(self, statement: Statement) -> str:
        """Words for which a sentence may not stand that else is to be trusted."""
        return lost_speaker(statement, self._titled) or broken_form(
            statement.text, [one.text for one in self._titled]
        )

    def _disagreements(
        self, statement: Statement, chosen: list[int], known: tuple[Fact, ...]
    ) -> Iterator[Fact]:
        """What the statement says otherwise than the article, less what is known to be wrong."""
        said = {word for fact in known for word in fact.text.split()}
        yield from (
            fact
            for fact in disagreements(statement, chosen, self._reading)
            if not said & set(fact.text.split())
        )
        if name := turned_round(statement, self._titled, self._reading.known):
            yield Fact(FactKind.RELATION, name)

    def _missing(self, statement: Statement, chosen: list[int]) -> tuple[Fact, ...]:
        """The facts that the chosen sentences and the context lack; a name is there if its surname
        is, and what people somebody is of may stand anywhere."""
        nearby = self._source(chosen)
        missing = [fact for fact in nearby.unsupported(statement.text) if not is_people(fact.text)]
        partly = {
            part
            for name in statement.names(self._reading.known)
            if _names(nearby, name)
            for part in name.text.split()
        }
        return tuple(
            fact for fact in missing if fact.kind is not FactKind.NAME or fact.text not in partly
        )

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
        """The article sentence with most of the statement's words, then those that add enough,
        neighbours first.

        One that is far away must add other words than names and numbers: a fact alone is no reason
        to go there.
        """
        chosen: list[int] = []
        missing = statement.stems
        while missing and len(chosen) < MAX_EVIDENCE:
            sharing = {k for stem in missing for k in self._having.get(stem, ())}.difference(chosen)
            gains = {k: self.weight(missing & self._statements[k].stems) / total for k in sharing}
            near = {
                k: gain
                for k, gain in gains.items()
                if not chosen or (self._near(k, chosen[:1]) and gain >= MIN_GAIN)
            }
            words = missing - statement.facts
            far = {
                k: gain
                for k, gain in gains.items()
                if gain >= FAR_GAIN and words & self._statements[k].stems
            }
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
