"""The people of a French text, as far as its words tell whether they are men or women; see
`people.toml`."""

import re
from collections.abc import Iterator, Mapping
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
    """Somebody whom a text names, or calls by a noun; `gender` is None where it does not tell.
    `surname` is empty of a noun."""

    start: int
    end: int
    gender: Gender | None
    surname: str = ""


_PARTICLE: Final = (
    r"(?:(?:de la |de |du |des |van der |van |von |von der |ben |bin |el |al-|le |la |d['’])?)"
)
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
_ADJECTIVE: Final = (
    r"(?:(?:jeune|petite?|ancien(?:ne)?|premi(?:er|ère)|nouve(?:au|lle)|célèbre|riche|vieil(?:le)?"
    r"|vieux|seule?|second|seconde|futur|future"
    r"|grande?|jolie|actuel(?:le)?|même|autre|haut|haute|simple) |ex-|vice-){0,2}"
)
_DETERMINER: Final = r"(?:(?P<masculine>un|le|ce|cet|du|au|son|aucun|chaque|quel|tout|nul)|(?P<feminine>une|la|cette|sa|aucune|quelle|toute)) "
_FORMER: Final = re.compile(r"\b(?:ancien|actuel)(n?l?e)?\b", re.IGNORECASE)
_ELIDED: Final = r"\b(?:l|d|qu|s)['’]"


@cache
def _words() -> Mapping[str, Mapping[str, frozenset[str]]]:
    return {
        part: {key: frozenset(words.split()) for key, words in lists.items()}
        for part, lists in table(__package__, "people").items()
    }


@cache
def _not_people() -> frozenset[str]:
    return _words()["given_names"]["not_people"]


def gender_of_given_name(name: str) -> Gender | None:
    """Whose given name it is."""
    return next((gender for gender in Gender if name in _words()["given_names"][gender]), None)


def named_people(text: str) -> Iterator[Person]:
    """The people with a given name and a surname, or with "M." or "Mme", and what may be others of
    two names."""
    known: list[Person] = []
    for first in re.finditer(r"(?<![\w-])[A-ZÀ-Ý][\w-]*\w", text):
        gender = gender_of_given_name(first[0])
        found = _NAME.match(text, first.start()) if gender else None
        if (
            found
            and f"{first[0]}-{found[2].split()[-1]}" not in _not_people()
            and not any(
                person.start < found.end() and found.start() < person.end for person in known
            )
        ):
            known.append(Person(*found.span(), gender, found[2].split()[-1]))
    for found in _TITLED.finditer(text):
        gender = Gender.FEMININE if found[1] in {"Mme", "Mlle", "Madame"} else Gender.MASCULINE
        known.append(Person(*found.span(), gender, found[2].split()[-1]))
    yield from known
    for found in _STRANGER.finditer(text):
        if not any(person.start < found.end() and found.start() < person.end for person in known):
            yield Person(*found.span(), None, found[2])


@cache
def _noun_pattern(part: str) -> re.Pattern[str]:
    lists = _words()[part]
    every = "|".join(
        sorted(map(re.escape, lists["masculine"] | lists["feminine"]), key=len, reverse=True)
    )
    return re.compile(
        rf"(?:\b{_DETERMINER}|{_ELIDED}){_ADJECTIVE}(?P<noun>{every})(?![\w-])", re.IGNORECASE
    )


def nouns(text: str, part: str) -> Iterator[Person]:
    """The nouns of one part of the table behind an article or the like, with their gender."""
    for found in _noun_pattern(part).finditer(text):
        genders = genders_of_noun(found["noun"], part)
        said = (
            Gender.MASCULINE
            if found["masculine"]
            else Gender.FEMININE
            if found["feminine"]
            else None
        )
        if said is None and (former := _FORMER.search(found.group())):
            said = Gender.FEMININE if former[1] else Gender.MASCULINE
        # "son épouse": the possessive of a feminine noun that begins with a vowel is masculine.
        elided = found["masculine"] == "son" and len(genders) == 1
        gender = genders[0] if elided or (said is None and len(genders) == 1) else said
        yield Person(*found.span(), gender)


def genders_of_noun(noun: str, part: str) -> list[Gender]:
    """The genders that a noun of one part of the table has."""
    return [gender for gender in Gender if {noun, noun.lower()} & _words()[part][gender]]


def things() -> frozenset[str]:
    """The nouns for companies, bodies and things."""
    return _words()["things"]["masculine"] | _words()["things"]["feminine"]


def people(text: str) -> list[Person]:
    """All people of a text, in order."""
    return sorted((*named_people(text), *nouns(text, "nouns")), key=lambda person: person.start)
