"""Words that do not exist. A small model sometimes makes one up ("mettriront", "leurder"), which no
check of facts sees; or it leaves one untranslated.

Such a word is in none of two dictionaries that were made differently: pyspellchecker's list of
words by frequency, which lacks rarer forms ("islamistes"), and simplemma's forms and lemmas, which
lack some small words ("notamment"). Words of the article are good in any case: its names of peoples
and its trade's newest words are in no dictionary.
"""

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Final

import simplemma
from spellchecker import SpellChecker

from service.text.folding import plain

_WORD: Final = re.compile(r"[^\W\d_]+")
# Whole words of four letters or more: no parts of "week-end", "aujourd'hui", "néo-zélandais".
_WHOLE: Final = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w'’-])")
# Too new for both dictionaries, and common.
NEW: Final = {
    "fr": frozenset(
        "coronavirus covid podcast podcasts cluster clusters apps tech online smartphone "
        "smartphones coentreprise".split()
    ),
    "en": frozenset(
        (
            "spyware hyperscaler chipset datacentre robotaxi exascale coworking darknet "
            "teleconsultation geolocation gigafactory "
            "gigafactories ecommerce geoblocking microservices serverless exfiltration exfiltrated "
            "sideloading jihadist "
            "jihadists cobot teardown workaround writedown uninterruptible electrolyser "
            "repairability pseudonymise pseudonymised "
            "ombudswoman lycée baccalauréat"
        ).split()
    ),
}
# What new words begin and end with in both languages, or in English: "cybercrime", "screenless".
_BEGINNINGS: Final = {
    "fr": re.compile(r"\A(?:cyber|crypto|électro|nano|vidéo|géo|hydro)(?=\w{4})"),
    "en": re.compile(r"\A(?:cyber|crypto|electro|nano|video|geo|hydro|auto|mid)(?=\w{4})"),
}
_ENDINGS: Final = re.compile(r"(?<=\w{3})(?:makers?|less|works|fold)$")
_BRITISH: Final = re.compile(r"is(?=(?:ed|es|ing|able|ations?)$)")
_LOANS: Final = re.compile(
    r"\b(?:foie gras|fait accompli|faits accomplis|grandes? écoles?|cause célèbre)\b", re.IGNORECASE
)


LONGEST_WORD: Final = 50  # letters; the dictionaries have none that is longer


@cache
def _list(language: str) -> SpellChecker:
    """The list of words by frequency (with the other dictionary 0.3 to 0.6 s and 40 MB once for
    each language)."""
    return SpellChecker(language)


def load_words(language: str) -> None:
    """Reads the dictionaries of a language now, so that the first summary need not wait for
    them."""
    is_known("Brèèève", language)  # a word that none of them has


def is_known(word: str, language: str = "fr") -> bool:
    """True if `word`, in lower case, is a word of the language."""
    return len(word) <= LONGEST_WORD and _is_listed(word, language)


@lru_cache(maxsize=10_000)
def _is_listed(word: str, language: str) -> bool:
    spellings = {word, word.replace("œ", "oe"), word.replace("oe", "œ"), _BRITISH.sub("iz", word)}
    if language == "en":
        spellings |= {
            word.removesuffix("s") or word,
            word.replace("our", "or"),
        }  # "unfavourable"; "s" of "Model S"
    elif word.endswith(("eure", "eures")):
        spellings.add(re.sub(r"e(?=s?$)", "", word))  # "défenseure"
    return any(
        one in NEW[language] or one in _list(language) or simplemma.is_known(one, lang=language)
        for one in spellings
    )


def is_word(word: str, language: str = "fr") -> bool:
    """The same, or if it is made of known words as new ones are ("cybercrime", "screenless")."""
    if is_known(word, language):
        return True
    parts = {
        _BEGINNINGS[language].sub("", word),
        _ENDINGS.sub("", word) if language == "en" else word,
    } - {word}
    return any(is_known(part, language) for part in parts)


def words(text: str) -> frozenset[str]:
    """The words of `text` in lower case."""
    return frozenset(_WORD.findall(text.lower()))


def made_up(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The words of a French `text` that do not exist and are not among the `known` ones.
    Capitalised words are names."""
    return tuple(word for word in _lower(text, known) if not is_word(word))


def not_english(text: str, french: Collection[str], known: Collection[str] = ()) -> tuple[str, ...]:
    """The words of an English `text` that are not English: made up, or left in French ("Nuagis, a
    lillois provider").

    `french` are the words of the French article, without accents: those of them that are no French
    either are the article's own, and good, as are the `known` ones.
    """
    return tuple(
        word
        for word in _lower(_LOANS.sub(" ", text), known)
        if not is_word(word, "en") and (plain(word) not in french or is_known(word))
    )


def _lower(text: str, known: Collection[str]) -> list[str]:
    """The whole words of `text` without a capital that are not among the `known` ones."""
    return [word for word in _WHOLE.findall(text) if word.islower() and word not in known]
