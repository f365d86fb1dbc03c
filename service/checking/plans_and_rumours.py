"""Rumours and plans that a summary sentence tells as facts.

"Apple va lancer" for "Apple pourrait lancer", "rachète" for "envisage de racheter".
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.checking.word_lists import read_words
from service.facts.statements import Statement, Word
from service.text.folding import plain
from service.text.function_words import THAT
from service.text.vocabulary import is_known

REACH: Final = 5  # words behind an auxiliary or a plan in which its verb is looked for
MIN_BEGINNING: Final = 4  # letters that two forms of a verb must share
MAX_BEGINNING: Final = 6  # letters of them that are compared

_CONDITIONAL: Final = re.compile(r"(?P<stem>\w*r)ai(?:en)?t")
_CONDITIONAL_ENDING: Final = re.compile(r"e?rai(?:en)?t\Z")
_VERB_ENDING: Final = re.compile(r"(?:er|ir|re|ees?|es?|is?|us?)\Z")
_INFINITIVE: Final = re.compile(r"\w+(?:er|ir|re)")
_IRREGULAR_STEMS: Final = read_words("verbs", "irregular_conditional_stems")
_AUXILIARY_STEMS: Final = read_words("verbs", "conditional_auxiliary_stems")
_NO_RUMOUR: Final = read_words("verbs", "no_rumour_behind_auxiliary")
_PLANS: Final = read_words("verbs", "plans")
_HEDGES: Final = read_words("verbs", "hedges") | frozenset(map(plain, _PLANS))
_PASSED_OVER: Final = read_words(
    "small_words", "definite_articles", "indefinite_articles", "passed_over_before_plan"
)


def lost_doubt(text: Statement, evidence: Sequence[Statement]) -> str:
    """Returns a word of which the best evidence says only that it may be so.

    The evidence has it in the conditional of hearsay or as a plan, and `text` leaves no doubt.
    """
    words = text.without_signs
    if any(word.plain in _HEDGES or is_conditional(word.text) for word in words):
        return ""
    for beginning in _find_doubted_beginnings(evidence[0].words):
        for word in words:
            if word.plain.startswith(beginning) and not _INFINITIVE.fullmatch(word.plain):
                return word.text
    return ""


def is_conditional(word: str) -> bool:
    """True for a French verb in the conditional: "coûterait", not "montrait" (the imperfect)."""
    return bool(_find_conditional_stem(word))


def _find_conditional_stem(word: str) -> str:
    """Returns what stands before the ending of a conditional ("coûter"); empty for other words."""
    match = _CONDITIONAL.fullmatch(word.lower())
    stem = match["stem"] if match else ""
    if not stem or stem in _IRREGULAR_STEMS:
        return stem
    is_infinitive = is_known(stem) or is_known(stem + "e")
    # "montrait" is of "montrer": its "r" does not belong to the ending.
    is_imperfect = is_known(stem + "er") or is_known(stem + "ir")
    return stem if is_infinitive and not is_imperfect else ""


def _find_doubted_beginnings(words: Sequence[Word]) -> Iterator[str]:
    """Yields how the words begin of which the evidence says that they may be so.

    It ends at a quotation and at a "que": "a annoncé qu'il lancerait" is no rumour.
    """
    for position, word in enumerate(words):
        if word.quoted or word.plain in THAT:
            return
        stem = _find_conditional_stem(word.text)
        if word.text.lower() in _PLANS or stem in _AUXILIARY_STEMS:
            yield from _find_verb_beginning(words[position + 1 : position + 1 + REACH])
        elif stem:
            yield from _cut_beginning(_CONDITIONAL_ENDING.sub("", word.plain))


def _find_verb_beginning(words: Sequence[Word]) -> Iterator[str]:
    """Yields how the verb begins that is behind an auxiliary or a verb of a plan."""
    verb = next((word for word in words if word.plain not in _PASSED_OVER), None)
    if verb and not verb.sign and verb.plain not in _NO_RUMOUR:
        yield from _cut_beginning(verb.plain)


def _cut_beginning(word: str) -> Iterator[str]:
    """Yields the first letters that other forms of a word have too, if they are enough."""
    beginning = _VERB_ENDING.sub("", word)[:MAX_BEGINNING]
    if len(beginning) >= MIN_BEGINNING:
        yield beginning
