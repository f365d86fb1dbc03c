"""The dates of items, as feeds write them."""

from datetime import UTC, datetime, timedelta
from time import struct_time
from typing import Final

from service.reading.dates import iso_date

# Before the first feeds (RSS 0.90 is of 1999) a date is a fault: 1970, the year 1.
FIRST_YEAR: Final = 1995
LONGEST_DATE: Final = 100  # characters


def read_date(parsed: struct_time | None, written: str, now: datetime) -> datetime | None:
    """When an item appeared: what the reader of feeds has `parsed`, else what is `written`.

    None for a date that cannot be, such as one of the day after tomorrow. `now` knows its zone.
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
