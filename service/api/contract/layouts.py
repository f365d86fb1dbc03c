"""Writes a summary as Markdown or plain text, as one paragraph or as bullets."""

from collections.abc import Sequence
from typing import Any, Literal

from service.text.markdown import escape_markdown

Layout = Literal["paragraph", "bullets"]


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
    texts = [escape_markdown(sentence["text"]) for sentence in summary["sentences"]]
    headline = summary["headline"]
    return _below(f"# {escape_markdown(headline)}" if headline else "", lay_out(texts, layout))


def _below(headline: str, text: str) -> str:
    return f"{headline}\n\n{text}\n" if headline else f"{text}\n"
