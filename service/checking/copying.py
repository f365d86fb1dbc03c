"""Measures how far a summary sentence is one sentence of the article with words left out.

Small models leave words out well. They mostly go wrong where they join words of several sentences.
The measure is the longest common subsequence of the words (as in ROUGE-L, Lin 2004).
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import LCSseq

from service.checking.word_lists import read_words
from service.facts.statements import Statement, Word
from service.text.words import runs

# These words begin a circumstance, without which a clause says the same: "a été annulée" for "a été
# annulée en raison de…". In `tests/service/choosing/order_labels.jsonl` 17 of the 18 sentences that
# end before one of these words are right. Of those that end before other words 46 of 79 are.
_CIRCUMSTANCE: Final = read_words("small_words", "circumstance")
_COMPARING: Final = read_words("small_words", "comparing")


def kept_order(text: Statement, article: Iterable[Sequence[str]]) -> float:
    """Returns the share of the words of `text` that one sentence has in the same order, 0 to 1.

    It is the largest share over the sentences of the article, which come as their `plain_words`.
    """
    words = plain_words(text)
    return most_in_order(words, article)[0] / max(1, len(words))


def most_in_order(words: Sequence[str], article: Iterable[Sequence[str]]) -> tuple[int, int]:
    """Returns the largest number of `words` that one sentence has in the same order, and its index.

    The index is -1 if the article has no sentence.
    """
    counts = [LCSseq.similarity(words, sentence_words) for sentence_words in article]
    if not counts:
        return 0, -1
    most = max(counts)
    return most, counts.index(most)


def plain_words(statement: Statement) -> list[str]:
    """Returns the words and numbers of a sentence, in lower case without accents."""
    return [word.plain for word in statement.without_signs]


def ending(text: Statement) -> tuple[str, ...]:
    """Returns the last two words of a sentence, in plain form."""
    return tuple(plain_words(text)[-2:])


def unfinished(article: Iterable[Statement]) -> frozenset[tuple[str, ...]]:
    """Returns the pairs of words behind which every sentence that has them continues its clause.

    A summary sentence that ends with such a pair is cut short: "accroître sa part" of "accroître sa
    part de ce marché". It may be a whole sentence, but says less than it seems to.
    """
    going, ended = set[tuple[str, ...]](), set[tuple[str, ...]]()
    for sentence in article:
        words = sentence.words
        positions = [position for position, word in enumerate(words) if not word.sign]
        followings = [*positions[2:], None]
        for first, last, following in zip(positions, positions[1:], followings, strict=False):
            pair = words[first].plain, words[last].plain
            goes_on = following is not None and _goes_on(words[last : following + 1])
            (going if goes_on else ended).add(pair)
    return frozenset(going - ended)


def lost_noun(text: Statement, article: Iterable[Sequence[str]]) -> bool:
    """True if a comparison in `text` has lost its noun.

    An example is "les plus grosses françaises" of "les plus grosses sociétés françaises". `article`
    holds the `plain_words` of its sentences.
    """
    compared = {run for run in runs(plain_words(text), 3) if run[0] in _COMPARING}
    if not compared:
        return False
    sentences = list(article)
    in_article = {run for words in sentences for run in runs(words, 3)}
    without_third = {(*run[:2], run[3]) for words in sentences for run in runs(words, 4)}
    return not (compared - in_article).isdisjoint(without_third)


def _goes_on(words: Sequence[Word]) -> bool:
    """True if the last of `words` continues the clause of the first one.

    The words between the two are signs. A last word behind a colon, or one that begins a
    circumstance, does not continue the clause.
    """
    first, last = words[0], words[-1]
    return (
        first.clause == last.clause
        and last.plain not in _CIRCUMSTANCE
        and all(word.plain != ":" for word in words)
    )
