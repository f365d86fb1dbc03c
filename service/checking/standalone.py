"""Tests by its words alone whether a sentence is complete, and whether it is standalone."""

import re
from collections.abc import Sequence
from typing import Final

from service.facts.statements import stems
from service.text.calendar import WEEK_DAYS
from service.text.folding import straight
from service.text.quotation_marks import is_balanced
from service.text.sentences import is_complete
from service.text.tables import table
from service.text.vocabulary import is_known
from service.text.words import count_words

MIN_STATEMENT_WORDS: Final = 6
MAX_STATEMENT_WORDS: Final = 60

_TABLE: Final = table(__package__, "standalone")
_TIMES: Final = "|".join([*_TABLE["times"], *WEEK_DAYS])
_DEPENDENT_OPENINGS: Final = "|".join(_TABLE["dependent_openings"])

# A sentence that begins so needs the one before it.
_DEPENDENT: Final = re.compile(
    rf"[«\"“\s]*+(?:(?:{_DEPENDENT_OPENINGS})\b"
    r"|(?:[A-ZÀ-Ý]\S*\s){1,4}l'(?:a|avait|ont|avaient)\s(?!.*:)"
    rf"|(?:\S+\s+){{0,4}}(?:(?:ce|cette|ces) derni\w+\b(?! (?:{_TIMES}|temps|heure))|celui-ci"
    rf"|celle-ci"
    rf"|(?:cet|cette|ces|ce)\s+(?!{_TIMES}|\d|moment\b)))",
    re.IGNORECASE,
)

# "Vendu 3,6 fois moins cher, il…": the pronoun stands for something before the sentence. Not "Quand
# X a…, il", nor "il faut".
_PRONOUN_BEHIND: Final = re.compile(
    rf"(?!(?:{'|'.join(_TABLE['conjunctions'])}))"
    rf"[^,.;:]{{2,80}}, (?:ils?|elles?) (?!(?:ne )?(?:n')?(?:{'|'.join(_TABLE['impersonal'])}))",
    re.IGNORECASE,
)

# What may follow "ce" and is no noun to which "ce" points ("ce qui", "ce matin").
_NO_NOUN: Final = rf"qu|dont|n'|sont|soit|{_TIMES}"
# A noun near the beginning that refers to a sentence before ("L'arrêt de cette offre").
_POINTING_OPENING: Final = re.compile(
    rf"(?:\S+\s+){{0,4}}?(?:cet|cette|ces|ce)\s+(?!{_NO_NOUN})(\w+)", re.IGNORECASE
)
# The same anywhere in the sentence.
_POINTING: Final = re.compile(
    rf"\b(?:cet|cette|ces|ce)\s+(?!période|époque|moment|date|{_NO_NOUN})(\w+)", re.IGNORECASE
)
# A contrast with something said before: "La jeune femme a cependant reçu l'interdiction…".
_CONTRAST: Final = re.compile(
    r"(?:\S+\s+){1,6}(?:cependant|toutefois|néanmoins|pourtant|quant à (?:lui|elle|eux|elles))\b"
)
_BULLETS: Final = frozenset("•►▶■")
# A sentence that begins so has lost its beginning.
_LOST_BEGINNING: Final = re.compile(r"[,;.:!?)»”]")
# Direct speech: a dash, or a quotation without its speaker.
_SPEECH: Final = re.compile(r"[-–—]|«[^»]*»?\W*\Z|“[^”]*”?\W*\Z|\"[^\"]*\"?\W*\Z")

# Words of direct speech ("je", "nous"). A summary is not to say them in its own name.
_SPOKEN: Final = re.compile(rf"\b(?:{'|'.join(_TABLE['spoken'])})\b", re.IGNORECASE)
# "Comptez 159 euros". Not "Chez", nor a name.
_ORDER: Final = re.compile(r"(?!Suez|Rodez)(?P<verb>[A-ZÀ-Ý][a-zà-ÿ]{2,}?)ez\b")


def is_complete_sentence(sentence: str) -> bool:
    """True if it begins and ends as a sentence does, and is no list."""
    has_both_ends = is_complete(sentence) and not _LOST_BEGINNING.match(sentence)
    return has_both_ends and _BULLETS.isdisjoint(sentence)


def is_complete_statement(sentence: str, min_words: int = MIN_STATEMENT_WORDS) -> bool:
    """True if `sentence` is complete, states something and has a usual length.

    It must have `min_words` to MAX_STATEMENT_WORDS words. A question, an order or direct speech
    states nothing.
    """
    if not is_complete_sentence(sentence) or sentence.endswith(("?", ":")):
        return False
    if _SPEECH.match(sentence) or _is_order(sentence):
        return False
    if _SPOKEN.search(straight(sentence)):
        return False
    return min_words <= count_words(sentence) <= MAX_STATEMENT_WORDS and is_balanced(sentence)


def _is_order(sentence: str) -> bool:
    """True if a sentence tells the reader what to do. Editors do that, a summary must not."""
    order = _ORDER.match(sentence)
    return order is not None and is_known(f"{order['verb'].lower()}ons")


def is_standalone(sentence: str) -> bool:
    """True if the reader understands the beginning of the sentence without the sentence before it.

    Not "Mais il…", nor "L'arrêt de cette offre…".
    """
    text = straight(sentence)
    return not (_DEPENDENT.match(text) or _PRONOUN_BEHIND.match(text))


def is_wholly_standalone(sentence: str) -> bool:
    """True if the whole sentence, not only its beginning, is understood without the one before.

    It has no contrast with something said before. Each noun behind "ce", "cette" or "ces" stands
    earlier in the sentence too.
    """
    text = straight(sentence)
    if not is_standalone(sentence) or _CONTRAST.match(text):
        return False
    pointing = _POINTING.finditer(text)
    return all(stems(noun[1]) <= stems(text[: noun.start()]) for noun in pointing)


def is_understood_after(sentence: str, before: Sequence[str]) -> bool:
    """False if the sentence begins with "cette offre" or the like, and `before` lacks the noun."""
    pointing = _POINTING_OPENING.match(straight(sentence))
    return pointing is None or stems(pointing[1]) <= stems(" ".join(before))
