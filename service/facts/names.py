"""The names of a French text: capitalised words and product names."""

import re
from collections.abc import Sequence
from typing import Final

from service.text.folding import plain
from service.text.sentences import sentences
from service.text.tables import table

_TOKEN: Final = re.compile(r"[^\W_][\w&+]*(?:[.'’-][^\W_][\w&+]*)*", re.UNICODE)
_ELISION: Final = re.compile(
    r"^(?:[dlscnjmt]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)", re.IGNORECASE
)
# How many characters before a word are searched for a mark that opens a quotation.
_MARK_REACH: Final = 20
_OPENING_MARKS: Final = ("«", ":", "“", '"')
_OPENERS: Final = frozenset(table(__package__, "names")["openers"].split())
FIRST_WORDS: Final = frozenset(table(__package__, "names")["first_words"].split())
_PARTICIPLE_ENDINGS: Final = ("ment", "ant", "ants", "ante", "antes", "é", "és", "ée", "ées")
_OPENING_WORD: Final = re.compile(
    r"(?:^|[«“\"]\s*)(?:[DdLlNnJjCcSs]['’]|[Qq]u['’])?([A-ZÀ-Ý][a-zà-ÿœ]+)(?=,|\s+[a-zà-ÿ])"
)


def find_names(text: str) -> list[str]:
    """Returns the capitalised words and product names of `text`, as written.

    The first word of a sentence counts only if it is plainly a name: another capitalised word
    follows, or a digit or a second capital is inside it.
    """
    return [name for sentence in sentences(text) for name in _find_names_of_sentence(sentence)]


def _find_names_of_sentence(sentence: str) -> list[str]:
    matches = list(_TOKEN.finditer(sentence))
    tokens = [_ELISION.sub("", match.group()) for match in matches]
    names = []
    for place, (token, match) in enumerate(zip(tokens, matches, strict=True)):
        before = sentence[max(0, match.start() - _MARK_REACH) : match.start()].rstrip()
        opens = place == 0 or before.endswith(_OPENING_MARKS)
        if _is_capitalised(token) and (
            not opens or _is_name_at_opening(token, tokens[place + 1 : place + 2])
        ):
            names.append(token)
    return names


def _is_name_at_opening(token: str, following: Sequence[str]) -> bool:
    """True if a capitalised word that begins a sentence or a quotation is plainly a name."""
    has_inner_sign = any(character.isupper() or character.isdigit() for character in token[1:])
    before_name = any(map(_is_capitalised, following))
    begins_name = before_name and len(token) > 3 and token.lower() not in _OPENERS
    return begins_name or (has_inner_sign and not token.istitle())


def _is_capitalised(token: str) -> bool:
    """True if the token has a capital; one that begins with a digit needs it further on ("5G")."""
    has_inner_capital = any(character.isupper() for character in token[1:])
    if token[0].isdigit():
        return has_inner_capital
    return (len(token) > 1 and token[0].isupper()) or has_inner_capital


def find_opening_names(text: str) -> list[str]:
    """Returns the first words of sentences and quotations that may be names.

    Common first words, adverbs and participles are left out. A word that remains ("Tourcoing a…")
    is a name if the source does not have it.
    """
    words = [
        match.group(1) for sentence in sentences(text) for match in _OPENING_WORD.finditer(sentence)
    ]
    return [
        word
        for word in words
        if len(plain(word)) > 2
        and plain(word) not in FIRST_WORDS
        and not word.lower().endswith(_PARTICIPLE_ENDINGS)
    ]
