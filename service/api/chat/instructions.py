"""Tells instructions to a writer ("Summarise this in French") from sentences of an article.

Each sentence or line is judged alone. French news hardly ever addresses its reader in the
imperative, but it quotes people who do. A verb that may stand in a quotation, or is also a noun or
an infinitive, counts only beside a word for a summary. The words are in `instructions.toml`.

The words were tuned on French press articles, of which none is taken for an instruction: see
docs/decisions/chat-completions.md.
"""

import re
from enum import Enum
from functools import partial
from typing import Final

from service.reading.wordings import expression


class Kind(Enum):
    """The purpose of a sentence."""

    REQUEST = "request"  # It asks for a text.
    RULE = "rule"  # It says how the text should be. It counts only behind a request.
    OTHER = "other"


# Characters of a request without an imperative, and of one that counts only for its final colon.
MAX_POINTING: Final = 160
MAX_ANNOUNCING: Final = 100


_words: Final = partial(expression, "instructions", package=__package__)


# What may stand before the first word of a sentence: bullets, numbers, greetings.
_MARKS: Final = r"[\s>*•–—#_(\[\"«“-]*+(?:\d{1,2}[.)]\s*+)?[*_]*+"
_START: Final = (
    rf"{_MARKS}(?:{_words('polite')}\b[\s,!.:*-]*)*"
    rf"(?:{_words('circumstances')}\b[^.,!?\n]{{0,80}},\s*)?"
)
_REQUEST: Final = re.compile(rf"{_START}{_words('requests')}(?!\w)", re.IGNORECASE)
_LOOSE_REQUEST: Final = re.compile(
    rf"{_START}{_words('loose_requests')}(?!\w)(?!\s*:)", re.IGNORECASE
)
_DESCRIPTION: Final = re.compile(rf"{_START}{_words('descriptions')}(?!\w)", re.IGNORECASE)
SUMMARY: Final = re.compile(
    rf"\b(?:{_words('summary_nouns')}|{_words('summary_verbs')})(?!\w)", re.IGNORECASE
)
_SUMMARY_NOUN: Final = re.compile(rf"\b{_words('summary_nouns')}(?!\w)", re.IGNORECASE)
_POINTING: Final = re.compile(rf"\b{_words('pointing')}\b", re.IGNORECASE)

_HEADED: Final = rf"{_words('headed')}(?: \w+){{0,3}}(?: \([^)\n]{{0,60}}\))?\s*[:：]"
_FRENCH_RULE: Final = re.compile(
    rf"{_START}(?:{_HEADED}|(?:{_words('french_rules')}|{_words('counted')})(?!\w))", re.IGNORECASE
)
_ENGLISH_RULE: Final = re.compile(rf"{_START}{_words('english_rules')}(?!\w)", re.IGNORECASE)
_FRENCH_SIGN: Final = re.compile(_words("french_signs"), re.IGNORECASE)
# A line of a form that the answer is to have: `Title : [the title]`.
_FORM: Final = re.compile(r"\W*+[\w'’ ]{1,30}[:：]\s*[\[{<(][^\n]*[\]})>]\W*$")

# Requests without a verb: a heading, or a noun phrase that names the wanted text.
_HEADING: Final = re.compile(
    rf"(?:#+\s*{_words('marked_headings')}\W*|{_MARKS}{_words('headings')}\s*[*_]*\s*[:：]\W*"
    r"|\W*tl\s?;?\s?dr(?:,? please|,? svp)?\W*)$",
    re.IGNORECASE,
)
_NOUN_PHRASE: Final = re.compile(
    rf"{_START}(?:\w+\s+){{0,2}}{_words('named')}\b.*\b{_words('wanted')}",
    re.IGNORECASE,
)
# A polite end makes a rule a request of its own: "In English, please".
_POLITE_END: Final = re.compile(rf"\b{_words('thanks')}\W*$", re.IGNORECASE)
# The last word of many prompts, after which the answer is expected.
CUE: Final = re.compile(
    rf"(?im)^[ \t*_#>]*+(?:[\w'’-]+[ \t]+){{0,3}}{_words('cues')}(?:[ \t]+\([^)\n]{{0,60}}\))?"
    r"[ \t]*[:：][ \t*_]*$"
)


def classify_sentence(sentence: str, first: bool = False) -> Kind:
    """Classifies a sentence or a line by its purpose.

    `first` is true for a sentence that begins or ends a message. There, a request needs no
    imperative ("Short summary of the article below:").
    """
    if is_request(sentence):
        return Kind.REQUEST
    if _LOOSE_REQUEST.match(sentence) and SUMMARY.search(sentence):
        return Kind.REQUEST
    if first and len(sentence) <= MAX_POINTING and _asks(sentence):
        return Kind.REQUEST
    if _FRENCH_RULE.match(sentence) or _FORM.match(sentence):
        return Kind.RULE
    if _ENGLISH_RULE.match(sentence) and not is_french(sentence):
        return Kind.RULE
    return Kind.OTHER


def is_request(sentence: str) -> bool:
    """True for a sentence that surely asks a writer for something."""
    return _REQUEST.match(sentence) is not None


def is_task_request(sentence: str) -> bool:
    """True for a request that does more than describe the writer ("You are an editor")."""
    is_wanted = classify_sentence(sentence, first=True) is Kind.REQUEST
    return is_wanted and _DESCRIPTION.match(sentence) is None


def is_french(sentence: str) -> bool:
    """True for a sentence with several signs of French. Language detection would cost more."""
    return len(_FRENCH_SIGN.findall(sentence)) > 1


def _asks(sentence: str) -> bool:
    """True for a request without an imperative: it names a summary, or points at the text."""
    if _HEADING.match(sentence) or _NOUN_PHRASE.match(sentence):
        return True
    if _FRENCH_RULE.match(sentence) and _POLITE_END.search(sentence):
        return True
    points = _POINTING.search(sentence) is not None
    names = _SUMMARY_NOUN.search(sentence) is not None
    short = len(sentence) <= MAX_ANNOUNCING
    announces = short and sentence.rstrip(" *_").endswith((":", "："))
    return (names and (points or announces)) or (points and announces)
