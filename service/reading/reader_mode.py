"""Reads what a browser's reader mode gives when it is copied: header lines, then paragraphs, some
of them broken."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Final

from service.reading.article import Extract, Header
from service.reading.blocks import (
    BRAND,
    DANGLING,
    LONG_BLOCK,
    LONG_FRAGMENT,
    MAX_TITLE,
    TERMINAL,
    Block,
    is_ended,
    parted,
)
from service.reading.boilerplate import ANNOUNCEMENT, DATE, HEADER_BLOCKS, Kind, boilerplate
from service.reading.bylines import (
    BY,
    MAX_BYLINE,
    bare,
    before_date,
    is_byline,
    is_masthead,
    is_paper,
    of_lines,
)
from service.reading.dates import is_of_update, iso_date
from service.reading.markdown import WINDOWS, front_matter, prose
from service.text.sentences import MAX_SENTENCE, is_complete, sentences
from service.text.source_map import SourcedText

MIN_SENTENCE: Final = 2  # words; "Bonjour." opens no article
# Blocks behind the header, lead and byline among them, up to a date without "publié"; further down
# it is a chronology's.
BEHIND_LEAD: Final = 4
MAX_LINK_WORDS: Final = 25  # of the title of another article
BEGUN: Final = (
    4  # words that begin a sentence; with fewer, a line above one in lower case may be a heading
)
LINK_WORDS: Final = 4  # of a link inside a sentence, at most
MAX_LINK: Final = 2_000  # characters, its address included
MAX_FIELD: Final = (
    500  # characters of a field above the text; a longer one is no title, name, date or address
)

_HIGHEST: Final = re.compile(r"\s*+(?:#\s|[^\n]++\n[ \t]*+=)")  # of headings: the title
_NUMBER: Final = re.compile(r"\d{1,3}")  # of a page
_LINKED: Final = re.compile(
    r"\]\((?:https?://)?([^)\s/#]+\.[a-z]{2,})[^)]*\)"
    r"|(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})"
)
_FULL_STOP: Final = re.compile(r"[.…;][\s»”\")\]]*$")  # what a title does not end in
_GOES_ON: Final = re.compile(r"[a-zß-ÿœ,;)%]")  # how the rest of a broken sentence begins
# Begins no rest of a broken sentence.
_NEW_SENTENCE: Final = re.compile(
    r"(?:L[ae]s?|Une?|Des|Ce|Cette|Ces|Ils?|Elles?|On|Selon|Dans|En|Pour|Mais|Avec|Après) |L['’]|«"
)
_STATES: Final = re.compile(  # "Copyright : les éditeurs attaquent OpenAI"
    r": (?:(?:l[ae]s? |l['’]|une? |des )(?:[\w'’-]+ ){1,6}[a-zà-ÿ]+(?:e|ent|it|rt|nd)|[A-ZÀ-Ý]\w+ "
    r"(?:va|veut|a|annonce|lance)) "
)
_BARE_DATE: Final = re.compile(rf"(?:le |\w+di |dimanche )*{DATE.pattern}", re.IGNORECASE)
_BELOW_BYLINE: Final = {Kind.DATELINE, Kind.READING_TIME}
_COMMENTS: Final = re.compile(
    r"\W*(?:(?:les |vos )?commentaires?(?:\s*\(\d+\))?|(?:(?:lire|voir|afficher) )?(?:les "
    r")?\d+\s+commentaires?"
    r"|(?:vos )?réactions?\s*\(\d+\))\W*",
    re.IGNORECASE,
)


def always() -> None:
    """Lets the reading of a text go on to its end."""


def read(text: str, go_on: Callable[[], None] = always) -> Extract:
    """What a text holds. `go_on` is called before each block: what it raises ends the reading."""
    # Here already, as one of those control characters counts as a line's end.
    visible = text.translate(WINDOWS)
    blocks = []
    for block in parted(prose(visible)):
        go_on()
        blocks += [block] if block.text else []
    blocks = _without_page_numbers(blocks)
    paywalled = any(block.kind is Kind.PAYWALL for block in blocks)
    blocks = _without_masthead(_without_comments(_with_links(blocks)))
    first_body = _first_body(blocks)
    head = blocks[: min(first_body, HEADER_BLOCKS)]
    header = _stated(_header(head, blocks[:HEADER_BLOCKS]), front_matter(visible))
    rest = _without_links(blocks[len(head) :] if header.title or not head else blocks)
    paragraphs = _join(
        [block for block in rest if block.kind is None and not _repeats(block, header)]
    )
    return Extract(header, paragraphs, text, paywalled, [block.text for block in blocks])


def _with_links(blocks: list[Block]) -> list[Block]:
    """The blocks; what looks like a link or a credit and stands in a broken sentence is a piece of
    it ("a appris", "Reuters", "auprès de")."""
    around = zip([None, *blocks], blocks, [*blocks[1:], None], strict=False)
    return [
        replace(block, is_piece=True) if _is_piece(before, block, after) else block
        for before, block, after in around
    ]


def _is_piece(before: Block | None, block: Block, after: Block | None) -> bool:
    if (
        before is None
        or after is None
        or block.kind not in {Kind.LINK, Kind.CREDIT}
        or len(block.text.split()) > LINK_WORDS
    ):
        return False
    broken = bool(DANGLING.search(before.text)) or len(before.text) >= LONG_FRAGMENT
    return (
        before.kind is None
        and broken
        and not TERMINAL.search(before.text)
        and bool(_GOES_ON.match(after.text))
    )


def _without_page_numbers(blocks: list[Block]) -> list[Block]:
    """The blocks without the numbers of a file's pages; a number that no next one follows may be
    part of the text."""
    numbers = [int(block.text) for block in blocks if _NUMBER.fullmatch(block.text)]
    counted = len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return [block for block in blocks if not _NUMBER.fullmatch(block.text)] if counted else blocks


def _without_links(blocks: list[Block]) -> list[Block]:
    """The blocks without the titles of other articles below "À lire aussi"."""
    kept: list[Block] = []
    k = 0
    while k < len(blocks):
        kept.append(blocks[k])
        k += 1
        if ANNOUNCEMENT.fullmatch(kept[-1].text):
            k = _behind_links(blocks, k)
    return kept


def _behind_links(blocks: list[Block], first: int) -> int:
    """Where the titles that begin at `first` end: one with its rubric is taken, or a list, or all
    lines up to other boilerplate or the end of the text."""
    end = next(
        (k for k in range(first, len(blocks)) if not _is_link(*blocks[k : k + 2])), len(blocks)
    )
    if end == len(blocks) or blocks[end].kind is not None:
        return end
    items = next((k for k in range(first, end) if not blocks[k].is_item), end)
    return max(
        items, next((k + 1 for k in range(first, end) if len(blocks[k].text.split()) > 1), first)
    )


def _is_link(block: Block, after: Block | None = None) -> bool:
    """True for a line that may be a title, but neither a heading nor a piece of a broken
    sentence."""
    if block.is_heading or block.kind is not None or len(block.text.split()) > MAX_LINK_WORDS:
        return False
    if (_FULL_STOP if block.is_item else TERMINAL).search(block.text) or DANGLING.search(
        block.text
    ):
        return False
    pieces = [block] if after is None else [block, after]
    return not any(piece.is_piece or _GOES_ON.match(piece.text) for piece in pieces)


def _without_comments(blocks: list[Block]) -> list[Block]:
    """The blocks above the readers' comments. The line with their number stands below the title,
    too: it begins them only where more of the text is above it than below."""
    whole = sum(len(block.text) for block in blocks)
    above = 0
    for k, block in enumerate(blocks):
        if above > whole / 2 and _COMMENTS.fullmatch(block.text):
            return blocks[:k]
        above += len(block.text)
    return blocks


def _without_masthead(blocks: list[Block]) -> list[Block]:
    """The blocks without the newspaper's name directly above the title."""
    k = _first(blocks[:HEADER_BLOCKS], lambda block: block.kind is None)
    return (
        [*blocks[:k], *blocks[k + 1 :]]
        if any(_is_above(*pair) for pair in pairwise(blocks[k : k + 2]))
        else blocks
    )


def _is_above(name: Block, title: Block) -> bool:
    """True for a newspaper's name and the title below it, which is longer."""
    named = (
        is_masthead(name.text)
        and len(name.text.split()) < len(title.text.split())
        and name.is_heading <= title.is_heading
    )
    return (
        named
        and _may_be_title(title)
        and not _FULL_STOP.search(title.text)
        and not is_byline(title.text)
    )


def _first_body(blocks: list[Block]) -> int:
    """Where the article begins: behind title, byline and date, but not in the middle of a broken
    sentence."""
    title = _first(blocks, lambda block: block.is_heading or _may_be_title(block))
    body = next(
        (k for k, block in enumerate(blocks) if _is_body(block, titled=k > title)), len(blocks)
    )
    if body == len(blocks):
        body = _first(blocks, _is_short_body)
    while title + 1 < body < len(blocks) and _is_start(blocks[body - 1], blocks[body]):
        body -= 1
    return _with_short_sentences(blocks, title, body)


def _with_short_sentences(blocks: list[Block], title: int, body: int) -> int:
    """Where the article begins if short sentences or sub-headings stand between the title and the
    paragraph `body`, with nothing but boilerplate and the byline among them."""
    for k in range(min(body, len(blocks)) - 1, title, -1):
        if _is_short_sentence(blocks[k]) or _is_sub_heading(blocks[k]):
            body = k
        elif blocks[k].kind is None and not is_byline(blocks[k].text):
            break
    return body


def _is_sub_heading(block: Block) -> bool:
    """True for a line that is marked as a heading, but not as one of the highest level."""
    is_sub = block.is_heading and not _HIGHEST.match(block.raw)
    return is_sub and _may_be_title(block) and not is_byline(block.text)


def _is_short_sentence(block: Block) -> bool:
    """True for a sentence of two words or more that is no caption: a credit does not end it."""
    if (
        block.is_heading
        or block.kind is not None
        or len(block.text.split()) < MIN_SENTENCE
        or not is_complete(block.text)
    ):
        return False
    return not is_byline(block.text.rstrip(" .")) and boilerplate(sentences(block.text)[-1]) is None


def _is_body(block: Block, titled: bool) -> bool:
    """True for a paragraph: a long piece of text, or a sentence with its end. Before there is a
    title (`titled`), a question, an exclamation, a quotation or what a colon ends may be the title
    itself; behind one, a broken paragraph begins with a whole sentence."""
    if block.is_heading or block.kind is not None:
        return False
    if len(block.text) > MAX_TITLE:
        return True
    ended = (TERMINAL if titled else _FULL_STOP).search(block.text)
    return len(block.text.split()) >= 8 and bool(ended or (titled and _breaks_off(block.text)))


def _breaks_off(text: str) -> bool:
    """True if a sentence has begun behind another one; a credit or a byline, as it stands behind a
    caption, is none."""
    *earlier, last = sentences(text)
    return bool(earlier) and not is_byline(last) and boilerplate(last) is None


def _is_start(block: Block, after: Block) -> bool:
    """True if `after` goes on with a sentence that begins in `block`."""
    if block.is_heading or block.kind is not None or is_byline(block.text):
        return False
    greeting = len(block.text.split()) < 3  # "Bonjour," hangs in the air, too
    return after.is_piece or bool(
        _GOES_ON.match(after.text) or (DANGLING.search(block.text) and not greeting)
    )


def _is_short_body(block: Block) -> bool:
    return not block.is_heading and block.kind is None and block.text.endswith((".", "…"))


def _first(blocks: list[Block], wanted: Callable[[Block], bool]) -> int:
    return next((k for k, block in enumerate(blocks) if wanted(block)), len(blocks))


def _header(head: list[Block], first: list[Block]) -> Header:
    lines = [
        block
        for block in head
        if block.kind is None or (block.kind is Kind.PROMPT and BY.match(block.text))
    ]
    title = next(
        (block for block in lines if block.is_heading and len(block.text) <= MAX_SENTENCE), None
    )
    title = title or next((block for block in head if _may_be_title(block)), None)
    datelines = _datelines(first, len(head) + BEHIND_LEAD)
    signed, named = _bylines(first, title)
    named += [*map(before_date, datelines), *(block.text for block in _behind(title, lines))]
    published = next(filter(None, map(iso_date, sorted(datelines, key=is_of_update))), "")
    return Header(
        title=title.text if title else "",
        byline=of_lines([*signed, *sorted(named, key=is_paper)]),
        published=published,
        source=_source(first),
    )


def _datelines(first: list[Block], most: int) -> list[str]:
    """The lines that say when it was published, behind a first paragraph too; a bare date among the
    first `most` blocks only."""
    dated = (
        (place, block.text) for place, block in enumerate(first) if block.kind is Kind.DATELINE
    )
    return [line for place, line in dated if place < most or not _BARE_DATE.match(line)]


def _bylines(first: list[Block], title: Block | None) -> tuple[list[str], list[str]]:
    """The lines that say who wrote it, and those above a date or a reading time, which name
    somebody or the site."""
    undated = [
        block.text for block in first if block.kind is not Kind.DATELINE and block is not title
    ]
    signed = [line for line in undated if BY.match(line) and not _FULL_STOP.search(line)]
    return signed, [
        one.text
        for one, after in pairwise(first)
        if after.kind in _BELOW_BYLINE and one.text in undated
    ]


def _behind(title: Block | None, lines: list[Block]) -> list[Block]:
    """The lines below the title; all without one."""
    return lines[lines.index(title) + 1 :] if title in lines else lines


def _stated(header: Header, fields: dict[str, str]) -> Header:
    """`header` with what the fields above the text say."""
    fields = {name: value for name, value in fields.items() if len(value) <= MAX_FIELD}
    site = _LINKED.search(fields.get("url source") or fields.get("url") or "")
    return Header(
        title=fields.get("title") or header.title,
        byline=fields.get("author") or header.byline,
        published=iso_date(fields.get("date") or fields.get("published time") or "")
        or header.published,
        source=site[2].removeprefix("www.").lower() if site and site[2] else header.source,
    )


def _may_be_title(block: Block) -> bool:
    """True for a line of text that is no byline; what begins like a credit but is a whole statement
    is one ("Copyright : les éditeurs attaquent OpenAI")."""
    words = block.text.split()
    is_text = block.kind is None or (block.kind is Kind.CREDIT and bool(_STATES.search(block.text)))
    return is_text and len(words) >= 3 and len(block.text) <= MAX_TITLE and not BY.match(block.text)


def _source(first: list[Block]) -> str:
    """The site that a header link or address names."""
    for block in first:
        if block.kind is Kind.LINK and (match := _LINKED.search(block.raw[:MAX_LINK])):
            return (match.group(1) or match.group(2)).removeprefix("www.").lower()
    return ""


def _repeats(block: Block, header: Header) -> bool:
    same = block.text.casefold()
    names = bare(block.text).casefold() if header.byline and len(same) <= MAX_BYLINE else None
    return same == header.title.casefold() or names == header.byline.casefold()


def _join(blocks: list[Block]) -> list[SourcedText]:
    """Mends paragraphs that were broken in mid-sentence or behind the opening mark of a quotation,
    also where boilerplate stood in between."""
    runs: list[list[SourcedText]] = []
    is_heading, end, marks = (
        False,
        "",
        0,
    )  # of the last run: what it is, how it ends, its straight quotation marks
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        following = after.text if after else ""
        opened = marks % 2 == 1 and end.endswith(' "')
        if runs and not is_heading and (opened or _continues(end, block, following)):
            runs[-1] += _with_mark(runs[-1].pop(), block.clean) if opened else [block.clean]
            end = f"{end} {block.text}"[-LONG_BLOCK:]
        else:
            runs.append([block.clean])
            is_heading, end, marks = block.is_heading, block.text[-LONG_BLOCK:], 0
        marks += block.text.count('"')
    return [SourcedText.joined(run) for run in runs]


def _with_mark(before: SourcedText, after: SourcedText) -> list[SourcedText]:
    """The two pieces with the mark that ends the first one at the beginning of the second, to which
    it belongs."""
    moved = before[-1:] + after
    rest = before[:-1].strip()
    return [rest, moved] if rest.text else [moved]


def _continues(before: str, after: Block, following: str) -> bool:
    """True if `after` goes on with the sentence that `before` ends in. A short line in lower case
    above another one (`following`) is an entry of a list."""
    if after.is_piece:
        return True
    if after.is_heading or after.is_item or is_ended(before):
        return False
    if DANGLING.search(before):
        return True
    if _GOES_ON.match(after.text):
        begun = (
            len(before.split()) >= BEGUN and not before[0].islower() and not BRAND.match(after.text)
        )
        return (
            len(before) >= LONG_FRAGMENT
            or before.endswith(("-", "("))
            or (begun and not _GOES_ON.match(following))
        )
    return (
        len(before) >= LONG_FRAGMENT and not _NEW_SENTENCE.match(after.text) and _breaks_off(before)
    )
