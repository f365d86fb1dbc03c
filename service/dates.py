"""Publication dates in French, through dateparser."""

import threading
import warnings
from typing import Final

from service.boilerplate import DATE

_SETTINGS: Final = {"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"]}

_ONE_AT_A_TIME: Final = threading.Lock()  # the warnings that are ignored meanwhile belong to the whole process


def iso_date(text: str) -> str:
    """The first full date in `text` as YYYY-MM-DD, or an empty string."""
    match = DATE.search(text)
    if match is None:
        return ""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # dateparser parses dates without a year inside
        import dateparser

        iso = match.group()[:4].isdigit()
        settings = {**_SETTINGS, "DATE_ORDER": "YMD"} if iso else _SETTINGS
        parsed = dateparser.parse(match.group(), languages=["fr"], settings=settings)
    return parsed.date().isoformat() if parsed else ""
