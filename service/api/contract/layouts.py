"""Writes a summary as Markdown or plain text, as one paragraph or as bullets."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal

Layout = Literal["paragraph", "bullets"]

# Characters that Markdown may read as markup: anywhere, and at the beginning of a paragraph.
_MARKS: Final = re.compile(r"([\\`*_\[\]<>])")
_OPENING: Final = re.compile(r"^(\d{1,9})(?=[.)])|^(?=[#+\-=~|])")


def lay_out(sentences: Sequence[str], layout: Layout) -> str:
    """The sentences as one paragraph, or each as a bullet on a line of its own."""
    if layout == "bullets":
        return "\n".join(f"- {sentence}" for sentence in sentences)
    return " ".join(sentences)


def as_plain(summary: dict[str, Any], layout: Layout) -> str:
    """A `SummaryBody` as plain text: its headline, an empty line, and its sentences."""
    texts = [sentence["text"] for sentence in summary["sentences"]]
    return _below(summary["headline"] or "", lay_out(texts, layout))


def as_markdown(summary: dict[str, Any], layout: Layout) -> str:
    """A `SummaryBody` as Markdown (CommonMark), its headline as a heading."""
    texts = [_escaped(sentence["text"]) for sentence in summary["sentences"]]
    headline = summary["headline"]
    return _below(f"# {_escaped(headline)}" if headline else "", lay_out(texts, layout))


def _below(headline: str, text: str) -> str:
    return f"{headline}\n\n{text}\n" if headline else f"{text}\n"


def _escaped(text: str) -> str:
    """Escapes the characters that Markdown would read as markup."""
    return _OPENING.sub(lambda mark: f"{mark[1] or ''}\\", _MARKS.sub(r"\\\1", text))
