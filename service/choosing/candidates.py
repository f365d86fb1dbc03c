"""What a candidate of the model is worth by itself: its whole sentences, what they repeat, how much
it agrees with the others."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from models.engine import Candidate
from service.checking.evidence import SupportedSentence
from service.checking.standalone import is_whole, leans
from service.facts.statements import Statement, stem, stems
from service.text.calendar import WEEK_DAYS
from service.text.quotation_marks import close_quotation
from service.text.sentences import is_complete, sentences

HELD_SHARE: Final = 0.8  # of another one's words, from which on a sentence tells all of that again
_DASH: Final = re.compile(r"^[-–—•]\s+")


def whole_sentences(candidate: Candidate) -> list[str]:
    """The complete sentences of a candidate, without the dash of a list before them, less one that
    the token limit cut."""
    found = [_DASH.sub("", sentence) for sentence in sentences(candidate.text)]
    if found and not is_complete(found[-1]) and candidate.finished:
        found[-1] += "."
    return [close_quotation(sentence) for sentence in found if is_whole(sentence)]


def may_open(sentence: SupportedSentence) -> bool:
    """True if a summary may begin with it: it is trusted and stands by itself."""
    return sentence.trusted and not leans(sentence.text)


def without_days(sentence: str, days: Sequence[str]) -> str:
    """`sentence` without the bare week days of `days`: those that no article or preposition binds
    to other words."""
    for day in days:
        if day in WEEK_DAYS:
            sentence = re.sub(
                rf"(?<!\b[Ll]e)(?<!\b[Dd]u)(?<!\bde)(?<!\bdès)(?<!\bau)(?<!\bce) {day}\b(?! \d| "
                rf"(?:dernier|prochain|soir|matin))",
                "",
                sentence,
            )
    return sentence


def consensus(texts: Sequence[str]) -> list[float]:
    """How much each text has in common with the others, from 0 to 1: the mean over them, and over
    words and pairs of words.

    What several candidates say is likelier to be the news than what one says (minimum Bayes risk,
    Kumar and Byrne 2004).
    """
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    counts = [(Counter(found), Counter(pairwise(found))) for found in words]
    others = max(1, len(texts) - 1)
    return [
        sum(
            _common(a, b)
            for k, two in enumerate(counts)
            if k != own
            for a, b in zip(counts[own], two, strict=True)
        )
        / 2
        / others
        for own in range(len(texts))
    ]


def _common(one: Counter[Any], other: Counter[Any]) -> float:
    """The F-measure of two bags."""
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def tells_all(words: frozenset[str], text: str) -> bool:
    """True if `words` are nearly all that `text` says, and perhaps more."""
    said = stems(text)
    return len(said & words) >= HELD_SHARE * len(said) > 0


def words_said_again(sentence: str) -> int:
    """How many words a sentence says again."""
    found = [
        cut for word in Statement(sentence).words if (cut := stem(word.text)) and not cut.isdigit()
    ]
    return len(found) - len(set(found))
