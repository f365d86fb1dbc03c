"""Rough numbers, times and fractions of a French text, which are not compared by value.

A source supports a rough number ("des milliers de maisons", "une centaine") if it has the same one
or an exact number of that size. So 3,200 houses are thousands of houses, and a hundred are not. A
size is a power of ten.

Times and fractions are compared as wholes: "2 h 40" is not 2 hours, and "deux tiers" is not a
third. `numbers.py` reads two numbers in them, or none.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final

from service.facts.bounds import MAX_LOOK_BACK
from service.facts.numbers import power_of, value_of_small
from service.text.folding import straight

_THOUSANDS: Final = 3
_ALMOST: Final = Decimal("1.25")  # 98 is about a hundred: its size is also that of 1.25 times 98.
_ROUGH: Final = re.compile(
    r"(?<!\w)(dizaine|centaine|millier|million|milliard)s?"
    r"(?:\s+de\s+(millier|million|milliard)s)?(?!\w)",
    re.IGNORECASE,
)
_NUMBER_WORDS: Final = (
    r"deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
    r"|vingts?|cents?|mille|\w+ante"
)
# "3 millions" and "trois cents millions" are exact numbers.
_EXACT: Final = re.compile(rf"(?:\d|\b(?:{_NUMBER_WORDS}))\s*$", re.IGNORECASE)
_DECIMAL: Final = re.compile(r"\d+(?:\.\d+)?")
_TIME: Final = re.compile(
    r"(?<![\w:.,])(\d{1,2}) ?(?:h|heures?)(?: ?(?:et )?([0-5]\d)(?: ?min(?:utes)?)?)?(?![\w:]| ?%)",
    re.IGNORECASE,
)
_FRACTION: Final = re.compile(r"(?<!\w)(un|deux|trois) (tiers|quarts?)(?!\w)", re.IGNORECASE)


def find_magnitudes(text: str) -> dict[int, str]:
    """Returns the rough numbers of a French `text`: {power of ten: how it is written}."""
    magnitudes: dict[int, str] = {}
    for match in _ROUGH.finditer(text):
        before = text[max(0, match.start() - MAX_LOOK_BACK) : match.start()]
        if not _EXACT.search(before):
            power = power_of(match[1], "fr") + power_of(match[2] or "", "fr")
            magnitudes.setdefault(power, match[0])
    return magnitudes


def powers_of(values: Iterable[str]) -> frozenset[int]:
    """Returns the powers of ten of exact numbers; versions and times have none."""
    sizes = [Decimal(value) for value in values if _DECIMAL.fullmatch(value)]
    return frozenset(
        (size * factor).adjusted() for size in sizes if size for factor in (1, _ALMOST)
    )


def has_magnitude(power: int, sizes: Collection[int]) -> bool:
    """True if a number of one of these `sizes` supports a rough number of this `power`.

    From thousands on, a size may be up to two powers higher: 30 million are millions too.
    """
    largest = power + 2 if power >= _THOUSANDS else power
    return any(size in sizes for size in range(power, largest + 1))


def find_times(text: str) -> dict[str, str]:
    """Returns the times and durations in hours of a text: {"2:40": how it is written}."""
    return {
        f"{int(match[1])}:{match[2] or '00'}": match[0] for match in _TIME.finditer(straight(text))
    }


def find_fractions(text: str) -> dict[str, str]:
    """Returns the thirds and quarters of a text: {"2/3": how it is written}."""
    fractions = {}
    for match in _FRACTION.finditer(text):
        numerator = value_of_small(match[1], "fr")
        denominator = 3 if match[2].lower() == "tiers" else 4
        fractions[f"{numerator}/{denominator}"] = match[0]
    return fractions


def foreign_times(times: Mapping[str, str], source_times: Mapping[str, str]) -> list[str]:
    """Returns the `times` whose hour the source has with other minutes only ("2 h" of "2 h 40")."""
    source_hours = {_hour_of(time) for time in source_times}
    return [
        written
        for time, written in times.items()
        if time not in source_times and _hour_of(time) in source_hours
    ]


def _hour_of(time: str) -> str:
    return time.partition(":")[0]


def foreign_fractions(
    fractions: Mapping[str, str], source_fractions: Mapping[str, str]
) -> list[str]:
    """Returns the `fractions` that the source lacks; none if the source has no fractions."""
    if not source_fractions:
        return []
    return [written for fraction, written in fractions.items() if fraction not in source_fractions]
