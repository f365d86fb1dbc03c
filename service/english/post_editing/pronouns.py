"""Pronouns that the translator gets wrong, as it sees one sentence: French "son" is his, her and
its, "elle" she and it.

They are put right where the French sentence and the summary's sentences before it leave no choice:
the possessive whose only possible owner is the person who is the subject, the pronoun that opens a
sentence behind one about a company. Elsewhere, and in quotations, they stay as they are.
`pronouns.toml` has the words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from service.english.lexicon.exonyms import is_place
from service.facts.bounds import MAX_NAMES
from service.facts.days import DAYS
from service.facts.people import Gender, Person, genders_of_noun, nouns, people, things
from service.text.folding import straight
from service.text.tables import table

TITLE: Final = 60  # characters of a title and a name
_POSSESSIVE: Final = {Gender.MASCULINE: "his", Gender.FEMININE: "her"}
_SUBJECT: Final = {Gender.MASCULINE: "he", Gender.FEMININE: "she"}
_OF_THINGS: Final = {
    "he": "it",
    "she": "it",
    "his": "its",
    "her": "its",
    "himself": "itself",
    "herself": "itself",
}


_WORDS: Final = {
    name: "".join(pattern.splitlines()) for name, pattern in table(__package__, "pronouns").items()
}
_QUOTED: Final = re.compile(r"«[^»]*(?:»|\Z)|“[^”]*(?:”|\Z)|\"[^\"]*(?:\"|\Z)")
_FRENCH_POSSESSIVE: Final = re.compile(r"\b(?:son|sa|ses)\b(?! et lumière)", re.IGNORECASE)
# "her" before a noun, not "told her that".
_NO_NOUN: Final = (
    "to|that|and|in|on|for|at|with|from|by|as|if|when|a|an|the|this|or|but|not|because|while|who|after|before|about|into|over|was|is"
    "|during|until|since|his|her|its|up|out|off|down|how|what|why|where|whether|so|last|again"
)
_ENGLISH_POSSESSIVE: Final = re.compile(
    rf"\b(?:his|its|her(?= (?!(?:{_NO_NOUN})\b)\w))\b(?!['’])", re.IGNORECASE
)
_DAY: Final = "|".join(sorted(DAYS))
_DATE: Final = (
    rf"(?:le |ce |du |au )?(?:(?:{_DAY}) )?\d+(?:er)? (?:{_DAY})(?: \d{{4}})?"
    rf"|(?:le |ce |du |au |dans la nuit de |en )?(?:{_DAY})(?: (?:matin|soir|midi|après-midi"
    rf"|dernier|prochain))?"
)
_NO_OWNER: Final = re.compile(rf"\b(?:{_DATE}|{_WORDS['no_owner']})(?!\w)", re.IGNORECASE)
# What may own something, in the singular: a noun behind an article or the like, or a name.
_OWNER: Final = re.compile(
    r"\b(?:l[ea]|une?|ce|cet|cette|du|au|chaque|son|sa|leur|tout|toute|celui|celle|cela|ceci|il"
    r"|elle|on) |(?:d|qu)['’]une? "
    r"|\b[Ll]['’](?!a\b|ont\b|avai|aurai)|[A-ZÀ-Ý]|\d"
)
_FRONT: Final = re.compile(rf"(?:{_WORDS['front']})\b[^,]*, ")
_APPOSED: Final = re.compile(r", [^,]*,")
_AND: Final = re.compile(r"(?:,? et|,) (?!(?:a|ont|avait|sera|va|est)\b)", re.IGNORECASE)
_PRONOUN: Final = re.compile(rf"(Il|Elle) (?!{_WORDS['impersonal']})", re.IGNORECASE)
_PREPOSITION: Final = re.compile(
    r"\b(?:de|d'|à|par|pour|avec|contre|chez|sur|du|et|a|est|ont|que|selon) ?\Z"
)
_OF_OTHERS: Final = re.compile(rf"\b(?:{_WORDS['of_others']})\Z", re.IGNORECASE)
_TO_ANOTHER: Final = re.compile(rf"\b(?:{_WORDS['to_another']})")
_KIN: Final = re.compile(rf"\w+ (?:{_WORDS['kin']})\b")
_PERSONAL: Final = re.compile(rf"\w+ (?:{_WORDS['kin']}|{_WORDS['own']})\b")
_WILLS: Final = re.compile(rf"(?:Il|Elle) (?:{_WORDS['wills']})\b")
_NAME: Final = re.compile(r"[A-ZÀ-Ý][\w.-]*(?= (?:a|avait|va|veut|se|est|ne|\w+e|\w+t)\b)")
_THING: Final = "|".join(sorted(map(re.escape, things()), key=len, reverse=True))
_NAMED_THING: Final = re.compile(rf"(\b(?i:{_THING}))(?: [A-ZÀ-Ý][\w.-]*)+")
_CAPITALISED: Final = re.compile(r"(?<=[\w,:] )[A-ZÀ-Ý][\w-]+")
# What stands before names of places, media and companies.
_BEFORE_NO_PERSON: Final = re.compile(
    rf"\b(?:l[ae]s?|du|des|aux?|en|sur|chez|selon|dans|via|{_THING}) \Z", re.IGNORECASE
)
_CITY: Final = re.compile(rf"(?:{_WORDS['cities']})\Z")
_OBJECT: Final = re.compile(r"\b(?:lui|eux)\b|\bl'(?:a|ont|avait|avaient|aurait)\b")
_OF_A_MAN: Final = re.compile(r"\b(?:il|son|père|frère|mari)\b")
_FINITE: Final = re.compile(r"\b(?:a|est|ont|sont|sera|était|avait|va|veut|peut|qui|que)\b")
_OTHER_CLAUSE: Final = re.compile(
    r"[;:()]|\b(?:elles?|ils?|qui|on|dont|que)\b|\bqu'", re.IGNORECASE
)
_COMPLEMENT: Final = re.compile(r"(?: [\w-]+){0,2} (?:de|à|d'|par|pour|avec)\s*\Z")


@dataclass(frozen=True)
class _Subject:
    """Who does what a sentence tells: where the main clause begins, the place behind its words, and
    the gender; `named`: it is a name, `pronoun`: it is "il" or "elle"."""

    start: int
    end: int
    gender: Gender
    named: bool = False
    pronoun: bool = False


def with_pronouns(english: str, french: str, before: Sequence[str] = (), article: str = "") -> str:
    """`english`, the translation of a `french` sentence, with its pronouns put right where they are
    sure; `before` are the French sentences before it in its summary of the `article`."""
    french = _unquoted(straight(french))
    everyone = people(french)
    subject = _subject(french, everyone, english)
    english = _with_who(english, french, everyone, subject)
    english = _with_possessives(english, french, everyone, subject)
    return (
        _leaning(english, french, everyone, [_unquoted(straight(one)) for one in before], article)
        if before
        else english
    )


def _leaning(
    english: str, french: str, everyone: Sequence[Person], before: Sequence[str], article: str
) -> str:
    """`english` with the pronouns that stand for the subject of the sentence before it put right,
    where that is sure."""
    known = people(before[-1])
    subject = _subject(before[-1], known, "")
    if subject is None:
        thing = _thing(before[-1], article)
        return _of_thing(english, french, [*before, french], thing) if thing else english
    if any(person.start >= subject.end for person in known):
        return english
    made = re.match(r"(His|Her|Its) ", english)
    wrong = (
        made
        and re.match(r"(?:Son|Sa|Ses) ", french)
        and made[1].lower() != _POSSESSIVE[subject.gender]
    )
    if made and wrong and (made[1] != "Its" or _KIN.match(french)):
        english = _put(english, made, _POSSESSIVE[subject.gender] + " ")
        if subject.gender is Gender.FEMININE and len(everyone) < 2 and not _OF_A_MAN.search(french):
            english = re.sub(r"\bhim\b", "her", english)
    opening = _PRONOUN.match(french)
    same = opening and (opening[1] == "Il") == (subject.gender is Gender.MASCULINE)
    if (
        same
        and english.startswith("It ")
        and _WILLS.match(french)
        and not any(nouns(before[-1], "things"))
    ):
        english = _SUBJECT[subject.gender].capitalize() + english[2:]
    return english


def _thing(before: str, article: str) -> Gender | None:
    """The gender of the subject of a sentence, if that is a company or a thing: by its noun, or by
    the one that stands before its name in the `article`."""
    front = _FRONT.match(before)
    start = front.end() if front else 0
    first = next((thing for thing in nouns(before, "things") if thing.start == start), None)
    if first:
        return first.gender
    name = _NAME.match(before, start)
    for body in re.finditer(rf"([\w-]+) {re.escape(name[0])}\b", article) if name else ():
        if len(genders := genders_of_noun(body[1], "things")) == 1:
            return genders[0]
    return None


def _of_thing(english: str, french: str, told: Sequence[str], gender: Gender) -> str:
    """`english` with "it" and "its" for the thing of a `gender` that is told of before; `told` are
    the sentences so far."""
    everyone = [person for text in told for person in people(_NAMED_THING.sub(r"\1", text))]
    if any(map(_is_told_of_somebody, told[-2:])):
        return english
    bare = _unquoted(english)
    made = re.match(r"(?:His|Her)(?= )", english)
    if (
        made
        and re.match(r"(?:Son|Sa|Ses) ", french)
        and not everyone
        and not _PERSONAL.match(french)
    ):
        return "Its" + english[3:]
    ours, theirs = ("il", "he") if gender is Gender.MASCULINE else ("elle", "she")
    if any(person.gender in {gender, None} for person in everyone) or not re.search(
        rf"\b{ours}\b", french, re.IGNORECASE
    ):
        return english
    if re.search(rf"\b{theirs}\b", bare, re.IGNORECASE):
        wrong = re.compile(
            rf"\b(?:{theirs}|{_POSSESSIVE[gender]}|himself|herself)\b", re.IGNORECASE
        )
        for found in reversed(list(wrong.finditer(bare))):
            told_her = found[0].lower() == "her" and not _ENGLISH_POSSESSIVE.match(
                bare, found.start()
            )
            english = _put(english, found, "it" if told_her else _OF_THINGS[found[0].lower()])
    return english


def _is_told_of_somebody(text: str) -> bool:
    """True if a sentence may have somebody's name in it besides its subject's, or a pronoun for
    somebody before."""
    text = _NAMED_THING.sub(r"\1", text)
    capitalised = islice(_CAPITALISED.finditer(text), MAX_NAMES)
    return any(map(_may_name_somebody, capitalised)) or bool(_OBJECT.search(text))


def _may_name_somebody(name: re.Match[str]) -> bool:
    """True if a capitalised word may be somebody's name, by itself and by the words before it."""
    if is_place(name[0]) or name[0].isupper() or _CITY.match(name[0]):
        return False
    return not _BEFORE_NO_PERSON.search(name.string[: name.start()])


def _with_who(
    english: str, french: str, everyone: Sequence[Person], subject: _Subject | None
) -> str:
    """`english` with "who" for the "that" and "which" behind the name of a person whom the French
    sentence has "qui" behind."""
    for person in everyone:
        if not (person.surname and person.gender):
            continue
        is_subject = subject is not None and subject.end == person.end
        ours = re.match(r"(,)? qui ", french[person.end :])
        # "la mort de David Bowie qui émeut", "contrôlé par Antoine Gallimard, qui rassemble":
        # perhaps of something else.
        if ours and (is_subject or (not ours[1] and _is_agent(french, person, everyone))):
            behind = r"(?= (?!(?:he|she|it|they|the|a|an|his|her|its|in|is why)\b)[a-z])"
            english = re.sub(
                rf"(\b{re.escape(person.surname)},? )(?:that|which){behind}",
                r"\1who",
                english,
                count=1,
            )
    return english


def _is_agent(french: str, person: Person, everyone: Sequence[Person]) -> bool:
    """True if the person stands behind "par" or the like, with or without a title."""
    titles = [
        other.start
        for other in everyone
        if not other.surname and person.start - other.start < TITLE
    ]
    return any(
        french[:start].endswith(("par ", " avec ", " contre ")) for start in (person.start, *titles)
    )


def _with_possessives(
    english: str, french: str, everyone: Sequence[Person], subject: _Subject | None
) -> str:
    """`english` with "his", "her" or "its" as the French possessives want it whose owner is
    sure."""
    ours = list(_FRENCH_POSSESSIVE.finditer(french))
    theirs = list(_ENGLISH_POSSESSIVE.finditer(_unquoted(english)))
    if len(ours) == len(theirs):
        for own, made in reversed(list(zip(ours, theirs, strict=True))):
            owner = _owner(french, own.start(), subject, everyone, made[0].lower())
            if owner and made[0].lower() != _POSSESSIVE[owner]:
                english = _put(english, made, _POSSESSIVE[owner])
    return english


def _put(english: str, found: re.Match[str], word: str) -> str:
    return (
        english[: found.start()]
        + (word.capitalize() if found[0][0].isupper() else word)
        + english[found.end() :]
    )


def _unquoted(text: str) -> str:
    """`text` with blanks in the place of its quotations."""
    return _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)


def _subject(french: str, everyone: Sequence[Person], english: str) -> _Subject | None:
    """The person who is the subject of the French sentence, if one is."""
    front = _FRONT.match(french)
    for start in (0, front.end()) if front else (0,):
        if pronoun := _PRONOUN.match(french, start):
            gender = Gender.MASCULINE if pronoun[1].lower() == "il" else Gender.FEMININE
            opening = r"\A" if start == 0 else r", "
            # What the translator takes for a person is one, mostly.
            if re.search(rf"{opening}{_SUBJECT[gender]}\b", english, re.IGNORECASE):
                return _Subject(start, pronoun.end(1), gender, pronoun=True)
            continue
        first = next((person for person in everyone if person.start >= start), None)
        if first and first.start == start and (found := _person(french, first, everyone)):
            return found
    return None


def _person(french: str, first: Person, everyone: Sequence[Person]) -> _Subject | None:
    """The subject that begins with a person's name, or with a noun, which the name may follow ("la
    ministre du Travail X")."""
    name = next(
        (person for person in everyone if person.start > first.start and person.surname), None
    )
    between = french[first.end : name.start] if name else ""
    titled = (
        re.fullmatch(r"(?: [\w'-]+){0,7} ", between)
        and not _PREPOSITION.search(between)
        and not _FINITE.search(between)
    )
    person = name if name and titled and not first.surname else first
    noun = french[first.start : person.end]
    unsure = _FRENCH_POSSESSIVE.search(noun) or (not person.surname and _OF_OTHERS.search(noun))
    others = _AND.match(french, person.end) and not _APPOSED.match(french, person.end)
    if person.gender is None or unsure or others:
        return None
    return _Subject(first.start, person.end, person.gender, named=bool(person.surname))


def _owner(
    french: str, place: int, subject: _Subject | None, everyone: Sequence[Person], made: str
) -> Gender | None:
    """Whose the possessive at `place` of the French sentence is, if that is sure: `made` is its
    English."""
    for person in everyone:
        begins = person.start == 0 or french[: person.start].endswith(("(", "; ", ": "))
        if person.gender and person.surname and begins and french[person.end : place] == " et ":
            return person.gender
    if (
        subject is None
        or subject.start <= place < subject.end
        or (subject.pronoun and place > subject.end)
    ):
        return None
    between = (
        french[:place][:1].lower() + french[1:place]
        if place < subject.start
        else french[subject.end : place]
    )
    if place > subject.end and between.startswith(","):
        between = _APPOSED.sub(" ", between, count=1)
    if people(between) or (not subject.named and _COMPLEMENT.fullmatch(between)):
        return None
    between = _NO_OWNER.sub(" ", between)
    if made == "its":
        personal = (
            subject.named and _PERSONAL.match(french, place) and not _OTHER_CLAUSE.search(between)
        )
        return subject.gender if personal or not _OWNER.search(between) else None
    sure = (
        not subject.pronoun
        and not _OTHER_CLAUSE.search(between.removesuffix("que "))
        and not _TO_ANOTHER.search(between)
    )
    return subject.gender if sure else None
