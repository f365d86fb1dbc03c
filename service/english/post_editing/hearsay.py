"""The conditional of hearsay: "l'homme aurait demandé" tells what is reported, not what would
happen. Translators take it at its word ("would have asked"), where English says "is said to have
asked", or make a statement of it ("asked").
"""

import re
from functools import partial
from typing import Final

from service.text.folding import straight

_ADVERB: Final = r"(?:déjà|même|ainsi|alors|aussi|également|notamment|d'ores et déjà|en effet|par ailleurs|ensuite|été|\w+ment)"
# A past participle behind the auxiliary; of wishes and possibilities the conditional is a real one.
_HEARSAY: Final = re.compile(
    rf"(?P<before>[^.!?]*?)\b(?:n')?aurai(?P<many>en)?t (?:pas |plus |jamais )?(?:{_ADVERB} )*"
    r"(?!pu\b|dû\b|fallu\b|voulu\b|aimé\b|souhaité\b|préféré\b|espéré\b|adoré\b"
    r"|paru\b)(?!\w+ment\b)[a-zà-ÿ]+(?:é|i|u|is|it|ert|ait)(?:e?s?)\b",
    re.IGNORECASE,
)
_ANY: Final = re.compile(r"\b[a-zà-ÿ]+rai(?:en)?t\b", re.IGNORECASE)
# What makes it depend on something else, or part of what somebody said would happen.
_REAL: Final = re.compile(
    r"\b(?:si|sans|sinon|à moins|en temps normal|autrement|personne n'aurait)\b|\bs'ils?\b",
    re.IGNORECASE,
)
_EVEN_IF: Final = re.compile(r"\bmême s(?:i |'ils? )", re.IGNORECASE)
_IN_SPEECH: Final = re.compile(r"\bqu(?:e |')[^,]*\Z|[\"«“][^\"»”]*\Z", re.IGNORECASE)
# Of a state only what somebody is named for: "un accord serait utile" may be a mere thought.
_STATE: Final = re.compile(
    r"(?P<before>[^.!?]*?)\b(?:ne )?serai(?P<many>en)?t "
    r"(?!pas |plus |jamais |une? |l[ea]s? |l'|possible|souhaitable|nécessaire)",
    re.IGNORECASE,
)
# What is still to come, or never came.
_TO_COME: Final = re.compile(
    r"\bserai(?:en)?t (?:\w+ment )?(?:vendu|lancé|commercialisé|proposé|présenté|dévoilé|appliqué"
    r"|déployé|disponible)"
    r"|\b(?:dès|à partir de|prochaine?s?|en 20\d\d)\b"
)
_PREVENTED: Final = re.compile(
    r"\b(?:bloqu|annul|abandonn|renonc|avort|empêch|évit)\w*[^.]*\Z", re.IGNORECASE
)
_SOURCE: Final = re.compile(r"\b(?:selon|d'après|à en croire)\b", re.IGNORECASE)
_WOULD_BE: Final = re.compile(r"\bwould be\b")
_CONDITIONAL: Final = re.compile(r"\b(?:se|au)rai(?:en)?t\b", re.IGNORECASE)
# What an English sentence leaves a doubt with.
_DOUBT: Final = re.compile(
    r"\b(?:would|could|should|might|may|must|can|will|if|(?:is|are|was|were) to|reported(?:ly)?"
    r"|alleged(?:ly)?|apparent(?:ly)?"
    r"|said|says|according|claim\w*|seem\w*|suppos\w*|expect\w*|believ\w*|estimat\w*|th(?:ink"
    r"|ought)\w*|presum\w*|suspect\w*|accus\w*"
    r"|rumou?r\w*|likely|perhaps|possib\w*|potential\w*|probab\w*)\b|['’]d\b",
    re.IGNORECASE,
)
# Or leaves it to whoever says so: ", the daily reports.", "For its critics, …".
_SOURCED: Final = re.compile(
    r",[\"”]? [^,]{2,60} (?:report(?:s|ed)?|point(?:s|ed)? out|argue[sd]?|insist(?:s|ed)?"
    r"|reveal(?:s|ed)?|explain(?:s|ed)?"
    r"|add(?:s|ed)?|denounce[sd]?|complain(?:s|ed)?)[.,;]?(?=\s|\Z)"
    r"|\A(?:For|To) [^,]{0,20}(?:critics|detractors|opponents|supporters)\b"
)
_WOULD: Final = re.compile(
    r"\bwould (?P<adverb>[a-z]+ly |also |then |even |already )?(?P<no>not )?have (?P<after>already "
    r"|also |even )?"
)


def as_reported(english: str, french: str) -> str:
    """`english` with "is said to have" in place of "would have", where the French sentence has one
    conditional of hearsay and no other conditional, and the translation one "would have"; the same
    of "would be", where the sentence names its source."""
    text = straight(french)
    if len(_ANY.findall(text)) != 1:
        return english
    if (found := _HEARSAY.match(text)) and _is_told(_EVEN_IF.sub("", text), found):
        return (
            _WOULD.sub(partial(_said_to_have, found), english)
            if len(_WOULD.findall(english)) == 1
            else english
        )
    if (
        (found := _STATE.match(text))
        and _SOURCE.search(text)
        and not _TO_COME.search(text)
        and _is_told(text, found)
    ):
        return (
            _WOULD_BE.sub(f"{_be(found)} said to be", english)
            if len(_WOULD_BE.findall(english)) == 1
            else english
        )
    return english


def stated(english: str, french: str) -> str:
    """The conditional of the French sentence of which its translation has made a plain statement;
    empty if there is none."""
    found = _CONDITIONAL.search(french)
    told = _DOUBT.search(english) or _SOURCED.search(english)
    return found.group() if found and not told else ""


def _is_told(text: str, found: re.Match[str]) -> bool:
    """True if the conditional depends on nothing, and is no part of what somebody said would
    happen."""
    before = found["before"]
    return not (_REAL.search(text) or _IN_SPEECH.search(before) or _PREVENTED.search(before))


def _said_to_have(found: re.Match[str], would: re.Match[str]) -> str:
    adverb = would["adverb"] or would["after"] or ""
    return f"{_be(found)} said {'not ' if would['no'] else ''}to have {adverb}"


def _be(found: re.Match[str]) -> str:
    return "are" if found["many"] else "is"
