"""When a page says that it was published: in its metadata, its address, its <time> elements or the
line below its title.

A date in running text, a footer or a title is not the page's own: "Fondé en 2011" or "© 2015" would
be taken for one. An editor checks a date that is missing, and prints one that is wrong. So
htmldate, which reads all the forms of metadata, sees only the elements that are made to say when
the article was published.
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

# elements before and after the title among which its date is looked for; pages nest them deeply
NEAR_TITLE: Final = 40
MAX_METAS: Final = 100  # that are read; tens of thousands would take seconds
STANDFIRSTS: Final = 1  # paragraphs that may stand between the title and its date
SENTENCE: Final = (
    80  # characters; a paragraph that is as long and no dateline is part of the article
)
_KEYS: Final = ("name", "property", "itemprop", "http-equiv")
# Names that htmldate takes for dates of publication, and that pages also use for that of a game or
# of the answer itself.
_OTHER_DATES: Final = {"meta", "timestamp", "gentime", "release_date", "video:release_date"}
_JSON_PUBLISHED: Final = re.compile(r'"datePublished"\s*:\s*"([\w:.+ -]{8,40})"')
_DAY: Final = re.compile(r"[\w:.+ -]{8,40}\Z")
_ARTICLE_TYPES: Final = (
    "Article",
    "Posting",
    "Report",
)  # how the names of schema.org's types of articles end
_NO_DAY: Final = re.compile(
    r"\D*\d{4}(?:\D?\d{1,2})?\D*"
)  # a year or a month: htmldate would make it the first
_MARKED: Final = (
    "(.//time[@pubdate or contains(@itemprop, 'datePublished')]"
    "|.//abbr[@title and (contains(@class, 'published') or @class='date')])"
    "[not(ancestor::aside or ancestor::nav or ancestor::footer)][1]"
)


def stated_date(html: str, title: str, blocks: Iterable[str]) -> str:
    """The date as YYYY-MM-DD, or an empty string where the page does not say it. `blocks` are the
    page's paragraphs."""
    import trafilatura

    tree = trafilatura.load_html(html)
    if tree is None:
        return ""
    near = near_title(tree, title)
    return (
        _read([*_metadata(tree), *_published(tree)], _address(tree))
        or _read([element for element in tree.xpath(_MARKED) if _is_short(element)])
        or _read([element for element in near if _is_dated(element)])
        or _dateline(element.text_content() for element in near)
        or _dateline(islice(blocks, HEADER_BLOCKS))
    )


def _read(elements: "Iterable[HtmlElement]", address: str = "") -> str:
    """The date that htmldate reads from the page's address or from these elements alone."""
    import htmldate
    from lxml import html

    tree = html.fromstring("<html><body></body></html>")
    for element in elements:
        copied = deepcopy(element)
        copied.tail = None  # the text that follows it
        tree.body.append(copied)
    if not address and not len(tree.body):
        return ""
    return htmldate.find_date(tree, extensive_search=False, original_date=True, url=address) or ""


def _address(tree: "HtmlElement") -> str:
    """The page's own address, as it gives it; empty if it does not."""
    given = tree.xpath(".//link[@rel='canonical']/@href|.//meta[@property='og:url']/@content")
    return str(given[0]) if given else ""


def _metadata(tree: "HtmlElement") -> "list[HtmlElement]":
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


def _published(tree: "HtmlElement") -> "list[HtmlElement]":
    """The dates of publication of the page's JSON-LD, without those of changes and pictures beside
    them."""
    from lxml import html

    found = [date for script in json_ld(tree) for date in _JSON_PUBLISHED.findall(script)]
    dates = (_of_articles(tree) if len(set(found)) > 1 else []) or found[:1]
    element = html.Element("script", type="application/ld+json")
    element.text = "".join(f'"datePublished": "{date}"' for date in dates)
    return [element] if dates else []


def _of_articles(tree: "HtmlElement") -> list[str]:
    """The date of publication of the only article that JSON-LD tells of, beside a site or lists of
    others; of several articles none is taken here."""
    dates = [one["datePublished"] for one in articles(tree) if "datePublished" in one]
    return dates if len(dates) == 1 and isinstance(dates[0], str) and _DAY.match(dates[0]) else []


def json_ld(tree: "HtmlElement") -> list[str]:
    """The page's scripts that tell machines what it is."""
    return [str(script) for script in tree.xpath(".//script[@type='application/ld+json']/text()")]


def articles(tree: "HtmlElement") -> list[dict[str, Any]]:
    """The objects of the page's JSON-LD that are articles."""
    found: list[dict[str, Any]] = []
    for script in json_ld(tree):
        with suppress(ValueError, RecursionError):
            objects = _objects(json.loads(script, strict=False))
            found += [one for one in objects if str(one.get("@type", "")).endswith(_ARTICLE_TYPES)]
    return found


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


def near_title(tree: "HtmlElement", title: str) -> "list[HtmlElement]":
    """The elements around the title, within the block that holds it and before the article's text
    begins; without a title, those at the top."""
    heading = title_heading(tree, title)
    if heading is None:
        return _before_text(tree.iter("*"))
    before = takewhile(lambda element: element is not heading, heading.getparent().iter("*"))
    after = dropwhile(lambda element: element is not heading, tree.iter("*"))
    return [*deque(before, NEAR_TITLE), *_before_text(islice(after, 1, None))]


def title_heading(tree: "HtmlElement", title: str) -> "HtmlElement | None":
    """The <h1> that holds the title, or else the first one."""
    headings = [heading for heading in tree.iter("h1") if heading.text_content().strip()]
    return next(
        (each for each in headings if title and title in each.text_content()),
        headings[0] if headings else None,
    )


def _before_text(elements: "Iterable[HtmlElement]") -> "list[HtmlElement]":
    """The first elements, up to the article's text."""
    near, sentences = [], 0
    for element in islice(elements, NEAR_TITLE):
        if (
            element.tag == "p"
            and len(element.text_content()) >= SENTENCE
            and not _is_dateline(element.text_content())
        ):
            sentences += 1
        if sentences > STANDFIRSTS:
            break
        near.append(element)
    return near


def _is_dated(element: "HtmlElement") -> bool:
    """True for a <time> that stands for itself; one within a sentence is what the article speaks
    of."""
    return (
        element.tag == "time"
        and _is_short(element)
        and not _NO_DAY.fullmatch(element.get("datetime") or element.text_content())
        and all(
            _is_dateline(paragraph.text_content()) for paragraph in element.iterancestors("p", "li")
        )
        and next(element.iterancestors("aside", "nav", "footer"), None) is None
    )


def _is_short(element: "HtmlElement") -> bool:
    """False for what was left open and so holds the rest of the page."""
    return len(element.text_content()) <= MAX_BLOCK


def _is_dateline(text: str) -> bool:
    text = " ".join(text.split())
    return len(text) <= MAX_BLOCK and boilerplate(text) is Kind.DATELINE


def _dateline(texts: Iterable[str]) -> str:
    """The date of the first of `texts` that says it, as in reader-mode text; one that says only
    when the page was changed comes last."""
    lines = sorted(filter(_is_dateline, texts), key=is_of_update)
    return next(filter(None, map(iso_date, lines)), "")
