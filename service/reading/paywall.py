"""Whether a paragraph of a page is a paywall notice, by the wordings of `paywalls.toml`."""

import re
from functools import cache
from typing import Final

from service.text.folding import plain
from service.text.tables import table

MAX_NOTICE_SENTENCES: Final = 8
# A sentence of this many words or more may be the article's; a notice goes on with shorter ones.
LEAST_WORDS: Final = 6
MAX_ANYTHING: Final = 80  # the most characters that a "*" stands for

# "abonné·es", "abonné(e)s", "abonné.e.s": read as "abonné".
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
    sentences = split_notice(block)
    if not 0 < len(sentences) <= MAX_NOTICE_SENTENCES:
        return False
    others = [sentence for sentence in sentences if not _wordings("around").fullmatch(sentence)]
    article = [sentence for sentence in others if not _is_telling(sentence)]
    if _wordings("notices").fullmatch(sentences[0]):
        return all(len(sentence.split()) < LEAST_WORDS for sentence in article)
    return bool(others) and not article


def split_notice(block: str) -> list[str]:
    """The sentences of a paragraph, written like the wordings of the table."""
    text = _BOTH_GENDERS.sub("", plain(block))
    text = _SIGN.sub(" ", _COMMA.sub(" ", text))
    sentences = _ENDS.split(text)
    return [" ".join(sentence.split()) for sentence in sentences if any(map(str.isalnum, sentence))]


def _is_telling(sentence: str) -> bool:
    """True for a sentence that says that there is more for subscribers."""
    return any(_wordings(name).fullmatch(sentence) for name in ("notices", "alone"))


@cache
def _wordings(name: str) -> re.Pattern[str]:
    """The expression of all wordings in one list of the table."""
    wordings = table(__package__, "paywalls")[name]
    return re.compile("|".join(map(_translate, wordings)))


def _translate(wording: str) -> str:
    """A wording as a regular expression."""
    return "".join(map(_translate_token, _TOKEN.split(wording)))


def _translate_token(token: str) -> str:
    if token.startswith("<"):
        wordings = table(__package__, "paywalls")["words"][token[1:-1]]
        return f"(?:{'|'.join(map(_translate, wordings))})"
    return _MEANINGS.get(token) or re.escape(token)
