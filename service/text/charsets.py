"""The mark that a text may begin with, which says its charset."""

import codecs
from typing import Final

LONGEST: Final = 4  # bytes of a mark
# Those of UTF-32 before those of UTF-16: one of them begins as one of these does.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def marked(content: bytes) -> str | None:
    """The charset that the first bytes of a text name, under the name by which Python takes the
    mark off; None without one."""
    return next((charset for mark, charset in _MARKS if content.startswith(mark)), None)
