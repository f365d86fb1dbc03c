"""Times and fractions, which number readers take for two numbers or for none: "2 h 40" is no 2
hours, two thirds are no third."""

import re
from collections.abc import Mapping
from typing import Final

from service.text.folding import straight

_TIME: Final = re.compile(
    r"(?<![\w:.,])(\d{1,2}) ?(?:h|heures?)(?: ?(?:et )?([0-5]\d)(?: ?min(?:utes)?)?)?(?![\w:]| ?%)",
    re.IGNORECASE,
)
_FRACTION: Final = re.compile(r"(?<!\w)(un|deux|trois) (tiers|quarts?)(?!\w)", re.IGNORECASE)
_NUMBERS: Final = {"un": "1", "deux": "2", "trois": "3"}


def times(text: str) -> dict[str, str]:
    """The times and lengths of time in hours of a French `text`: {"2:40": how it is written}."""
    return {
        f"{int(match[1])}:{match[2] or '00'}": match[0] for match in _TIME.finditer(straight(text))
    }


def fractions(text: str) -> dict[str, str]:
    """Its thirds and quarters: {"2/3": how it is written}."""
    return {
        f"{_NUMBERS[match[1].lower()]}/{'34'[match[2].lower()[0] == 'q']}": match[0]
        for match in _FRACTION.finditer(text)
    }


def other_times(said: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Those of which the source has the hour, with other minutes only."""
    hours = {time.partition(":")[0] for time in there}
    return [
        written
        for time, written in said.items()
        if time not in there and time.partition(":")[0] in hours
    ]


def other_fractions(said: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Those that the source lacks, which has others."""
    return [written for share, written in said.items() if there and share not in there]
