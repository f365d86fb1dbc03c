"""Finds words that do not exist in French or in English.

A small model sometimes makes up a word ("mettriront", "leurder"), or leaves a French word
untranslated. No check of facts sees such a word, but it is in neither of two dictionaries. They
were made differently, and each has gaps. pyspellchecker's list of words by frequency lacks rarer
forms ("islamistes"). simplemma's forms and lemmas lack some small words ("notamment"). Words of the
article are always accepted: its names of peoples and its trade's newest words are in no dictionary.
"""

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Final

import simplemma
from spellchecker import SpellChecker

from service.text.folding import plain
from service.text.tables import table

_WORD: Final = re.compile(r"[^\W\d_]+")
# Whole words of four letters or more, not parts of "week-end", "aujourd'hui", "néo-zélandais".
_WHOLE: Final = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w'’-])")
NEW_WORDS: Final = {
    language: frozenset(words.split())
    for language, words in table(__package__, "vocabulary")["new"].items()
}
# How new words begin ("cybercrime"), and how English ones end ("screenless").
_BEGINNINGS: Final = {
    "fr": re.compile(r"\A(?:cyber|crypto|électro|nano|vidéo|géo|hydro)(?=\w{4})"),
    "en": re.compile(r"\A(?:cyber|crypto|electro|nano|video|geo|hydro|auto|mid)(?=\w{4})"),
}
_ENDINGS: Final = re.compile(r"(?<=\w{3})(?:makers?|less|works|fold)$")
_BRITISH: Final = re.compile(r"is(?=(?:ed|es|ing|able|ations?)$)")
_FEMININE_E: Final = re.compile(r"e(?=s?$)")
_LOANS: Final = re.compile(
    r"\b(?:foie gras|fait accompli|faits accomplis|grandes? écoles?|cause célèbre)\b", re.IGNORECASE
)

LONGEST_LISTED_WORD: Final = 50  # Letters. The dictionaries have no longer word.


@cache
def _word_list(language: str) -> SpellChecker:
    """Returns pyspellchecker's list of words by frequency.

    To load both dictionaries takes 0.3 to 0.6 s and 40 MB, once for each language.
    """
    return SpellChecker(language)


def load_words(language: str) -> None:
    """Reads the dictionaries of a language, so that the first summary need not wait for them."""
    is_known("Brèèève", language)  # Neither dictionary has this word, so both are read.


def is_known(word: str, language: str = "fr") -> bool:
    """True if `word`, in lower case, is a word of the language."""
    return len(word) <= LONGEST_LISTED_WORD and _is_listed(word, language)


@lru_cache(maxsize=10_000)
def _is_listed(word: str, language: str) -> bool:
    spellings = {word, word.replace("œ", "oe"), word.replace("oe", "œ"), _BRITISH.sub("iz", word)}
    if language == "en":
        singular = word.removesuffix("s") or word  # but the "s" of "Model S" is a whole word
        spellings |= {singular, word.replace("our", "or")}
    elif word.endswith(("eure", "eures")):  # "défenseure"
        spellings.add(_FEMININE_E.sub("", word))
    return any(
        spelling in NEW_WORDS[language]
        or spelling in _word_list(language)
        or simplemma.is_known(spelling, lang=language)
        for spelling in spellings
    )


def is_word(word: str, language: str = "fr") -> bool:
    """True if `word` is known, as it is or without "cyber", "less" or the like ("cybercrime")."""
    if is_known(word, language):
        return True
    without_beginning = _BEGINNINGS[language].sub("", word)
    without_ending = _ENDINGS.sub("", word) if language == "en" else word
    parts = {without_beginning, without_ending} - {word}
    return any(is_known(part, language) for part in parts)


def words(text: str) -> frozenset[str]:
    """Returns the words of `text` in lower case."""
    return frozenset(_WORD.findall(text.lower()))


def find_made_up_words(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Returns the words of a French `text` that do not exist and are not among the `known` ones.

    Words with a capital are taken for names, and passed over.
    """
    return tuple(word for word in _find_lower_words(text, known) if not is_word(word))


def find_non_english_words(
    text: str, french: Collection[str], known: Collection[str] = ()
) -> tuple[str, ...]:
    """Returns the words of an English `text` that are made up, or left in French ("lillois").

    `french` are the words of the French article, without accents. If such a word is in no French
    dictionary either, it is the article's own and is accepted. So are the `known` words.
    """
    words_of_text = _find_lower_words(_LOANS.sub(" ", text), known)
    return tuple(
        word
        for word in words_of_text
        if not is_word(word, "en") and (plain(word) not in french or is_known(word))
    )


def _find_lower_words(text: str, known: Collection[str]) -> list[str]:
    """Returns the whole words of `text` without a capital that are not among the `known` ones."""
    return [word for word in _WHOLE.findall(text) if word.islower() and word not in known]
