"""Puts back the French names that a translation changed or half translated.

`names.toml` has the given names.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from service.english.lexicon.exonyms import find_exonym
from service.english.lexicon.names import CLOSE
from service.text.tables import table
from service.text.vocabulary import is_known
from service.text.words import runs

# Lengths, in words, of the names that are searched for one changed word; the longest first.
PHRASE_WORDS: Final = (5, 4, 3)
# Likeness of the changed word to the right one.
CLOSE_WORD: Final = 0.8
_ENGLISH_GIVEN_NAMES: Final[dict[str, str]] = table(__package__, "names")["english_given_names"]
_USUAL_GIVEN_NAMES: Final = frozenset(table(__package__, "names")["usual_given_names"].split())
_PERSON: Final = re.compile(rf"(?<![\w-])({'|'.join(_ENGLISH_GIVEN_NAMES)}) ([A-ZÀ-Ý][\w-]+)")
_GIVEN_AND_SURNAME: Final = re.compile(
    r"(?<![\w-])([A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?)(?= ([A-ZÀ-Ý][a-zà-ÿ]{3,})(?![\w-]))"
)
# The first word of a name, and one behind it that has an accent or follows a "de".
_NAME_OF_TWO_WORDS: Final = re.compile(
    r"(?<![\w-])([A-ZÀ-Ý][a-zà-ÿ]+)("
    r"(?: (?:de |du |des |de la )?[A-ZÀ-Ý][\w-]*[à-ÿ][\w-]*"
    r"| (?:de |du |des |de la |d['’])[\w-]+))"
)
_FRENCH_OF: Final = re.compile(r" (?:d[eu]s? |d['’])")
_SMALL_FRENCH_WORDS: Final = frozenset("de du des la le les et en aux se".split())
# "l'Union" has two words.
_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def restore_given_names(english: str, french: str) -> str:
    """Returns `english` with French given names for their English forms ("Edward Philippe")."""
    for given_name, surname in _PERSON.findall(french):
        translated = rf"(?<![\w-]){_ENGLISH_GIVEN_NAMES[given_name]}(?= {surname}(?![\w-]))"
        english = re.sub(translated, given_name, english)
    return english


def restore_surnames(english: str, french: str) -> str:
    """Returns `english` with French surnames in place of their translations ("Marion Marshal").

    A surname is put back where only one name with this given name is not in the French.
    """
    for given_name, surname in _GIVEN_AND_SURNAME.findall(french):
        is_person = given_name.partition("-")[0] in _USUAL_GIVEN_NAMES
        if is_person and surname not in english and not find_exonym(surname):
            person = rf"(?<![\w-]){given_name} [A-Z][a-z]+(?![\w-])"
            changed = set(re.findall(person, english)) - set(re.findall(person, french))
            if len(changed) == 1:
                translated = rf"(?<![\w-]){changed.pop()}(?![\w-])"
                english = re.sub(translated, f"{given_name} {surname}", english)
    return english


def restore_half_translated_names(english: str, french: str) -> str:
    """Returns `english` with the whole French name where only its first word was translated.

    Examples of such names are "Team de France" and "Movement Démocrate".
    """
    for name in _NAME_OF_TWO_WORDS.finditer(french):
        first, rest = name.groups()
        half_translated = re.search(rf"(?<![\w-])([A-Z][a-z]+){rest}(?![\w-])", english)
        if half_translated is None or first in english or half_translated[1] in french:
            continue
        translation = half_translated[1]
        # Not "Sénat Gérard Larcher", where two names meet.
        is_same_name = is_known(rest.strip().lower()) and get_close_matches(
            translation, [first], cutoff=CLOSE
        )
        if is_same_name or (_FRENCH_OF.match(rest) and translation != "General"):
            start, end = half_translated.span()
            english = english[:start] + first + rest + english[end:]
    return english


def restore_changed_names(english: str, french: str) -> str:
    """Returns `english` with the right French name where one of its words was changed a little.

    An example is "Union des étudiants de droit" for "de droite". The changed word must stand behind
    a small word such as "de": the "accuses" of "Médecins du Monde accuses" is English.
    """
    french_words, english_words = _WORD.findall(french), _WORD.findall(english)
    for size in PHRASE_WORDS:
        names = [phrase for phrase in runs(french_words, size) if _may_be_name(phrase)]
        for name in names:
            for phrase in runs(english_words, size):
                if _has_one_word_changed(phrase, name):
                    english = _replace_phrase(english, phrase, name)
    return english


def _may_be_name(phrase: Sequence[str]) -> bool:
    """True if a phrase begins with a capital and has a small French word in it."""
    first, *rest = phrase
    return first[:1].isupper() and not _SMALL_FRENCH_WORDS.isdisjoint(rest)


def _has_one_word_changed(phrase: Sequence[str], name: Sequence[str]) -> bool:
    """True if a phrase is a French name of as many words, with one word changed a little."""
    changed = [place for place, word in enumerate(phrase) if word != name[place]]
    if len(changed) != 1:
        return False
    place = changed[0]
    is_behind_small_word = place > 0 and name[place - 1] in _SMALL_FRENCH_WORDS
    close = get_close_matches(phrase[place], [name[place]], cutoff=CLOSE_WORD)
    return is_behind_small_word and bool(close)


def _replace_phrase(text: str, phrase: Sequence[str], new: Sequence[str]) -> str:
    """Returns `text` with the words of one phrase replaced by those of another.

    What stands between the words stays.
    """

    def write_new(match: re.Match[str]) -> str:
        gaps = (*match.groups(), "")
        return "".join(word + gap for word, gap in zip(new, gaps, strict=True))

    pattern = r"([\W_]+)".join(phrase)
    return re.sub(rf"(?<![\w-]){pattern}(?![\w-])", write_new, text)
