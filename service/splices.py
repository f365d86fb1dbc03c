"""Sentences put together of two pieces of the article that do not belong to each other.

A small model copies, and may go over from one of the article's sentences to another: "Le vol, lancé le 20 juin, est en panne
depuis sa défaillance survenue en…" of a launch to come and a failure of the year before. Each piece is true, the whole is not.
Where the second piece is a predicate, it mostly is true, too: the first one then names whom the article calls "he" there.
"""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final

from service.statements import Statement, Word, stem

RUN: Final = 5  # words in a row that are a piece of the article
GAP: Final = 3  # words between two pieces up to which one goes over into the other

# A word that begins a predicate.
_PREDICATES: Final = frozenset(
    (
        "a ont est sont avait avaient était étaient aura auront sera seront aurait auraient serait seraient va vont doit doivent "
        "peut peuvent s se n ne"
    ).split()
)

# Where the article has each run of RUN words: the number of the sentence, and the word.
Runs = Mapping[tuple[str, ...], Sequence[tuple[int, int]]]


class Pieces:
    """An article's sentences as what a summary's may be put together of."""

    def __init__(self, article: Sequence[Statement]) -> None:
        self._sentences = [statement.without_signs for statement in article]
        runs: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for number, words in enumerate(self._sentences):
            for start in range(len(words) - RUN + 1):
                runs.setdefault(_run(words, start), []).append((number, start))
        self._runs: Runs = runs

    def spliced(self, statement: Statement) -> bool:
        """True if a piece of one sentence goes over into one of another, before which the other has something else."""
        words, place, before, end = statement.without_signs, 0, -1, 0
        while place < len(words):
            length, number, start = self._longest(words, place, before)
            if length:
                origin = _last(self._sentences[number], start)
                goes_over = before not in (-1, number) and place - end <= GAP and words[end].text.lower() not in _PREDICATES
                if goes_over and origin and origin != _last(words, place):
                    return True
                before, end = number, place + length
            place += length or 1
        return False

    def _longest(self, words: Sequence[Word], place: int, preferred: int) -> tuple[int, int, int]:
        """The longest piece that begins at a place: its length, its sentence, and where it begins there; no length: none does."""
        found = (
            (self._length(words, place, number, start), number == preferred, -number, -start)
            for number, start in self._runs.get(_run(words, place), ())
        )
        length, _, number, start = max(found, default=(0, False, 0, 0))
        return length, -number, -start

    def _length(self, words: Sequence[Word], place: int, number: int, start: int) -> int:
        """How many words are the same from two places on."""
        pairs = zip(words[place:], self._sentences[number][start:], strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0].plain == pair[1].plain, pairs))


def _run(words: Sequence[Word], start: int) -> tuple[str, ...]:
    return tuple(word.plain for word in words[start : start + RUN])


def _last(words: Sequence[Word], end: int) -> str:
    """The last word before a place that says something, cut; empty if there is none."""
    return next((cut for word in reversed(words[:end]) if (cut := stem(word.text))), "")
