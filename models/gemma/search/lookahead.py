"""Lets a search use tokens that the model has read ahead of it."""

from collections.abc import Sequence
from typing import Final, Protocol

from models.gemma.search.beam_search import Answer
from models.gemma.search.drafts import LENGTH, Drafts
from models.gemma.search.next_tokens import NextTokens
from models.gemma.search.token_tree import TokenTree

# Tokens that may be read ahead at a time.
AHEAD: Final = 16

# The tokens of an answer so far.
Beginning = tuple[int, ...]


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
        """The answers that are finished, or all of them once it is `done`."""
        ...

    @property
    def done(self) -> bool:
        """True once the search needs no further tokens."""
        ...

    def advance(self, following: NextTokens) -> None:
        """Continues each of the answers under way."""
        ...


class Lookahead:
    """A search, and the beginnings of answers that the model has read for it or reads next.

    `begin` is the last token of the prompt. `tree` holds `begin` and the tokens of answers behind
    the rest of the prompt.
    """

    def __init__(self, search: Search, drafts: Drafts, tree: TokenTree, begin: int) -> None:
        self.search, self._drafts, self._tree, self._begin = search, drafts, tree, begin
        self._slots: dict[Beginning, int] = {}
        # The next tokens after each beginning that the model has read.
        self._following: dict[Beginning, NextTokens] = {}
        self._new: list[Beginning] = []

    @property
    def wanted(self) -> list[Beginning]:
        """The beginnings that must be read before the search can go on."""
        running = dict.fromkeys(self.search.running)
        return [beginning for beginning in running if beginning not in self._following]

    def grow(self, spare: int) -> None:
        """Adds the beginnings that the search needs next, and up to `spare` guessed tokens."""
        for beginning in self.wanted:
            self._add(beginning)
        running = dict.fromkeys(self.search.running)
        length = len(next(iter(running)))
        spare = min(spare, AHEAD - sum(len(beginning) > length for beginning in self._slots))
        if spare <= 0:
            return
        guesses = [(beginning, self._drafts.after(beginning)) for beginning in running]
        for size in range(1, LENGTH + 1):
            for beginning, guess in guesses:
                if spare > 0 and size <= len(guess):
                    spare -= self._add((*beginning, *guess[:size]))

    def _add(self, beginning: Beginning) -> bool:
        """Adds a beginning to the tree; False if it was there.

        The tree already holds the beginning without its last token.
        """
        if beginning in self._slots:
            return False
        before = self._slots[beginning[:-1]] if beginning else None
        self._slots[beginning] = self._tree.add(beginning[-1] if beginning else self._begin, before)
        self._new.append(beginning)
        return True

    def take(self, following: Sequence[NextTokens]) -> None:
        """Takes the next tokens after the new beginnings.

        The search then goes on as far as the model has read ahead.
        """
        self._following.update(zip(self._new, following, strict=True))
        self._new = []
        while not self.search.done and not self.wanted:
            of_running = [self._following[beginning] for beginning in self.search.running]
            self.search.advance(NextTokens.together(of_running))
        if not self.search.done:
            self._forget()

    def _forget(self) -> None:
        """Drops the beginnings that no answer under way begins with or may still reach."""
        running = set(self.search.running)
        length = len(next(iter(running)))
        past = {beginning[:size] for beginning in running for size in range(length + 1)}
        self._slots = {
            beginning: slot
            for beginning, slot in self._slots.items()
            if beginning in past or beginning[:length] in running
        }
        self._following = {
            beginning: next_tokens
            for beginning, next_tokens in self._following.items()
            if beginning in self._slots and len(beginning) >= length
        }
        self._tree.keep(self._slots.values())
