"""Holds the week days and months of a translation to those of its French sentence."""

import re
from collections.abc import Mapping
from typing import Final

from service.facts.fact import Fact, FactKind
from service.facts.figures import Figure
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain

# French words that English may translate with a month.
_SEASONS: Final = {"septembre": "rentree"}
# Names that are also words. With their capital they count only inside a sentence.
_AMBIGUOUS_MONTHS: Final = frozenset({"May", "March"})
_MONTH: Final = "|".join(MONTHS)
_ENGLISH_MONTH: Final = "|".join(MONTHS.values())
_AFTER_MONTH: Final = re.compile(rf"\b(?:{_MONTH}|{_ENGLISH_MONTH})\W*\Z", re.IGNORECASE)
_BEFORE_MONTH: Final = re.compile(rf"(?:\W|of)*\b(?:{_MONTH}|{_ENGLISH_MONTH})\b", re.IGNORECASE)


def find_week_days(french: str) -> list[str]:
    """Returns the English of the week days that a French sentence names.

    Behind its first word, a day with a capital is part of a name ("Le Journal du Dimanche").
    """
    text = french[:1].lower() + french[1:]
    return [
        english for day, english in WEEK_DAYS.items() if re.search(rf"(?<!\w){day}s?(?!\w)", text)
    ]


def correct_dates(english: str, french: str) -> tuple[str, int]:
    """Returns `english` with the French week day and month, and how many of the two it changed.

    A week day changes only where each sentence names a single one, and the two differ. So does a
    month.
    """
    changed, folded = 0, plain(french)
    for calendar in (WEEK_DAYS, MONTHS):
        named = _find_named(english, calendar)
        added = _find_added(english, french, calendar)
        # The plural of "mai" would be "mais", which is no month.
        plural = "s?" if calendar is WEEK_DAYS else ""
        french_names = [
            name for name in calendar if re.search(rf"(?<!\w){plain(name)}{plural}(?!\w)", folded)
        ]
        if len(french_names) == len(added) == 1 and french_names[0] not in named:
            wrong, right = calendar[added[0]], calendar[french_names[0]]
            english = re.sub(rf"\b{wrong}(s?)\b", rf"{right}\1", english)
            changed += 1
    return english, changed


def find_added_dates(english: str, french: str) -> list[Fact]:
    """Returns the week days and months that the English names and the French does not."""
    return [
        Fact(FactKind.DAY, calendar[name])
        for calendar in (WEEK_DAYS, MONTHS)
        for name in _find_added(english, french, calendar)
    ]


def is_beside_month(text: str, figure: Figure) -> bool:
    """True if a figure of `text`, French or English, stands before or behind a month."""
    before, behind = text[: figure.start], text[figure.end :]
    return bool(_AFTER_MONTH.search(before) or _BEFORE_MONTH.match(behind))


def _find_named(english: str, calendar: Mapping[str, str]) -> list[str]:
    """Returns the French names of the days or months that the English text names."""
    return [french for french, name in calendar.items() if re.search(_pattern_of(name), english)]


def _pattern_of(name: str) -> str:
    """Returns a pattern for an English day or month."""
    if name in _AMBIGUOUS_MONTHS:
        return rf"(?<=[\w,;(\"'] ){name}\b"
    return rf"\b{name}s?\b"


def _find_added(english: str, french: str, calendar: Mapping[str, str]) -> list[str]:
    """Returns the French names of the days or months that only the English text names.

    The French text may name one in either language ("le Black Friday").
    """
    words = set(re.split(r"\W+", plain(french)))
    added = []
    for name in _find_named(english, calendar):
        wordings = {plain(name), plain(name) + "s", plain(calendar[name]), _SEASONS.get(name)}
        if words.isdisjoint(wordings):
            added.append(name)
    return added
