"""Puts the speaker before the verb.

French names who said it behind what was said ("…, a annoncé mardi la Nasa."). A small model
translates word for word, and so makes the speaker an object ("announced by", "tweeting the
director"). In the order of English ("…, la Nasa a annoncé mardi.") the same words come out right.
The words are those of `inversion.toml`: only verbs that no person is the object of, and only
subjects that can speak. "Le maire, élu en 2020, a annoncé sa démission" stays as it is.

Source of the idea: Collins, Koehn and Kučerová, "Clause Restructuring for Statistical Machine
Translation", 2005.
"""

import re
from typing import Final

from service.facts.days import DAYS
from service.text.calendar import WEEK_DAYS
from service.text.tables import table

_TABLES: Final = table(__package__, "inversion")
_PAST: Final = "|".join(_TABLES["past"])
_PRESENT: Final = "|".join(_TABLES["present"])
_SPEAKER: Final = "|".join(_TABLES["speakers"])
_NO_SUBJECT: Final = "|".join(_TABLES["no_subjects"])
_ADVERB: Final = "ainsi|notamment|également|aussi|ensuite|encore|toutefois"
_VERB: Final = rf"(?:(?:a|ont|avait|avaient) (?:(?:{_ADVERB}) )?(?:{_PAST})|{_PRESENT})"
_DATE: Final = rf" \d+(?:er)?(?: (?:{'|'.join(sorted(DAYS))}))?(?: \d{{4}})?"
_DAY: Final = (
    rf"(?:ce )?(?:{'|'.join(WEEK_DAYS)})(?: (?:matin|midi|après-midi|soir|dernier))?(?:{_DATE})?"
)
_DETERMINER: Final = (
    r"(?:l['’]|(?:le|la|les|un|une|des|son|sa|ses|leur|leurs|plusieurs|nos|cette|ce|cet|deux"
    r"|certains) )"
)
_SPEAKING_NOUN: Final = (
    rf"{_DETERMINER}(?:[\w-]+ ){{0,2}}?(?:ex-|vice-)?(?:{_SPEAKER})[sx]?(?![\w-])"
)
_BEGINNING: Final = rf"(?:{_SPEAKING_NOUN}|{_DETERMINER}?[A-ZÀ-Ý]|franceinfo)"
_PIECE: Final = r"[^,;:«»\"()]*"
_NAME: Final = (
    r"[A-ZÀ-Ý][\w.'’-]+(?: (?:(?:de|du|des|le|la|von|van|ben|el) |d['’])?[A-ZÀ-Ý][\w.'’-]+)+"
)
# A name only: behind more words between commas the model forgets the verb.
_APPOSITION: Final = rf", {_NAME}(?=[,.])"
_REST: Final = rf", (?:{_DAY}|selon|avant|après|sans|en|dans|sur|lors|ce|au|à|\w+ant)\b.*|\."
_RELATIVE: Final = re.compile(r" (?:qui|que|dont|où) | qu['’]")
# What stands behind the subject and belongs to the verb.
_COMPLEMENT: Final = re.compile(
    rf" (?:{_DAY}(?=[ ,.]|$)|à (?:l['’](?:AFP|issue|occasion|antenne)|la presse|[A-ZÀ-Ý])"
    r"|au (?:micro|quotidien|magazine)"
    r"|au lendemain |dans (?:un|une|son|sa|les colonnes)\b|sur (?:son|sa|ses|les réseaux|franceinfo"
    r"|[A-ZÀ-Ý])"
    r"|lors |auprès |devant |après |avant |en marge |cette (?:semaine|nuit|année))"
)
# What stands behind these verbs may be their object: "Google, qui veut rattraper OpenAI, lance
# Gemini 3."
_TAKES_OBJECT: Final = re.compile(
    r"\b(?:lanc[eé]|poursui(?:t|vi)|confi[eé]|sout(?:ient|enu)|annonc(?:[eé]|ent)|prom(?:et|is)"
    r"|confirm(?:[eé]|ent)|ajout[eé]|avanc[eé]|signal[eé]|rappel(?:le|lent|é))\Z"
)
# A subject and what is inserted behind it, with no verb of its own.
_SUBJECT: Final = re.compile(
    rf"\A(?!(?:{_NO_SUBJECT})\b)(?P<subject>[^,«»\"]{{2,60}}), (?P<inserted>[^,«»\"]+)\Z"
)
_FINITE_VERB: Final = re.compile(
    r"\b(?:est|sont|a|ont|était|étaient|sera|seront|fut|peut|doit|va|vont|reste|pourrait|devrait)\b"
    r"|\w+(?:ent|era|eront|ait|aient)\b"
)
_CLAUSE: Final = re.compile(
    rf", (?P<verb>{_VERB})(?P<day> {_DAY})? "
    rf"(?P<subject>{_BEGINNING}{_PIECE}?)(?P<apposition>{_APPOSITION})?(?P<rest>{_REST})?$"
)


def put_speaker_first(french: str) -> str:
    """`french` with the subject before the verb, in a clause that names who said it."""
    return _CLAUSE.sub(_reorder, french)


def _reorder(clause: re.Match[str]) -> str:
    subject, verb = clause["subject"], clause["verb"]
    before = clause.string[: clause.start()]
    has_object = _TAKES_OBJECT.search(verb) and _is_subject(before)
    if has_object or _RELATIVE.search(subject):
        return clause[0]
    complement = ""
    if match := _COMPLEMENT.search(subject):
        subject, complement = subject[: match.start()], subject[match.start() :]
    apposition = f"{clause['apposition']}," if clause["apposition"] else ""
    day, rest = clause["day"] or "", clause["rest"] or ""
    return f", {subject}{apposition} {verb}{day}{complement}{rest}"


def _is_subject(before: str) -> bool:
    """True if what stands before a verb is its subject, with something inserted behind it.

    Otherwise it is what was said.
    """
    match = _SUBJECT.match(before)
    if match is None or _FINITE_VERB.search(match["subject"]):
        return False
    inserted = match["inserted"]
    return inserted.startswith(("qui ", "dont ", "où ")) or not _FINITE_VERB.search(inserted)
