"""Decodes the bytes of a page as browsers do."""

import codecs
import re
from contextlib import suppress
from typing import Final

from service.text.charsets import marked

# Python's names of the Encoding Standard's charsets, and ASCII. Python knows others, but they are
# no text (base64), fail (undefined) or take time with the square of the length (punycode).
CHARSETS: Final = re.compile(
    r"ascii|utf-(8|16|16-[bl]e|32)|iso8859-\d+|cp(125\d|866|874|932|949)|koi8-[ru]"
    r"|mac-(roman|cyrillic)|gb(k|2312|18030)|big5(hkscs)?|euc_(jp|kr)|shift_jis|iso2022_jp"
)
# Charsets that the Encoding Standard, and every browser, reads as another one than Python does.
_READ_AS: Final = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}
# Bytes of a page's beginning in which its own label is looked for, as browsers do.
LABEL_BYTES: Final = 1024
_LABEL: Final = re.compile(
    rb"""(?:<meta\b[^<>]*?\bcharset|<\?xml\b[^<>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)


def decode_page(content: bytes, named: str | None = None) -> str:
    """A page's bytes as text.

    The first of these that is there counts: a byte order mark, the charset `named` by its header,
    UTF-8 if the bytes are valid, the page's own label, a guess. Valid UTF-8 counts before the
    label: pages that were converted often keep their old label. Labels are read as the Encoding
    Standard has it: ISO-8859-1 and ASCII are windows-1252, ISO-8859-9 is windows-1254. Nothing is
    unpacked.
    """
    if charset := marked(content):
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
    """The charset of a page's own label."""
    label = _LABEL.search(beginning)
    charset = _find_charset(label[1].decode("ascii", "replace")) if label else None
    # A label that can be read byte by byte is not in UTF-16, whatever it says.
    return "utf-8" if charset and charset.startswith("utf") else charset


def _guess(content: bytes) -> str:
    from trafilatura.utils import detect_encoding

    # Where windows-1252 is possible, others (cp1250) often seem as likely, but articles are in
    # French.
    guesses = sorted(detect_encoding(content), key=lambda name: name != "cp1252")
    for name in guesses:
        with suppress(LookupError, UnicodeDecodeError):
            return content.decode(_READ_AS.get(codecs.lookup(name).name, name))
    return content.decode(errors="replace")


def _find_charset(label: str) -> str | None:
    """Python's name of the charset that a label means; None if no page has such a charset."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name) if CHARSETS.fullmatch(name) else None
