"""Guesses how an answer goes on, from the text that it is about.

Nine in ten of a summary's runs of four words stand in the text. The model reads several tokens in
hardly more time than one, so a guess costs little. Each guessed token that the search takes saves a
step. The answers are those of a search without guesses.

Source: Yang et al., "Inference with Reference: Lossless Acceleration of Large Language Models",
2023 (arXiv:2304.04487).
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

# The most tokens of an answer that are looked for in the text.
LONGEST: Final = 6
# The most tokens of a guess.
LENGTH: Final = 4


class Drafts:
    """Guesses from one text."""

    def __init__(self, text: Sequence[int]) -> None:
        self._text = tuple(text)

    @cached_property
    def _ends(self) -> dict[tuple[int, ...], int]:
        """Where each run of tokens first ends.

        The table is made at the first guess, since many requests at once leave no room for guesses.
        """
        ends: dict[tuple[int, ...], int] = {}
        for size in range(1, LONGEST + 1):
            for end in range(size, len(self._text)):
                ends.setdefault(self._text[end - size : end], end)
        return ends

    def after(self, answer: tuple[int, ...]) -> tuple[int, ...]:
        """The text's tokens behind the longest end of `answer` that the text has, or none."""
        for size in range(min(LONGEST, len(answer)), 0, -1):
            end = self._ends.get(answer[-size:])
            if end is not None:
                return self._text[end : end + LENGTH]
        return ()
