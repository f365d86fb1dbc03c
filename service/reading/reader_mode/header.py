"""Reads the header of a reader-mode copy: title, byline, date and source, from the lines above the
article and from the fields above them."""

import re
from itertools import pairwise
from typing import Final

from service.reading.article import Header
from service.reading.boilerplate import DATE, Kind
from service.reading.bylines import (
    BY,
    MAX_BYLINE,
    cut_at_date,
    find_authors,
    is_paper,
    strip_byline,
)
from service.reading.dates import is_of_update, iso_date
from service.reading.reader_mode.blocks import FULL_STOP, MAX_TITLE, Block
from service.reading.wordings import expression
from service.text.sentences import MAX_SENTENCE_CHARACTERS

# Blocks behind the header in which a bare date, without "publié", may be the article's; lead and
# byline are among them. Further down, such a date belongs to a chronology.
BEHIND_LEAD: Final = 4
MAX_LINK: Final = 2_000  # characters, its address included
# Characters of a field above the text. A longer one is no title, name, date or address.
MAX_FIELD: Final = 500

_LINKED: Final = re.compile(
    r"\]\((?:https?://)?([^)\s/#]+\.[a-z]{2,})[^)]*\)"
    r"|(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})"
)
_STATEMENT: Final = re.compile(f": {expression('reader_mode/words', 'statement')} ")
_BARE_DATE: Final = re.compile(rf"(?:le |\w+di |dimanche )*{DATE.pattern}", re.IGNORECASE)
_BELOW_BYLINE: Final = {Kind.DATELINE, Kind.READING_TIME}


def read_header(head: list[Block], first: list[Block]) -> Header:
    """The header that the lines of the text give.

    `head` holds the blocks above the article's text. `first` are the first blocks of the copy:
    byline and date may also stand behind a lead.
    """
    lines = [block for block in head if _is_header_line(block)]
    title = _find_title(head, lines)
    datelines = _find_datelines(first, len(head) + BEHIND_LEAD)
    signed_lines = _find_signed_lines(first, title)
    other_lines = [
        *_find_lines_above_dates(first, title),
        *map(cut_at_date, datelines),
        *(block.text for block in _blocks_behind(title, lines)),
    ]
    byline = find_authors([*signed_lines, *sorted(other_lines, key=is_paper)])
    dates = map(iso_date, sorted(datelines, key=is_of_update))
    return Header(
        title=title.text if title else "",
        byline=byline,
        published=next(filter(None, dates), ""),
        source=_find_source(first),
    )


def _is_header_line(block: Block) -> bool:
    is_credit_of_author = block.kind is Kind.PROMPT and bool(BY.match(block.text))
    return block.kind is None or is_credit_of_author


def _find_title(head: list[Block], lines: list[Block]) -> Block | None:
    """The first heading, or else the first line that may be a title."""
    headings = (
        block for block in lines if block.is_heading and len(block.text) <= MAX_SENTENCE_CHARACTERS
    )
    return next(headings, None) or next(filter(may_be_title, head), None)


def _find_datelines(first: list[Block], most: int) -> list[str]:
    """The lines that say when the article was published; they may stand behind a first paragraph. A
    bare date counts among the first `most` blocks only."""
    datelines = (
        (place, block.text) for place, block in enumerate(first) if block.kind is Kind.DATELINE
    )
    return [line for place, line in datelines if place < most or not _BARE_DATE.match(line)]


def _find_signed_lines(first: list[Block], title: Block | None) -> list[str]:
    """The lines that say who wrote the article."""
    lines = [block.text for block in first if _may_name_author(block, title)]
    return [line for line in lines if BY.match(line) and not FULL_STOP.search(line)]


def _find_lines_above_dates(first: list[Block], title: Block | None) -> list[str]:
    """The lines above a date or a reading time, which name somebody or the site."""
    undated = {block.text for block in first if _may_name_author(block, title)}
    return [
        block.text
        for block, next_block in pairwise(first)
        if next_block.kind in _BELOW_BYLINE and block.text in undated
    ]


def _may_name_author(block: Block, title: Block | None) -> bool:
    return block.kind is not Kind.DATELINE and block is not title


def _blocks_behind(title: Block | None, lines: list[Block]) -> list[Block]:
    """The lines below the title; all of them without a title."""
    return lines[lines.index(title) + 1 :] if title in lines else lines


def add_front_matter(header: Header, fields: dict[str, str]) -> Header:
    """The header, completed by the fields above the text, which win over the lines."""
    fields = {name: value for name, value in fields.items() if len(value) <= MAX_FIELD}
    address = _LINKED.search(fields.get("url source") or fields.get("url") or "")
    date = iso_date(fields.get("date") or fields.get("published time") or "")
    return Header(
        title=fields.get("title") or header.title,
        byline=fields.get("author") or header.byline,
        published=date or header.published,
        source=_host(address[2]) if address and address[2] else header.source,
    )


def may_be_title(block: Block) -> bool:
    """True for a line of text that is no byline.

    A line that begins like a credit but states something may be a title, too ("Copyright : les
    éditeurs attaquent OpenAI").
    """
    is_statement = block.kind is Kind.CREDIT and bool(_STATEMENT.search(block.text))
    if block.kind is not None and not is_statement:
        return False
    words = block.text.split()
    return len(words) >= 3 and len(block.text) <= MAX_TITLE and not BY.match(block.text)


def _find_source(first: list[Block]) -> str:
    """The site that a header link or address names."""
    for block in first:
        if block.kind is Kind.LINK and (link := _LINKED.search(block.raw[:MAX_LINK])):
            return _host(link[1] or link[2])
    return ""


def _host(address: str) -> str:
    return address.removeprefix("www.").lower()


def repeats_header(block: Block, header: Header) -> bool:
    """True for a block that says the title or the byline again."""
    text = block.text.casefold()
    if text == header.title.casefold():
        return True
    if not header.byline or len(text) > MAX_BYLINE:
        return False
    return strip_byline(block.text).casefold() == header.byline.casefold()
