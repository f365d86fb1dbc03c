"""Puts English words into a French sentence that is to be translated, for the words of the press (`press_words.toml`) that a
small model has rarely met beside their English. It keeps what is English already: "En pleine heatwave, …" comes out right, where
"canicule" became a hurricane.

Source of the idea: Dinu et al., "Training Neural Machine Translation to Apply Terminology Constraints", 2019 (arXiv:1906.01105).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from service.inflection import english_plural

_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_FEMININE: Final = (("eux", "euse"), ("if", "ive"), ("en", "enne"), ("el", "elle"), ("er", "ère"))
_PREPOSITION: Final = re.compile(r"( (?:de|d'|des|du|à|en)\b ?)")
_UNCHANGED: Final = frozenset("vidéo audio télé diesel photo Twitter".split())


def with_english_words(french: str) -> str:
    """`french` with the English of its words that the table has. Words with a capital inside a sentence are names and stay."""
    words, phrases = _table()
    found = _phrases().sub(lambda phrase: _like(phrases[phrase.group().lower()], phrase.group()), french.replace("’", "'"))

    def in_english(word: re.Match[str]) -> str:
        written, before = word.group(), found[: word.start()].rstrip()
        opens = not before or before[-1] in '.!?:«"'
        known = written if written.islower() else written.lower() if opens and written[1:].islower() else ""
        return _like(words[known], written) if known in words else written

    return _WORD.sub(in_english, found)


def _like(english: str, french: str) -> str:
    return english[0].upper() + english[1:] if french[0].isupper() else english


@cache
def _table() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The English of single words in all their forms, and of phrases, in lower case."""
    table = tomllib.loads(files("service").joinpath("press_words.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for french, english in table["adjectives"].items():
        found.update(dict.fromkeys(_adjective_forms(french), english))
    for french, english in table["mass"].items():
        found.update({french: english, _french_plural(french): english})
    for french, english in table["nouns"].items():
        found.update({_french_plural(french): english_plural(english), french: english})
    found.update(table["words"])
    words = {french: english for french, english in found.items() if _WORD.fullmatch(french) and french.islower()}
    return words, {french.lower(): english for french, english in found.items() if french not in words}


@cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(_table()[1], key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)


def _adjective_forms(masculine: str) -> Iterator[str]:
    feminine = next((masculine.removesuffix(end) + new for end, new in _FEMININE if masculine.endswith(end)), "")
    feminine = feminine or (masculine if masculine.endswith("e") else f"{masculine}e")
    yield from (feminine, f"{feminine}s", _french_plural(masculine), masculine)


def _french_plural(singular: str) -> str:
    """Of a word, or of the words before a preposition ("accidents de la route")."""
    head, preposition, rest = _PREPOSITION.split(singular, maxsplit=1) if _PREPOSITION.search(singular) else (singular, "", "")
    return " ".join(map(_plural_word, head.split(" "))) + preposition + rest


def _plural_word(singular: str) -> str:
    if singular.endswith(("s", "x", "z")) or singular in _UNCHANGED:
        return singular
    if singular.endswith("al"):
        return f"{singular[:-1]}ux"
    return f"{singular}x" if singular.endswith(("eau", "eu")) else f"{singular}s"
