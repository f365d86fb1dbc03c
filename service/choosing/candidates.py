"""What a candidate of the model is worth by itself: its complete sentences, what they repeat, and
how much it agrees with the others."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from models.engine import Candidate
from service.checking.standalone import is_complete_sentence
from service.facts.statements import Statement, stem, stems
from service.text.calendar import WEEK_DAYS
from service.text.quotation_marks import close_quotation
from service.text.sentences import is_complete, sentences

# Share of the words of a text from which on a sentence that has them says all of the text.
HELD_SHARE: Final = 0.8
_DASH: Final = re.compile(r"^[-–—•]\s+")
_NOT_BEFORE_DAY: Final = r"(?<!\b[Ll]e)(?<!\b[Dd]u)(?<!\bde)(?<!\bdès)(?<!\bau)(?<!\bce)"
_NOT_BEHIND_DAY: Final = r"\b(?! \d| (?:dernier|prochain|soir|matin))"


def find_complete_sentences(candidate: Candidate) -> list[str]:
    """The complete sentences of a candidate, without the dash of a list before them, and without
    one that the token limit cut."""
    texts = [_DASH.sub("", sentence) for sentence in sentences(candidate.text)]
    if texts and not is_complete(texts[-1]) and candidate.finished:
        texts[-1] += "."
    return [close_quotation(text) for text in texts if is_complete_sentence(text)]


def remove_days(sentence: str, days: Sequence[str]) -> str:
    """`sentence` without the bare week days among `days`: those that no article, preposition, date
    or time of the day binds to other words."""
    for day in days:
        if day in WEEK_DAYS:
            sentence = re.sub(f"{_NOT_BEFORE_DAY} {day}{_NOT_BEHIND_DAY}", "", sentence)
    return sentence


def measure_consensus(texts: Sequence[str]) -> list[float]:
    """How much each text has in common with the others, from 0 to 1: the mean over them of the
    F-measures of their words and of their pairs of words.

    What several candidates say is likelier to be the news than what a single one says (minimum
    Bayes risk, Kumar and Byrne 2004).
    """
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    bags = [(Counter(text_words), Counter(pairwise(text_words))) for text_words in words]
    others = max(1, len(texts) - 1)
    shares = []
    for k, own in enumerate(bags):
        common = sum(
            _f_measure(own_bag, other_bag)
            for other in [*bags[:k], *bags[k + 1 :]]
            for own_bag, other_bag in zip(own, other, strict=True)
        )
        shares.append(common / 2 / others)
    return shares


def _f_measure(first: Counter[Any], second: Counter[Any]) -> float:
    """The F-measure of two bags."""
    return 2 * (first & second).total() / max(1, first.total() + second.total())


def tells_all(words: frozenset[str], text: str) -> bool:
    """True if `words` are nearly all that `text` says, and perhaps more."""
    text_words = stems(text)
    return len(text_words & words) >= HELD_SHARE * len(text_words) > 0


def count_repeated_words(sentence: str) -> int:
    """How many words of a sentence stand in it before, numbers left out."""
    word_stems = [stem(word.text) for word in Statement(sentence).words]
    counted = [text for text in word_stems if text and not text.isdigit()]
    return len(counted) - len(set(counted))
