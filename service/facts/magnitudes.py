"""Rough numbers ("des milliers de maisons", "une centaine"): of which size they are, as a power of
ten.

A source has one where it has a rough number or an exact one of that size: 3,200 houses are
thousands of houses, a hundred are not.
"""

import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Final

from service.facts.bounds import MAX_LOOK_BACK

_THOUSANDS: Final = 3
_ALMOST: Final = Decimal("1.25")
_NOUNS: Final = {"dizaine": 1, "centaine": 2, "millier": 3, "million": 6, "milliard": 9}
_ROUGH: Final = re.compile(
    rf"(?<!\w)({'|'.join(_NOUNS)})s?(?:\s+de\s+(millier|million|milliard)s)?(?!\w)", re.IGNORECASE
)
_UNITS: Final = "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|cents?|mille"
# "3 millions" and "trois cents millions" are exact numbers.
_EXACT: Final = re.compile(rf"(?:\d|\b(?:{_UNITS}|\w+ante))\s*$", re.IGNORECASE)


def magnitudes(text: str) -> dict[int, str]:
    """The rough numbers of a French `text`: {power of ten: how it is written}."""
    found: dict[int, str] = {}
    for match in _ROUGH.finditer(text):
        before = text[max(0, match.start() - MAX_LOOK_BACK) : match.start()]
        if not _EXACT.search(before):
            power = _NOUNS[match[1].lower()] + (_NOUNS[match[2].lower()] if match[2] else 0)
            found.setdefault(power, match[0])
    return found


def powers(values: Iterable[str]) -> frozenset[int]:
    """The powers of ten of exact numbers, as `service.facts.facts.numbers` gives their values;
    versions and times have none.

    98 is a hundred or so too.
    """
    sizes = [Decimal(value) for value in values if re.fullmatch(r"\d+(?:\.\d+)?", value)]
    return frozenset(
        (size * factor).adjusted() for size in sizes if size for factor in (1, _ALMOST)
    )


def has_magnitude(power: int, sizes: Collection[int]) -> bool:
    """True if a source with numbers of these `sizes` has a rough number of this power: 30 million
    are millions too."""
    return any(
        size in sizes for size in (range(power, power + 3) if power >= _THOUSANDS else (power,))
    )
