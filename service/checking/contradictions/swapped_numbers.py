"""A number, a unit or a date in the place of another one: "fin mars" for "fin février".

A summary sentence rests mostly on one sentence of the article, the best evidence. It may have a
number, a unit or a date that the best evidence lacks. This is right if other evidence has it,
together with something else of the summary sentence. Otherwise it was swapped.

The figures count what these rules find beyond all others. In
`tests/service/checking/evidence_labels_blind.jsonl` they find 4 of the 90 corrupted sentences with
an even id, on which they were chosen, and 7 of the other 102. In the held-out half of
`tests/service/checking/evidence_labels.jsonl` they find one of 88. They flag no true sentence
there, and one of 200 references (`python -m tests.service.checking.evidence_set`).
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Final

from service.checking.word_lists import read_words
from service.facts.statements import PLAIN_MONTHS, Quantity, Statement, Word, stem
from service.text.calendar import WEEK_DAYS
from service.text.tables import table

# The words of a group, each with all its forms.
Group = tuple[frozenset[str], ...]


def _read_group(entries: Iterable[str]) -> Group:
    return tuple(frozenset(entry.split("/")) for entry in entries)


_TABLE: Final = table(__package__, "swapped_numbers")
_ORDINALS: Final = _read_group(_TABLE["ordinals"])
_GROUPS: Final = (
    _read_group(PLAIN_MONTHS),
    _ORDINALS,
    *map(_read_group, _TABLE["others"]),
)
# `Statement.words` has digits in place of most ordinals; `Statement.plain` has the ordinals.
_ORDINAL_FORMS: Final = frozenset[str]().union(*_ORDINALS)
_TIMES: Final = frozenset((*PLAIN_MONTHS, *WEEK_DAYS)) | read_words("small_words", "relative_days")


def find_swap(text: Statement, evidence: Sequence[Statement], title: Statement) -> str:
    """Returns a date, word or number of `text` that replaces another one of the best evidence.

    Empty if there is none. `evidence` begins with the best one. What the article's title has too is
    no swap.
    """
    return (
        grafted_date(text, evidence, title)
        or swapped_word(text, evidence, title)
        or swapped_number(text, evidence, title)
    )


def swapped_word(text: Statement, evidence: Sequence[Statement], title: Statement) -> str:
    """Returns a word of `text` that replaces another of its group: "mars" for "février".

    The best evidence has that other word, and `text` lacks it.
    """
    text_words = _find_comparable_words(text)
    best_words = _find_comparable_words(evidence[0])
    known_words = best_words | _find_comparable_words(title)
    for group in _GROUPS:
        if not any(best_words & forms and not text_words & forms for forms in group):
            continue
        for forms in group:
            is_new = text_words & forms and not known_words & forms
            if is_new and not _is_tied(forms, text, evidence):
                words = (word.text for word in text.words if word.plain in forms)
                return next(words, min(text_words & forms))
    return ""


def swapped_number(text: Statement, evidence: Sequence[Statement], title: Statement) -> str:
    """Returns a number of `text` that replaces another one of the best evidence.

    The best evidence lacks the number, and has another one of the same unit that `text` lacks.
    """
    best = evidence[0]
    known_values = best.values | title.values
    for number in text.quantities:
        if number.value in known_values or any(map(number.rounds, best.quantities)):
            continue
        values = frozenset([number.value])
        if _has_rival(number, best, text) and not _is_tied(values, text, evidence):
            return number.written
    return ""


def _has_rival(number: Quantity, best: Statement, text: Statement) -> bool:
    """True if the best evidence has another number of the same unit that `text` lacks."""
    return any(
        other.value not in text.values and (other.unit, other.year) == (number.unit, number.year)
        for other in best.quantities
    )


def grafted_date(text: Statement, evidence: Sequence[Statement], title: Statement) -> str:
    """Returns a date ("5 mars") that the best evidence lacks, if it names another time."""
    best = evidence[0]
    if not _find_comparable_words(best) & _TIMES:
        return ""
    known_days = {date[1:] for statement in (best, title) for date in statement.dates}
    for _, day, month in text.dates:
        is_new = month and (day, month) not in known_days
        if is_new and not _is_date_tied(day, month, text, evidence):
            return _find_date(day, month, text.words)
    return ""


def _is_date_tied(day: str, month: str, text: Statement, evidence: Sequence[Statement]) -> bool:
    """True if other evidence has the date, and something that ties the date to `text`.

    The tie is content of `text` that the best evidence lacks, or a week day of the best evidence
    that belongs to the date.
    """
    rest = _find_rest(text, evidence, (day, month))
    return any(
        date[1:] == (day, month)
        and (rest & _find_content(other) or date[0] in evidence[0].week_days)
        for other in evidence[1:]
        for date in other.dates
    )


def _find_date(day: str, month: str, words: Sequence[Word]) -> str:
    """Returns the date as it is written."""
    return next(
        f"{word.text} {following.text}"
        for word, following in pairwise(words)
        if (word.value, following.plain) == (day, month)
    )


def _find_comparable_words(statement: Statement) -> frozenset[str]:
    """Returns the plain words, ordinals included, that may stand in each other's place."""
    ordinals = _ORDINAL_FORMS.intersection(statement.plain.split())
    return ordinals | frozenset(word.plain for word in statement.words)


def _find_content(statement: Statement) -> frozenset[str]:
    """Returns the stems of the content words, and the values of the numbers."""
    return frozenset().union(*statement.clauses)


def _find_rest(
    text: Statement, evidence: Sequence[Statement], words: Collection[str]
) -> frozenset[str]:
    """Returns the content of `text` that the best evidence lacks, less the `words`."""
    return _find_content(text) - _find_content(evidence[0]) - {*words, *map(stem, words)}


def _is_tied(forms: frozenset[str], text: Statement, evidence: Sequence[Statement]) -> bool:
    """True if other evidence has one of the `forms`, and something else of `text`.

    The latter must be content that the best evidence lacks.
    """
    rest = _find_rest(text, evidence, forms)
    return any(
        _find_comparable_words(other) & forms and rest & _find_content(other)
        for other in evidence[1:]
    )
