"""Names in translations: which are allowed, of what kind they are, and which stay French.

The tables are in `names.toml`.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final

from service.english.lexicon.exonyms import (
    PLACE_STEM,
    find_exonym,
    find_usual_name,
    french_words_by_english,
    is_place,
)
from service.english.lexicon.inflection import strip_genitive
from service.facts.fact import Source
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain, straight
from service.text.tables import table
from service.text.vocabulary import is_known

# Likeness of an English word to the French one that it translates ("Assembly", "assemblée").
CLOSE: Final = 0.7
MIN_LIKE_FRENCH: Final = 4  # letters of an English word that is compared with French ones
_PEOPLE: Final = re.compile(r"(?:ois|ais|i?ens?|ains?|ards?|auds?)(?:ne|e)?s?$")
_NAME_WITH_OF: Final = re.compile(
    r"(?<![^\W\d_])[A-ZÀ-Ý][\w-]*(?: (?:du|des|de la|de|de l'|d')(?: |(?<='))[a-zà-ÿœ]\w+)+"
)

_TABLES: Final = table(__package__, "names")
_CAPITALS: Final = (*_TABLES["capitalised"], *_TABLES["sentence_openers"])
_CALENDAR: Final = {english: (plain(french),) for french, english in (MONTHS | WEEK_DAYS).items()}
# For each English name, the beginnings of the French words that it may stand for ("chin": Chinese).
_STATED: Final[Mapping[str, tuple[str, ...]]] = _CALENDAR | {
    name: tuple(beginnings) for name, beginnings in _TABLES["stated"].items()
}
_IMPLIED: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(beginnings) for name, beginnings in _TABLES["implied"].items()
}
# The first word of the name of an institution or a paper, and more words, none of them a verb.
_INSTITUTION: Final = re.compile(
    rf"(?<![\w-])(?:{'|'.join(_TABLES['institutions'])})"
    r"(?:[ '](?!(?:a|ont|est|sont|qui|que|se|va)\b)[a-zà-ÿœ][\wà-ÿ-]*)+"
)
# How French and English spell the letters of other alphabets: "Khorochev", "Khoroshev".
_FRENCH_LETTERS: Final = (
    ("tch", "C"),
    ("ch", "S"),
    ("ou", "u"),
    ("dj", "j"),
    ("ine ", "in "),
    ("y", "i"),
)
_ENGLISH_LETTERS: Final = (("ch", "C"), ("sh", "S"), ("y", "i"))
_OTHER_ALPHABET: Final = re.compile(r"[kvz]|tch|dj")  # not "Groupama"


class ProperNames:
    """The names that the translation of one French sentence of an article may hold.

    These are the sentence's own names, the glossary's (`glossary_words`, plain), and the English
    names of places, facts and institutions that words of the sentence stand for. A name of the
    article counts where the sentence has its stem ("Lyon" for "lyonnais"), but not otherwise.
    """

    def __init__(
        self, french: Source, article: Source, glossary_words: frozenset[str] = frozenset()
    ) -> None:
        self._french = french
        self.english_names = (
            *_CAPITALS,
            *_find_stated(french),
            *_find_places(french),
            *_find_kindred(french, article),
        )
        self._known = glossary_words.union(map(plain, self.english_names))

    def has(self, name: str, translated: bool = False) -> bool:
        """True if every part of `name` that has a capital is known ("Lille" in "Lille-based").

        With `translated`, a part that looks like a word of the sentence counts as known.
        """
        bare = strip_genitive(name)
        joined = plain(bare).replace("-", "")  # "wifi" for "Wi-Fi"
        without_number = plain(bare).lstrip("0123456789")  # "Hz" for "120Hz"
        if not {joined, without_number}.isdisjoint(self._french.words):
            return True
        parts = [plain(part) for part in re.split(r"\W+", bare) if part and not part.islower()]
        return all(
            self._has_part(part) or (translated and self._is_like_french(part)) for part in parts
        )

    def _has_part(self, part: str) -> bool:
        if part in self._known or part.removesuffix("s") in self._known:
            return True
        return self._french.has_name(part) or self._is_spelt(part)

    def _is_spelt(self, part: str) -> bool:
        """True if the sentence has the name in a French spelling ("Khorochev": "Khoroshev")."""
        return any(is_same_name(word, part) for word in self._french.words)

    def _is_like_french(self, part: str) -> bool:
        if len(part) < MIN_LIKE_FRENCH:
            return False
        candidates = [
            word
            for word in self._french.words
            if len(word) >= MIN_LIKE_FRENCH and word[0] == part[0]
        ]
        return bool(get_close_matches(part, candidates, n=1, cutoff=CLOSE))


def is_translated(name: str) -> bool:
    """True if English has another word for the French `name`, or may have.

    Names of `exonyms.toml` do not count.
    """
    french = plain(name)
    # Not "Israël": English only drops its accent.
    has_other_name = plain(find_usual_name(french) or french) != french
    if has_other_name and not find_exonym(name):
        return True
    return french.startswith(_stated_beginnings())


def is_same_name(french: str, english: str) -> bool:
    """True if both are spellings of one name of another alphabet ("Khorochev", "Khoroshev").

    Other names may differ only in "y" and "i".
    """
    french_sounds, english_sounds = f"{plain(french)} ", f"{plain(english)} "
    if not _OTHER_ALPHABET.search(french_sounds):
        return french_sounds.replace("y", "i") == english_sounds.replace("y", "i")
    for letters, sound in _FRENCH_LETTERS:
        french_sounds = french_sounds.replace(letters, sound)
    for letters, sound in _ENGLISH_LETTERS:
        english_sounds = english_sounds.replace(letters, sound)
    return french_sounds == english_sounds


def is_ordinary(name: str) -> bool:
    """True if every word of an English `name` is a common word with a capital ("Heritage Days").

    Words of a place or an office do not count.
    """
    bare = strip_genitive(name)
    parts = [part for part in re.split(r"\W+", bare) if part and not part.islower()]
    return all(
        is_known(part.lower(), "en") and part not in _STATED and not is_place(part)
        for part in parts
    )


def is_institution(name: str) -> bool:
    """True if an English `name` states a fact or names an institution (`names.toml`, `stated`)."""
    return name in _STATED


def is_people_of(french: str, place: str) -> bool:
    """True if the `french` name looks like the people of a `place` ("Amiénois" of "Amiens")."""
    french = plain(french)
    return bool(_PEOPLE.search(french)) and french[:PLACE_STEM] == plain(place)[:PLACE_STEM]


def find_kept_names(english: str, french: str) -> list[str]:
    """Returns the French names of several words that the `english` has as the sentence has them.

    Examples are "Le Courrier du numérique" and "Conseil national du numérique".
    """
    sentence = straight(french)
    kept_names = [name for name in _NAME_WITH_OF.findall(english) if name in sentence]
    for match in _INSTITUTION.finditer(english):
        name = match.group()
        while name and name not in sentence:
            name = name.rpartition(" ")[0]
        if " " in name:
            kept_names.append(name)
    return kept_names


@cache
def _stated_beginnings() -> tuple[str, ...]:
    return tuple(beginning for beginnings in _STATED.values() for beginning in beginnings)


def _find_stated(french: Source) -> Iterator[str]:
    """English names of facts and institutions that words of the sentence stand for."""
    for name, beginnings in (*_STATED.items(), *_IMPLIED.items()):
        if _has_beginning(french, beginnings):
            yield name


def _find_places(french: Source) -> Iterator[str]:
    """Words of English names of places that words of the sentence stand for.

    Words that state a fact of their own are left out: a "Soudan" in the sentence allows no "South".
    """
    stems = {word[:PLACE_STEM] for word in french.words}
    for english_word, french_words in french_words_by_english().items():
        name = english_word.capitalize()
        is_named = any(word[:PLACE_STEM] in stems for word in french_words)
        if is_named and name not in _STATED:
            yield name


def _find_kindred(french: Source, article: Source) -> Iterator[str]:
    """The article's names of which the sentence has a word with the same stem."""
    for name in article.names:
        if len(name) >= PLACE_STEM and _has_beginning(french, (plain(name)[:PLACE_STEM],)):
            yield name


def _has_beginning(french: Source, beginnings: tuple[str, ...]) -> bool:
    """True if the sentence has a word that begins in one of these ways."""
    return any(word.startswith(beginnings) for word in french.words)
