"""Exonyms: names of places and people that English spells otherwise than French.

They come from `exonyms.toml`, and those of countries from Babel. A "plain" name is one without case
and accents.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from service.text.folding import plain
from service.text.tables import table

PLACE_STEM: Final = 4  # letters that a country shares with its adjective ("Chine", "chinois")
MIN_ENGLISH_WORD: Final = 4  # letters of a word that a place is known by
_NAME: Final = re.compile(r"\b[A-ZÀ-Ý]\w+(?:-[A-ZÀ-Ý]\w+)*")
_NAME_WITH_ARTICLE: Final = re.compile(r"\bL[ae] [A-ZÀ-Ý][\w-]+")
_TAKES_THE: Final = ("United ", "European ", "Netherlands")
# Babel also has names that nobody uses: "Congo - Kinshasa", "Myanmar (Burma)".
_USUAL_NAME: Final = re.compile(r"[\w.'-]+(?: [\w.']+)*")
_TABLES: Final = table(__package__, "exonyms")
_OWN_NAMES: Final[Mapping[str, str]] = _TABLES["places"] | _TABLES["names"]
_AMBIGUOUS_PLACES: Final = frozenset(_TABLES["ambiguous"])
_COMMON_PARTS: Final = frozenset(_TABLES["common_parts"])


def correct_places(english: str, french: str) -> str:
    """Returns `english` with English names for places that it left with their French names.

    Inside a longer name ("Le Journal de Genève", "Air Algérie") a French name stays.
    """
    for name in _NAME_WITH_ARTICLE.findall(french):
        if english_name := _find_place(name):
            english = re.sub(rf"(?<![\w-]){name}(?![\w-])", english_name, english)
    for name in _NAME.findall(french):
        english_name = _find_place(name)
        if not english_name or _is_in_longer_name(name, french, english):
            continue
        place = rf"(?<![\w-])(?<!\b[ld]e )(?<!\bdu )(?<!\bla )(?<!['’]){name}(?![\w-]| d[eu]\b)"
        if english_name.startswith(_TAKES_THE):
            english = re.sub(rf"(?<=[a-z] )(?<!the ){place}", f"the {english_name}", english)
        english = re.sub(place, english_name, english)
    return english


def find_exonym(name: str) -> str:
    """The English of a French `name` of `exonyms.toml`; empty for other names."""
    return _exonyms().get(plain(name), "")


def find_usual_name(french: str) -> str:
    """The English of a plain French name, if English spells it otherwise; else empty."""
    return _usual_names().get(french, "")


def is_place(name: str) -> bool:
    """True if an English `name` is one of a place that French may call otherwise."""
    return plain(name) in french_words_by_english()


@cache
def french_words_by_english() -> Mapping[str, frozenset[str]]:
    """For each word of English names of places, the words of the French names; all plain."""
    words_by_english: dict[str, set[str]] = {}
    for english, french in _name_pairs():
        french_words = {word for word in _split(french) if len(word) >= PLACE_STEM - 1}
        for word in _split(english):
            if len(word) >= MIN_ENGLISH_WORD:
                words_by_english.setdefault(word, set()).update(french_words)
    return {word: frozenset(french_words) for word, french_words in words_by_english.items()}


def _find_place(name: str) -> str:
    """The English of a place that French calls otherwise, if its name can mean nothing else."""
    french = plain(name)
    return "" if french in _AMBIGUOUS_PLACES else find_usual_name(french)


def _is_in_longer_name(name: str, french: str, english: str) -> bool:
    """True if both texts have a longer name with this one in it ("Air Algérie")."""
    patterns = (
        rf"(?<![\w-])[A-ZÀ-Ý][\w-]*[a-zà-ÿ] {name}(?![\w-])",
        rf"(?<![\w-]){name} [A-ZÀ-Ý][\w-]+",
    )
    longer_names = [longer for pattern in patterns for longer in re.findall(pattern, french)]
    return any(longer in english for longer in longer_names)


def _split(name: str) -> set[str]:
    """The words of a name, plain, without those that many names of places have."""
    return set(re.split(r"\W+", plain(name))) - _COMMON_PARTS


@cache
def _usual_names() -> Mapping[str, str]:
    """English names that differ from the French ones, by the plain French name."""
    return {
        plain(french): english
        for english, french in _name_pairs()
        if french[0].isupper() and _USUAL_NAME.fullmatch(english) and french != english
    }


@cache
def _name_pairs() -> tuple[tuple[str, str], ...]:
    """English and French names of countries, places and people.

    Of several names of a country the last one is the usual one.
    """
    from babel import Locale

    french, english = Locale("fr").territories, Locale("en").territories
    countries = ((english[code], french[code]) for code in french if str(code).isalpha())
    own_names = ((english_name, name) for name, english_name in _OWN_NAMES.items())
    return (*countries, *own_names)


@cache
def _exonyms() -> Mapping[str, str]:
    """The English of the names of `exonyms.toml`, by the plain French name.

    A name with an article also counts by its last word ("Haye").
    """
    return {
        form: english
        for french, english in _OWN_NAMES.items()
        for form in (plain(french), plain(french).rpartition(" ")[2])
    }
