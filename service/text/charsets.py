"""Decodes bytes to text by a byte order mark, a named charset or a guess."""

import codecs
import re
from contextlib import suppress
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
# Python's names of the Encoding Standard's charsets, and ASCII. Python has other codecs too. They
# decode no text (base64), always fail (undefined) or take quadratic time (punycode).
CHARSETS: Final = re.compile(
    r"ascii|utf-(8|16|16-[bl]e|32)|iso8859-\d+|cp(125\d|866|874|932|949)|koi8-[ru]"
    r"|mac-(roman|cyrillic)|gb(k|2312|18030)|big5(hkscs)?|euc_(jp|kr)|shift_jis|iso2022_jp"
)
# The Encoding Standard, and every browser, decodes these charsets as another one than Python does.
_READ_AS: Final = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}
# Browsers look for a page's own label in this many bytes from its beginning.
LABEL_BYTES: Final = 1024
_LABEL: Final = re.compile(
    rb"""(?:<meta\b[^<>]*?\bcharset|<\?xml\b[^<>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)


def detect_marked_charset(content: bytes) -> str | None:
    """Returns the charset of the byte order mark at the beginning of a text; None without one.

    Python's codec of that name removes the mark when it decodes.
    """
    return next((charset for mark, charset in _MARKS if content.startswith(mark)), None)


def decoded(content: bytes, named: str | None = None) -> str:
    """A page's bytes as text, read as browsers read them.

    A byte order mark counts first, then the charset `named` by the header, then UTF-8 if the bytes
    are valid. After these come the page's own label, and a guess. Pages that were converted often
    keep their old label, so UTF-8 counts before it. Labels mean what the Encoding Standard says:
    ISO-8859-1 and ASCII are windows-1252, ISO-8859-9 is windows-1254. No label starts a codec that
    decompresses ("zip").
    """
    if charset := detect_marked_charset(content):
        return content.decode(charset, "replace")
    if charset := _find_charset(named or ""):
        return content.decode(charset, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        pass
    if charset := _read_label(content[:LABEL_BYTES]):
        return content.decode(charset, "replace")
    return _guess(content)


def _read_label(beginning: bytes) -> str | None:
    """Returns the charset of a page's own label; None without one."""
    label = _LABEL.search(beginning)
    charset = _find_charset(label[1].decode("ascii", "replace")) if label else None
    # The label was found in single bytes, so the page is not in UTF-16, whatever the label says.
    return "utf-8" if charset and charset.startswith("utf") else charset


def _guess(content: bytes) -> str:
    from trafilatura.utils import detect_encoding

    # Where windows-1252 is possible, another charset (cp1250) often seems as likely. Articles are
    # in French, so windows-1252 is tried first.
    guesses = sorted(detect_encoding(content), key=lambda name: name != "cp1252")
    for name in guesses:
        with suppress(LookupError, UnicodeDecodeError):
            return content.decode(_READ_AS.get(codecs.lookup(name).name, name))
    return content.decode(errors="replace")


def _find_charset(label: str) -> str | None:
    """Returns Python's name of the charset that `label` means; None if it is none of CHARSETS."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if CHARSETS.fullmatch(name) else None
