"""Finds the article sentences behind a summary sentence, and those of its facts that are wrong.

Words are compared by their first letters. A word weighs more the fewer sentences of the article
have it (inverse document frequency, Spärck Jones 1972). These weights find the evidence. The rules
of `service/checking/agreement.py` then compare numbers, names, negations and speakers.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from models.engine import never, stop_if
from service.checking.agreement import disagreements
from service.checking.contradictions.article_statements import ArticleStatements
from service.checking.copying import ending, kept_order, lost_noun, plain_words, unfinished
from service.checking.standalone import is_standalone
from service.facts.fact import Fact, FactKind, Source
from service.facts.peoples import is_people
from service.facts.statements import Name, Statement
from service.reading.article import Sentence
from service.text.vocabulary import find_made_up_words, words

MAX_EVIDENCE: Final = 3  # sentences
NEIGHBOURS: Final = 2  # a sentence at most this far from the closest one is near
MIN_GAIN: Final = 0.12  # share of the words that a further evidence sentence must add
FAR_GAIN: Final = 0.2  # the same for a sentence further away
MIN_SHARE: Final = 0.6  # share of a sentence's words that its evidence must have, for "supported"
# Share of a sentence's words that one sentence of the article must have in the same order, for
# "trusted": see docs/decisions/order-of-words.md.
MIN_KEPT_ORDER: Final = 0.8

_CLOSING: Final = ' \u00a0\u202f»”"'  # behind the sign that ends a sentence


@dataclass(frozen=True)
class CheckedSentence:
    """A summary sentence, compared with the article.

    - `evidence`: the article's sentences that support it; `best` is the one with most of its words.
    - `share`: how much of its words the evidence has, from 0 to 1; rare words count more.
    - `unsupported`: facts that the article lacks or contradicts.
    - `scattered`: facts that the article has, but far from the evidence. A sentence that blends
      distant facts is wrong more often than not.
    - `kept_order`: the share of its words that one sentence of the article has in the same order.
    - `made_up`: words that do not exist.
    - `states_question`: it tells as a fact what its best evidence asks.
    """

    text: str
    evidence: tuple[Sentence, ...]
    share: float
    unsupported: tuple[Fact, ...]
    scattered: tuple[Fact, ...] = ()
    best: Sentence | None = None
    kept_order: float = 1.0
    made_up: tuple[str, ...] = ()
    states_question: bool = False

    @property
    def supported(self) -> bool:
        """True if the evidence has all facts and most words of the sentence."""
        return not self.unsupported and not self.scattered and self.share >= MIN_SHARE

    @property
    def trusted(self) -> bool:
        """True if it is supported, and nothing else speaks against it."""
        return (
            self.supported
            and not self.made_up
            and not self.states_question
            and self.kept_order >= MIN_KEPT_ORDER
        )

    @property
    def standalone(self) -> bool:
        """True if it is understood without the sentence before it."""
        return is_standalone(self.text)


class EvidenceFinder:
    """Finds evidence in one article.

    `context`, such as the article's title, is a source of facts but never evidence. `cancelled` is
    asked before each sentence whether the caller has left.
    """

    def __init__(
        self,
        sentences: tuple[Sentence, ...],
        context: str = "",
        cancelled: Callable[[], bool] = never,
    ) -> None:
        self._sentences, self._context, self._cancelled = sentences, context, cancelled
        self._statements = [Statement(sentence.text) for sentence in sentences]
        self._places_by_stem: dict[str, list[int]] = {}
        for place, statement in enumerate(self._statements):
            for stem in statement.stems:
                self._places_by_stem.setdefault(stem, []).append(place)
        self._frequency = Counter(
            {stem: len(places) for stem, places in self._places_by_stem.items()}
        )
        self._weights = {
            stem: math.log(1 + len(sentences) / count) for stem, count in self._frequency.items()
        }
        self._highest_weight = math.log(1 + max(1, len(sentences)))
        self.source = Source("\n".join([context, *(sentence.text for sentence in sentences)]))

    @cached_property
    def _words(self) -> frozenset[str]:
        return words(self.source.text)

    @cached_property
    def capitals(self) -> frozenset[str]:
        """The words that have a capital inside the article's sentences, in plain form.

        The words of the context are not among them.
        """
        return frozenset().union(*(statement.capitals for statement in self._statements))

    @cached_property
    def _reading(self) -> ArticleStatements:
        title = Statement(self._context)
        openings = (statement.opening_names for statement in (title, *self._statements))
        return ArticleStatements(
            title, self._statements, (title.capitals | self.capitals).union(*openings), self.weight
        )

    @cached_property
    def _sentences_by_words(self) -> dict[str, Sentence]:
        pairs = zip(self._statements, self._sentences, strict=True)
        return {statement.plain: sentence for statement, sentence in pairs if statement.plain}

    @cached_property
    def _word_lists(self) -> list[list[str]]:
        """The words of the context and of each sentence."""
        return [plain_words(statement) for statement in self._all_statements]

    @cached_property
    def _unfinished(self) -> frozenset[tuple[str, ...]]:
        return unfinished(self._all_statements)

    @property
    def _all_statements(self) -> list[Statement]:
        """The context and the article's sentences, read."""
        return [self._reading.title, *self._statements]

    def weight(self, stems: frozenset[str]) -> float:
        """The summed weight of words; those that the article lacks weigh as much as its rarest."""
        # The order of a set differs between processes. `fsum` does not round as it goes, so that
        # close cases are always decided in the same way.
        return math.fsum(self._weights.get(stem, self._highest_weight) for stem in stems)

    def is_cut_short(self, text: str) -> bool:
        """True if `text` only looks complete: it ends too early, or a comparison lost its noun.

        It ends too early if every article sentence with its last two words goes on behind them.
        """
        statement = Statement(text)
        return ending(statement) in self._unfinished or lost_noun(statement, self._word_lists)

    def recurrence(self, stems: frozenset[str]) -> float:
        """Returns how much the words of an article sentence recur in the others, from 0 to 1.

        For each of the `stems` the other sentences that have it are counted, as a share of all
        sentences. The mean of these shares is returned.
        """
        others = sum(self._frequency[stem] - 1 for stem in stems)
        return others / max(1, len(stems) * len(self._sentences))

    def support(self, text: str) -> CheckedSentence:
        """Returns the French summary sentence `text` with its evidence, in the article's order.

        If `text` is a sentence of the article, that sentence is the evidence. Raises Cancelled if
        the caller has left.
        """
        stop_if(self._cancelled)
        statement = Statement(text)
        if own := self._sentences_by_words.get(statement.plain):
            states_question = _states_question(text, own)
            return CheckedSentence(text, (own,), 1.0, (), (), own, states_question=states_question)
        total = self.weight(statement.stems) or 1.0
        places = self._find_closest(statement, total)
        covered = statement.stems & self._stems_at(places)
        share = self.weight(covered) / total
        unsupported = self.source.unsupported(text)
        unsupported += tuple(self._find_disagreements(statement, places, unsupported))
        scattered = self._find_scattered(statement, places, unsupported)
        best = self._sentences[places[0]] if places else None
        return CheckedSentence(
            text,
            tuple(self._sentences[place] for place in sorted(places)),
            share,
            unsupported,
            scattered,
            best,
            kept_order(statement, self._word_lists),
            find_made_up_words(text, self._words),
            _states_question(text, best),
        )

    def _stems_at(self, places: Iterable[int]) -> frozenset[str]:
        return frozenset().union(*(self._statements[place].stems for place in places))

    def _find_disagreements(
        self, statement: Statement, places: list[int], unsupported: tuple[Fact, ...]
    ) -> Iterator[Fact]:
        """Yields facts that contradict the article and share no word with `unsupported`."""
        known = {word for fact in unsupported for word in fact.text.split()}
        for fact in disagreements(statement, places, self._reading):
            if known.isdisjoint(fact.text.split()):
                yield fact

    def _find_scattered(
        self, statement: Statement, places: list[int], unsupported: tuple[Fact, ...]
    ) -> tuple[Fact, ...]:
        """Returns the facts that only sentences far from the evidence have.

        Before that, neighbours of the evidence that have a missing fact are added to `places`.
        """
        missing = self._find_missing(statement, places)
        scattered = tuple(fact for fact in missing if fact not in unsupported)
        if not scattered:
            return ()
        for fact in scattered:
            self._add_neighbour(fact, places)
        still_missing = self._find_missing(statement, places)
        return tuple(fact for fact in still_missing if fact in scattered)

    def _find_missing(self, statement: Statement, places: list[int]) -> tuple[Fact, ...]:
        """Returns the facts that the evidence and the context lack.

        A name is not missing if a part of it, such as the surname, is there. Adjectives of peoples
        may stand anywhere in the article, and are never missing.
        """
        nearby = self._source_of(places)
        missing = [fact for fact in nearby.unsupported(statement.text) if not is_people(fact.text)]
        partly_named = {
            part
            for name in statement.names(self._reading.known)
            if _has_part(nearby, name)
            for part in name.text.split()
        }
        return tuple(
            fact
            for fact in missing
            if fact.kind is not FactKind.NAME or fact.text not in partly_named
        )

    def _source_of(self, places: Iterable[int]) -> Source:
        """The facts of some sentences and the context."""
        return Source("\n".join([self._context, *(self._sentences[k].text for k in places)]))

    def _add_neighbour(self, fact: Fact, places: list[int]) -> None:
        """Adds the first neighbour that has the fact, up to MAX_EVIDENCE sentences."""
        near = (place for place in range(len(self._sentences)) if _is_near(place, places))
        having = [place for place in near if Source(self._sentences[place].text).has(fact)]
        if having and len(places) < MAX_EVIDENCE:
            places.append(having[0])

    def _find_closest(self, statement: Statement, total: float) -> list[int]:
        """Returns the places of the evidence, the sentence with most words of the statement first.

        Behind it come sentences that add enough of the missing words, near ones before others.
        `total` is the weight of all words of the statement.
        """
        places: list[int] = []
        missing = statement.stems
        while missing and len(places) < MAX_EVIDENCE:
            place = self._find_next(statement, missing, places, total)
            if place is None:
                break
            places.append(place)
            missing -= self._statements[place].stems
        return places

    def _find_next(
        self, statement: Statement, missing: frozenset[str], places: list[int], total: float
    ) -> int | None:
        """Returns the place of the sentence that adds most of the `missing` words to `places`.

        Near sentences go before far ones. A far one must add a word that is no name or number: a
        shared fact alone does not make it evidence.
        """
        sharing = {place for stem in missing for place in self._places_by_stem.get(stem, ())}
        gains = {
            place: self.weight(missing & self._statements[place].stems) / total
            for place in sharing.difference(places)
        }
        near = [
            place
            for place, gain in gains.items()
            if not places or (_is_near(place, places[:1]) and gain >= MIN_GAIN)
        ]
        missing_words = missing - statement.facts
        far = [
            place
            for place, gain in gains.items()
            if gain >= FAR_GAIN and missing_words & self._statements[place].stems
        ]
        best = max(near or far, key=lambda place: (gains[place], -place), default=None)
        return best if best is not None and gains[best] else None


def _states_question(text: str, best: Sentence | None) -> bool:
    """True if its best evidence is a question, and `text` is none."""
    asks = best is not None and best.text.rstrip(_CLOSING).endswith("?")
    return asks and "?" not in text


def _is_near(place: int, places: Iterable[int]) -> bool:
    return any(abs(place - other) <= NEIGHBOURS for other in places)


def _has_part(source: Source, name: Name) -> bool:
    """True if the source has a part of the name, such as the surname."""
    return any(map(source.has_name, name.text.split()))
