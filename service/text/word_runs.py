"""Runs of words (n-grams)."""

from collections.abc import Sequence


def runs(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Returns all runs of `size` words, in order; none if there are fewer words."""
    starts = range(len(words) - size + 1)
    return [tuple(words[start : start + size]) for start in starts]
