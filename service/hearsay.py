"""The conditional of hearsay: "l'homme aurait demandé" tells what is reported, not what would happen. Translators take it at its
word ("would have asked"); English says "is said to have asked".
"""

import re
from typing import Final

_ADVERB: Final = r"(?:déjà|même|ainsi|alors|aussi|également|notamment|d'ores et déjà|en effet|par ailleurs|ensuite|été|\w+ment)"
# A past participle behind the auxiliary; of wishes and possibilities the conditional is a real one.
_HEARSAY: Final = re.compile(
    rf"(?P<before>[^.!?]*?)\b(?:n')?aurai(?P<many>en)?t (?:pas |plus |jamais )?(?:{_ADVERB} )*"
    r"(?!pu\b|dû\b|fallu\b|voulu\b|aimé\b|souhaité\b|préféré\b)(?!\w+ment\b)[a-zà-ÿ]+(?:é|i|u|is|it|ert|ait)(?:e?s?)\b",
    re.IGNORECASE,
)
_ANY: Final = re.compile(r"\b[a-zà-ÿ]+rai(?:en)?t\b", re.IGNORECASE)
# What makes it depend on something else, or part of what somebody said would happen.
_REAL: Final = re.compile(r"\b(?:si|sans|sinon|à moins)\b|\bs'ils?\b", re.IGNORECASE)
_EVEN_IF: Final = re.compile(r"\bmême s(?:i |'ils? )", re.IGNORECASE)
_IN_SPEECH: Final = re.compile(r"\bqu(?:e |')[^,]*\Z|[\"«“][^\"»”]*\Z", re.IGNORECASE)
_WOULD: Final = re.compile(
    r"\bwould (?P<adverb>[a-z]+ly |also |then |even |already )?(?P<no>not )?have (?P<after>already |also |even )?"
)


def as_reported(english: str, french: str) -> str:
    """`english` with "is said to have" in place of "would have", where the French sentence has one conditional of hearsay and no
    other conditional, and the translation one "would have"."""
    plain = french.replace("’", "'")
    found = _HEARSAY.match(plain)
    if not found or len(_ANY.findall(plain)) != 1 or len(_WOULD.findall(english)) != 1:
        return english
    if _REAL.search(_EVEN_IF.sub("", plain)) or _IN_SPEECH.search(found["before"]):
        return english

    def said(would: re.Match[str]) -> str:
        adverb = would["adverb"] or would["after"] or ""
        return f"{'are' if found['many'] else 'is'} said {'not ' if would['no'] else ''}to have {adverb}"

    return _WOULD.sub(said, english)
