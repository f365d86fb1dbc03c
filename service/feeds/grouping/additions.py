"""What other sources of a story add: sentences with a figure or a name that the first one lacks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from service.facts.statements import Statement
from service.feeds.grouping.likeness import is_telling, is_year, statements_of
from service.feeds.grouping.stories import Story
from service.feeds.item import Item
from service.text.folding import plain
from service.text.function_words import DEMONSTRATIVE_PRONOUNS
from service.text.sentences import sentences

MOST_TOLD: Final = 3  # additions to a story
LEAST_WORDS: Final = 8  # Shorter sentences seldom say what they are about.
MOST_READ: Final = 200  # sentences of the article that count as told
_POINTING: Final = DEMONSTRATIVE_PRONOUNS | frozenset("il elle ils elles on leur".split())
_ENDS: Final = (".", "!", "?")  # A sentence without one was cut by the feed.


@dataclass(frozen=True)
class SourcedSentence:
    """A sentence with its source."""

    text: str
    source: str


class _Known:
    """What was already told: plain words, values of numbers, and the units of these numbers."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.words: set[str] = set()
        self.values: set[str] = set()
        self.units: set[str] = set()
        for statement in statements:
            self.add(statement)

    def add(self, statement: Statement) -> None:
        """Adds the words, values and units of a sentence."""
        self.words |= {word.plain for word in statement.words}
        self.values |= {quantity.value for quantity in statement.quantities}
        self.units |= {quantity.unit for quantity in statement.quantities if quantity.unit}

    def lacks_of(self, statement: Statement) -> bool:
        """True if a sentence has a new name, or a new figure in a unit that is new, too."""
        return bool(statement.capitals - self.words) or any(
            quantity.value not in self.values and quantity.unit not in self.units
            for quantity in statement.quantities
            if is_telling(quantity) and not is_year(quantity)
        )


def find_additions(story: Story, item: Item, article: str) -> list[SourcedSentence]:
    """One sentence of each other source that adds to `item` and its `article`, which may be empty.

    Another figure for the same thing is a difference, not an addition.
    """
    read = (Statement(sentence) for sentence in sentences(article)[:MOST_READ])
    known = _Known([*statements_of(item), *read])
    sources, additions = {item.source}, []
    for other in story.items:
        if other.source in sources:
            continue
        if statement := next(_adding(other, known), None):
            sources.add(other.source)
            known.add(statement)
            additions.append(SourcedSentence(statement.text, other.source))
    return additions[:MOST_TOLD]


def _adding(item: Item, known: _Known) -> Iterator[Statement]:
    for statement in statements_of(item)[1:]:
        words = statement.text.split()
        is_whole = len(words) >= LEAST_WORDS and statement.text.endswith(_ENDS)
        if is_whole and plain(words[0]) not in _POINTING and known.lacks_of(statement):
            yield statement
