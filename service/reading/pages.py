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
from service.reading.markdown import INVISIBLE, WINDOWS, clean
from service.reading.page_dates import articles, json_ld, near_title, stated_date, title_heading
from service.text.sentences import MAX_SENTENCE
from service.text.source_map import SourcedText

if TYPE_CHECKING:
    from configparser import ConfigParser

    from lxml.html import HtmlElement
    from trafilatura.settings import Document

# trafilatura takes up to 0.1 ms for each tag, and for inline tags of one paragraph the square of
# their number: 30,000 <i> take 12 s, 30,000 others 1 to 4 s (two busy processors). Press pages have
# 300 to some thousands.
MAX_TAGS: Final = 30_000
_TAG: Final = re.compile(r"<[a-zA-Z]")
# The mark of a footnote: a number that is a link or in brackets. That of "m²" is neither.
_NUMBER: Final = r"\s*+(?:\[\s*+\d{1,3}\s*+\]|\(\s*+\d{1,3}\s*+\)|\d{1,3})\s*+"
_NOTE: Final = re.compile(
    rf"<sup\b[^<>]{{0,300}}+>\s*+(?:<a\b[^<>]{{0,1000}}+>{_NUMBER}</a>"
    rf"|(?=[\[(]){_NUMBER})\s*+</sup>",
    re.IGNORECASE,
)
# What may stand before a page's first tag: it says nothing, and behind some of it trafilatura finds
# no page.
_PROLOGUE: Final = re.compile(r"(?:\s+|<\?xml.*?\?>|<!--.*?-->)*+", re.IGNORECASE | re.DOTALL)
_FIRST_TAG: Final = re.compile(
    r"<!doctype\s+html|<html\b|<(?:head|body|main|article|section|div|p|h[1-6]|meta)\b[^<>]*+>",
    re.IGNORECASE,
)  # as in web/clipboard.js
_FEED: Final = re.compile(
    r"(?:<\?xml.*?\?>|<!.*?>|\s+)*+<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE | re.DOTALL
)
_ONE_TEXT: Final = re.compile(
    r"\s*+<html>\s*+(?:<head>(?:<meta\b[^<>]*+>)*+</head>)?+\s*+<body>\s*+<pre\b[^<>]*+>([^<]*+)</pre>\s*+</body>\s*+</html>\s*+",
    re.IGNORECASE,
)
_BREAKS: Final = re.compile(
    r"(?:<br\b[^<>]{0,100}+>\s*+){3,}+", re.IGNORECASE
)  # more than two say nothing more

# Characters. Of an article with less, which may be the beginning of one behind a paywall,
# trafilatura makes one paragraph of title, author, text and notice. Its own limit is 250; the pages
# of `tests/service/reading/test_extraction_floors.py` read the same with both.
MIN_EXTRACTED: Final = 100
BELOW_TITLE: Final = (
    200  # elements among which the standfirst is looked for; on those pages it is the 67th at most
)
SAME_START: Final = (
    50  # letters and digits that the standfirst and the page's description begin with
)
MAX_STANDFIRST: Final = (
    1_000  # characters, white space included; a longer element holds more than it
)
_PARAGRAPHS: Final = frozenset("p h2 h3 h4 h5 h6".split())
_CONTAINERS: Final = frozenset(
    "article aside blockquote div figure footer header li main ol pre section table ul".split()
)
_BLOCKS: Final = _PARAGRAPHS | _CONTAINERS
_FREE: Final = re.compile(
    r'"isAccessibleForFree"\s*:\s*"?(?:https?://schema\.org/)?(true|false)\b', re.IGNORECASE
)


def extract(html: str) -> Extract:
    """What a page holds.

    Raises EmptyArticle if the page holds no text, and TooManyTags.
    """
    html = prepared(html)
    tree, document = _document(html)
    blocks = [clean(SourcedText.of(line)).text for line in document.text.split("\n")]
    title = _visible(document.title)
    title = title if len(title) <= MAX_SENTENCE else ""
    if standfirst := _standfirst(tree, title, document.description or "", blocks):
        blocks.insert(int(blocks[0].casefold() == title.casefold()), standfirst)
    kinds = [boilerplate(block) for block in blocks]
    kept = [block for block, kind in zip(blocks, kinds, strict=True) if block and kind is None]
    header = Header(
        title=title,
        byline=clean_authors(_visible(document.author))
        or find_signed_author(
            [*kept[:HEADER_BLOCKS], *blocks[:HEADER_BLOCKS], *_lines_near(tree, title)]
        ),
        # Of the page as it came: `_with_whole_sentences` has taken the <time> elements out of
        # `tree`.
        published=stated_date(html, title, blocks),
        source=document.hostname or document.sitename or "",
    )
    signature = next(filter(SIGNED.match, kept[:HEADER_BLOCKS]), "")
    kept = [
        block for block in kept if block != signature and not is_signature(block, header.byline)
    ]
    if kept and kept[0].casefold() == header.title.casefold():
        kept = kept[1:]
    paywalled = Kind.PAYWALL in kinds or _is_for_subscribers(tree)
    return Extract(
        header, _laid_out(kept), "\n\n".join(kept), paywalled, [block for block in blocks if block]
    )


def prepared(html: str) -> str:
    """The page without what no reader sees and trafilatura stumbles over. Raises TooManyTags,
    before anything is parsed."""
    html = _NOTE.sub("", _BREAKS.sub("<br><br>", without_prologue(html.translate(WINDOWS))))
    _check_tags(html)
    return html


def text_length(html: str) -> int:
    """How many characters of text a page holds, white space as a browser shows it: an article read
    from it has no more.

    Raises TooManyTags: 500,000 tags take 150 MB.
    """
    import trafilatura
    from lxml import etree

    tree = trafilatura.load_html(prepared(html))
    if tree is None:
        return 0
    data = tree.xpath(
        ".//script[@type='application/ld+json']/text()"
    )  # an article may be read from there instead
    etree.strip_elements(tree, "script", "style", with_tail=False)
    return max([len(" ".join(tree.text_content().split())), *map(len, data)])


def _document(html: str) -> "tuple[HtmlElement, Document]":
    """The page as `_with_whole_sentences` changes it, and what trafilatura finds in it."""
    import trafilatura

    tree = trafilatura.load_html(html)
    document = tree is not None and trafilatura.bare_extraction(
        _with_whole_sentences(tree),
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        target_language=None,
        date_extraction_params={
            "extensive_search": False,
            "original_date": True,
        },  # its date, which may be a guess, is not used
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


def _with_whole_sentences(tree: "HtmlElement") -> "HtmlElement":
    """The page, changed itself, with what trafilatura drops from sentences, or breaks or joins them
    for: dates, quotations, entries of a list."""
    from lxml import etree

    for quotation in tree.iterdescendants("q"):
        if _stands_alone(quotation):
            continue
        quotation.tag = "span"
        if not next(quotation.itertext(), "").lstrip().startswith(("«", "“", '"')):
            quotation.text = f"« {quotation.text or ''}"
            quotation.tail = f" »{quotation.tail or ''}"
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


def _stands_alone(element: "HtmlElement") -> bool:
    """True if nothing of the same paragraph stands beside the element."""
    before, after = element.getprevious(), element.getnext()
    texts = (element.getparent().text if before is None else before.tail, element.tail)
    beside = [other.tag for other in (before, after) if other is not None]
    return not any(text and text.strip() for text in texts) and _BLOCKS.issuperset(beside)


def _is_entry(item: "HtmlElement") -> bool:
    """True for an item of a list that is a heading and its text, or several paragraphs."""
    several = len(item) > 1 or bool(item.text and item.text.strip())
    return item.tag == "li" and several and any(child.tag in _PARAGRAPHS for child in item)


def _make_container(item: "HtmlElement") -> None:
    """Makes an item of a list a <div>, and what stands beside its paragraphs paragraphs: text alone
    in a <div> is lost."""
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


def _standfirst(tree: "HtmlElement", title: str, description: str, blocks: Sequence[str]) -> str:
    """The paragraph with which the page describes itself, where it stands between the title and the
    article's text: trafilatura begins with the element that holds the rest."""
    start = _letters(description)[:SAME_START]
    heading = title_heading(tree, title)
    if heading is None or len(start) < SAME_START or start in _letters("".join(blocks)):
        return ""
    first = _letters(next((block for block in blocks if block and block not in title), ""))[
        :SAME_START
    ]
    below = islice(
        dropwhile(lambda element: element is not heading, tree.iter("*")), 1, BELOW_TITLE
    )
    found = []
    for element in below:
        text = element.text_content()
        letters = _letters(text[:MAX_STANDFIRST])
        if letters.startswith(first):
            break
        if element.tag in _BLOCKS and len(text) <= MAX_STANDFIRST and letters.startswith(start):
            found.append(text)
    return clean(SourcedText.of(min(found, key=len, default=""))).text


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _is_for_subscribers(tree: "HtmlElement") -> bool:
    """True if the page's JSON-LD says that its article is not free to read. Where it says both, as
    of other articles or of parts, the articles' own word counts."""
    said = {value.lower() for script in json_ld(tree) for value in _FREE.findall(script)}
    if len(said) > 1:
        of_articles = [
            str(one["isAccessibleForFree"])
            for one in articles(tree)
            if "isAccessibleForFree" in one
        ]
        said = {value.rpartition("/")[2].lower() for value in of_articles}
    return said == {"false"}


def _lines_near(tree: "HtmlElement", title: str) -> list[str]:
    """The short blocks around the title, of which trafilatura leaves some out."""
    texts = (
        element.text_content() for element in near_title(tree, title) if element.tag in _BLOCKS
    )
    return [" ".join(text.split()) for text in texts if len(text) <= MAX_BLOCK]


def _visible(text: str | None) -> str:
    return INVISIBLE.sub("", text or "").strip()


def without_prologue(html: str) -> str:
    """The page from its doctype or first tag on, and what is a part of one made a page: trafilatura
    takes no lone <div>."""
    page = _PROLOGUE.sub("", html, count=1)
    return page if "html" in page[:50].lower() else f"<html>{page}"


def begins_as_page(text: str) -> bool:
    """True if a text begins as pages and fragments of pages do."""
    return bool(_FIRST_TAG.match(_PROLOGUE.sub("", text, count=1)))


def not_article(text: str) -> str | None:
    """What a text is by its first characters, where that is no article but a feed, other XML or
    RTF, whose marks would be read as words; and what to do. None for all else."""
    if text.lstrip().startswith("{\\rtf"):
        return "an RTF document, not a text: save it as plain text or as a page"
    if _FEED.match(_PROLOGUE.sub("", text, count=1)):
        return "a feed, not an article: give the addresses of its articles"
    if text.lstrip()[:5].lower() == "<?xml" and not begins_as_page(text):
        return "XML that is no page: give the article as a page or as text"
    return None


def as_page(text: str) -> str:
    """Plain text, or Markdown, as a page: one <pre>, as browsers hold it. `plain_text` finds it
    again."""
    return f"<html><head></head><body><pre>{escape(text, quote=False)}</pre></body></html>"


def plain_text(html: str) -> str | None:
    """The text of a page that is nothing but one (`as_page`, or what a browser saved of a text
    file); None for any other page."""
    found = _ONE_TEXT.fullmatch(html)
    return unescape(found[1]) if found else None


def _check_tags(html: str) -> None:
    tags = sum(1 for _ in _TAG.finditer(html))
    if tags > MAX_TAGS:
        detail = f"html: a page of at most {MAX_TAGS} tags is read, {tags} were given; send the article's part of it, or its text."
        raise TooManyTags(detail)


def _laid_out(blocks: list[str]) -> list[SourcedText]:
    paragraphs, start = [], 0
    for block in blocks:
        paragraphs.append(SourcedText.of(block, start))
        start += len(block) + 2
    return paragraphs
