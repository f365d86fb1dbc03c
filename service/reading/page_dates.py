"""Finds when a page says that it was published: in its metadata, its address, its <time> elements
or the line below its title.

A date in running text, a footer or a title is not the page's own, but htmldate would take "Fondé en
2011" or "© 2015" for it. A wrong date is worse than none: an editor looks up a missing date, and
prints a wrong one. So htmldate, which reads all forms of metadata, gets only the elements that are
made to say when the article was published.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING, Any, Final

from service.reading.boilerplate import HEADER_BLOCKS, MAX_BLOCK, Kind, boilerplate
from service.reading.dates import is_of_update, iso_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Elements before and after the title among which its date is looked for; pages nest them deeply.
NEAR_TITLE: Final = 40
MAX_METAS: Final = 100  # that are read; tens of thousands would take seconds
STANDFIRSTS: Final = 1  # paragraphs that may stand between the title and its date
# Characters. A paragraph of this length or more is part of the article, unless it is a dateline.
SENTENCE: Final = 80
_KEYS: Final = ("name", "property", "itemprop", "http-equiv")
# Metadata names that htmldate takes for dates of publication. Pages also use them for the release
# of a game, or for the time of the answer itself.
_OTHER_DATES: Final = {"meta", "timestamp", "gentime", "release_date", "video:release_date"}
_JSON_PUBLISHED: Final = re.compile(r'"datePublished"\s*:\s*"([\w:.+ -]{8,40})"')
_DAY: Final = re.compile(r"[\w:.+ -]{8,40}\Z")
# Endings of the names of schema.org's article types.
_ARTICLE_TYPES: Final = ("Article", "Posting", "Report")
# A year or a month without a day: htmldate would take its first day.
_NO_DAY: Final = re.compile(r"\D*\d{4}(?:\D?\d{1,2})?\D*")
_MARKED: Final = (
    "(.//time[@pubdate or contains(@itemprop, 'datePublished')]"
    "|.//abbr[@title and (contains(@class, 'published') or @class='date')])"
    "[not(ancestor::aside or ancestor::nav or ancestor::footer)][1]"
)


def find_stated_date(html: str, title: str, blocks: Iterable[str]) -> str:
    """The date as YYYY-MM-DD, or an empty string where the page does not say it. `blocks` are the
    page's paragraphs."""
    import trafilatura

    tree = trafilatura.load_html(html)
    if tree is None:
        return ""
    near_title = find_near_title(tree, title)
    return (
        _read_date([*_find_metadata(tree), *_published_script(tree)], _find_address(tree))
        or _read_date([element for element in tree.xpath(_MARKED) if _is_short(element)])
        or _read_date([element for element in near_title if _is_dated(element)])
        or _read_dateline(element.text_content() for element in near_title)
        or _read_dateline(islice(blocks, HEADER_BLOCKS))
    )


def _read_date(elements: "Iterable[HtmlElement]", address: str = "") -> str:
    """The date that htmldate reads from the page's address or from these elements alone."""
    import htmldate
    from lxml import html

    tree = html.fromstring("<html><body></body></html>")
    for element in elements:
        copied = deepcopy(element)
        copied.tail = None  # without the text behind it
        tree.body.append(copied)
    if not address and not len(tree.body):
        return ""
    return htmldate.find_date(tree, extensive_search=False, original_date=True, url=address) or ""


def _find_address(tree: "HtmlElement") -> str:
    """The page's own address, as it gives it; empty if it does not."""
    addresses = tree.xpath(".//link[@rel='canonical']/@href|.//meta[@property='og:url']/@content")
    return str(addresses[0]) if addresses else ""


def _find_metadata(tree: "HtmlElement") -> "list[HtmlElement]":
    """The <meta> elements that say when the article was published, not when it was changed."""
    from htmldate.core import DATE_ATTRIBUTES

    names = DATE_ATTRIBUTES - _OTHER_DATES
    dated = (
        element
        for element in tree.iter("meta")
        if any(element.get(key, "").lower() in names for key in _KEYS)
        and not _NO_DAY.fullmatch(element.get("datetime") or element.get("content") or "")
    )
    return list(islice(dated, MAX_METAS))


def _published_script(tree: "HtmlElement") -> "list[HtmlElement]":
    """A script element for htmldate with only the publication dates of the page's JSON-LD.

    Dates of changes and pictures are left out. Empty if there is no publication date.
    """
    from lxml import html

    all_dates = [date for script in read_json_ld(tree) for date in _JSON_PUBLISHED.findall(script)]
    article_dates = _find_article_date(tree) if len(set(all_dates)) > 1 else []
    dates = article_dates or all_dates[:1]
    element = html.Element("script", type="application/ld+json")
    element.text = "".join(f'"datePublished": "{date}"' for date in dates)
    return [element] if dates else []


def _find_article_date(tree: "HtmlElement") -> list[str]:
    """The publication date of the only dated article in the page's JSON-LD, which may also describe
    a site or lists. Empty if several articles have dates."""
    articles = [article for article in find_articles(tree) if "datePublished" in article]
    if len(articles) != 1:
        return []
    date = articles[0]["datePublished"]
    return [date] if isinstance(date, str) and _DAY.match(date) else []


def read_json_ld(tree: "HtmlElement") -> list[str]:
    """The page's JSON-LD scripts, which describe the page to programs."""
    return [str(script) for script in tree.xpath(".//script[@type='application/ld+json']/text()")]


def find_articles(tree: "HtmlElement") -> list[dict[str, Any]]:
    """The objects of the page's JSON-LD that are articles."""
    articles: list[dict[str, Any]] = []
    for script in read_json_ld(tree):
        with suppress(ValueError, RecursionError):
            objects = _objects(json.loads(script, strict=False))
            articles += [item for item in objects if _is_article(item)]
    return articles


def _is_article(item: dict[str, Any]) -> bool:
    kinds = item.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(str(kind).endswith(_ARTICLE_TYPES) for kind in named)


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """All objects in a JSON value."""
    parts: Iterable[object] = ()
    if isinstance(value, dict):
        yield value
        parts = value.values()
    elif isinstance(value, list):
        parts = value
    for part in parts:
        yield from _objects(part)


def find_near_title(tree: "HtmlElement", title: str) -> "list[HtmlElement]":
    """The elements around the title, within the block that holds it and before the article's text
    begins; without a title, those at the top."""
    heading = find_heading(tree, title)
    if heading is None:
        return _before_text(tree.iter("*"))
    before = takewhile(lambda element: element is not heading, heading.getparent().iter("*"))
    after = dropwhile(lambda element: element is not heading, tree.iter("*"))
    return [*deque(before, NEAR_TITLE), *_before_text(islice(after, 1, None))]


def find_heading(tree: "HtmlElement", title: str) -> "HtmlElement | None":
    """The <h1> that holds the title, or else the first one."""
    headings = [heading for heading in tree.iter("h1") if heading.text_content().strip()]
    with_title = (heading for heading in headings if title and title in heading.text_content())
    return next(with_title, headings[0] if headings else None)


def _before_text(elements: "Iterable[HtmlElement]") -> "list[HtmlElement]":
    """The first elements, up to the article's text."""
    near, paragraphs = [], 0
    for element in islice(elements, NEAR_TITLE):
        paragraphs += _is_paragraph(element)
        if paragraphs > STANDFIRSTS:
            break
        near.append(element)
    return near


def _is_paragraph(element: "HtmlElement") -> bool:
    """True for a <p> that is long enough to be text, and no dateline."""
    if element.tag != "p" or len(element.text_content()) < SENTENCE:
        return False
    return not _is_dateline(element.text_content())


def _is_dated(element: "HtmlElement") -> bool:
    """True for a <time> that stands alone. A <time> within a sentence is a date that the article
    mentions."""
    if element.tag != "time" or not _is_short(element):
        return False
    if _NO_DAY.fullmatch(element.get("datetime") or element.text_content()):
        return False
    paragraphs = element.iterancestors("p", "li")
    if not all(_is_dateline(paragraph.text_content()) for paragraph in paragraphs):
        return False
    return next(element.iterancestors("aside", "nav", "footer"), None) is None


def _is_short(element: "HtmlElement") -> bool:
    """False for an element that was left open and so holds the rest of the page."""
    return len(element.text_content()) <= MAX_BLOCK


def _is_dateline(text: str) -> bool:
    text = " ".join(text.split())
    return len(text) <= MAX_BLOCK and boilerplate(text) is Kind.DATELINE


def _read_dateline(texts: Iterable[str]) -> str:
    """The date in the first dateline among `texts`, read as in reader-mode text.

    A text that says only when the page was changed comes last.
    """
    lines = sorted(filter(_is_dateline, texts), key=is_of_update)
    return next(filter(None, map(iso_date, lines)), "")
