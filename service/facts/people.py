"""The people of a French text, and whether its words tell that they are men or women.

The words stand in `people.toml`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from service.text.tables import table


class Gender(StrEnum):
    """The gender of a French noun or a person."""

    MASCULINE = "masculine"
    FEMININE = "feminine"


@dataclass(frozen=True)
class Person:
    """Somebody whom a text names or calls by a noun.

    `gender` is None where the text does not tell. `surname` is empty of a noun. `start` and `end`
    are offsets.
    """

    start: int
    end: int
    gender: Gender | None
    surname: str = ""


_PARTICLE: Final = (
    r"(?:(?:de la |de |du |des |van der |van |von |von der |ben |bin |el |al-|le |la |d['’])?)"
)
_GIVEN_NAME: Final = re.compile(r"(?<![\w-])[A-ZÀ-Ý][\w-]*\w")
_PART: Final = r"[A-ZÀ-Ý][\w’'-]*[\w]"
_NAME: Final = re.compile(
    rf"(?<![\w-])([A-ZÀ-Ý][\w-]*\w)((?: (?:[A-Z]\. ?)*{_PARTICLE}{_PART}){{1,3}})"
)
_STRANGER: Final = re.compile(
    rf"(?<![\w-])(?!L[ae]s? |Une? |Selon |Mme |Pour |Dans )({_PART}) ({_PART})"
)
_TITLED: Final = re.compile(
    rf"(?<!\w)(M\.|Mme|Mlle|MM\.|Monsieur|Madame|Lord|Sir) ({_PARTICLE}{_PART})"
)
_FEMININE_TITLES: Final = frozenset({"Mme", "Mlle", "Madame"})
_ADJECTIVE: Final = (
    r"(?:(?:jeune|petite?|ancien(?:ne)?|premi(?:er|ère)|nouve(?:au|lle)|célèbre|riche|vieil(?:le)?"
    r"|vieux|seule?|second|seconde|futur|future"
    r"|grande?|jolie|actuel(?:le)?|même|autre|haut|haute|simple) |ex-|vice-){0,2}"
)
_DETERMINER: Final = (
    r"(?:(?P<masculine>un|le|ce|cet|du|au|son|aucun|chaque|quel|tout|nul)"
    r"|(?P<feminine>une|la|cette|sa|aucune|quelle|toute)) "
)
_ELIDED: Final = r"\b(?:l|d|qu|s)['’]"
_FORMER: Final = re.compile(r"\b(?:ancien|actuel)(?P<feminine>n?l?e)?\b", re.IGNORECASE)


@cache
def _words() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """The table of words, its lists as sets."""
    return {
        part: {key: frozenset(words.split()) for key, words in lists.items()}
        for part, lists in table(__package__, "people").items()
    }


def gender_of_given_name(name: str) -> Gender | None:
    """Returns the gender of who has this given name; None if the table does not tell."""
    return next((gender for gender in Gender if name in _words()["given_names"][gender]), None)


def named_people(text: str) -> Iterator[Person]:
    """Yields the people whom `text` names.

    First those with a given name and a surname, then those with "M." or "Mme", last what may be
    others of two names.
    """
    known = [*_find_given_names(text), *_find_titled(text)]
    yield from known
    for match in _STRANGER.finditer(text):
        if not _overlaps(match, known):
            yield Person(*match.span(), None, match[2])


def _find_given_names(text: str) -> list[Person]:
    named: list[Person] = []
    for given_name in _GIVEN_NAME.finditer(text):
        gender = gender_of_given_name(given_name[0])
        name = _NAME.match(text, given_name.start()) if gender else None
        if name is None or _overlaps(name, named):
            continue
        surname = name[2].split()[-1]
        if f"{given_name[0]}-{surname}" not in _words()["given_names"]["not_people"]:
            named.append(Person(*name.span(), gender, surname))
    return named


def _find_titled(text: str) -> Iterator[Person]:
    for match in _TITLED.finditer(text):
        gender = Gender.FEMININE if match[1] in _FEMININE_TITLES else Gender.MASCULINE
        yield Person(*match.span(), gender, match[2].split()[-1])


def _overlaps(match: re.Match[str], people: Collection[Person]) -> bool:
    return any(person.start < match.end() and match.start() < person.end for person in people)


@cache
def _noun_pattern(part: str) -> re.Pattern[str]:
    """The nouns of one part of the table behind an article or the like, the longest first."""
    lists = _words()[part]
    nouns_of_part = map(re.escape, lists["masculine"] | lists["feminine"])
    alternatives = "|".join(sorted(nouns_of_part, key=len, reverse=True))
    return re.compile(
        rf"(?:\b{_DETERMINER}|{_ELIDED}){_ADJECTIVE}(?P<noun>{alternatives})(?![\w-])",
        re.IGNORECASE,
    )


def nouns(text: str, part: str) -> Iterator[Person]:
    """Yields the nouns of one part of the table behind an article or the like."""
    for match in _noun_pattern(part).finditer(text):
        genders = genders_of_noun(match["noun"], part)
        gender = _gender_of_words(match)
        # "Son épouse": the possessive of a feminine noun that begins with a vowel is masculine.
        is_ambiguous = gender is None or match["masculine"] == "son"
        if is_ambiguous and len(genders) == 1:
            gender = genders[0]
        yield Person(*match.span(), gender)


def _gender_of_words(match: re.Match[str]) -> Gender | None:
    """Returns the gender of the article or the adjective before a noun; None if they have none."""
    if match["masculine"]:
        return Gender.MASCULINE
    if match["feminine"]:
        return Gender.FEMININE
    former = _FORMER.search(match.group())
    if former is None:
        return None
    return Gender.FEMININE if former["feminine"] else Gender.MASCULINE


def genders_of_noun(noun: str, part: str) -> list[Gender]:
    """Returns the genders that a noun of one part of the table has."""
    return [gender for gender in Gender if {noun, noun.lower()} & _words()[part][gender]]


def things() -> frozenset[str]:
    """Returns the nouns for companies, bodies and things."""
    return _words()["things"]["masculine"] | _words()["things"]["feminine"]


def people(text: str) -> list[Person]:
    """Returns all people of a text, in order."""
    return sorted((*named_people(text), *nouns(text, "nouns")), key=lambda person: person.start)
