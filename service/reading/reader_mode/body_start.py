"""Finds where the article's text begins in a reader-mode copy: behind title, byline and date, but
not in the middle of a broken sentence."""

import re
from collections.abc import Callable
from typing import Final

from service.reading.boilerplate import boilerplate
from service.reading.bylines import is_byline
from service.reading.reader_mode.blocks import (
    CONTINUATION,
    DANGLING,
    FULL_STOP,
    MAX_TITLE,
    TERMINAL,
    Block,
)
from service.reading.reader_mode.header import may_be_title
from service.text.sentences import is_complete, sentences

MIN_SENTENCE: Final = 2  # words; "Bonjour." opens no article
MIN_PARAGRAPH: Final = 8  # words

# A heading of the highest level, which is the title.
_HIGHEST: Final = re.compile(r"\s*+(?:#\s|[^\n]++\n[ \t]*+=)")


def find_body(blocks: list[Block]) -> int:
    """The index of the first block of the article's text."""
    title = first_index(blocks, lambda block: block.is_heading or may_be_title(block))
    paragraphs = (
        index
        for index, block in enumerate(blocks)
        if _is_paragraph(block, is_behind_title=index > title)
    )
    body = next(paragraphs, len(blocks))
    if body == len(blocks):
        body = first_index(blocks, _is_short_paragraph)
    while title + 1 < body < len(blocks) and _is_continued(blocks[body - 1], blocks[body]):
        body -= 1
    return _include_short_sentences(blocks, title, body)


def first_index(blocks: list[Block], is_wanted: Callable[[Block], bool]) -> int:
    """The index of the first block that is wanted; the number of blocks if there is none."""
    return next((index for index, block in enumerate(blocks) if is_wanted(block)), len(blocks))


def ends_in_second_sentence(text: str) -> bool:
    """True if the last sentence of the text stands behind another one.

    A credit or a byline, as it stands behind a caption, is no sentence.
    """
    *earlier, last = sentences(text)
    return bool(earlier) and not is_byline(last) and boilerplate(last) is None


def _include_short_sentences(blocks: list[Block], title: int, body: int) -> int:
    """Where the article begins if short sentences or sub-headings stand between the title and the
    paragraph `body`. Only boilerplate and the byline may stand among them."""
    for index in range(min(body, len(blocks)) - 1, title, -1):
        block = blocks[index]
        if _is_short_sentence(block) or _is_sub_heading(block):
            body = index
        elif block.kind is None and not is_byline(block.text):
            break
    return body


def _is_sub_heading(block: Block) -> bool:
    """True for a line that is marked as a heading, but not as one of the highest level."""
    is_sub = block.is_heading and not _HIGHEST.match(block.raw)
    return is_sub and may_be_title(block) and not is_byline(block.text)


def _is_short_sentence(block: Block) -> bool:
    """True for a sentence of two words or more that is no caption, which would end in a credit."""
    if block.is_heading or block.kind is not None:
        return False
    if len(block.text.split()) < MIN_SENTENCE or not is_complete(block.text):
        return False
    return not is_byline(block.text.rstrip(" .")) and boilerplate(sentences(block.text)[-1]) is None


def _is_paragraph(block: Block, is_behind_title: bool) -> bool:
    """True for a long piece of text, or a sentence with its end.

    Up to the title, a line that ends in "?", "!", ":" or "»" may be the title itself. So a sentence
    must end in a full stop there, or in "…" or ";". Behind the title, a broken paragraph counts if
    it begins with a whole sentence.
    """
    if block.is_heading or block.kind is not None:
        return False
    if len(block.text) > MAX_TITLE:
        return True
    if len(block.text.split()) < MIN_PARAGRAPH:
        return False
    if is_behind_title:
        return bool(TERMINAL.search(block.text)) or ends_in_second_sentence(block.text)
    return bool(FULL_STOP.search(block.text))


def _is_short_paragraph(block: Block) -> bool:
    return not block.is_heading and block.kind is None and block.text.endswith((".", "…"))


def _is_continued(block: Block, next_block: Block) -> bool:
    """True if `next_block` goes on with a sentence that begins in `block`."""
    if block.is_heading or block.kind is not None or is_byline(block.text):
        return False
    if next_block.is_piece or CONTINUATION.match(next_block.text):
        return True
    is_greeting = len(block.text.split()) < 3  # "Bonjour," hangs in the air, too
    return bool(DANGLING.search(block.text)) and not is_greeting
