"""The week days and months that a French text names."""

import re
from typing import Final

from service.text.calendar import MONTHS, WEEK_DAYS

# "Mars" is also a planet. These two are read as months only behind one of a few words, such as the
# day of the month.
_AMBIGUOUS_MONTHS: Final = ("mars", "mai")
_CLEAR_MONTHS: Final = tuple(month for month in MONTHS if month not in _AMBIGUOUS_MONTHS)
_CLEAR_DAYS: Final = (*WEEK_DAYS, "avant-hier", "hier", "demain", *_CLEAR_MONTHS)
_DAY: Final = re.compile(
    rf"\b(?P<clear>{'|'.join(_CLEAR_DAYS)})\b"
    r"|(?:(?:\d|\b(?:1er|en|début|fin))\s+|\bmi-)"
    rf"(?P<ambiguous>{'|'.join(_AMBIGUOUS_MONTHS)})\b"
)


def find_days(text: str) -> list[str]:
    """Returns the days and months of `text`, such as "lundi", "hier" and "juin", in lower case."""
    return [match["clear"] or match["ambiguous"] for match in _DAY.finditer(text.lower())]
