"""Whether a summary sentence is a sentence of the article with words left out, or put together of
several.

Small models are to be trusted with the former: they mostly go wrong where they put together what
stands apart. It is measured by the longest common subsequence of the words (as in ROUGE-L, Lin
2004).
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import LCSseq

from service.facts.statements import Statement, Word
from service.text.word_runs import runs

# What begins a circumstance, without which a clause says the same. Of the sentences in
# `tests/service/choosing/order_labels.jsonl` that end before one of these 17 of 18 are right ("a
# été annulée", "en raison de" left out); before other words 46 of 79.
_CIRCUMSTANCE: Final = frozenset("afin apres avant avec depuis en lors pendant pour selon".split())

_COMPARING: Final = frozenset(("plus", "moins"))


def kept_order(text: Statement, article: Iterable[Sequence[str]]) -> float:
    """The largest share of the words of `text` that one sentence of the article has in the same
    order, from 0 to 1; the article's sentences come as their plain words (`plain_words`)."""
    words = plain_words(text)
    return most_in_order(words, article)[0] / max(1, len(words))


def most_in_order(words: Sequence[str], article: Iterable[Sequence[str]]) -> tuple[int, int]:
    """How many of `words` one sentence of the article has at most in the same order, and which
    sentence; -1 if there is none."""
    counts = [LCSseq.similarity(words, other) for other in article]
    most = max(counts, default=0)
    return most, counts.index(most) if counts else -1


def plain_words(statement: Statement) -> list[str]:
    """The words and numbers of a sentence, in lower case without accents."""
    return [word.plain for word in statement.without_signs]


def ending(text: Statement) -> tuple[str, ...]:
    """The last two words of a sentence."""
    return tuple(plain_words(text)[-2:])


def unfinished(article: Iterable[Statement]) -> frozenset[tuple[str, ...]]:
    """The endings behind which all sentences of the article that have them go on within the clause.
    A sentence that ends so is cut short ("accroître sa part" of "accroître sa part de ce marché"):
    it may be whole, but says less than it seems to."""
    going, ended = set[tuple[str, ...]](), set[tuple[str, ...]]()
    for words in (sentence.words for sentence in article):
        spoken = [k for k, word in enumerate(words) if not word.sign]
        for first, last, following in zip(spoken, spoken[1:], [*spoken[2:], None], strict=False):
            goes_on = following is not None and _goes_on(words[last : following + 1])
            (going if goes_on else ended).add((words[first].plain, words[last].plain))
    return frozenset(going - ended)


def lost_noun(text: Statement, article: Iterable[Sequence[str]]) -> bool:
    """True if a comparison of `text` lacks the word that it is about ("les plus grosses françaises"
    of "les plus grosses sociétés françaises"); the article's sentences come as their plain
    words."""
    compared = {run for run in runs(plain_words(text), 3) if run[0] in _COMPARING}
    if not compared:
        return False
    sentences = list(article)
    said = {run for words in sentences for run in runs(words, 3)}
    without = {(*run[:2], run[3]) for words in sentences for run in runs(words, 4)}
    return not (compared - said).isdisjoint(without)


def _goes_on(words: Sequence[Word]) -> bool:
    """True if the last of these words goes on with the clause of the first one and begins no
    circumstance; between them are signs."""
    first, last = words[0], words[-1]
    return (
        first.clause == last.clause
        and last.plain not in _CIRCUMSTANCE
        and all(word.plain != ":" for word in words)
    )
