"""Mends paragraphs of a reader-mode copy that are broken in mid-sentence."""

import re
from dataclasses import dataclass, field
from typing import Final, Self

from service.reading.reader_mode.blocks import (
    BRAND,
    CONTINUATION,
    DANGLING,
    LONG_BLOCK,
    LONG_FRAGMENT,
    Block,
    is_ended,
)
from service.reading.reader_mode.body_start import ends_in_second_sentence
from service.reading.wordings import expression
from service.text.source_map import SourcedText

# Words. A shorter line above a line in lower case may be a heading, not the start of a sentence.
MIN_BEGINNING: Final = 4

_NEW_SENTENCE: Final = re.compile(expression("reader_mode/words", "new_sentence"))


@dataclass
class _Paragraph:
    """A paragraph in the making: its pieces, and what decides whether the next block joins them."""

    pieces: list[SourcedText] = field(default_factory=list)
    is_heading: bool = False
    ending: str = ""  # of its text, at most LONG_BLOCK characters
    straight_marks: int = 0  # quotation marks that look the same at both ends

    @classmethod
    def begin(cls, block: Block) -> Self:
        """A paragraph that holds one block."""
        ending = block.text[-LONG_BLOCK:]
        return cls([block.clean], block.is_heading, ending, block.text.count('"'))

    @property
    def opens_quotation(self) -> bool:
        """True if it ends with the opening mark of a quotation."""
        return self.straight_marks % 2 == 1 and self.ending.endswith(' "')

    def add(self, block: Block) -> None:
        """Adds the next block."""
        if self.opens_quotation:
            self.pieces += _move_mark(self.pieces.pop(), block.clean)
        else:
            self.pieces.append(block.clean)
        self.ending = f"{self.ending} {block.text}"[-LONG_BLOCK:]
        self.straight_marks += block.text.count('"')


def join_blocks(blocks: list[Block]) -> list[SourcedText]:
    """The paragraphs of the blocks. A block that goes on with a sentence or a quotation joins the
    one before it, also where boilerplate stood in between."""
    paragraphs: list[_Paragraph] = []
    for block, next_block in zip(blocks, [*blocks[1:], None], strict=False):
        next_text = next_block.text if next_block else ""
        if paragraphs and _belongs_to(paragraphs[-1], block, next_text):
            paragraphs[-1].add(block)
        else:
            paragraphs.append(_Paragraph.begin(block))
    return [SourcedText.joined(paragraph.pieces) for paragraph in paragraphs]


def _belongs_to(paragraph: _Paragraph, block: Block, next_text: str) -> bool:
    if paragraph.is_heading:
        return False
    return paragraph.opens_quotation or _goes_on(paragraph.ending, block, next_text)


def _move_mark(before: SourcedText, after: SourcedText) -> list[SourcedText]:
    """Moves the quotation mark that ends `before` to `after`. An empty `before` is dropped."""
    with_mark = before[-1:] + after
    without_mark = before[:-1].strip()
    return [without_mark, with_mark] if without_mark.text else [with_mark]


def _goes_on(before: str, block: Block, next_text: str) -> bool:
    """True if `block` goes on with the last sentence of `before`.

    A short line in lower case above another one (`next_text`) is an entry of a list.
    """
    if block.is_piece:
        return True
    if block.is_heading or block.is_item or is_ended(before):
        return False
    if DANGLING.search(before):
        return True
    is_long = len(before) >= LONG_FRAGMENT
    if not CONTINUATION.match(block.text):
        is_new_sentence = bool(_NEW_SENTENCE.match(block.text))
        return is_long and not is_new_sentence and ends_in_second_sentence(before)
    if is_long or before.endswith(("-", "(")):
        return True
    is_in_list = bool(CONTINUATION.match(next_text))
    return _is_beginning(before) and not BRAND.match(block.text) and not is_in_list


def _is_beginning(text: str) -> bool:
    """True for the first words of a sentence."""
    return len(text.split()) >= MIN_BEGINNING and not text[0].islower()
