"""Reads HTML pages, through trafilatura."""

import re
from collections.abc import Sequence
from functools import cache
from html import escape, unescape
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, Final

from service.reading.article import EmptyArticle, Extract, Header, TooManyTags
from service.reading.boilerplate import HEADER_BLOCKS, MAX_BLOCK, Kind, boilerplate
from service.reading.bylines import SIGNED, clean_authors, find_signed_author, is_signature
from service.reading.markdown import (
    CENTS_TAG,
    INVISIBLE,
    NOTES_OF_NUMBER,
    POWER_TAG,
    WINDOWS,
    clean,
)
from service.reading.page_dates import (
    find_articles,
    find_heading,
    find_near_title,
    find_stated_date,
    read_json_ld,
)
from service.text.sentences import MAX_SENTENCE_CHARACTERS
from service.text.source_map import SourcedText

if TYPE_CHECKING:
    from configparser import ConfigParser

    from lxml.html import HtmlElement
    from trafilatura.settings import Document

# trafilatura takes up to 0.1 ms for each tag. Press pages have 300 to some thousands.
MAX_TAGS: Final = 30_000
# A page with more tags is read by trafilatura's first method only. The time of its last method,
# justext, grows with the square of the paragraphs (two minutes for 29,000 <td>).
MAX_TAGS_READ_AGAIN: Final = 5_000
# If a page has more inline tags, they are removed first. lxml's time to remove them from one
# paragraph grows with the square of their number: 10 s for 22,000 <i>, and during 3 s of these no
# other thread runs.
MAX_INLINE_TAGS: Final = 5_000
_INLINE: Final = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|cite|data|dfn|em|font|i|img|ins|kbd|mark|picture|samp|small"
    r"|span|strong|sub|sup|time|tt|u|var|wbr|(?P<quotation>q))\b[^<>]{0,1000}+>",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"<[a-zA-Z]")
# The mark of a footnote: a number that is a link or in brackets. The 2 of "m²" is neither.
_NUMBER: Final = r"\s*+(?:\[\s*+\d{1,3}\s*+\]|\(\s*+\d{1,3}\s*+\)|\d{1,3})\s*+"
_NOTE: Final = re.compile(
    rf"<sup\b[^<>]{{0,300}}+>\s*+(?:<a\b[^<>]{{0,1000}}+>{_NUMBER}</a>"
    rf"|(?=[\[(]){_NUMBER})\s*+</sup>"
    rf"|<a\b[^<>]{{0,1000}}+>\s*+<sup\b[^<>]{{0,300}}+>{_NUMBER}</sup>\s*+</a>",
    re.IGNORECASE,
)
# White space, XML declarations and comments before a page's first tag. They say nothing, and behind
# some of them trafilatura finds no page.
_PROLOGUE: Final = re.compile(r"(?:\s+|<\?xml.*?\?>|<!--.*?-->)*+", re.IGNORECASE | re.DOTALL)
# The first tag of a page or of a part of a page, as in `web/clipboard.js`.
_FIRST_TAG: Final = re.compile(
    r"<!doctype\s+html|<html\b|<(?:head|body|main|article|section|div|p|h[1-6]|meta)\b[^<>]*+>",
    re.IGNORECASE,
)
_FEED: Final = re.compile(
    r"(?:<\?xml.*?\?>|<!.*?>|\s+)*+<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE | re.DOTALL
)
_ONE_TEXT: Final = re.compile(
    r"\s*+<html>\s*+(?:<head>(?:<meta\b[^<>]*+>)*+</head>)?+\s*+<body>\s*+<pre\b[^<>]*+>([^<]*+)</pre>\s*+</body>\s*+</html>\s*+",
    re.IGNORECASE,
)
# More than two breaks say no more than two.
_BREAKS: Final = re.compile(r"(?:<br\b[^<>]{0,100}+>\s*+){3,}+", re.IGNORECASE)

# Characters. A shorter article may be the beginning of one behind a paywall. trafilatura joins the
# title, author, text and notice of such an article into one paragraph. Its own limit is 250; the
# pages of `tests/service/reading/test_extraction_floors.py` read the same with both limits.
MIN_EXTRACTED: Final = 100
# Elements among which the standfirst is looked for. On the same pages it is the 67th at most.
BELOW_TITLE: Final = 200
SAME_START: Final = 50  # letters and digits with which standfirst and description begin alike
# Characters, white space included. A longer element holds more than the standfirst.
MAX_STANDFIRST: Final = 1_000
_PARAGRAPHS: Final = frozenset("p h2 h3 h4 h5 h6".split())
_CONTAINERS: Final = frozenset(
    "article aside blockquote div figure footer header li main ol pre section table ul".split()
)
_BLOCKS: Final = _PARAGRAPHS | _CONTAINERS
_FREE: Final = re.compile(
    r'"isAccessibleForFree"\s*:\s*"?(?:https?://schema\.org/)?(true|false)\b', re.IGNORECASE
)


def extract(html: str) -> Extract:
    """Reads the article of a page.

    Raises EmptyArticle if the page holds no text, and TooManyTags if it has more than MAX_TAGS.
    """
    html = prepare_page(html)
    tree, document = _read_document(html)
    blocks = [clean(SourcedText.of(line)).text for line in document.text.split("\n")]
    title = _strip_invisible(document.title)
    title = title if len(title) <= MAX_SENTENCE_CHARACTERS else ""
    if standfirst := _find_standfirst(tree, title, document.description or "", blocks):
        blocks.insert(int(blocks[0].casefold() == title.casefold()), standfirst)
    kinds = [boilerplate(block) for block in blocks]
    kept = [block for block, kind in zip(blocks, kinds, strict=True) if block and kind is None]
    byline = clean_authors(_strip_invisible(document.author)) or find_signed_author(
        [*kept[:HEADER_BLOCKS], *blocks[:HEADER_BLOCKS], *_lines_near(tree, title)]
    )
    header = Header(
        title=title,
        byline=byline,
        # From the page as it came: in `tree` the <time> elements are gone (`_mend_sentences`).
        published=find_stated_date(html, title, blocks),
        source=document.hostname or document.sitename or "",
    )
    texts = _drop_header(kept, header)
    paywalled = Kind.PAYWALL in kinds or _is_for_subscribers(tree)
    shown = [block for block in blocks if block]
    return Extract(header, _place_paragraphs(texts), "\n\n".join(texts), paywalled, shown)


def _drop_header(blocks: list[str], header: Header) -> list[str]:
    """The blocks without those that say the title or the authors again."""
    signature = next(filter(SIGNED.match, blocks[:HEADER_BLOCKS]), "")
    unsigned = [
        block for block in blocks if block != signature and not is_signature(block, header.byline)
    ]
    repeats_title = bool(unsigned) and unsigned[0].casefold() == header.title.casefold()
    return unsigned[1:] if repeats_title else unsigned


def prepare_page(html: str) -> str:
    """The page without the parts that no reader sees and that trafilatura misreads.

    Raises TooManyTags, before anything is parsed.
    """
    page = _strip_prologue(html.translate(WINDOWS))
    page = _BREAKS.sub("<br><br>", page)
    page = _NOTE.sub("", page)
    page = POWER_TAG.sub("^", CENTS_TAG.sub(",", page))
    page = NOTES_OF_NUMBER.sub("", page)
    _check_tags(page)
    return _drop_endless_inline_tags(page)


def text_length(html: str) -> int:
    """How many characters of text a page holds. An article read from it has no more.

    White space counts as a browser shows it. Raises TooManyTags, because parsing 500,000 tags takes
    150 MB.
    """
    import trafilatura
    from lxml import etree

    tree = trafilatura.load_html(prepare_page(html))
    if tree is None:
        return 0
    # trafilatura may read the article from one of these scripts instead.
    scripts = tree.xpath(".//script[@type='application/ld+json']/text()")
    etree.strip_elements(tree, "script", "style", with_tail=False)
    text = " ".join(tree.text_content().split())
    return max([len(text), *map(len, scripts)])


def _read_document(html: str) -> "tuple[HtmlElement, Document]":
    """The page as `_mend_sentences` changes it, and what trafilatura finds in it."""
    import trafilatura

    tree = trafilatura.load_html(html)
    document = tree is not None and trafilatura.bare_extraction(
        _mend_sentences(tree),
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        target_language=None,
        # trafilatura's date is not used: it may be a guess.
        date_extraction_params={"extensive_search": False, "original_date": True},
        fast=_count_tags(html) > MAX_TAGS_READ_AGAIN,
        config=_config(),
    )
    if not document or not document.text:
        raise EmptyArticle("No article was found in the HTML.")
    return tree, document


@cache
def _config() -> "ConfigParser":
    from trafilatura.settings import use_config

    config: ConfigParser = use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = str(MIN_EXTRACTED)
    return config


def _mend_sentences(tree: "HtmlElement") -> "HtmlElement":
    """Changes the page so that trafilatura keeps its sentences whole, and returns it.

    Otherwise it drops dates and quotations from sentences, and joins the entries of lists.
    """
    from lxml import etree

    for quotation in tree.iterdescendants("q"):
        if not _stands_alone(quotation):
            _write_marks(quotation)
    for time in tree.iterdescendants("time"):
        if len(time) == 0 and time.getparent().tag in _CONTAINERS and _stands_alone(time):
            time.tag = "p"
    etree.strip_tags(tree, "time")
    for items in tree.iter("ul", "ol"):
        if any(map(_is_entry, items)):
            items.tag = "div"
            for item in items.iterchildren("li"):
                _make_container(item)
    return tree


def _write_marks(quotation: "HtmlElement") -> None:
    """Turns a <q> into plain text, with quotation marks if it has none."""
    quotation.tag = "span"
    first_text = next(quotation.itertext(), "")
    if not first_text.lstrip().startswith(("«", "“", '"')):
        quotation.text = f"« {quotation.text or ''}"
        quotation.tail = f" »{quotation.tail or ''}"


def _stands_alone(element: "HtmlElement") -> bool:
    """True if nothing of the same paragraph stands beside the element."""
    before, after = element.getprevious(), element.getnext()
    texts = (element.getparent().text if before is None else before.tail, element.tail)
    beside = [other.tag for other in (before, after) if other is not None]
    return not any(text and text.strip() for text in texts) and _BLOCKS.issuperset(beside)


def _is_entry(item: "HtmlElement") -> bool:
    """True for an item of a list that is a heading and its text, or several paragraphs."""
    has_several_parts = len(item) > 1 or bool(item.text and item.text.strip())
    return (
        item.tag == "li" and has_several_parts and any(child.tag in _PARAGRAPHS for child in item)
    )


def _make_container(item: "HtmlElement") -> None:
    """Turns an item of a list into a <div>, and the text beside its paragraphs into <p> elements.

    trafilatura loses text that stands directly in a <div>.
    """
    from lxml import html

    item.tag = "div"
    loose = html.Element("p")
    loose.text, item.text = item.text, None
    for child in list(item):
        if child.tag not in _BLOCKS:
            loose.append(child)
            continue
        if loose.text_content().strip():
            child.addprevious(loose)
        loose = html.Element("p")
        loose.text, child.tail = child.tail, None
    if loose.text_content().strip():
        item.append(loose)


def _find_standfirst(
    tree: "HtmlElement", title: str, description: str, blocks: Sequence[str]
) -> str:
    """The standfirst: a paragraph between the title and the article's text that begins like the
    page's description. Empty if the page has none, or if `blocks` hold it.

    trafilatura leaves it out, because it starts at the element that holds the rest of the text.
    """
    description_start = _letters(description)[:SAME_START]
    heading = find_heading(tree, title)
    if heading is None or len(description_start) < SAME_START:
        return ""
    if description_start in _letters("".join(blocks)):
        return ""
    first_block = next((block for block in blocks if block and block not in title), "")
    text_start = _letters(first_block)[:SAME_START]
    from_heading = dropwhile(lambda element: element is not heading, tree.iter("*"))
    texts = []
    for element in islice(from_heading, 1, BELOW_TITLE):
        text = element.text_content()
        letters = _letters(text[:MAX_STANDFIRST])
        if letters.startswith(text_start):
            break
        is_short_block = element.tag in _BLOCKS and len(text) <= MAX_STANDFIRST
        if is_short_block and letters.startswith(description_start):
            texts.append(text)
    standfirst = min(texts, key=len, default="")
    return clean(SourcedText.of(standfirst)).text


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _is_for_subscribers(tree: "HtmlElement") -> bool:
    """True if the page's JSON-LD says that its article is not free to read.

    If the JSON-LD says both, of other articles or of parts, only what it says of articles counts.
    """
    values = {value.lower() for script in read_json_ld(tree) for value in _FREE.findall(script)}
    if len(values) > 1:
        articles = find_articles(tree)
        addresses = [
            str(article["isAccessibleForFree"])
            for article in articles
            if "isAccessibleForFree" in article
        ]
        values = {address.rpartition("/")[2].lower() for address in addresses}
    return values == {"false"}


def _lines_near(tree: "HtmlElement", title: str) -> list[str]:
    """The short blocks around the title, of which trafilatura leaves some out."""
    blocks = (element for element in find_near_title(tree, title) if element.tag in _BLOCKS)
    texts = (block.text_content() for block in blocks)
    return [" ".join(text.split()) for text in texts if len(text) <= MAX_BLOCK]


def _strip_invisible(text: str | None) -> str:
    return INVISIBLE.sub("", text or "").strip()


def _strip_prologue(html: str) -> str:
    """The page from its doctype or first tag on. A part of a page gets an <html> tag, because
    trafilatura accepts no lone <div>."""
    page = _PROLOGUE.sub("", html, count=1)
    return page if "html" in page[:50].lower() else f"<html>{page}"


def begins_as_page(text: str) -> bool:
    """True if a text begins as pages and fragments of pages do."""
    return bool(_FIRST_TAG.match(_PROLOGUE.sub("", text, count=1)))


def describe_other_format(text: str) -> str | None:
    """For a feed, other XML or RTF: what the text is, and what to send instead. Else None.

    The first characters decide. The marks of these formats would be read as words.
    """
    if text.lstrip().startswith("{\\rtf"):
        return "an RTF document, not a text: save it as plain text or as a page"
    if _FEED.match(_PROLOGUE.sub("", text, count=1)):
        return "a feed, not an article: give the addresses of its articles"
    if text.lstrip()[:5].lower() == "<?xml" and not begins_as_page(text):
        return "XML that is no page: give the article as a page or as text"
    return None


def wrap_text(text: str) -> str:
    """Plain text or Markdown as a page of one <pre>, the form that browsers give to text."""
    return f"<html><head></head><body><pre>{escape(text, quote=False)}</pre></body></html>"


def unwrap_text(html: str) -> str | None:
    """The text of a page that holds one <pre> and nothing else: from `wrap_text`, or from a browser
    that saved a text file. None for any other page."""
    page = _ONE_TEXT.fullmatch(html)
    return unescape(page[1]) if page else None


def _drop_endless_inline_tags(page: str) -> str:
    """The page, without inline tags if it has more than MAX_INLINE_TAGS. Tags of quotations become
    quotation marks."""
    if sum(1 for _ in _INLINE.finditer(page)) <= MAX_INLINE_TAGS:
        return page
    return _INLINE.sub(lambda tag: '"' if tag["quotation"] else "", page)


def _count_tags(html: str) -> int:
    return sum(1 for _ in _TAG.finditer(html))


def _check_tags(html: str) -> None:
    tags = _count_tags(html)
    if tags > MAX_TAGS:
        raise TooManyTags(
            f"html: a page of at most {MAX_TAGS} tags is read, {tags} were given; send the "
            "article's part of it, or its text."
        )


def _place_paragraphs(blocks: list[str]) -> list[SourcedText]:
    """The blocks with their offsets in the text that joins them with blank lines."""
    paragraphs, start = [], 0
    for block in blocks:
        paragraphs.append(SourcedText.of(block, start))
        start += len(block) + 2
    return paragraphs
