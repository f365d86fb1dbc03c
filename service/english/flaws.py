"""Signs that a text is no English translation: words left in French, and repetition."""

import re
from typing import Final

from service.english.lexicon.names import find_kept_names
from service.text.folding import plain
from service.text.language import detect_language
from service.text.quotation_marks import QUOTATION
from service.text.words import runs

RUN: Final = 5  # words in a row that may not be repeated, nor copied from the French sentence
COPIED_SHARE: Final = 0.6
MIN_COPIED: Final = 4  # a text with fewer words in lower case is not judged by their share
MIN_FUNCTION_WORDS: Final = 2  # a copied run with fewer of them may be a name
_FUNCTION_WORDS: Final = frozenset(
    "le la les l d des du de un une et en a au aux dans pour sur est sont que qui avec par son "
    "ses".split()
)
_CAPITALISED: Final = re.compile(r"(?<!\w)[A-ZÀ-Ý][\w-]*")
_LOWER_CASE_WORD: Final = re.compile(r"(?<!\w)[a-zà-ÿœ]{2,}")


def repeats_itself(text: str) -> bool:
    """True if the same `RUN` words stand in `text` twice."""
    word_runs = _find_runs(text)
    return len(word_runs) != len(set(word_runs))


def is_english(text: str) -> bool:
    """True if `text` may be English. Short texts of names count as English."""
    return detect_language(text).may_be("en")


def is_left_french(english: str, french: str) -> bool:
    """True if the translation `english` still is, wholly or in part, the sentence `french`.

    Signs are a copied run of words, more than COPIED_SHARE of the words in lower case from the
    sentence, or a text that is plainly French. Quotations are left out, because they may be titles.
    """
    unquoted = QUOTATION.sub(" ", english)
    if _has_copied_run(unquoted, french):
        return True
    lower_case_words = _LOWER_CASE_WORD.findall(unquoted)
    if plain(english) == plain(french):
        return bool(lower_case_words)
    if len(lower_case_words) < MIN_COPIED:
        return False
    french_words = set(re.findall(r"\w+", french))
    copied = sum(word in french_words for word in lower_case_words)
    if copied > COPIED_SHARE * len(lower_case_words):
        return True
    return not is_english(english) and detect_language(english).code == "fr"


def _has_copied_run(unquoted: str, french: str) -> bool:
    """True if a run of words outside names comes from the French sentence."""
    unnamed = unquoted
    for name in find_kept_names(unquoted, french):
        unnamed = unnamed.replace(name, " | ")
    english_runs = set(_find_runs(_CAPITALISED.sub(" | ", unnamed)))
    copied_runs = english_runs & set(_find_runs(french))
    return any(len(_FUNCTION_WORDS.intersection(run)) >= MIN_FUNCTION_WORDS for run in copied_runs)


def _find_runs(text: str) -> list[tuple[str, ...]]:
    return runs(re.findall(r"\w+", plain(text)), RUN)
