"""Whether a paragraph of a page is a paywall notice, by the wordings of `paywalls.toml`."""

import re
from functools import cache
from typing import Final

from service.text.folding import plain
from service.text.tables import table

MAX_PIECES: Final = 8  # sentences of a notice
MAX_ANYTHING: Final = 80  # characters that a "*" stands for

# "abonné·es", "abonné(e)s", "abonné.e.s": as the same word without it.
_BOTH_GENDERS: Final = re.compile(r"(?<=[a-z])(?:[·•⋅.]e(?:[·•⋅.]?s)?|\(e\)s?|\(e?s\))(?!\w)")
_SIGN: Final = re.compile(r"(?<=\d) ?(?=[%€])")
_COMMA: Final = re.compile(r",(?!\d)")
_ENDS: Final = re.compile(r" ?[.!?:;|·•]+(?:\s|\Z)| [–—>→»-]+(?:\s|\Z)")
_TOKEN: Final = re.compile(r"( ?\*|[()|?#]|<\w+>)")
_MEANINGS: Final = {
    "(": "(?:", ")": ")", "|": "|", "?": "?", "#": r"\d+(?:[.,]\d+)?",
    "*": f".{{0,{MAX_ANYTHING}}}", " *": f"(?:| .{{0,{MAX_ANYTHING}}})",
}  # fmt: skip


def is_paywall_notice(block: str) -> bool:
    """True if a paragraph says that the article is for subscribers, and is nothing else."""
    pieces = sentences_of(block)
    if not 0 < len(pieces) <= MAX_PIECES:
        return False
    if _wordings("notices").fullmatch(pieces[0]):
        return True
    telling = [piece for piece in pieces if not _wordings("around").fullmatch(piece)]
    return bool(telling) and all(map(_is_telling, telling))


def sentences_of(block: str) -> list[str]:
    """The sentences of a paragraph as the wordings of the table are written."""
    text = _BOTH_GENDERS.sub("", plain(block))
    text = _SIGN.sub(" ", _COMMA.sub(" ", text))
    return [" ".join(piece.split()) for piece in _ENDS.split(text) if any(map(str.isalnum, piece))]


def _is_telling(piece: str) -> bool:
    """True for a sentence that says that there is more for subscribers."""
    return any(_wordings(name).fullmatch(piece) for name in ("notices", "alone"))


@cache
def _wordings(name: str) -> re.Pattern[str]:
    """The wordings of one list of the table."""
    return re.compile("|".join(map(_pattern, table(__package__, "paywalls")[name])))


def _pattern(wording: str) -> str:
    """A wording as a regular expression."""
    return "".join(map(_meaning, _TOKEN.split(wording)))


def _meaning(token: str) -> str:
    if token.startswith("<"):
        return (
            f"(?:{'|'.join(map(_pattern, table(__package__, 'paywalls')['words'][token[1:-1]]))})"
        )
    return _MEANINGS.get(token) or re.escape(token)
