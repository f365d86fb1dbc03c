"""Words that stand in a row."""

from collections.abc import Sequence


def runs(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """All runs of `size` of these words, in their order."""
    return [tuple(words[start : start + size]) for start in range(len(words) - size + 1)]
