"""Finds quotations, tells opening marks from closing ones, and checks that marks come in pairs."""

import re
from typing import Final

QUOTATION: Final = re.compile(r"«\s*([^«»]+?)\s*»|“([^“”]+)”|\"([^\"]+)\"")
MIN_QUOTATION_WORDS: Final = 3  # shorter ones are titles and single words
QUOTE_SIGNS: Final = '«»“”"'
_PAIRS: Final = ("«»", "“”", "()")
_OPENING: Final = re.compile(r'^"|(?<=\s)"(?=\S)|(?<=[:,]\s)"')
_CLOSING: Final = re.compile(r'(?<=\S)"|"[\s.!?…]*$')
# The first straight mark closes a quotation that the sentence before has opened.
_CLOSED_FIRST: Final = re.compile(r'^[^"]*[^\s"]"(?!\w)')


def find_quotations(text: str) -> list[str]:
    """Returns the quotations of at least MIN_QUOTATION_WORDS words."""
    quotations = ["".join(groups) for groups in QUOTATION.findall(text)]
    return [quotation for quotation in quotations if len(quotation.split()) >= MIN_QUOTATION_WORDS]


def is_balanced(sentence: str) -> bool:
    """True if no quotation and no bracket begins or ends outside the sentence.

    A sentence that is not balanced is a piece of something longer.
    """
    has_pairs = all(
        sentence.count(opening) == sentence.count(closing) for opening, closing in _PAIRS
    )
    return has_pairs and sentence.count('"') % 2 == 0 and not _CLOSED_FIRST.match(sentence)


def close_quotation(sentence: str) -> str:
    """Returns `sentence` with a missing opening mark at its start, or a closing one at its end."""
    for opening, closing in ("«»", "“”"):
        space = " " if opening == "«" else ""
        marks = sentence.count(opening), sentence.count(closing)
        if marks == (1, 0):
            return f"{sentence}{space}{closing}"
        if marks == (0, 1):
            return f"{opening}{space}{sentence}"
    if sentence.count('"') == 1:
        if _OPENING.search(sentence):
            return f'{sentence}"'
        if _CLOSING.search(sentence):
            return f'"{sentence}'
    return sentence


def opens_quotation(text: str, place: int, quoted: bool) -> bool:
    """True if the quotation mark at `place` opens.

    A straight mark opens if it touches a word on its right and none on its left. If it touches
    words on both sides or on neither, `quoted` decides: a mark inside a quotation closes it.
    """
    if text[place] != '"':
        return text[place] in "«“"
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    follows_word = before.isalnum() or (place > 0 and before in ".!?,…)")
    precedes_word = after.isalnum() or after in ("(", "[")
    return precedes_word if follows_word != precedes_word else not quoted


def begins_inside(text: str) -> bool:
    """True if a sentence begins inside a quotation: its first mark closes."""
    marks = (place for place, sign in enumerate(text) if sign in QUOTE_SIGNS)
    first = next(marks, 0)
    return first > 0 and not opens_quotation(text, first, False)
