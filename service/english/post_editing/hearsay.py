"""Restores the French conditional of hearsay in English.

"L'homme aurait demandé" is what is reported, not what would happen. Translators render it word for
word ("would have asked") or make a statement of it ("asked"). English says "is said to have asked".
`hearsay.toml` has the words.
"""

import re
from collections.abc import Callable
from typing import Final

from service.text.folding import straight
from service.text.tables import table

_WORDS: Final = {name: "|".join(words) for name, words in table(__package__, "hearsay").items()}
# "aurait" and a past participle.
_PAST_HEARSAY: Final = re.compile(
    r"(?P<before>[^.!?]*?)\b(?:n')?aurai(?P<plural>en)?t (?:pas |plus |jamais )?"
    rf"(?:(?:{_WORDS['adverbs']}) )*(?!{_WORDS['wishes']})(?!\w+ment\b)"
    r"[a-zà-ÿ]+(?:é|i|u|is|it|ert|ait)(?:e?s?)\b",
    re.IGNORECASE,
)
_STATE_HEARSAY: Final = re.compile(
    r"(?P<before>[^.!?]*?)\b(?:ne )?serai(?P<plural>en)?t "
    rf"(?!{_WORDS['not_a_reported_state']})",
    re.IGNORECASE,
)
_ANY_CONDITIONAL: Final = re.compile(r"\b[a-zà-ÿ]+rai(?:en)?t\b", re.IGNORECASE)
_CONDITIONAL_OF_HEARSAY: Final = re.compile(r"\b(?:se|au)rai(?:en)?t\b", re.IGNORECASE)
# What a real conditional depends on.
_CONDITION: Final = re.compile(
    r"\b(?:si|sans|sinon|à moins|en temps normal|autrement|personne n'aurait)\b|\bs'ils?\b",
    re.IGNORECASE,
)
_EVEN_IF: Final = re.compile(r"\bmême s(?:i |'ils? )", re.IGNORECASE)
_INDIRECT_SPEECH: Final = re.compile(r"\bqu(?:e |')[^,]*\Z|[\"«“][^\"»”]*\Z", re.IGNORECASE)
_TO_COME: Final = re.compile(
    rf"\bserai(?:en)?t (?:\w+ment )?(?:{_WORDS['to_come']})"
    r"|\b(?:dès|à partir de|prochaine?s?|en 20\d\d)\b"
)
_PREVENTED: Final = re.compile(rf"\b(?:{_WORDS['prevented']})\w*[^.]*\Z", re.IGNORECASE)
_SOURCE: Final = re.compile(r"\b(?:selon|d'après|à en croire)\b", re.IGNORECASE)

_WOULD_BE: Final = re.compile(r"\bwould be\b")
_WOULD_HAVE: Final = re.compile(
    r"\bwould (?P<adverb>[a-z]+ly |also |then |even |already )?(?P<negation>not )?have "
    r"(?P<late_adverb>already |also |even )?"
)
_DOUBT: Final = re.compile(rf"\b(?:{_WORDS['doubts']})\b|['’]d\b", re.IGNORECASE)
# ", the daily reports.", "For its critics, …"
_ENGLISH_SOURCE: Final = re.compile(
    rf",[\"”]? [^,]{{2,60}} (?:{_WORDS['verbs_of_sources']})[.,;]?(?=\s|\Z)"
    r"|\A(?:For|To) [^,]{0,20}(?:critics|detractors|opponents|supporters)\b"
)


def restore_hearsay(english: str, french: str) -> str:
    """Returns `english` with "is said to have" or "to be" for "would have" or "would be".

    The French sentence has one conditional, which is of hearsay, and the translation one such
    "would". "would be" changes only where the French sentence names its source.
    """
    french = straight(french)
    if len(_ANY_CONDITIONAL.findall(french)) != 1:
        return english
    past = _PAST_HEARSAY.match(french)
    if past and _is_hearsay(_EVEN_IF.sub("", french), past["before"]):
        be = _form_of_be(past)
        return _replace_single(_WOULD_HAVE, lambda would: _write_said_to_have(be, would), english)
    state = _STATE_HEARSAY.match(french)
    if state is None or not _SOURCE.search(french) or _TO_COME.search(french):
        return english
    if _is_hearsay(french, state["before"]):
        said_to_be = f"{_form_of_be(state)} said to be"
        return _replace_single(_WOULD_BE, lambda _: said_to_be, english)
    return english


def find_stated_hearsay(english: str, french: str) -> str:
    """Returns the French conditional of hearsay of which the translation makes a plain statement.

    It is empty where there is none.
    """
    conditional = _CONDITIONAL_OF_HEARSAY.search(french)
    leaves_doubt = _DOUBT.search(english) or _ENGLISH_SOURCE.search(english)
    return conditional.group() if conditional and not leaves_doubt else ""


def _is_hearsay(french: str, before: str) -> bool:
    """True if a conditional depends on nothing, and is no part of what somebody said would happen.

    `before` is the sentence up to the conditional.
    """
    is_real = _CONDITION.search(french)
    is_quoted = _INDIRECT_SPEECH.search(before)
    return not (is_real or is_quoted or _PREVENTED.search(before))


def _replace_single(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str
) -> str:
    """Returns `text` with the match of `pattern` replaced, if there is exactly one."""
    return pattern.sub(replace, text) if len(pattern.findall(text)) == 1 else text


def _write_said_to_have(be: str, would_have: re.Match[str]) -> str:
    adverb = would_have["adverb"] or would_have["late_adverb"] or ""
    negation = "not " if would_have["negation"] else ""
    return f"{be} said {negation}to have {adverb}"


def _form_of_be(conditional: re.Match[str]) -> str:
    return "are" if conditional["plural"] else "is"
