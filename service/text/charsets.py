"""The byte order mark with which a text may begin: it names the charset."""

import codecs
from typing import Final

LONGEST_MARK: Final = 4  # bytes
# UTF-32 stands before UTF-16: its little-endian mark begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_marked_charset(content: bytes) -> str | None:
    """Returns the charset of the byte order mark at the beginning of a text; None without one.

    Under the name that it returns, Python decodes the text without the mark.
    """
    return next((charset for mark, charset in _MARKS if content.startswith(mark)), None)
