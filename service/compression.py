"""Whether a summary sentence is a sentence of the article with words left out, or put together of several.

Small models are to be trusted with the former: they mostly go wrong where they put together what stands apart. It is measured
by the longest common subsequence of the words (as in ROUGE-L, Lin 2004).
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import LCSseq

from service.statements import Statement

ENDING: Final = 2  # words by which the end of a sentence is found in the article


def kept_order(text: Statement, article: Iterable[Sequence[str]]) -> float:
    """The largest share of the words of `text` that one sentence of the article has in the same order, from 0 to 1; the
    article's sentences come as their plain words (`plain_words`)."""
    words = plain_words(text)
    most = max((LCSseq.similarity(words, other) for other in article), default=0)
    return most / max(1, len(words))


def plain_words(statement: Statement) -> list[str]:
    """The words and numbers of a sentence, in lower case without accents."""
    return [word.plain for word in statement.without_signs]


def cut_short(text: Statement, article: Iterable[Statement]) -> bool:
    """True if the sentences of the article that have the last words of `text` all go on behind them within the clause ("accroître
    sa part" of "accroître sa part de ce marché"). What is left may be a whole sentence, but says less than it seems to."""
    ending = plain_words(text)[-ENDING:]
    places = [goes_on for sentence in article for goes_on in _places(sentence, ending)] if ending else []
    return bool(places) and all(places)


def _places(sentence: Statement, ending: Sequence[str]) -> Iterable[bool]:
    """For each place where a sentence has the words `ending`: whether its clause goes on behind them."""
    words = sentence.words
    spoken = [k for k, word in enumerate(words) if not word.sign]
    for end in range(len(ending), len(spoken) + 1):
        if [words[k].plain for k in spoken[end - len(ending) : end]] == list(ending):
            last, following = spoken[end - 1], spoken[end : end + 1]
            yield any(words[k].clause == words[last].clause and ":" not in {w.plain for w in words[last:k]} for k in following)
