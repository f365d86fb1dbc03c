"""Corrects pronouns: French "son" is his, her and its, "elle" she and it.

The translator sees one sentence, so it has to guess. Its pronouns are corrected where the French
sentence and those before it in the summary leave no choice. Elsewhere, and in quotations, they stay
as they are. `pronouns.toml` has the words.
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

# Characters of a title and a name.
TITLE: Final = 60
_POSSESSIVE: Final = {Gender.MASCULINE: "his", Gender.FEMININE: "her"}
_SUBJECT_PRONOUN: Final = {Gender.MASCULINE: "he", Gender.FEMININE: "she"}
_FRENCH_SUBJECT_PRONOUN: Final = {Gender.MASCULINE: "il", Gender.FEMININE: "elle"}

_WORDS: Final = {name: "|".join(words) for name, words in table(__package__, "pronouns").items()}
_QUOTATION: Final = re.compile(r"«[^»]*(?:»|\Z)|“[^”]*(?:”|\Z)|\"[^\"]*(?:\"|\Z)")
_FRENCH_POSSESSIVE: Final = re.compile(r"\b(?:son|sa|ses)\b(?! et lumière)", re.IGNORECASE)
_FIRST_FRENCH_POSSESSIVE: Final = re.compile(r"(?:Son|Sa|Ses) ")
_ENGLISH_POSSESSIVE: Final = re.compile(
    rf"\b(?:his|its|her(?= (?!(?:{_WORDS['behind_object_her']})\b)\w))\b(?!['’])", re.IGNORECASE
)
_DAY: Final = "|".join(sorted(DAYS))
_DATE: Final = (
    rf"(?:le |ce |du |au )?(?:(?:{_DAY}) )?\d+(?:er)? (?:{_DAY})(?: \d{{4}})?"
    rf"|(?:le |ce |du |au |dans la nuit de |en )?(?:{_DAY})(?: (?:matin|soir|midi|après-midi"
    rf"|dernier|prochain))?"
)
_TIME: Final = (
    rf"(?:{_WORDS['time_determiners']}) ?(?:{_WORDS['times']})"
    r"(?: (?:derni|proch)\w+| d(?:e|')(?= ?(?:son|sa|ses)\b))?"
)
_MEDIUM: Final = (
    rf"(?:sur|via) (?:le réseau social )?(?:{_WORDS['networks']})"
    r"|(?:dans|lors d'|sur|via|par|à l'occasion d'|au cours d') ?(?:une?|la|le|l') ?"
    rf"(?:{_WORDS['messages']})"
)
_NO_OWNER: Final = re.compile(
    rf"\b(?:{_DATE}|{_TIME}|{_WORDS['turns_of_speech']}|{_MEDIUM})(?!\w)", re.IGNORECASE
)
# What may own something, in the singular: a noun behind an article or the like, or a name.
_OWNER: Final = re.compile(
    r"\b(?:l[ea]|une?|ce|cet|cette|du|au|chaque|son|sa|leur|tout|toute|celui|celle|cela|ceci|il"
    r"|elle|on) |(?:d|qu)['’]une? "
    r"|\b[Ll]['’](?!a\b|ont\b|avai|aurai)|[A-ZÀ-Ý]|\d"
)
_OPENING: Final = re.compile(rf"(?:{_WORDS['openings']})\b[^,]*, ")
_APPOSITION: Final = re.compile(r", [^,]*,")
_SECOND_SUBJECT: Final = re.compile(r"(?:,? et|,) (?!(?:a|ont|avait|sera|va|est)\b)", re.IGNORECASE)
_FRENCH_PRONOUN: Final = re.compile(
    rf"(Il|Elle) (?!(?:ne )?(?:{_WORDS['impersonal']}))", re.IGNORECASE
)
_PREPOSITION: Final = re.compile(
    r"\b(?:de|d'|à|par|pour|avec|contre|chez|sur|du|et|a|est|ont|que|selon) ?\Z"
)
_UNSURE_NOUN: Final = re.compile(rf"\b(?:{_WORDS['unsure_nouns']})\Z", re.IGNORECASE)
_VERB_TOWARD_OTHERS: Final = re.compile(rf"\b(?:{_WORDS['verbs_toward_others']})")
_OF_PEOPLE: Final = re.compile(rf"\w+ (?:{_WORDS['of_people']})\b")
_MOSTLY_OF_PEOPLE: Final = re.compile(
    rf"\w+ (?:{_WORDS['of_people']}|{_WORDS['mostly_of_people']})\b"
)
_WANTS: Final = re.compile(
    rf"(?:Il|Elle) (?:{_WORDS['verbs_of_will']}"
    rf"|(?:a|avait) (?:\w+ )?(?:{_WORDS['participles_of_will']}))\b"
)
_NAME_BEFORE_VERB: Final = re.compile(
    r"[A-ZÀ-Ý][\w.-]*(?= (?:a|avait|va|veut|se|est|ne|\w+e|\w+t)\b)"
)
# The longest first.
_THING: Final = "|".join(map(re.escape, sorted(things(), key=lambda noun: (-len(noun), noun))))
_THING_AND_NAME: Final = re.compile(rf"(\b(?i:{_THING}))(?: [A-ZÀ-Ý][\w.-]*)+")
_CAPITALISED: Final = re.compile(r"(?<=[\w,:] )[A-ZÀ-Ý][\w-]+")
# What stands before names of places, media and companies.
_BEFORE_NO_PERSON: Final = re.compile(
    rf"\b(?:l[ae]s?|du|des|aux?|en|sur|chez|selon|dans|via|{_THING}) \Z", re.IGNORECASE
)
_CITY: Final = re.compile(rf"(?:{_WORDS['cities']})\Z")
_OBJECT_PRONOUN: Final = re.compile(r"\b(?:lui|eux)\b|\bl'(?:a|ont|avait|avaient|aurait)\b")
_OF_A_MAN: Final = re.compile(r"\b(?:il|son|père|frère|mari)\b")
_FINITE_VERB: Final = re.compile(r"\b(?:a|est|ont|sont|sera|était|avait|va|veut|peut|qui|que)\b")
_OTHER_CLAUSE: Final = re.compile(
    r"[;:()]|\b(?:elles?|ils?|qui|on|dont|que)\b|\bqu'", re.IGNORECASE
)
_COMPLEMENT: Final = re.compile(r"(?: [\w-]+){0,2} (?:de|à|d'|par|pour|avec)\s*\Z")


@dataclass(frozen=True)
class _Subject:
    """The person who is the subject of a French sentence.

    `start` and `end` are the offsets of the subject. `is_named`: it is a name. `is_pronoun`: it is
    "il" or "elle".
    """

    start: int
    end: int
    gender: Gender
    is_named: bool = False
    is_pronoun: bool = False


def correct_pronouns(
    english: str, french: str, before: Sequence[str] = (), article: str = ""
) -> str:
    """Returns `english` with its pronouns corrected, where the right ones are sure.

    `english` is the translation of the `french` sentence. `before` are the French sentences before
    it in its summary of the `article`.
    """
    french = _blank_quotations(straight(french))
    persons = people(french)
    subject = _find_subject(french, persons, english)
    english = _correct_relative_pronouns(english, french, persons, subject)
    english = _correct_possessives(english, french, persons, subject)
    if not before:
        return english
    before = [_blank_quotations(straight(sentence)) for sentence in before]
    return _correct_by_context(english, french, persons, before, article)


def _correct_by_context(
    english: str, french: str, persons: Sequence[Person], before: Sequence[str], article: str
) -> str:
    """Returns `english` with the pronouns corrected that stand for the previous subject.

    The subject of the last sentence `before` must be sure.
    """
    previous, previous_persons = before[-1], people(before[-1])
    subject = _find_subject(previous, previous_persons, "")
    if subject is None:
        gender = _find_gender_of_thing(previous, article)
        return _correct_for_thing(english, french, before, gender) if gender else english
    if any(person.start >= subject.end for person in previous_persons):
        return english
    english = _correct_first_possessive(english, french, persons, subject.gender)
    return _correct_first_it(english, french, previous, subject.gender)


def _correct_first_possessive(
    english: str, french: str, persons: Sequence[Person], owner: Gender
) -> str:
    """Returns `english` with the possessive that opens it, and a "him" for a woman, corrected."""
    possessive = re.match(r"(His|Her|Its) ", english)
    if possessive is None or not _FIRST_FRENCH_POSSESSIVE.match(french):
        return english
    right = _POSSESSIVE[owner]
    is_right = possessive[1].lower() == right
    may_be_of_thing = possessive[1] == "Its" and not _OF_PEOPLE.match(french)
    if is_right or may_be_of_thing:
        return english
    english = _replace_match(english, possessive, right + " ")
    if owner is Gender.FEMININE and len(persons) < 2 and not _OF_A_MAN.search(french):
        english = re.sub(r"\bhim\b", "her", english)
    return english


def _correct_first_it(english: str, french: str, previous: str, gender: Gender) -> str:
    """Returns `english` with "He" or "She" for its first "It", where only a person is meant."""
    pronoun = _FRENCH_PRONOUN.match(french)
    if pronoun is None or (pronoun[1] == "Il") != (gender is Gender.MASCULINE):
        return english
    is_of_will = english.startswith("It ") and _WANTS.match(french)
    if is_of_will and not any(nouns(previous, "things")):
        return _SUBJECT_PRONOUN[gender].capitalize() + english[2:]
    return english


def _find_gender_of_thing(sentence: str, article: str) -> Gender | None:
    """Returns the gender of the subject of a sentence, if that is a company or a thing.

    It is that of its noun, or of the noun that stands before its name in the `article`.
    """
    opening = _OPENING.match(sentence)
    start = opening.end() if opening else 0
    for noun in nouns(sentence, "things"):
        if noun.start == start:
            return noun.gender
    name = _NAME_BEFORE_VERB.match(sentence, start)
    if name is None:
        return None
    for mention in re.finditer(rf"([\w-]+) {re.escape(name[0])}\b", article):
        genders = genders_of_noun(mention[1], "things")
        if len(genders) == 1:
            return genders[0]
    return None


def _correct_for_thing(english: str, french: str, before: Sequence[str], gender: Gender) -> str:
    """Returns `english` with "it" and "its" for the previous subject, a thing of a `gender`."""
    sentences = [*before, french]
    if any(map(_may_mention_person, sentences[-2:])):
        return english
    persons = [
        person for sentence in sentences for person in people(_THING_AND_NAME.sub(r"\1", sentence))
    ]
    opens_english = english.startswith(("His ", "Her "))
    is_possessive = opens_english and _FIRST_FRENCH_POSSESSIVE.match(french)
    if is_possessive and not persons and not _MOSTLY_OF_PEOPLE.match(french):
        return "Its" + english[3:]
    pronoun, french_pronoun = _SUBJECT_PRONOUN[gender], _FRENCH_SUBJECT_PRONOUN[gender]
    may_be_person = any(person.gender in {gender, None} for person in persons)
    if may_be_person or not re.search(rf"\b{french_pronoun}\b", french, re.IGNORECASE):
        return english
    unquoted = _blank_quotations(english)
    if not re.search(rf"\b{pronoun}\b", unquoted, re.IGNORECASE):
        return english
    return _replace_pronouns_of_person(english, unquoted, gender)


def _replace_pronouns_of_person(english: str, unquoted: str, gender: Gender) -> str:
    """Returns `english` with "it", "its" and "itself" for all pronouns of a `gender`.

    `unquoted` is the same text with blanks for its quotations.
    """
    of_things = {_SUBJECT_PRONOUN[gender]: "it", _POSSESSIVE[gender]: "its"}
    pronouns = "|".join([*of_things, "himself", "herself"])
    matches = list(re.finditer(rf"\b(?:{pronouns})\b", unquoted, re.IGNORECASE))
    for match in reversed(matches):
        word = match[0].lower()
        is_object = word == "her" and not _ENGLISH_POSSESSIVE.match(unquoted, match.start())
        new = "it" if is_object else of_things.get(word, "itself")
        english = _replace_match(english, match, new)
    return english


def _may_mention_person(sentence: str) -> bool:
    """True if a sentence may name a person besides its subject, or has a pronoun for one before."""
    sentence = _THING_AND_NAME.sub(r"\1", sentence)
    capitalised = islice(_CAPITALISED.finditer(sentence), MAX_NAMES)
    return any(map(_may_name_person, capitalised)) or bool(_OBJECT_PRONOUN.search(sentence))


def _may_name_person(name: re.Match[str]) -> bool:
    """True if a capitalised word may be a person's name, by itself and by the words before it."""
    if is_place(name[0]) or name[0].isupper() or _CITY.match(name[0]):
        return False
    return not _BEFORE_NO_PERSON.search(name.string[: name.start()])


def _correct_relative_pronouns(
    english: str, french: str, persons: Sequence[Person], subject: _Subject | None
) -> str:
    """Returns `english` with "who" for "that" and "which" behind the names of persons.

    The French has "qui" there.
    """
    for person in persons:
        if not (person.surname and person.gender):
            continue
        relative = re.match(r"(?P<comma>,)? qui ", french[person.end :])
        if relative is None:
            continue
        # In "la mort de David Bowie qui émeut" and "contrôlé par Antoine Gallimard, qui rassemble"
        # something else may be meant.
        is_subject = subject is not None and subject.end == person.end
        if is_subject or (not relative["comma"] and _is_agent(french, person, persons)):
            behind = r"(?= (?!(?:he|she|it|they|the|a|an|his|her|its|in|is why)\b)[a-z])"
            pattern = rf"(\b{re.escape(person.surname)},? )(?:that|which){behind}"
            english = re.sub(pattern, r"\1who", english, count=1)
    return english


def _is_agent(french: str, person: Person, persons: Sequence[Person]) -> bool:
    """True if the person stands behind "par" or the like, with or without a title."""
    titles = [
        other.start for other in persons if not other.surname and person.start - other.start < TITLE
    ]
    starts = [person.start, *titles]
    return any(french[:start].endswith(("par ", " avec ", " contre ")) for start in starts)


def _correct_possessives(
    english: str, french: str, persons: Sequence[Person], subject: _Subject | None
) -> str:
    """Returns `english` with "his" or "her" for each possessive of which the owner is sure."""
    french_matches = list(_FRENCH_POSSESSIVE.finditer(french))
    english_matches = list(_ENGLISH_POSSESSIVE.finditer(_blank_quotations(english)))
    if len(french_matches) != len(english_matches):
        return english
    pairs = list(zip(french_matches, english_matches, strict=True))
    for french_match, english_match in reversed(pairs):
        word = english_match[0].lower()
        owner = _find_owner(french, french_match.start(), subject, persons, word)
        if owner and word != _POSSESSIVE[owner]:
            english = _replace_match(english, english_match, _POSSESSIVE[owner])
    return english


def _replace_match(english: str, match: re.Match[str], word: str) -> str:
    """Returns `english` with a `word` in place of a match, with a capital if that has one."""
    word = word.capitalize() if match[0][0].isupper() else word
    return english[: match.start()] + word + english[match.end() :]


def _blank_quotations(text: str) -> str:
    """Returns `text` with blanks in place of its quotations."""
    return _QUOTATION.sub(lambda quotation: " " * len(quotation[0]), text)


def _find_subject(french: str, persons: Sequence[Person], english: str) -> _Subject | None:
    """Returns the person who is the subject of the French sentence, if one is."""
    opening = _OPENING.match(french)
    for start in (0, opening.end()) if opening else (0,):
        pronoun = _FRENCH_PRONOUN.match(french, start)
        if pronoun:
            gender = Gender.MASCULINE if pronoun[1].lower() == "il" else Gender.FEMININE
            before = r"\A" if start == 0 else r", "
            # What the translator takes for a person is one, mostly.
            if re.search(rf"{before}{_SUBJECT_PRONOUN[gender]}\b", english, re.IGNORECASE):
                return _Subject(start, pronoun.end(1), gender, is_pronoun=True)
            continue
        first = next((person for person in persons if person.start >= start), None)
        if first and first.start == start:
            subject = _read_subject(french, first, persons)
            if subject:
                return subject
    return None


def _read_subject(french: str, first: Person, persons: Sequence[Person]) -> _Subject | None:
    """Returns the subject that begins with a person's name or with a noun, if it is one person.

    A name may follow the noun ("la ministre du Travail X").
    """
    person = first if first.surname else _find_name_behind(french, first, persons) or first
    noun = french[first.start : person.end]
    has_owner = _FRENCH_POSSESSIVE.search(noun)
    is_unsure = not person.surname and _UNSURE_NOUN.search(noun)
    behind = french[person.end :]
    is_one_of_several = _SECOND_SUBJECT.match(behind) and not _APPOSITION.match(behind)
    if person.gender is None or has_owner or is_unsure or is_one_of_several:
        return None
    return _Subject(first.start, person.end, person.gender, is_named=bool(person.surname))


def _find_name_behind(french: str, title: Person, persons: Sequence[Person]) -> Person | None:
    """Returns the person named behind a title, if nothing but words of the title stand between."""
    named = (person for person in persons if person.start > title.start and person.surname)
    name = next(named, None)
    if name is None:
        return None
    between = french[title.end : name.start]
    is_title = re.fullmatch(r"(?: [\w'-]+){0,7} ", between)
    is_separate = _PREPOSITION.search(between) or _FINITE_VERB.search(between)
    return name if is_title and not is_separate else None


def _find_owner(
    french: str,
    place: int,
    subject: _Subject | None,
    persons: Sequence[Person],
    english_possessive: str,
) -> Gender | None:
    """Returns whose the possessive at `place` of the French sentence is, if that is sure."""
    for person in persons:
        begins_clause = person.start == 0 or french[: person.start].endswith(("(", "; ", ": "))
        is_joined = french[person.end : place] == " et "
        if person.gender and person.surname and begins_clause and is_joined:
            return person.gender
    if subject is None or subject.start <= place < subject.end:
        return None
    if subject.is_pronoun and place > subject.end:
        return None
    between = _text_between(french, place, subject)
    is_complement = not subject.is_named and _COMPLEMENT.fullmatch(between)
    if people(between) or is_complement:
        return None
    between = _NO_OWNER.sub(" ", between)
    if english_possessive == "its":
        is_personal = subject.is_named and _MOSTLY_OF_PEOPLE.match(french, place)
        is_sure = (is_personal and not _OTHER_CLAUSE.search(between)) or not _OWNER.search(between)
        return subject.gender if is_sure else None
    has_other_clause = _OTHER_CLAUSE.search(between.removesuffix("que "))
    is_unsure = subject.is_pronoun or has_other_clause or _VERB_TOWARD_OTHERS.search(between)
    return None if is_unsure else subject.gender


def _text_between(french: str, place: int, subject: _Subject) -> str:
    """Returns what stands between the subject and a possessive, without an apposition."""
    if place < subject.start:
        # The capital of the first word makes no name of it.
        before = french[:place]
        return before[:1].lower() + before[1:]
    between = french[subject.end : place]
    if place > subject.end and between.startswith(","):
        between = _APPOSITION.sub(" ", between, count=1)
    return between
