"""The dates of items, as feeds write them."""

from datetime import UTC, datetime, timedelta
from time import struct_time
from typing import Final

from service.reading.dates import iso_date

# An earlier date is a fault, like 1970 or the year 1: the first feeds (RSS 0.90) are of 1999.
FIRST_YEAR: Final = 1995
LONGEST_DATE: Final = 100  # characters


def read_date(parsed: struct_time | None, written: str, now: datetime) -> datetime | None:
    """When an item appeared: the date that feedparser `parsed`, else the one that is `written`.

    None for an impossible date, such as the day after tomorrow. A date up to a day after `now`
    becomes `now`, which has a time zone.
    """
    date = _from_parsed(parsed) or _from_written(written)
    if date is None or date.year < FIRST_YEAR or date > now + timedelta(days=1):
        return None
    return min(date, now)


def _from_parsed(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        date = datetime(*parsed[:6], tzinfo=UTC)
    except (ValueError, OverflowError):  # A 61st second, a year 0
        return None
    return date if date.year >= FIRST_YEAR else None


def _from_written(written: str) -> datetime | None:
    """A date in ISO 8601, or with French words."""
    written = written.strip()[:LONGEST_DATE]
    if not written:
        return None
    for text in (written, iso_date(written)):
        try:
            date = datetime.fromisoformat(text)
            return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
