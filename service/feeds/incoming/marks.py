"""Reads the text of an item from its HTML."""

import re
from typing import Final

_TAG: Final = re.compile(r"<[a-zA-Z!/]|&[#\w]+;")
_BLOCKS: Final = frozenset("p div br li h1 h2 h3 h4 h5 h6 tr blockquote section figure".split())
_NOT_READ: Final = ("script", "style", "figcaption", "iframe", "object")
_SPACES: Final = re.compile(r"[^\S\n]+")
_BLANK_LINES: Final = re.compile(r"\s*\n\s*")
# The line that blogs put under each item ("The post … appeared first on …").
_FOOTER: Final = re.compile(
    r"\n?(?:The post .{1,300} appeared first on|L['’]article .{1,300} est apparu en premier sur)"
    r".{0,200}\Z",
    re.DOTALL,
)
# Characters that XML forbids, and lone surrogates, which no file can hold.
_NO_TEXT: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_TEXT: Final = 20_000  # characters of an item; the rest is not read
LONGEST_LINE: Final = 300  # characters of a title
MOST_WORDS: Final = 12  # of an opening
CUT: Final = "…"  # ends a text that was cut


def text_of(html: str) -> str:
    """The text of a piece of HTML, one line a paragraph, at most LONGEST_TEXT characters."""
    text = _without_tags(html) if _TAG.search(html) else html
    text = printable(text)
    lines = _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()[:LONGEST_TEXT]
    return _FOOTER.sub("", lines).strip()


def line_of(html: str) -> str:
    """The text of a piece of HTML in one line, at most LONGEST_LINE characters."""
    return " ".join(text_of(html).split())[:LONGEST_LINE].strip()


def opening_of(text: str) -> str:
    """The first words of a text, as the title of an item that has none."""
    words = line_of(text.split("\n", 1)[0]).split()
    opening = " ".join(words[:MOST_WORDS])
    return opening if len(words) <= MOST_WORDS else f"{opening.rstrip(' ,;:.–')}{CUT}"


def printable(text: str) -> str:
    """The text without characters that no document may hold."""
    return _NO_TEXT.sub("", text)


def _without_tags(html: str) -> str:
    from lxml import etree
    from lxml.html import HTMLParser, fragment_fromstring

    parser = HTMLParser(huge_tree=False, no_network=True)
    try:
        tree = fragment_fromstring(html.replace("\0", ""), create_parent="div", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return re.sub(r"<[^<>]{0,2000}>", " ", html)
    for element in list(tree.iter(*_NOT_READ)):
        element.drop_tree()
    for element in tree.iter():
        if element.tag in _BLOCKS:
            element.tail = f"\n{element.tail or ''}"
    return "".join(tree.itertext(with_tail=True))
