"""Puts English words into a French sentence that is to be translated, for the words of the press (`press_words.toml`) that a
small model has rarely met beside their English. It keeps what is English already: "En pleine heatwave, …" comes out right, where
"canicule" became a hurricane.

Source of the idea: Dinu et al., "Training Neural Machine Translation to Apply Terminology Constraints", 2019 (arXiv:1906.01105).
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import simplemma

from service.inflection import english_plural

_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
MAX_WORDS: Final = 8  # of a phrase
_FEMININE: Final = (("eux", "euse"), ("if", "ive"), ("en", "enne"), ("el", "elle"), ("er", "ère"))
_PREPOSITION: Final = re.compile(r"( (?:de|d'|des|du|à|en)\b ?)")
_ELIDED: Final = re.compile(r"(?<![\w'])([cdjlmnst]|qu)'$", re.IGNORECASE)  # "l'élection" -> "le vote"
_SMALL: Final = frozenset("a an the of to in on for by from at be will would have with his her their its up out off".split())
_BEFORE_GERUND: Final = (" of", " for", " from", " in", " at", " by", " without")
_COMPARED: Final = re.compile(r"\b(?:plus|moins) $", re.IGNORECASE)  # "les plus grands": the model knows how English compares
_UNCHANGED: Final = frozenset("vidéo audio télé diesel photo Twitter".split())


def with_english_words(french: str) -> str:
    """`french` with the English of its words and phrases that the table has, the longest first. Words with a capital inside a
    sentence are names and stay."""
    french = french.replace("’", "'")
    done, position = "", 0
    for start, end, english in _found(french):
        before = french[position:start]
        if english[0].lower() not in "aeiouh":
            before = _ELIDED.sub(r"\1e ", before)
        done += before + _like(english, french[start])
        position = end
    return done + french[position:]


def expected_words(french: str) -> list[frozenset[str]]:
    """The English words, in their basic forms, of each entry of the table that stands in `french`."""
    return [found for _, _, english in _found(french.replace("’", "'")) if (found := lemmas(english))]


def lost_words(expected: Iterable[frozenset[str]], english: str) -> int:
    """How many of the `expected` entries have no word, in any form, in `english`."""
    said = lemmas(english)
    return sum(not words & said for words in expected)


def lemmas(english: str) -> frozenset[str]:
    """The words of an English text but small ones, each in its basic form."""
    return frozenset(map(_lemma, _WORD.findall(english.lower()))) - _SMALL


@lru_cache(maxsize=10_000)
def _lemma(word: str) -> str:
    return simplemma.lemmatize(word, lang="en")


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and English of the entries that stand in a French `text`."""
    words = list(_WORD.finditer(text))
    position, english = 0, ""
    for number, word in enumerate(words):
        if word.start() < position or (word.start() <= position + 1 and _wants_gerund(english, word.group())):
            continue
        if found := _entry(text, words[number : number + MAX_WORDS]):
            position, english = found
            yield word.start(), position, english


def _wants_gerund(english: str, french: str) -> bool:
    """True for a French infinitive right behind English that ends with a preposition: the model knows how to go on ("with the
    aim of séduire"), an English infinitive would stay as it is."""
    return english.endswith(_BEFORE_GERUND) and french.endswith(("er", "ir", "re"))


def _entry(text: str, words: Sequence[re.Match[str]]) -> tuple[int, str] | None:
    """Where the longest entry of the table ends that begins with the first of the `words` of `text`, and its English; an entry
    may end with an apostrophe ("à l'issue d'")."""
    for last in reversed(words):
        for end in entry_ends(text, last):
            english = table().get(text[words[0].start() : end].lower())
            if english and (last is not words[0] or (_is_no_name(text, last) and not _COMPARED.search(text, 0, last.start()))):
                return end, english if end == last.end() else f"{english} "
    return None


def entry_ends(text: str, last: re.Match[str]) -> Iterator[int]:
    """Where an entry may end whose `last` word of `text` this is: with the word, or with an apostrophe behind it."""
    yield last.end()
    if text[last.end() : last.end() + 1] == "'":
        yield last.end() + 1


def _is_no_name(text: str, word: re.Match[str]) -> bool:
    """True if the word begins in lower case, or has a capital because a sentence begins with it."""
    before = text[: word.start()].rstrip()
    return word.group()[0].islower() or ((not before or before[-1] in '.!?:«"') and word.group()[1:].islower())


def _like(english: str, french: str) -> str:
    return english[0].upper() + english[1:] if french[0].isupper() else english


@cache
def table() -> Mapping[str, str]:
    """The English of the entries in all their forms, in lower case."""
    sections = tomllib.loads(files("service").joinpath("press_words.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for french, english in sections["adjectives"].items():
        found.update(dict.fromkeys(_adjective_forms(french), english))
    for french, english in sections["mass"].items():
        found.update({french: english, _french_plural(french): english})
    for french, english in sections["nouns"].items():
        found.update({_french_plural(french): english_plural(english), french: english})
    found.update(sections["words"])
    return {french.lower(): english for french, english in found.items()}


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
