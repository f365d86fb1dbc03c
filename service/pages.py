"""Reads HTML pages, through trafilatura."""

import re
from dataclasses import replace
from typing import Final

from service.article import EmptyArticle, Extract, Header, TooManyTags
from service.boilerplate import SIGNED, Kind, boilerplate
from service.markdown import INVISIBLE, WINDOWS, clean
from service.page_dates import HEADER_BLOCKS, stated_date
from service.sourced_text import SourcedText

# trafilatura takes up to 0.1 ms for each tag, and for inline tags of one paragraph the square of their number: 30,000 <i>
# take 12 s, 30,000 others 1 to 4 s (two busy processors). Press pages have 300 to some thousands.
MAX_TAGS: Final = 30_000
_TAG: Final = re.compile(r"<[a-zA-Z]")
# The mark of a footnote: a number that is a link or in brackets. That of "m²" is neither.
_NUMBER: Final = r"\s*+(?:\[\s*+\d{1,3}\s*+\]|\(\s*+\d{1,3}\s*+\)|\d{1,3})\s*+"
_NOTE: Final = re.compile(
    rf"<sup\b[^<>]{{0,300}}+>\s*+(?:<a\b[^<>]{{0,1000}}+>{_NUMBER}</a>|(?=[\[(]){_NUMBER})\s*+</sup>", re.IGNORECASE
)
# What may stand before a page's first tag: it says nothing, and behind some of it trafilatura finds no page.
_PROLOGUE: Final = re.compile(r"(?:\s+|<\?xml.*?\?>|<!--.*?-->)*+", re.IGNORECASE | re.DOTALL)
_BREAKS: Final = re.compile(r"(?:<br\b[^<>]{0,100}+>\s*+){3,}+", re.IGNORECASE)  # more than two say nothing more


def extract(html: str) -> Extract:
    """What a page holds.

    Raises EmptyArticle if the page holds no text, and TooManyTags.
    """
    import trafilatura

    html = _NOTE.sub("", _BREAKS.sub("<br><br>", without_prologue(html.translate(WINDOWS))))
    _check_tags(html)
    document = trafilatura.bare_extraction(
        html,
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        target_language=None,
        date_extraction_params={"extensive_search": False, "original_date": True},  # its date, which may be a guess, is not used
    )
    if document is None or not document.text:
        raise EmptyArticle("No article was found in the HTML.")
    blocks = [clean(SourcedText.of(line)).text for line in document.text.split("\n")]
    title = _visible(document.title)
    header = Header(
        title=title,
        byline=_visible(document.author),
        published=stated_date(html, title, blocks),
        source=document.hostname or document.sitename or "",
    )
    kinds = [boilerplate(block) for block in blocks]
    kept = [block for block, kind in zip(blocks, kinds, strict=True) if block and kind is None]
    if signed := next(filter(None, map(SIGNED.match, kept[:HEADER_BLOCKS])), None):
        kept.remove(signed[0])
        header = replace(header, byline=header.byline or signed[1])
    if kept and kept[0].casefold() == header.title.casefold():
        kept = kept[1:]
    return Extract(header, _laid_out(kept), "\n\n".join(kept), Kind.PAYWALL in kinds, [block for block in blocks if block])


def _visible(text: str | None) -> str:
    return INVISIBLE.sub("", text or "").strip()


def without_prologue(html: str) -> str:
    """The page from its doctype or first tag on."""
    return _PROLOGUE.sub("", html, count=1)


def _check_tags(html: str) -> None:
    tags = sum(1 for _ in _TAG.finditer(html))
    if tags > MAX_TAGS:
        detail = (
            f"html: a page of at most {MAX_TAGS} tags is read, {tags} were given; send the article's part of it, or its text."
        )
        raise TooManyTags(detail)


def _laid_out(blocks: list[str]) -> list[SourcedText]:
    paragraphs, start = [], 0
    for block in blocks:
        paragraphs.append(SourcedText.of(block, start))
        start += len(block) + 2
    return paragraphs
