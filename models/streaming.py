"""Answers given piece by piece."""

from collections.abc import Iterable, Iterator


def stripped(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces of a text, without the white space at its two ends."""
    space, begun = "", False
    for piece in pieces:
        text = (space + piece) if begun else piece.lstrip()
        kept = text.rstrip()
        space, begun = text[len(kept) :], begun or bool(kept)
        if kept:
            yield kept
