"""Texts within Markdown (CommonMark)."""

import re
from typing import Final

# Signs that Markdown or HTML would read as markup. "C#" is a name, and "&" is markup only in an
# entity. A last "!" would make an image of a link behind the text.
_MARKS: Final = re.compile(r"[\\`*_\[\]<>|~]|\A[-+=]|(?<!\S)#|!\Z|&(?=#?\w{1,40};)")
_LIST_NUMBER: Final = re.compile(r"\A(\d{1,9})(?=[.)])")


def escape_markdown(text: str) -> str:
    """Escapes all that Markdown would read as markup in a text of one line."""
    return _LIST_NUMBER.sub(r"\1\\", _MARKS.sub(r"\\\g<0>", text))
