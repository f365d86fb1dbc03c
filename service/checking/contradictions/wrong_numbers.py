"""Finds numbers, units and days in which a summary sentence differs from the article.

The counts under the rules are explained in `agreement.py`.
"""

from collections.abc import Collection, Sequence
from typing import Final

from service.checking.contradictions.article_statements import ArticleStatements
from service.facts.statements import Date, Quantity, Statement, stem

# How many times better another number of the article must fit to count as the right one.
FITS_BETTER: Final = 1.3
# Share of the words around a number of `text`, by weight, that the right number must have around
# it in the article. Words in its clause count twice.
FITS_WELL: Final = 0.6

# A sentence, and the index of one of its clauses.
Clause = tuple[Statement, int]


def wrong_unit(text: Statement, evidence: Sequence[Statement]) -> str:
    """Returns a number that the evidence has only with other units: "21 mois" for "21 jours"."""
    # Alone: 5 found, costs 0 of 60 and 0 of 765.
    for quantity in text.quantities:
        if quantity.measured and _has_only_other_units(quantity, evidence):
            return f"{quantity.written} {quantity.unit}"
    return ""


def _has_only_other_units(quantity: Quantity, evidence: Sequence[Statement]) -> bool:
    units = {
        other.unit
        for sentence in evidence
        for other in sentence.quantities
        if other.value == quantity.value and other.measured
    }
    # "30 euros" and "30 euros/mois" agree.
    base_unit = quantity.unit.partition("/")[0]
    agreeing = any(
        unit in (quantity.unit, base_unit) or unit.startswith(f"{quantity.unit}/") for unit in units
    )
    return bool(units) and not agreeing


def misplaced_number(text: Statement, evidence: Sequence[Statement]) -> str:
    """Returns a number whose words stand beside another number in the evidence."""
    # Alone: 2 found, costs 1 of 60 and 5 of 765.
    for quantity in text.quantities:
        nearby = text.clauses[quantity.clause] - {quantity.value}
        having = [sentence for sentence in evidence if quantity.value in sentence.values]
        if having and all(_is_apart(quantity, nearby, text, sentence) for sentence in having):
            return quantity.written
    return ""


def _is_apart(
    quantity: Quantity, nearby: frozenset[str], text: Statement, sentence: Statement
) -> bool:
    """True if some of the `nearby` words stand only beside another number of `sentence`."""
    own_words = _find_words_of_number(quantity.value, sentence)
    for other in sentence.quantities:
        foreign_words = sentence.clauses[other.clause] - own_words - {other.value}
        if other.unit != quantity.unit:
            foreign_words -= {stem(other.unit)}
        is_rival = other.value not in text.values and other.year is quantity.year
        same_unit = other.unit == quantity.unit or not other.measured
        if is_rival and same_unit and nearby & foreign_words:
            return True
    return False


def _find_words_of_number(value: str, sentence: Statement) -> frozenset[str]:
    """Returns the words of the clauses that have this number, or no number at all."""
    other_clauses = {other.clause for other in sentence.quantities if other.value != value}
    own_clauses = {other.clause for other in sentence.quantities if other.value == value}
    return frozenset().union(
        *(
            words
            for clause, words in enumerate(sentence.clauses)
            if clause in own_clauses or clause not in other_clauses
        )
    )


def replaced_number(
    text: Statement, evidence: Sequence[Statement], article: ArticleStatements
) -> str:
    """Returns a number where another one of the same unit fits much better.

    The words around the number in `text` are compared with those around both in the article.
    """
    # Alone: 6 found, costs 1 of 60 and 0 of 765.
    for quantity in text.quantities:
        nearby = text.clauses[quantity.clause] - {quantity.value, stem(quantity.unit)}
        # Sets, so that a clause counts once however often the number stands in it.
        own_clauses = {
            (sentence, other.clause)
            for sentence in article.with_title
            for other in sentence.quantities
            if other.value == quantity.value
        }
        rival_clauses = {
            (sentence, other.clause)
            for sentence in evidence
            for other in sentence.quantities
            if other.value not in text.values and _is_rival(other, quantity)
        }
        if quantity.unit and _fit_better(nearby, rival_clauses, own_clauses, article):
            return quantity.written
    return ""


def _is_rival(other: Quantity, quantity: Quantity) -> bool:
    """True if `other` could stand in the place of `quantity`, and is not the same one rounded."""
    return other.unit == quantity.unit and not quantity.rounds(other)


def _fit_better(
    words: frozenset[str],
    rival_clauses: Collection[Clause],
    own_clauses: Collection[Clause],
    article: ArticleStatements,
) -> bool:
    """True if the words fit a rival much better than they fit the summary's number or day."""
    rival_fit = _measure_best_fit(words, rival_clauses, article)
    own_fit = _measure_best_fit(words, own_clauses, article)
    return rival_fit > max(FITS_BETTER * own_fit, FITS_WELL * article.weight(words))


def _measure_best_fit(
    words: frozenset[str], clauses: Collection[Clause], article: ArticleStatements
) -> float:
    return max((_measure_fit(words, clause, article) for clause in clauses), default=0.0)


def _measure_fit(words: frozenset[str], clause: Clause, article: ArticleStatements) -> float:
    """Returns the weight of the words that the sentence has; those in the clause count twice."""
    sentence, index = clause
    in_clause = words & sentence.clauses[index]
    in_sentence = words & sentence.stems
    return article.weight(in_clause) + article.weight(in_sentence)


def wrong_day(text: Statement, evidence: Sequence[Statement], article: ArticleStatements) -> str:
    """Returns a date that contradicts every date of the article with which it shares a day.

    It shares the week day or the day of the month. If there is no such date, a week day is returned
    where another one fits much better.
    """
    # Alone, with `replaced_day`: 0 found, costs 0 of 60 and 5 of 765. Of 54 swapped week days it
    # lifts the share that is found from 68 % to 81 %.
    article_dates = [date for sentence in article.with_title for date in sentence.dates]
    for date in text.dates:
        similar = [other for other in article_dates if _share_day(date, other)]
        if similar and not any(_agree(date, other) for other in similar):
            return " ".join(filter(None, date))
    return replaced_day(text, evidence, article)


def _share_day(date: Date, other: Date) -> bool:
    """True if both dates have the same week day or the same day of the month."""
    pairs = zip(date[:2], other[:2], strict=True)
    return any(part and part == other_part for part, other_part in pairs)


def _agree(date: Date, other: Date) -> bool:
    """True if no part that both dates name differs."""
    pairs = zip(date, other, strict=True)
    return all(not part or not other_part or part == other_part for part, other_part in pairs)


def replaced_day(text: Statement, evidence: Sequence[Statement], article: ArticleStatements) -> str:
    """Returns a week day where another one fits much better, as in `replaced_number`."""
    for day, clause in text.week_days.items():
        nearby = text.clauses[clause] - {stem(day)}
        own_clauses = [
            (sentence, sentence.week_days[day])
            for sentence in article.with_title
            if day in sentence.week_days
        ]
        rival_clauses = [
            (sentence, other_clause)
            for sentence in evidence
            for other_day, other_clause in sentence.week_days.items()
            if other_day not in text.week_days
        ]
        if _fit_better(nearby, rival_clauses, own_clauses, article):
            return day
    return ""
