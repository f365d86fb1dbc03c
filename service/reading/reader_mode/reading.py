"""Reads a text that was copied from a browser's reader mode: header lines, then paragraphs, some of
them broken."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Final

from service.reading.article import Extract
from service.reading.boilerplate import ANNOUNCEMENT, HEADER_BLOCKS, Kind
from service.reading.bylines import is_byline, is_masthead
from service.reading.markdown import WINDOWS, blank_non_prose, read_front_matter
from service.reading.reader_mode.blocks import (
    CONTINUATION,
    DANGLING,
    FULL_STOP,
    LONG_FRAGMENT,
    TERMINAL,
    Block,
    split_blocks,
)
from service.reading.reader_mode.body_start import find_body, first_index
from service.reading.reader_mode.header import (
    add_front_matter,
    may_be_title,
    read_header,
    repeats_header,
)
from service.reading.reader_mode.paragraphs import join_blocks
from service.reading.wordings import expression

MAX_TITLE_WORDS: Final = 25  # of another article, below "À lire aussi"
MAX_LINK_WORDS: Final = 4  # of a link inside a sentence

_PAGE_NUMBER: Final = re.compile(r"\d{1,3}")
_COMMENTS: Final = re.compile(
    rf"\W*{expression('reader_mode/words', 'comments')}\W*", re.IGNORECASE
)


def go_on_always() -> None:
    """Never ends the reading of a text."""


def read(text: str, go_on: Callable[[], None] = go_on_always) -> Extract:
    """Reads the article of a text.

    `go_on` is called before each block; an exception that it raises ends the reading.
    """
    # Before the text is split: one of these control characters (U+0085) counts as a line end.
    visible = text.translate(WINDOWS)
    blocks = []
    for block in split_blocks(blank_non_prose(visible)):
        go_on()
        blocks += [block] if block.text else []
    blocks = _drop_page_numbers(blocks)
    paywalled = any(block.kind is Kind.PAYWALL for block in blocks)
    blocks = _mark_pieces(blocks)
    blocks = _drop_comments(blocks)
    blocks = _drop_masthead(blocks)

    head = blocks[: min(find_body(blocks), HEADER_BLOCKS)]
    header = read_header(head, blocks[:HEADER_BLOCKS])
    header = add_front_matter(header, read_front_matter(visible))
    body = _drop_link_titles(blocks[len(head) :] if header.title or not head else blocks)
    kept = [block for block in body if block.kind is None and not repeats_header(block, header)]
    texts = [block.text for block in blocks]
    return Extract(header, join_blocks(kept), text, paywalled, texts)


def _mark_pieces(blocks: list[Block]) -> list[Block]:
    """Marks the blocks that look like a link or a credit but are a piece of a broken sentence ("a
    appris", "Reuters", "auprès de")."""
    neighbours = zip([None, *blocks], blocks, [*blocks[1:], None], strict=False)
    return [
        replace(block, is_piece=True) if _is_piece(before, block, after) else block
        for before, block, after in neighbours
    ]


def _is_piece(before: Block | None, block: Block, after: Block | None) -> bool:
    if before is None or after is None or before.kind is not None:
        return False
    if block.kind not in {Kind.LINK, Kind.CREDIT} or len(block.text.split()) > MAX_LINK_WORDS:
        return False
    is_broken = bool(DANGLING.search(before.text)) or len(before.text) >= LONG_FRAGMENT
    is_open = is_broken and not TERMINAL.search(before.text)
    return is_open and bool(CONTINUATION.match(after.text))


def _drop_page_numbers(blocks: list[Block]) -> list[Block]:
    """The blocks without the numbers of a file's pages.

    They are dropped only if they follow each other: any other number may be part of the text.
    """
    numbers = [int(block.text) for block in blocks if _PAGE_NUMBER.fullmatch(block.text)]
    if len(numbers) < 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return blocks
    return [block for block in blocks if not _PAGE_NUMBER.fullmatch(block.text)]


def _drop_link_titles(blocks: list[Block]) -> list[Block]:
    """The blocks without the titles of other articles below "À lire aussi"."""
    kept: list[Block] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        kept.append(block)
        index += 1
        if ANNOUNCEMENT.fullmatch(block.text):
            index = _skip_link_titles(blocks, index)
    return kept


def _skip_link_titles(blocks: list[Block], first: int) -> int:
    """The index behind the titles of other articles that begin at `first`.

    If other boilerplate or the end of the text follows, all lines before it are titles. Otherwise
    only the items of a list are, or one line and the rubric above it.
    """
    behind = range(first, len(blocks))
    end = next((k for k in behind if not _is_link_title(*blocks[k : k + 2])), len(blocks))
    if end == len(blocks) or blocks[end].kind is not None:
        return end
    lines = range(first, end)
    list_end = next((k for k in lines if not blocks[k].is_item), end)
    title_end = next((k + 1 for k in lines if len(blocks[k].text.split()) > 1), first)
    return max(list_end, title_end)


def _is_link_title(block: Block, next_block: Block | None = None) -> bool:
    """True for a line that may be a title, but neither a heading nor a piece of a broken
    sentence."""
    if block.is_heading or block.kind is not None or len(block.text.split()) > MAX_TITLE_WORDS:
        return False
    sentence_end = FULL_STOP if block.is_item else TERMINAL
    if sentence_end.search(block.text) or DANGLING.search(block.text):
        return False
    blocks = [block] if next_block is None else [block, next_block]
    return not any(block.is_piece or CONTINUATION.match(block.text) for block in blocks)


def _drop_comments(blocks: list[Block]) -> list[Block]:
    """The blocks above the readers' comments.

    The line with the number of comments may stand below the title, too. The comments begin at such
    a line only if more of the text is above it than below.
    """
    length = sum(len(block.text) for block in blocks)
    length_above = 0
    for index, block in enumerate(blocks):
        if length_above > length / 2 and _COMMENTS.fullmatch(block.text):
            return blocks[:index]
        length_above += len(block.text)
    return blocks


def _drop_masthead(blocks: list[Block]) -> list[Block]:
    """The blocks without the newspaper's name directly above the title."""
    index = first_index(blocks[:HEADER_BLOCKS], lambda block: block.kind is None)
    if any(_is_masthead_above(*pair) for pair in pairwise(blocks[index : index + 2])):
        return [*blocks[:index], *blocks[index + 1 :]]
    return blocks


def _is_masthead_above(name: Block, title: Block) -> bool:
    """True for a newspaper's name and the title below it, which is longer."""
    if not is_masthead(name.text) or len(name.text.split()) >= len(title.text.split()):
        return False
    if name.is_heading and not title.is_heading:
        return False
    return may_be_title(title) and not FULL_STOP.search(title.text) and not is_byline(title.text)
