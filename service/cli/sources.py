"""Reads the sources of `summarize`, files and standard input, and refuses what is not text."""

import errno
import re
import sys
from pathlib import Path
from typing import BinaryIO, Final

import click

from service.cli.output.errors import SourceError
from service.cli.output.messages import message, translated
from service.cli.output.reasons import word_reason
from service.text.charsets import decoded, detect_marked_charset

_HEAD_BYTES: Final = 4096  # The beginning of a file, which shows its kind.
# Characters that no text holds, as in web/files.js.
_CONTROLS: Final = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_ZIP: Final = b"PK\x03\x04"
# The first bytes of documents whose text must be exported first, and the message for each.
_BEGINNINGS: Final = ((b"%PDF-", "source.pdf"), (b"\xd0\xcf\x11\xe0", "source.word"))
# Texts at the beginning of a packed document, and the message for each.
_PACKED: Final = ((b"word/", "source.word"), (b"opendocument", "source.opendocument"))

# Why a file cannot be opened, and the message for it.
_REFUSALS: Final = {
    errno.ENOENT: "source.missing",
    errno.ENOTDIR: "source.missing",
    errno.ENAMETOOLONG: "source.missing",
    errno.EISDIR: "source.folder",
    errno.EACCES: "source.forbidden",
    errno.EPERM: "source.forbidden",
}


def is_html(text: str) -> bool:
    """True if the text is a page, or a part of one."""
    from service.reading.pages import begins_as_page

    return begins_as_page(text)


def read_source(name: str) -> str:
    """The text of a file, or of standard input (-). Raises SourceError."""
    if name == "-" and sys.stdin is None:
        raise SourceError(message("source.closed"))
    try:
        if name == "-":
            return _read(sys.stdin.buffer)
        with Path(name).open("rb") as file:
            return _read(file)
    except OSError as error:
        refusal = _REFUSALS.get(error.errno or 0, "source.unreadable")
        shown = click.format_filename(name)
        raise SourceError(message(refusal, name=shown, reason=word_reason(error))) from error


def _read(file: BinaryIO) -> str:
    """The text of a file. Of a binary file, mostly only the beginning is read."""
    head = file.read(_HEAD_BYTES)
    _refuse_documents(head)
    charset = detect_marked_charset(head)
    if charset is None:
        _refuse_binary(head.decode("latin-1"))
    text = decode(head + file.read())
    _refuse_binary(text)
    _refuse_other_marks(text)
    return text


def _refuse_documents(head: bytes) -> None:
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            raise SourceError(message(name))
    if head.startswith(_ZIP):
        kinds = (name for part, name in _PACKED if part in head)
        raise SourceError(message(next(kinds, "source.archive")))


def _refuse_binary(text: str) -> None:
    if _CONTROLS.search(text):
        raise SourceError(message("source.binary"))


def _refuse_other_marks(text: str) -> None:
    from service.reading.pages import describe_other_format

    if kind := describe_other_format(text):
        raise SourceError(message("source.other", kind=translated(kind)))


def decode(raw: bytes) -> str:
    """The text in some bytes, read as the web page reads files.

    A byte order mark counts first, then UTF-8, the charset that a page names, and windows-1252.
    """
    if charset := detect_marked_charset(raw):
        return raw.decode(charset, "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        if not is_html(raw.decode("latin-1")):
            return raw.decode("cp1252", "replace")
    return decoded(raw)
