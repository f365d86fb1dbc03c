"""Parts raw text into paragraphs: at blank lines, and at line ends that also end a sentence or a
heading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from service.reading.boilerplate import Kind, boilerplate
from service.reading.markdown import clean
from service.reading.wordings import expression
from service.text.source_map import SourcedText

MAX_TITLE: Final = 200  # characters
# Characters. A longer paragraph is neither a heading nor boilerplate, so at each of its line ends
# only so many characters are read again. Reading it whole took minutes for 90,000 short lines.
LONG_BLOCK: Final = 600
# Characters. A shorter line without a full stop is a heading, not a broken paragraph.
LONG_FRAGMENT: Final = 60

_BLANK: Final = re.compile(r"\n[ \t\r\u00a0\u202f\u200b]*(?:\n[ \t\r\u00a0\u202f\u200b]*)+")
# A line in bold that ends in a full stop is a paragraph: the lead.
_HEADING: Final = re.compile(
    r"^\s*+(?:#{1,6}\s+\S|\*\*[^*\n]+(?<![.…])\*\*\s*$|[^\r\n]++(?<![.…])\r?\n[ \t]*+(?:={3,}"
    r"|-{3,})\s*+$)"
)
# The line under a heading, or a rule between paragraphs.
_UNDERLINE: Final = re.compile(r"={3,}|-{3,}")
_LIST_ITEM: Final = re.compile(r"\s*[-*+•▪●]\s+\S")
TERMINAL: Final = re.compile(r"[.!?…:;][\s»”\")\]]*$|[»”]\s*$")
FULL_STOP: Final = re.compile(r"[.…;][\s»”\")\]]*$")  # what a title does not end in
DANGLING: Final = re.compile(
    rf"(?:^|[\s'’(]){expression('reader_mode/words', 'unfinished')}['’]?$"
    rf"|(?-i:(?:^|[\s'’(]){expression('reader_mode/words', 'unfinished_small')})$"
    rf"|(?:^|[\s(]){expression('reader_mode/words', 'elided')}['’]$"
    r"|,$|\w-$",
    re.IGNORECASE,
)
CONTINUATION: Final = re.compile(r"[a-zß-ÿœ,;)%]")  # how the rest of a broken sentence begins
BRAND: Final = re.compile(r"[a-z]{1,2}[A-Z]")  # iOS, eBay
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(«'’])(?:M|MM|Mme|Mlle|Dr|Pr|Me|art|cf|p|no|n°|vol|fig)\.$"
)


@dataclass(frozen=True)
class Block:
    """A paragraph or a line of the text, as it stands there (`raw`) and without its markup
    (`clean`)."""

    raw: str
    clean: SourcedText
    is_piece: bool = False  # of a sentence that is broken before and behind it

    @property
    def text(self) -> str:
        """Its text without markup."""
        return self.clean.text

    @property
    def is_heading(self) -> bool:
        """True if the block is marked as a heading."""
        return bool(_HEADING.match(self.raw))

    @property
    def is_item(self) -> bool:
        """True if the block is an item of a list."""
        return bool(_LIST_ITEM.match(self.raw))

    @cached_property
    def kind(self) -> Kind | None:
        """The kind of boilerplate that the block is, if it is any."""
        return None if self.is_piece else boilerplate(self.text)


def split_blocks(text: str) -> Iterator[Block]:
    """The paragraphs of the raw text: parted by blank lines, or by line ends that also end a
    sentence."""
    position = 0
    for separator in [*_BLANK.finditer(text), None]:
        end = separator.start() if separator else len(text)
        yield from _split_lines(text, position, end)
        position = separator.end() if separator else end


def _split_lines(text: str, start: int, end: int) -> Iterator[Block]:
    """The blocks of a part of the text that holds no blank line."""
    block_start = start
    line_start = start
    lines = text[start:end].splitlines(keepends=True)
    for line, next_line in pairwise([*lines, ""]):
        line_end = line_start + len(line)
        before = text[max(block_start, line_end - LONG_BLOCK) : line_end]
        if _ends_block(before, next_line.strip(), is_first_part=start == 0):
            yield _make_block(text, block_start, line_end)
            block_start = line_end
        line_start = line_end
    if block_start < end:
        yield _make_block(text, block_start, end)


def _ends_block(before: str, line: str, is_first_part: bool) -> bool:
    """True if the line end between `before` and `line` parts two paragraphs, not two lines of one.

    `is_first_part`: no blank line stands before them, so a title may be among them.
    """
    before = before.strip()
    if not before or not line:
        return False
    if _UNDERLINE.fullmatch(line):
        return "\n" in before or is_ended(before)
    if _LIST_ITEM.match(line):
        return True
    goes_on = line[0].islower() and "\n" in before and not TERMINAL.search(before)
    if (
        boilerplate(before)
        or (boilerplate(line) and not goes_on)
        or _HEADING.match(before)
        or _HEADING.match(line)
    ):
        return True
    # A short line above a long one is a sub-heading: in wrapped text the next line is short, too.
    is_sub_heading = len(before) < LONG_FRAGMENT < len(line) and len(before.split()) > 1
    is_heading = (is_first_part or is_sub_heading) and _may_be_heading(before)
    return _starts_sentence(line, is_first_part) and (is_ended(before) or is_heading)


def _may_be_heading(before: str) -> bool:
    is_one_line = "\n" not in before
    return is_one_line and not DANGLING.search(before) and len(before) < MAX_TITLE


def _starts_sentence(line: str, is_first_part: bool) -> bool:
    return (
        line[0].isupper()
        or not line[0].isalnum()
        or bool(BRAND.match(line))
        or (is_first_part and line[0].isdigit())
    )


def is_ended(text: str) -> bool:
    """True if `text` ends as a sentence does, not with an abbreviation."""
    return bool(TERMINAL.search(text)) and not _ABBREVIATED.search(text)


def _make_block(text: str, start: int, end: int) -> Block:
    raw = text[start:end]
    return Block(raw, clean(SourcedText.of(raw, start)))
