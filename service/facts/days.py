"""The week days and months that a French text names."""

import re
from typing import Final

from service.text.calendar import MONTHS, WEEK_DAYS

DAYS: Final = frozenset((*WEEK_DAYS, "hier", "avant-hier", "demain", *MONTHS))
# "Mars" is also a planet. These two are read as months only behind the day of the month.
_AMBIGUOUS_MONTHS: Final = frozenset({"mars", "mai"})
_WORD: Final = re.compile(r"(?P<day_of_month>\d\s+|1er\s+)?\b(?P<word>[a-zûé-]+)\b")


def find_days(text: str) -> list[str]:
    """Returns the days and months of `text`, such as "lundi", "hier" and "juin", in lower case."""
    return [
        match["word"]
        for match in _WORD.finditer(text.lower())
        if match["word"] in DAYS
        and (match["day_of_month"] or match["word"] not in _AMBIGUOUS_MONTHS)
    ]
