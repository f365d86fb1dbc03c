"""Times and fractions of a French text, compared as wholes.

Readers of numbers take them for two numbers or for none: "2 h 40" is no 2 hours, and "deux tiers"
is no third.
"""

import re
from collections.abc import Mapping
from typing import Final

from service.facts.numbers import value_of_small
from service.text.folding import straight

_TIME: Final = re.compile(
    r"(?<![\w:.,])(\d{1,2}) ?(?:h|heures?)(?: ?(?:et )?([0-5]\d)(?: ?min(?:utes)?)?)?(?![\w:]| ?%)",
    re.IGNORECASE,
)
_FRACTION: Final = re.compile(r"(?<!\w)(un|deux|trois) (tiers|quarts?)(?!\w)", re.IGNORECASE)


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
    """Returns those of the `times` of which the source has the hour with other minutes only."""
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
    """Returns those of the `fractions` that the source lacks, if it has any."""
    if not source_fractions:
        return []
    return [written for fraction, written in fractions.items() if fraction not in source_fractions]
