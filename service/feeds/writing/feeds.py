"""A digest as a feed: Atom or JSON Feed.

Its last entries say how many stories were left out, and what is wrong with feeds.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from markupsafe import escape

from service.feeds.digest import Digest
from service.feeds.writing.html import write_entry, write_health
from service.feeds.writing.words import Words

ATOM: Final = "http://www.w3.org/2005/Atom"
JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
_NAME: Final = "Brève"


@dataclass(frozen=True)
class _FeedEntry:
    """An entry of Atom or JSON Feed. `content` is HTML; `source` and `heading` may be empty.

    `date` is None where the source gives none.
    """

    key: str
    title: str
    content: str
    summary: str
    link: str
    date: datetime | None
    source: str = ""
    heading: str = ""


def write_atom(digest: Digest) -> str:
    """The digest as Atom (RFC 4287)."""
    from lxml import etree
    from lxml.builder import ElementMaker

    atom = ElementMaker(namespace=ATOM, nsmap={None: ATOM})
    words = Words(digest.language)
    sources = digest.feeds or [entry.key for entry in digest.entries]
    feed = atom.feed(
        atom.title(words.title(digest.made)),
        atom.id(_identifier("\n".join(sorted(sources)))),
        atom.updated(digest.made.isoformat()),
        atom.author(atom.name(_NAME)),
        atom.generator(_NAME),
        {"{http://www.w3.org/XML/1998/namespace}lang": digest.language},
    )
    for entry in _entries(digest, words):
        element = atom.entry(
            atom.title(entry.title),
            atom.id(_identifier(entry.key)),
            atom.updated((entry.date or digest.made).isoformat()),  # Atom requires a date.
            atom.content(entry.content, type="html"),
        )
        if entry.summary:
            element.append(atom.summary(entry.summary))
        if entry.link:
            element.append(atom.link(href=entry.link, rel="alternate"))
        if entry.source:
            element.append(atom.author(atom.name(entry.source)))
        if entry.heading:
            element.append(atom.category(term=entry.heading))
        feed.append(element)
    written = etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return str(written.decode())


def write_json_feed(digest: Digest) -> str:
    """The digest as JSON Feed 1.1."""
    words = Words(digest.language)
    feed = {
        "version": JSON_FEED,
        "title": words.title(digest.made),
        "language": digest.language,
        "items": [_as_json(entry) for entry in _entries(digest, words)],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _as_json(entry: _FeedEntry) -> dict[str, Any]:
    fields = {
        "id": _identifier(entry.key),
        "url": entry.link,
        "title": entry.title,
        "content_html": entry.content,
        "summary": entry.summary,
        "date_published": entry.date.isoformat() if entry.date else "",
        "authors": [{"name": entry.source}] if entry.source else [],
        "tags": [entry.heading] if entry.heading else [],
    }
    return {name: value for name, value in fields.items() if value}


def _entries(digest: Digest, words: Words) -> Iterator[_FeedEntry]:
    for entry in digest.entries:
        yield _FeedEntry(
            key=entry.key,
            title=entry.headline,
            content=write_entry(entry, words),
            summary=entry.summary,
            link=entry.telling.link,
            date=entry.telling.published,
            source=entry.telling.source,
            heading=entry.heading,
        )
    if digest.left_out:
        title = words.word("left_out", count=digest.left_out)
        key = f"left_out {digest.made.isoformat()}"
        yield _FeedEntry(key, title, f"<p>{escape(title)}</p>", "", "", digest.made)
    if digest.health:
        title = words.word("health")
        key = f"health {digest.made.isoformat()}"
        yield _FeedEntry(key, title, write_health(digest, words), "", "", digest.made)


def _identifier(key: str) -> str:
    return uuid5(NAMESPACE_URL, key).urn
