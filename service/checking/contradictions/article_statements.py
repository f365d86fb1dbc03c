"""The article's title and sentences, read for the rules that compare a summary with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from service.facts.statements import Statement


@dataclass(frozen=True)
class ArticleStatements:
    """An article, read sentence by sentence.

    `known` are its capitalised words, in plain form. `weight` sums the weights of some stems: the
    rarer a stem is among the article's sentences, the more it weighs.
    """

    title: Statement
    sentences: Sequence[Statement]
    known: frozenset[str]
    weight: Callable[[frozenset[str]], float]

    @cached_property
    def with_title(self) -> tuple[Statement, ...]:
        """The title and the sentences."""
        return (self.title, *self.sentences)


def word_set(statement: Statement) -> frozenset[str]:
    """Returns the words of a sentence in plain form, without their order."""
    return frozenset(statement.plain.split())
