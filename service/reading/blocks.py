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
from service.text.source_map import SourcedText

MAX_TITLE: Final = 200  # characters
# Characters; of a longer paragraph only the end is looked at again at each of its line ends: it is
# neither heading nor boilerplate, and reading it whole each time took minutes for 90,000 short
# lines.
LONG_BLOCK: Final = 600
LONG_FRAGMENT: Final = (
    60  # characters; a shorter line without a full stop is a heading, not a broken paragraph
)

_BLANK: Final = re.compile(r"\n[ \t\r\u00a0\u202f\u200b]*(?:\n[ \t\r\u00a0\u202f\u200b]*)+")
# A line in bold that ends in a full stop is a paragraph: the lead.
_HEADING: Final = re.compile(
    r"^\s*+(?:#{1,6}\s+\S|\*\*[^*\n]+(?<![.…])\*\*\s*$|[^\r\n]++(?<![.…])\r?\n[ \t]*+(?:={3,}"
    r"|-{3,})\s*+$)"
)
_UNDERLINE: Final = re.compile(
    r"={3,}|-{3,}"
)  # of the heading above it, or a rule between paragraphs
_ITEM: Final = re.compile(r"\s*[-*+•▪●]\s+\S")  # of a list
TERMINAL: Final = re.compile(r"[.!?…:;][\s»”\")\]]*$|[»”]\s*$")
DANGLING: Final = re.compile(
    r"(?:^|[\s'’(])(?:en|à|au|aux|de|du|des|le|la|les|un|une|et|ou|ni|par|pour|sur|sous|avec|sans"
    r"|dans|chez|vers|entre|selon|que|qui|"
    r"dont|où|ce|cet|cette|ces|son|sa|ses|leur|leurs|notre|nos|votre|vos|mais|car|comme|très|est"
    r"|sont|ont)['’]?$|"
    r"(?-i:(?:^|[\s'’(])(?:plus|a|d|l|n|s|c|qu))$|(?:^|[\s(])(?:d|l|n|s|c|qu)['’]$|,$|\w-$",
    re.IGNORECASE,
)
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
        """What it says."""
        return self.clean.text

    @property
    def is_heading(self) -> bool:
        """True if it is marked as one."""
        return bool(_HEADING.match(self.raw))

    @property
    def is_item(self) -> bool:
        """True if it is one of a list."""
        return bool(_ITEM.match(self.raw))

    @cached_property
    def kind(self) -> Kind | None:
        """What boilerplate it is, if it is any."""
        return None if self.is_piece else boilerplate(self.text)


def parted(text: str) -> Iterator[Block]:
    """The paragraphs of the raw text: parted by blank lines, or by line ends that also end a
    sentence."""
    position = 0
    for separator in [*_BLANK.finditer(text), None]:
        end = separator.start() if separator else len(text)
        yield from _lines(text, position, end)
        position = separator.end() if separator else end


def _lines(text: str, start: int, end: int) -> Iterator[Block]:
    first = start
    position = start
    lines = text[start:end].splitlines(keepends=True)
    for line, after in pairwise([*lines, ""]):
        following = position + len(line)
        if _ends_block(
            text[max(first, following - LONG_BLOCK) : following], after.strip(), whole=start == 0
        ):
            yield _block(text, first, following)
            first = following
        position = following
    if first < end:
        yield _block(text, first, end)


def _ends_block(before: str, line: str, whole: bool) -> bool:
    """True if the line end between `before` and the next `line` parts two paragraphs, not two lines
    of one."""
    before = before.strip()
    if not before or not line:
        return False
    if _UNDERLINE.fullmatch(line):
        return "\n" in before or is_ended(before)
    if _ITEM.match(line):
        return True
    goes_on = line[0].islower() and "\n" in before and not TERMINAL.search(before)
    if (
        boilerplate(before)
        or (boilerplate(line) and not goes_on)
        or _HEADING.match(before)
        or _HEADING.match(line)
    ):
        return True
    starts_sentence = (
        line[0].isupper()
        or not line[0].isalnum()
        or bool(BRAND.match(line))
        or (whole and line[0].isdigit())
    )
    # Above its paragraph, which a wrapped line as short is not.
    sub_heading = len(before) < LONG_FRAGMENT < len(line) and len(before.split()) > 1
    heading = (
        (whole or sub_heading)
        and "\n" not in before
        and not DANGLING.search(before)
        and len(before) < MAX_TITLE
    )
    return starts_sentence and (is_ended(before) or heading)


def is_ended(text: str) -> bool:
    """True if `text` ends as a sentence does, not with an abbreviation."""
    return bool(TERMINAL.search(text)) and not _ABBREVIATED.search(text)


def _block(text: str, start: int, end: int) -> Block:
    raw = text[start:end]
    return Block(raw, clean(SourcedText.of(raw, start)))
