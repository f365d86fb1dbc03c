"""Reads what a browser's reader mode gives when it is copied: header lines, then paragraphs, some of them broken."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

from service.article import Extract, Header
from service.boilerplate import ANNOUNCEMENT, DATE, Kind, boilerplate
from service.bylines import BY, MAX_BYLINE, bare, before_date, is_byline, is_masthead, is_paper, of_lines
from service.dates import is_of_update, iso_date
from service.markdown import WINDOWS, clean, front_matter, prose
from service.sentences import is_complete, sentences
from service.sourced_text import SourcedText

MAX_TITLE: Final = 200  # characters
MIN_SENTENCE: Final = 2  # words; "Bonjour." opens no article
HEADER_BLOCKS: Final = 8  # how far down title, byline and date are looked for
# Blocks behind the header, lead and byline among them, up to a date without "publié"; further down it is a chronology's.
BEHIND_LEAD: Final = 4
# Characters; of a longer paragraph only the end is looked at again at each of its line ends: it is neither heading nor
# boilerplate, and reading it whole each time took minutes for 90,000 short lines.
LONG_BLOCK: Final = 600
MAX_LINK_WORDS: Final = 25  # of the title of another article
BEGUN: Final = 4  # words that begin a sentence; with fewer, a line above one in lower case may be a heading
LINK_WORDS: Final = 4  # of a link inside a sentence, at most
LONG_FRAGMENT: Final = 60  # characters; a shorter line without a full stop is a heading, not a broken paragraph

_BLANK: Final = re.compile(r"\n[ \t\r\u00a0\u202f\u200b]*(?:\n[ \t\r\u00a0\u202f\u200b]*)+")
# A line in bold that ends in a full stop is a paragraph: the lead.
_HEADING: Final = re.compile(
    r"^\s*(?:#{1,6}\s+\S|\*\*[^*\n]+(?<![.…])\*\*\s*$|[^\r\n]++(?<![.…])\r?\n[ \t]*+(?:={3,}|-{3,})\s*+$)"
)
_HIGHEST: Final = re.compile(r"\s*(?:#\s|[^\n]++\n[ \t]*+=)")  # of headings: the title
_UNDERLINE: Final = re.compile(r"={3,}|-{3,}")  # of the heading above it, or a rule between paragraphs
_NUMBER: Final = re.compile(r"\d{1,3}")  # of a page
_ITEM: Final = re.compile(r"\s*[-*+•▪●]\s+\S")  # of a list
_LINKED: Final = re.compile(
    r"\]\((?:https?://)?([^)\s/#]+\.[a-z]{2,})[^)]*\)|(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})"
)
_TERMINAL: Final = re.compile(r"[.!?…:;][\s»”\")\]]*$|[»”]\s*$")
_FULL_STOP: Final = re.compile(r"[.…;][\s»”\")\]]*$")  # what a title does not end in
_GOES_ON: Final = re.compile(r"[a-zß-ÿœ,;)%]")  # how the rest of a broken sentence begins
_DANGLING: Final = re.compile(
    r"(?:^|[\s'’(])(?:en|à|au|aux|de|du|des|le|la|les|un|une|et|ou|ni|par|pour|sur|sous|avec|sans|dans|chez|vers|entre|selon|que|qui|"
    r"dont|où|ce|cet|cette|ces|son|sa|ses|leur|leurs|notre|nos|votre|vos|mais|car|comme|très|est|sont|ont)['’]?$|"
    r"(?-i:(?:^|[\s'’(])(?:plus|a|d|l|n|s|c|qu))$|(?:^|[\s(])(?:d|l|n|s|c|qu)['’]$|,$|\w-$",
    re.IGNORECASE,
)
# Begins no rest of a broken sentence.
_NEW_SENTENCE: Final = re.compile(r"(?:L[ae]s?|Une?|Des|Ce|Cette|Ces|Ils?|Elles?|On|Selon|Dans|En|Pour|Mais|Avec|Après) |L['’]|«")
_STATES: Final = re.compile(  # "Copyright : les éditeurs attaquent OpenAI"
    r": (?:(?:l[ae]s? |l['’]|une? |des )(?:[\w'’-]+ ){1,6}[a-zà-ÿ]+(?:e|ent|it|rt|nd)|[A-ZÀ-Ý]\w+ (?:va|veut|a|annonce|lance)) "
)
_BRAND: Final = re.compile(r"[a-z]{1,2}[A-Z]")  # iOS, eBay
_ABBREVIATED: Final = re.compile(r"(?:^|[\s(«'’])(?:M|MM|Mme|Mlle|Dr|Pr|Me|art|cf|p|no|n°|vol|fig)\.$")
_BARE_DATE: Final = re.compile(rf"(?:le |\w+di |dimanche )*{DATE.pattern}", re.IGNORECASE)
_BELOW_BYLINE: Final = {Kind.DATELINE, Kind.READING_TIME}
_COMMENTS: Final = re.compile(
    r"\W*(?:(?:les |vos )?commentaires?(?:\s*\(\d+\))?|(?:(?:lire|voir|afficher) )?(?:les )?\d+\s+commentaires?"
    r"|(?:vos )?réactions?\s*\(\d+\))\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Block:
    raw: str
    clean: SourcedText
    is_piece: bool = False  # of a sentence that is broken before and behind it

    @property
    def text(self) -> str:
        return self.clean.text

    @property
    def is_heading(self) -> bool:
        return bool(_HEADING.match(self.raw))

    @cached_property
    def kind(self) -> Kind | None:
        return None if self.is_piece else boilerplate(self.text)


def read(text: str) -> Extract:
    """What a text holds."""
    # Here already, as one of those control characters counts as a line's end.
    visible = text.translate(WINDOWS)
    blocks = _without_page_numbers([block for block in _blocks(prose(visible)) if block.text])
    paywalled = any(block.kind is Kind.PAYWALL for block in blocks)
    blocks = _without_masthead(_without_comments(_with_links(blocks)))
    first_body = _first_body(blocks)
    head = blocks[: min(first_body, HEADER_BLOCKS)]
    header = _stated(_header(head, blocks[:HEADER_BLOCKS]), front_matter(visible))
    rest = _without_links(blocks[len(head) :] if header.title or not head else blocks)
    paragraphs = _join([block for block in rest if block.kind is None and not _repeats(block, header)])
    return Extract(header, paragraphs, text, paywalled, [block.text for block in blocks])


def _blocks(text: str) -> Iterator[_Block]:
    """The paragraphs of the raw text: parted by blank lines, or by line ends that also end a sentence."""
    position = 0
    for separator in [*_BLANK.finditer(text), None]:
        end = separator.start() if separator else len(text)
        yield from _lines(text, position, end)
        position = separator.end() if separator else end


def _lines(text: str, start: int, end: int) -> Iterator[_Block]:
    first = start
    position = start
    lines = text[start:end].splitlines(keepends=True)
    for line, after in pairwise([*lines, ""]):
        following = position + len(line)
        if _ends_block(text[max(first, following - LONG_BLOCK) : following], after.strip(), whole=start == 0):
            yield _block(text, first, following)
            first = following
        position = following
    if first < end:
        yield _block(text, first, end)


def _ends_block(before: str, line: str, whole: bool) -> bool:
    """True if the line end between `before` and the next `line` parts two paragraphs, not two lines of one."""
    before = before.strip()
    if not before or not line:
        return False
    if _UNDERLINE.fullmatch(line):
        return "\n" in before or _is_ended(before)
    if _ITEM.match(line):
        return True
    goes_on = line[0].islower() and "\n" in before and not _TERMINAL.search(before)
    if boilerplate(before) or (boilerplate(line) and not goes_on) or _HEADING.match(before) or _HEADING.match(line):
        return True
    starts_sentence = line[0].isupper() or not line[0].isalnum() or bool(_BRAND.match(line)) or (whole and line[0].isdigit())
    # Above its paragraph, which a wrapped line as short is not.
    sub_heading = len(before) < LONG_FRAGMENT < len(line) and len(before.split()) > 1
    heading = (whole or sub_heading) and "\n" not in before and not _DANGLING.search(before) and len(before) < MAX_TITLE
    return starts_sentence and (_is_ended(before) or heading)


def _is_ended(text: str) -> bool:
    return bool(_TERMINAL.search(text)) and not _ABBREVIATED.search(text)


def _block(text: str, start: int, end: int) -> _Block:
    raw = text[start:end]
    return _Block(raw, clean(SourcedText.of(raw, start)))


def _with_links(blocks: list[_Block]) -> list[_Block]:
    """The blocks; what looks like a link or a credit and stands in a broken sentence is a piece of it ("a appris", "Reuters",
    "auprès de")."""
    around = zip([None, *blocks], blocks, [*blocks[1:], None], strict=False)
    return [replace(block, is_piece=True) if _is_piece(before, block, after) else block for before, block, after in around]


def _is_piece(before: _Block | None, block: _Block, after: _Block | None) -> bool:
    if before is None or after is None or block.kind not in {Kind.LINK, Kind.CREDIT} or len(block.text.split()) > LINK_WORDS:
        return False
    broken = bool(_DANGLING.search(before.text)) or len(before.text) >= LONG_FRAGMENT
    return before.kind is None and broken and not _TERMINAL.search(before.text) and bool(_GOES_ON.match(after.text))


def _without_page_numbers(blocks: list[_Block]) -> list[_Block]:
    """The blocks without the numbers of a file's pages; a number that no next one follows may be part of the text."""
    numbers = [int(block.text) for block in blocks if _NUMBER.fullmatch(block.text)]
    counted = len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return [block for block in blocks if not _NUMBER.fullmatch(block.text)] if counted else blocks


def _without_links(blocks: list[_Block]) -> list[_Block]:
    """The blocks without the titles of other articles below "À lire aussi"."""
    kept: list[_Block] = []
    k = 0
    while k < len(blocks):
        kept.append(blocks[k])
        k += 1
        if ANNOUNCEMENT.fullmatch(kept[-1].text):
            k = _behind_links(blocks, k)
    return kept


def _behind_links(blocks: list[_Block], first: int) -> int:
    """Where the titles that begin at `first` end: one with its rubric is taken, or a list, or all lines up to other boilerplate
    or the end of the text."""
    end = next((k for k in range(first, len(blocks)) if not _is_link(*blocks[k : k + 2])), len(blocks))
    if end == len(blocks) or blocks[end].kind is not None:
        return end
    items = next((k for k in range(first, end) if not _ITEM.match(blocks[k].raw)), end)
    return max(items, next((k + 1 for k in range(first, end) if len(blocks[k].text.split()) > 1), first))


def _is_link(block: _Block, after: _Block | None = None) -> bool:
    """True for a line that may be a title, but neither a heading nor a piece of a broken sentence."""
    if block.is_heading or block.kind is not None or len(block.text.split()) > MAX_LINK_WORDS:
        return False
    if (_FULL_STOP if _ITEM.match(block.raw) else _TERMINAL).search(block.text) or _DANGLING.search(block.text):
        return False
    pieces = [block] if after is None else [block, after]
    return not any(piece.is_piece or _GOES_ON.match(piece.text) for piece in pieces)


def _without_comments(blocks: list[_Block]) -> list[_Block]:
    """The blocks above the readers' comments. The line with their number stands below the title, too: it begins them only where
    more of the text is above it than below."""
    whole = sum(len(block.text) for block in blocks)
    above = 0
    for k, block in enumerate(blocks):
        if above > whole / 2 and _COMMENTS.fullmatch(block.text):
            return blocks[:k]
        above += len(block.text)
    return blocks


def _without_masthead(blocks: list[_Block]) -> list[_Block]:
    """The blocks without the newspaper's name directly above the title."""
    k = _first(blocks[:HEADER_BLOCKS], lambda block: block.kind is None)
    return [*blocks[:k], *blocks[k + 1 :]] if any(_is_above(*pair) for pair in pairwise(blocks[k : k + 2])) else blocks


def _is_above(name: _Block, title: _Block) -> bool:
    """True for a newspaper's name and the title below it, which is longer."""
    named = is_masthead(name.text) and len(name.text.split()) < len(title.text.split()) and name.is_heading <= title.is_heading
    return named and _may_be_title(title) and not _FULL_STOP.search(title.text) and not is_byline(title.text)


def _first_body(blocks: list[_Block]) -> int:
    """Where the article begins: behind title, byline and date, but not in the middle of a broken sentence."""
    title = _first(blocks, lambda block: block.is_heading or _may_be_title(block))
    body = next((k for k, block in enumerate(blocks) if _is_body(block, titled=k > title)), len(blocks))
    if body == len(blocks):
        body = _first(blocks, _is_short_body)
    while title + 1 < body < len(blocks) and _is_start(blocks[body - 1], blocks[body]):
        body -= 1
    return _with_short_sentences(blocks, title, body)


def _with_short_sentences(blocks: list[_Block], title: int, body: int) -> int:
    """Where the article begins if short sentences or sub-headings stand between the title and the paragraph `body`, with nothing
    but boilerplate and the byline among them."""
    for k in range(min(body, len(blocks)) - 1, title, -1):
        if _is_short_sentence(blocks[k]) or _is_sub_heading(blocks[k]):
            body = k
        elif blocks[k].kind is None and not is_byline(blocks[k].text):
            break
    return body


def _is_sub_heading(block: _Block) -> bool:
    """True for a line that is marked as a heading, but not as one of the highest level."""
    is_sub = block.is_heading and not _HIGHEST.match(block.raw)
    return is_sub and _may_be_title(block) and not is_byline(block.text)


def _is_short_sentence(block: _Block) -> bool:
    """True for a sentence of two words or more that is no caption: a credit does not end it."""
    if block.is_heading or block.kind is not None or len(block.text.split()) < MIN_SENTENCE or not is_complete(block.text):
        return False
    return not is_byline(block.text.rstrip(" .")) and boilerplate(sentences(block.text)[-1]) is None


def _is_body(block: _Block, titled: bool) -> bool:
    """True for a paragraph: a long piece of text, or a sentence with its end. Before there is a title (`titled`), a question, an
    exclamation, a quotation or what a colon ends may be the title itself; behind one, a broken paragraph begins with a whole
    sentence."""
    if block.is_heading or block.kind is not None:
        return False
    if len(block.text) > MAX_TITLE:
        return True
    ended = (_TERMINAL if titled else _FULL_STOP).search(block.text)
    return len(block.text.split()) >= 8 and bool(ended or (titled and _breaks_off(block.text)))


def _breaks_off(text: str) -> bool:
    """True if a sentence has begun behind another one; a credit or a byline, as it stands behind a caption, is none."""
    *earlier, last = sentences(text)
    return bool(earlier) and not is_byline(last) and boilerplate(last) is None


def _is_start(block: _Block, after: _Block) -> bool:
    """True if `after` goes on with a sentence that begins in `block`."""
    if block.is_heading or block.kind is not None or is_byline(block.text):
        return False
    greeting = len(block.text.split()) < 3  # "Bonjour," hangs in the air, too
    return after.is_piece or bool(_GOES_ON.match(after.text) or (_DANGLING.search(block.text) and not greeting))


def _is_short_body(block: _Block) -> bool:
    return not block.is_heading and block.kind is None and block.text.endswith((".", "…"))


def _first(blocks: list[_Block], wanted: Callable[[_Block], bool]) -> int:
    return next((k for k, block in enumerate(blocks) if wanted(block)), len(blocks))


def _header(head: list[_Block], first: list[_Block]) -> Header:
    lines = [block for block in head if block.kind is None or (block.kind is Kind.PROMPT and BY.match(block.text))]
    title = next((block for block in lines if block.is_heading), None)
    title = title or next((block for block in head if _may_be_title(block)), None)
    datelines = [
        block.text
        for k, block in enumerate(first)
        if block.kind is Kind.DATELINE and (k < len(head) + BEHIND_LEAD or not _BARE_DATE.match(block.text))
    ]
    # Behind a first paragraph, too. The name of the site, which may stand above, is none.
    undated = [block.text for block in first if block.kind is not Kind.DATELINE and block is not title]
    signed = [line for line in undated if BY.match(line) and not _FULL_STOP.search(line)]
    named = [one.text for one, after in pairwise(first) if after.kind in _BELOW_BYLINE and one.text in undated]
    named += [*map(before_date, datelines), *(block.text for block in _behind(title, lines))]
    published = next(filter(None, map(iso_date, sorted(datelines, key=is_of_update))), "")
    return Header(
        title=title.text if title else "",
        byline=of_lines([*signed, *sorted(named, key=is_paper)]),
        published=published,
        source=_source(first),
    )


def _behind(title: _Block | None, lines: list[_Block]) -> list[_Block]:
    """The lines below the title; all without one."""
    return lines[lines.index(title) + 1 :] if title in lines else lines


def _stated(header: Header, fields: dict[str, str]) -> Header:
    """`header` with what the fields above the text say."""
    site = _LINKED.search(fields.get("url source") or fields.get("url") or "")
    return Header(
        title=fields.get("title") or header.title,
        byline=fields.get("author") or header.byline,
        published=iso_date(fields.get("date") or fields.get("published time") or "") or header.published,
        source=site[2].removeprefix("www.").lower() if site and site[2] else header.source,
    )


def _may_be_title(block: _Block) -> bool:
    """True for a line of text that is no byline; what begins like a credit but is a whole statement is one ("Copyright : les
    éditeurs attaquent OpenAI")."""
    words = block.text.split()
    is_text = block.kind is None or (block.kind is Kind.CREDIT and bool(_STATES.search(block.text)))
    return is_text and len(words) >= 3 and len(block.text) <= MAX_TITLE and not BY.match(block.text)


def _source(first: list[_Block]) -> str:
    """The site that a header link or address names."""
    for block in first:
        if block.kind is Kind.LINK and (match := _LINKED.search(block.raw)):
            return (match.group(1) or match.group(2)).removeprefix("www.").lower()
    return ""


def _repeats(block: _Block, header: Header) -> bool:
    same = block.text.casefold()
    names = bare(block.text).casefold() if header.byline and len(same) <= MAX_BYLINE else None
    return same == header.title.casefold() or names == header.byline.casefold()


def _join(blocks: list[_Block]) -> list[SourcedText]:
    """Mends paragraphs that were broken in mid-sentence or behind the opening mark of a quotation, also where boilerplate stood in
    between."""
    runs: list[list[SourcedText]] = []
    is_heading, end, marks = False, "", 0  # of the last run: what it is, how it ends, its straight quotation marks
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
    """The two pieces with the mark that ends the first one at the beginning of the second, to which it belongs."""
    moved = before[-1:] + after
    rest = before[:-1].strip()
    return [rest, moved] if rest.text else [moved]


def _continues(before: str, after: _Block, following: str) -> bool:
    """True if `after` goes on with the sentence that `before` ends in. A short line in lower case above another one (`following`)
    is an entry of a list."""
    if after.is_piece:
        return True
    if after.is_heading or _ITEM.match(after.raw) or _is_ended(before):
        return False
    if _DANGLING.search(before):
        return True
    if _GOES_ON.match(after.text):
        begun = len(before.split()) >= BEGUN and not before[0].islower() and not _BRAND.match(after.text)
        return len(before) >= LONG_FRAGMENT or before.endswith(("-", "(")) or (begun and not _GOES_ON.match(following))
    return len(before) >= LONG_FRAGMENT and not _NEW_SENTENCE.match(after.text) and _breaks_off(before)
