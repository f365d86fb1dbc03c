"""Publication dates in French, through dateparser."""

import re
import threading
import warnings
from typing import Final

from service.reading.boilerplate import CHANGED, DATE
from service.text.calendar import WEEK_DAYS

_SETTINGS: Final = {"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"]}
_PUBLISHED: Final = re.compile(
    rf"\bpubliée?\s*+:?\s*+(?:(?:le|{'|'.join(WEEK_DAYS)})\s++){{0,2}}(?P<date>{DATE.pattern})",
    re.IGNORECASE,
)
_CHANGED: Final = re.compile(rf"\b(?:{CHANGED})\b", re.IGNORECASE)

# One date is parsed at a time: `catch_warnings` changes the filters of the whole process.
_LOCK: Final = threading.Lock()


def is_of_update(line: str) -> bool:
    """True if a line with a date says when the article was changed, not when it appeared."""
    return bool(_CHANGED.search(line)) and not _PUBLISHED.search(line)


def iso_date(text: str) -> str:
    """The date of publication that `text` names, or else its first full date, as YYYY-MM-DD.

    An empty string without a date.
    """
    published = _PUBLISHED.search(text)
    match = DATE.search(text, published.start("date") if published else 0)
    if match is None:
        return ""
    with _LOCK, warnings.catch_warnings():
        # dateparser itself parses dates without a year, which is deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import dateparser

        begins_with_year = match.group()[:4].isdigit()
        settings = {**_SETTINGS, "DATE_ORDER": "YMD"} if begins_with_year else _SETTINGS
        parsed = dateparser.parse(match.group(), languages=["fr"], settings=settings)
    return parsed.date().isoformat() if parsed else ""
