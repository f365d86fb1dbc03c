"""Lets a search go on for as many tokens as the model has read ahead of it."""

from collections.abc import Sequence
from typing import Final, Protocol

from models.gemma.search.beam_search import Answer
from models.gemma.search.drafts import LENGTH, Drafts
from models.gemma.search.next_tokens import NextTokens
from models.gemma.search.token_tree import TokenTree

AHEAD: Final = 16  # tokens that may be read ahead at a time

Beginning = tuple[int, ...]  # of an answer: its tokens so far


class Search(Protocol):
    """A search for answers, a token at a time: `BeamSearch`, `Sampler`."""

    @property
    def beams(self) -> int:
        """How many answers are under way."""
        ...

    @property
    def running(self) -> list[Beginning]:
        """The answers under way, all of the same length."""
        ...

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Those that are finished, or all of them once it is `done`."""
        ...

    @property
    def done(self) -> bool:
        """True once nothing is left to be read."""
        ...

    def advance(self, following: NextTokens) -> None:
        """Takes what may follow each of the answers under way."""
        ...


class Lookahead:
    """A search, and the beginnings of answers that the model has read for it or may read next.

    `tree` holds the tokens behind all of the prompt but its last one, `begin`, which is read with
    the first of them.
    """

    def __init__(self, search: Search, drafts: Drafts, tree: TokenTree, begin: int) -> None:
        self.search, self._drafts, self._tree, self._begin = search, drafts, tree, begin
        self._slots: dict[Beginning, int] = {}
        self._following: dict[Beginning, NextTokens] = {}  # of those that the model has read
        self._new: list[Beginning] = []

    @property
    def wanted(self) -> list[Beginning]:
        """What the search cannot go on without."""
        return [one for one in dict.fromkeys(self.search.running) if one not in self._following]

    def grow(self, spare: int) -> None:
        """Has the model read what the search wants next, and up to `spare` tokens that it may want
        then."""
        for beginning in self.wanted:
            self._add(beginning)
        running = dict.fromkeys(self.search.running)
        length = len(next(iter(running)))
        spare = min(spare, AHEAD - sum(len(one) > length for one in self._slots))
        guesses = (
            [(beginning, self._drafts.after(beginning)) for beginning in running]
            if spare > 0
            else []
        )
        for size in range(1, LENGTH + 1):
            for beginning, guess in guesses:
                if spare > 0 and size <= len(guess):
                    spare -= self._add((*beginning, *guess[:size]))

    def _add(self, beginning: Beginning) -> bool:
        """True if it is new; what it continues is known."""
        if beginning in self._slots:
            return False
        before = self._slots[beginning[:-1]] if beginning else None
        self._slots[beginning] = self._tree.add(beginning[-1] if beginning else self._begin, before)
        self._new.append(beginning)
        return True

    def take(self, following: Sequence[NextTokens]) -> None:
        """Goes on with what the model finds behind each of the new beginnings, as far as it was
        read ahead."""
        self._following.update(zip(self._new, following, strict=True))
        self._new = []
        while not self.search.done and not self.wanted:
            self.search.advance(
                NextTokens.together([self._following[one] for one in self.search.running])
            )
        if not self.search.done:
            self._forget()

    def _forget(self) -> None:
        """Lets go of all that no answer under way begins with, or goes on with."""
        running = set(self.search.running)
        length = len(next(iter(running)))
        past = {one[:size] for one in running for size in range(length + 1)}
        self._slots = {
            one: slot for one, slot in self._slots.items() if one in past or one[:length] in running
        }
        self._following = {
            one: found
            for one, found in self._following.items()
            if one in self._slots and len(one) >= length
        }
        self._tree.keep(self._slots.values())
