"""Claims that a summary sentence tells as facts: "Le plan va supprimer 300 emplois".

The article has "…, selon le syndicat". A claim is what stands behind "X estime que", before
"…, plaide X" or "…, selon le syndicat X", or in quotation marks beside such a verb. A summary may
leave out that a company announced something or that a paper reports it. It must keep a verb of
opinion and an interested party.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from service.checking.copying import kept_order
from service.checking.plans_and_rumours import is_conditional
from service.checking.speakers import says
from service.checking.word_lists import read_words
from service.facts.statements import Statement, Word
from service.text.function_words import HAVE, THAT
from service.text.quotation_marks import QUOTE_SIGNS

MIN_CLAIM: Final = 5  # words of a quotation that is a claim
# Share of a sentence's words that a claim has in the same order, if the sentence tells the claim.
MIN_SHARE_OF_CLAIM: Final = 0.8
# The same share of the rest of a sentence or of the title: it tells the same without a speaker.
MIN_SHARE_WITHOUT_SPEAKER: Final = 0.6
REACH: Final = 4  # words between a verb of opinion and its "que"
PASSING: Final = 3  # words before a verb in which its clause may begin
PARTY_REACH: Final = 3  # words behind "selon" in which the noun stands

# How verbs of opinion begin.
OPINION: Final = tuple(sorted(read_words("verbs", "says_and_judges", "judges_only")))
# These words make an opinion of what is said, whatever the verb.
JUDGING: Final = re.compile(
    r"\b(?:il (?:nous )?(?:faut|faudra)|il est (?:grand )?temps|trop|probables?|indispensables?"
    r"|inacceptables?|injustes?|scandal\w+|absurdes?|aberrant\w*|malheureusement)\b",
    re.IGNORECASE,
)
_DUTIES: Final = read_words("verbs", "conditional_of_duty")
_PARTIES: Final = read_words("nouns", "parties")
_DETERMINERS: Final = read_words(
    "small_words", "definite_articles", "indefinite_articles", "other_determiners"
)
_BEFORE_NOUN: Final = _DETERMINERS | read_words(
    "small_words", "demonstratives", "before_noun_of_opinion"
)
_RELATIVE: Final = read_words("small_words", "relative_pronouns")

# The positions of its first word and of the one behind its last.
Span = tuple[int, int]


def lost_speaker(text: Statement, article: Sequence[Statement]) -> str:
    """Returns the first words of `text` if it tells a claim of the article as a fact; else nothing.

    `article` are the sentences with the title. One of them may tell the same without a speaker:
    then it is no claim.
    """
    if _is_attributed(text):
        return ""
    judging = bool(JUDGING.search(text.text))
    claims, others = list[list[str]](), list[list[str]]()
    for statement in article:
        words = statement.words
        spans = list(_find_claims(words, judging))
        claims += [_list_plain_words(words[start:end]) for start, end in spans]
        others.append(_list_plain_words(_leave_out(spans, words)))
    if kept_order(text, claims) < MIN_SHARE_OF_CLAIM:
        return ""
    is_lost = kept_order(text, others) < MIN_SHARE_WITHOUT_SPEAKER
    return " ".join(text.text.split()[:3]) if is_lost else ""


def _leave_out(spans: Sequence[Span], words: Sequence[Word]) -> Iterator[Word]:
    """Yields the words outside the spans."""
    for position, word in enumerate(words):
        if not any(start <= position < end for start, end in spans):
            yield word


def _list_plain_words(words: Iterable[Word]) -> list[str]:
    return [word.plain for word in words if not word.sign]


def _is_attributed(text: Statement) -> bool:
    """True if the sentence names who says it, or leaves a doubt."""
    if text.plain.startswith("pour ") or "d apres" in text.plain:
        return True
    return any(_attributes(word) or _leaves_doubt(word) for word in text.words)


def _attributes(word: Word) -> bool:
    return word.plain == "selon" or word.plain in QUOTE_SIGNS or says(word)


def _leaves_doubt(word: Word) -> bool:
    return is_conditional(word.text) and word.plain not in _DUTIES


def _find_claims(words: Sequence[Word], judging: bool) -> Iterator[Span]:
    """Yields what is claimed in a sentence.

    Where `judging`, every verb of saying makes a claim of what it says.
    """
    verbs = [position for position in range(len(words)) if _is_opinion(words, position, judging)]
    if verbs:
        yield from _find_quotations(words)
    for verb in verbs:
        conjunction = _find_conjunction(words, verb)
        if conjunction is not None:
            yield conjunction + 1, len(words)
        elif _has_subject_behind(words, verb):
            yield from _find_clause_beside(words, verb)
    for position, word in enumerate(words):
        if word.plain == "selon" and not word.quoted and _is_of_party(words, position):
            yield from _find_clause_beside(words, position)


def _is_opinion(words: Sequence[Word], position: int, judging: bool) -> bool:
    """True for a verb of opinion or, where `judging`, of saying.

    Not for a noun ("les juges"), nor for what is said in passing ("dont on pense que").
    """
    word = words[position]
    is_verb = word.plain.startswith(OPINION) and not word.capital and not word.quoted
    if not is_verb and not (judging and says(word)):
        return False
    before = [word.plain for word in words[max(0, position - PASSING) : position]]
    is_noun = not _BEFORE_NOUN.isdisjoint(before[-1:])
    return not is_noun and _RELATIVE.isdisjoint(before)


def _find_conjunction(words: Sequence[Word], verb: int) -> int | None:
    """Returns the position of the "que" that belongs to the verb."""
    end = min(len(words), verb + 2 + REACH)
    return next(
        (position for position in range(verb + 1, end) if words[position].plain in THAT), None
    )


def _find_quotations(words: Sequence[Word]) -> Iterator[Span]:
    """Yields the quotations of at least MIN_CLAIM words and signs."""
    for quoted, group in groupby(range(len(words)), key=lambda position: words[position].quoted):
        positions = list(group)
        if quoted and len(positions) >= MIN_CLAIM:
            yield positions[0], positions[-1] + 1


def _find_clause_beside(words: Sequence[Word], position: int) -> Iterator[Span]:
    """Yields what is claimed before or behind the clause that names who says it.

    It stands before the comma of that clause or, where the clause begins the sentence, behind it.
    """
    signs = [word.plain for word in words]
    comma = next((k for k in range(position, 0, -1) if signs[k] == ","), None)
    if comma is not None:
        semicolons = (k for k in range(comma) if signs[k] == ";")
        yield max((k + 1 for k in semicolons), default=0), comma
    elif position == 0:
        first_comma = signs.index(",") if "," in signs else len(signs)
        yield first_comma, len(words)


def _has_subject_behind(words: Sequence[Word], verb: int) -> bool:
    """True for ", plaide la chercheuse" and "», a assuré M. Durand"."""
    has_auxiliary = verb > 1 and words[verb - 1].plain in HAVE
    start = verb - 1 if has_auxiliary else verb
    before = words[max(0, start - 1) : start]
    behind = words[verb + 1 : verb + 2]
    ends_claim = any(word.plain == "," or word.plain in QUOTE_SIGNS for word in before)
    return ends_claim and any(word.capital or word.plain in _DETERMINERS for word in behind)


def _is_of_party(words: Sequence[Word], position: int) -> bool:
    """True if an interested party stands behind the "selon" at `position`."""
    return any(word.plain in _PARTIES for word in words[position + 1 : position + 1 + PARTY_REACH])
