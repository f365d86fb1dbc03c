"""Reads OPML: lists of feeds, in folders."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from service.feeds.incoming.marks import printable
from service.feeds.item import Subscription
from service.text.addresses import is_web_address

if TYPE_CHECKING:
    from lxml.etree import XMLParser

MAX_FEEDS: Final = 2_000  # of all lists of a run; the rest is not read
MAX_DEPTH: Final = 8  # folders within folders
_HEAD_BYTES: Final = 4096
_BETWEEN_FOLDERS: Final = " / "
_FEED: Final = re.compile(r"\Afeed://", re.IGNORECASE)


def is_opml(content: bytes) -> bool:
    """True if a file begins as OPML does."""
    head = content[:_HEAD_BYTES].replace(b"\0", b"").lower()  # UTF-16 too
    return b"<opml" in head


def read_opml(content: bytes) -> list[Subscription]:
    """The feeds of an OPML file, each address once, in order.

    Only web addresses count: a list from elsewhere must not name files of this machine. An entity
    is never resolved. A file that is broken gives what can be read.
    """
    from lxml import etree

    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None:
        return []
    by_address: dict[str, Subscription] = {}
    for subscription in _read_outlines(root, ()):
        by_address.setdefault(subscription.address, subscription)
    return list(by_address.values())


def _parser() -> "XMLParser":
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )


def _read_outlines(element: Any, folders: tuple[str, ...]) -> Iterator[Subscription]:
    for child in element:
        if not isinstance(child.tag, str) or len(folders) > MAX_DEPTH:
            continue
        fields = {
            str(name).lower(): printable(str(value)).strip() for name, value in child.attrib.items()
        }
        title = fields.get("title") or fields.get("text", "")
        address = _FEED.sub("http://", fields.get("xmlurl", ""))
        if is_web_address(address):
            yield Subscription(address, _BETWEEN_FOLDERS.join(folders), title)
        is_folder = child.tag.lower() == "outline" and not address
        below = (*folders, title) if is_folder and title else folders
        yield from _read_outlines(child, below)
