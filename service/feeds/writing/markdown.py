"""A digest as Markdown (CommonMark)."""

import re
from collections.abc import Iterator
from typing import Final

from service.feeds.digest import Digest, Health
from service.feeds.entries import Entry, EntrySentence, Telling
from service.feeds.writing.words import Words, keep_figures_whole
from service.text.markdown import escape_markdown

_NO_ADDRESS: Final = re.compile(r"[\s<>\\]")


def write_markdown(digest: Digest) -> str:
    """The digest as Markdown. What feeds say is escaped: none of it is markup.

    The footnote of a sentence holds the sentences of the article that support it.
    """
    words = Words(digest.language)
    lines = [f"# {words.title(digest.made)}"]
    notes: list[str] = []
    if opening := words.opening(digest):
        lines.append(opening)
    for section in digest.sections:
        lines.append(f"## {_escape(section.heading)}")
        for entry in section.entries:
            lines += _entry(entry, words, notes)
    if digest.left_out:
        lines.append(words.word("left_out", count=digest.left_out))
    if digest.health:
        lines.append(f"## {words.word('health')}")
        lines.append("\n".join(_health(health, words) for health in digest.health))
    lines += notes
    return "\n\n".join(lines) + "\n"


def _entry(entry: Entry, words: Words, notes: list[str]) -> Iterator[str]:
    yield f"### {_link(entry.headline, entry.telling.link)}"
    if entry.sentences:
        basis = f" *({basis})*" if (basis := words.basis(entry)) else ""
        yield " ".join(_sentence(sentence, notes) for sentence in entry.sentences) + basis
    yield _byline(entry.telling, words)
    colon = words.word("colon")
    for addition in entry.additions:
        added = _escape(words.word("added", source=addition.source))
        yield f"**{added}**{colon}{_escape(addition.text)}"
    if entry.differences:
        differences = "; ".join(_escape(words.difference(pair)) for pair in entry.differences)
        yield f"**{words.word('differ')}**{colon}{differences}"
    if entry.others:
        others = "\n".join(
            f"- {_escape(other.source)}{colon}{_link(other.title, other.link)}"
            for other in entry.others
        )
        yield f"{words.word('others')}{colon.rstrip()}\n\n{others}"


def _sentence(sentence: EntrySentence, notes: list[str]) -> str:
    """A sentence with the mark of its footnote, which is added to `notes`.

    A sentence that is the article's own needs no footnote.
    """
    text, evidence = _escape(sentence.text), _escape(" ".join(sentence.evidence))
    if evidence in ("", text):
        return text
    number = len(notes) + 1
    notes.append(f"[^{number}]: {evidence}")
    return f"{text}[^{number}]"


def _byline(telling: Telling, words: Words) -> str:
    parts = (_escape(telling.source), words.date(telling.published))
    return " · ".join(filter(None, parts))


def _health(health: Health, words: Words) -> str:
    name, trouble = _escape(words.name(health)), _escape(words.trouble(health))
    return f"- {name}{words.word('colon')}{trouble}"


def _link(text: str, address: str) -> str:
    if not address:
        return _escape(text)
    quoted = _NO_ADDRESS.sub(lambda sign: f"%{ord(sign[0]):02X}", address)
    return f"[{_escape(text)}](<{quoted}>)"


def _escape(text: str) -> str:
    """The text in one line, in which nothing is markup."""
    return escape_markdown(keep_figures_whole(" ".join(text.split())))
