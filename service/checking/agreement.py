"""Checks that a summary sentence says the same of its numbers and names as the article.

Each rule returns the wrong words, or an empty string. The rules stand in `wrong_numbers.py`,
`wrong_names.py`, `polarity.py`, `speakers.py` and `swapped_numbers.py`.

A comment under a rule says what the rule alone finds and costs. "Found" counts the 76 corrupted
sentences of the tuning half of `tests/service/checking/evidence_labels.jsonl` (`python -m
tests.service.checking.evidence_set`). "Costs" counts the true sentences that it flags: of the 60 in
that half and of 765 in training abstracts. What all rules find together is in docs/measurements.md.
"""

from collections.abc import Iterator, Sequence

from service.checking.contradictions.article_statements import ArticleStatements
from service.checking.contradictions.polarity import opposite_verb, wrong_polarity
from service.checking.contradictions.swapped_numbers import find_swap
from service.checking.contradictions.wrong_names import grafted_name, replaced_name
from service.checking.contradictions.wrong_numbers import (
    misplaced_number,
    replaced_number,
    wrong_day,
    wrong_unit,
)
from service.checking.speakers import wrong_speaker
from service.facts.fact import Fact, FactKind
from service.facts.statements import Statement


def disagreements(
    text: Statement, evidence: Sequence[int], article: ArticleStatements
) -> Iterator[Fact]:
    """Yields the facts of `text` that the article states otherwise.

    `evidence` are the indices of the article sentences behind `text`, the best one first.
    """
    if not evidence:
        return
    facts = [Fact(kind, words) for kind, words in _apply_rules(text, evidence, article) if words]
    if facts:
        yield from facts
        return
    sentences = [article.sentences[index] for index in evidence]
    if words := find_swap(text, sentences, article.title):
        yield Fact(FactKind.RELATION, words)


def _apply_rules(
    text: Statement, evidence: Sequence[int], article: ArticleStatements
) -> Iterator[tuple[FactKind, str]]:
    """Yields kinds of facts, each with the words that a rule finds wrong, or an empty string."""
    sentences = [article.sentences[index] for index in evidence]
    yield FactKind.UNIT, wrong_unit(text, sentences)
    yield (
        FactKind.RELATION,
        misplaced_number(text, sentences) or replaced_number(text, sentences, article),
    )
    yield (
        FactKind.RELATION,
        grafted_name(text, evidence, article) or replaced_name(text, sentences, article),
    )
    yield FactKind.DAY, wrong_day(text, sentences, article)
    yield (
        FactKind.NEGATION,
        wrong_polarity(text, sentences, article) or opposite_verb(text, sentences),
    )
    yield FactKind.SPEAKER, wrong_speaker(text, article.sentences, article.known, evidence[0])
