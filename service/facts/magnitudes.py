"""Rough numbers ("des milliers de maisons", "une centaine") and their size, a power of ten.

A source has a rough number where it has the same one or an exact number of that size: 3,200 houses
are thousands of houses, a hundred are not.
"""

import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Final

from service.facts.bounds import MAX_LOOK_BACK
from service.facts.numbers import power_of

_THOUSANDS: Final = 3
_ALMOST: Final = Decimal("1.25")  # 98 is a hundred or so.
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
    """True if numbers of these `sizes` make a rough number of this power.

    30 million are millions too.
    """
    largest = power + 2 if power >= _THOUSANDS else power
    return any(size in sizes for size in range(power, largest + 1))
