"""Quotation marks of one sentence: which of them open, whether they come in pairs, and the missing
one of a quotation of several sentences."""

import re
from typing import Final

QUOTE_SIGNS: Final = '«»“”"'
_PAIRS: Final = ("«»", "“”", "()")
_OPENING: Final = re.compile(r'^"|(?<=\s)"(?=\S)|(?<=[:,]\s)"')
_CLOSED_FIRST: Final = re.compile(
    r'^[^"]*[^\s"]"(?!\w)'
)  # the first straight mark closes a quotation of the sentence before
_CLOSING: Final = re.compile(r'(?<=\S)"|"[\s.!?…]*$')


def is_balanced(sentence: str) -> bool:
    """False if a quotation or a bracket begins or ends outside the sentence: it is a piece of
    something longer."""
    pairs = all(sentence.count(opening) == sentence.count(closing) for opening, closing in _PAIRS)
    return pairs and sentence.count('"') % 2 == 0 and not _CLOSED_FIRST.match(sentence)


def closed(sentence: str) -> str:
    """`sentence` with the mark that it lacks, where it has only the opening or only the closing one
    of a quotation."""
    for opening, closing in ("«»", "“”"):
        space = " " if opening == "«" else ""
        if (sentence.count(opening), sentence.count(closing)) == (1, 0):
            return f"{sentence}{space}{closing}"
        if (sentence.count(opening), sentence.count(closing)) == (0, 1):
            return f"{opening}{space}{sentence}"
    if sentence.count('"') == 1:
        if _OPENING.search(sentence):
            return f'{sentence}"'
        if _CLOSING.search(sentence):
            return f'"{sentence}'
    return sentence


def opens_quotation(text: str, k: int, quoted: bool) -> bool:
    """True if the quotation mark at `k` opens; a straight one does where a word follows it at once
    and none precedes."""
    if text[k] != '"':
        return text[k] in "«“"
    word_before = text[k - 1 : k].isalnum() or (k > 0 and text[k - 1] in ".!?,…)")
    word_after = text[k + 1 : k + 2].isalnum() or text[k + 1 : k + 2] in ("(", "[")
    return word_after if word_before != word_after else not quoted


def begins_inside(text: str) -> bool:
    """True if the sentence's first quotation mark closes: the quotation began in a sentence
    before."""
    first = next((k for k, sign in enumerate(text) if sign in QUOTE_SIGNS), None)
    return first is not None and first > 0 and not opens_quotation(text, first, False)
