"""A word of a small group in the place of another one of its group: "fin mars" for "fin février",
"moins" for "plus".

A summary sentence rests mostly on one sentence of the article, the best one. A word of one of these
groups, a number or a date that the best one lacks is right where other evidence has it and
something else of the summary sentence too; else it was put in.

Of `tests/service/checking/evidence_labels_blind.jsonl` the rules find, beside all others, 4 of the
90 corrupted sentences with an even id, on which they were chosen, and 7 of the other 102; of the
held-out half of `tests/service/checking/evidence_labels.jsonl` one of 88. They cost no true
sentence there, and one of 200 references (`python -m tests.service.checking.evidence_set`).
"""

import re
from collections.abc import Collection, Sequence
from typing import Final

from service.facts.statements import PLAIN_MONTHS, Statement, stem
from service.text.calendar import WEEK_DAYS
from service.text.function_words import NE

_ORDINALS: Final = "premier/premiere deuxieme/second/seconde troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme"
# Words of which one stands in another's place, in plain form, all forms of a word together.
GROUPS: Final = tuple(
    tuple(frozenset(forms.split("/")) for forms in group.split())
    for group in (
        " ".join(PLAIN_MONTHS),
        "minute/minutes heure/heures jour/jours semaine/semaines mois an/ans/annee/annees "
        "siecle/siecles",
        _ORDINALS,
        "plus moins",
        "debut mi fin",
        "matin midi soir nuit",
        "pere mere", "fils fille", "frere soeur", "mari/epoux femme/epouse",
        "brut nets/net", "minimum maximum", "majorite minorite", "gauche droite",
    )
)  # fmt: skip

_IN_DIGITS: Final = frozenset(
    re.split("[ /]", _ORDINALS)
)  # most of them, in the words of a statement
_TIMES: Final = frozenset((*PLAIN_MONTHS, *WEEK_DAYS, "veille", "lendemain", "hier", "demain"))


def swapped(text: Statement, evidence: Sequence[Statement], title: Statement) -> str:
    """What `text` says in the place of something else of the best evidence, the first of
    `evidence`; nothing if it does not, or if the title of the article says the same."""
    return (
        grafted_date(text, evidence, title)
        or swapped_word(text, evidence, title)
        or swapped_number(text, evidence, title)
    )


def swapped_word(text: Statement, evidence: Sequence[Statement], title: Statement) -> str:
    """A word of one of GROUPS that the best evidence lacks, where it has another one of the group
    that `text` lacks."""
    said, there = _words(text), _words(evidence[0])
    known = there | _words(title)
    for group in GROUPS:
        mine = [forms for forms in group if said & forms and not known & forms]
        other = [forms for forms in group if there & forms and not said & forms]
        for forms in mine if other else ():
            if not _is_tied(forms, text, evidence):
                return next(
                    (word.text for word in text.words if word.plain in forms), min(said & forms)
                )
    return ""


def swapped_number(text: Statement, evidence: Sequence[Statement], title: Statement) -> str:
    """A number that the best evidence lacks, where it has another one that `text` lacks, of the
    same unit."""
    best = evidence[0]
    rivals = [other for other in best.quantities if other.value not in text.values]
    for number in text.quantities:
        strange = number.value not in best.values | title.values and not any(
            number.rounds(other) for other in best.quantities
        )
        rival = any((one.unit, one.year) == (number.unit, number.year) for one in rivals)
        if strange and rival and not _is_tied(frozenset([number.value]), text, evidence):
            return number.written
    return ""


def grafted_date(text: Statement, evidence: Sequence[Statement], title: Statement) -> str:
    """A day of a month that the best evidence lacks, where it names another time."""
    there = {date[1:] for one in (evidence[0], title) for date in one.dates}
    if not _words(evidence[0]) & _TIMES:
        return ""
    for _, day, month in text.dates:
        rest = _rest(text, evidence, (day, month))
        tied = any(
            (day, month) == date[1:]
            and (rest & _content(other) or date[0] in evidence[0].week_days)
            for other in evidence[1:]
            for date in other.dates
        )
        if month and (day, month) not in there and not tied:
            return _as_written(day, month, text)
    return ""


def _as_written(day: str, month: str, text: Statement) -> str:
    pairs = zip(text.words, text.words[1:], strict=False)
    return next(
        f"{one.text} {other.text}"
        for one, other in pairs
        if (one.value, other.plain) == (day, month)
    )


def _words(statement: Statement) -> frozenset[str]:
    """The plain words; no "plus" of a negation and no "moins" of "au moins", which are in nothing's
    place."""
    words = [word.plain for word in statement.words]
    ordinals = _IN_DIGITS.intersection(statement.plain.split())
    pairs = zip(["", *words], words, strict=False)
    denied = NE & set(words)
    return ordinals | frozenset(
        word
        for before, word in pairs
        if not (word == "plus" and denied) and not (word == "moins" and before in {"au", "du"})
    )


def _content(statement: Statement) -> frozenset[str]:
    """The content words, cut, and the values of the numbers."""
    return frozenset().union(*statement.clauses)


def _rest(text: Statement, evidence: Sequence[Statement], less: Collection[str]) -> frozenset[str]:
    """What `text` has beside `less` and the best evidence lacks."""
    return _content(text) - _content(evidence[0]) - {*less, *map(stem, less)}


def _is_tied(forms: frozenset[str], text: Statement, evidence: Sequence[Statement]) -> bool:
    """True if another sentence has one of the forms, and something else of `text` that the best one
    lacks."""
    rest = _rest(text, evidence, forms)
    return any(_words(other) & forms and rest & _content(other) for other in evidence[1:])
