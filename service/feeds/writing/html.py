"""A digest as HTML that mail programs show: styles stand in the elements, nothing is loaded.

Nothing that feeds say is markup: jinja2 escapes all of it.
"""

from functools import cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from service.feeds.digest import Digest, Health
from service.feeds.entries import Entry
from service.feeds.writing.words import Words, keep_figures_whole
from service.text.addresses import is_web_address

if TYPE_CHECKING:
    from jinja2 import Environment

_LINK: Final = Markup('<a href="{address}" style="color:#12478a;">{text}</a>')


def write_html(digest: Digest) -> str:
    """The digest as a whole page."""
    page = _environment().get_template("digest.html")
    return page.render(digest=digest, words=Words(digest.language)) + "\n"


def write_entry(entry: Entry, words: Words) -> str:
    """An entry as a piece of HTML, without its headline."""
    return _environment().get_template("entry.html").render(entry=entry, words=words).strip()


def write_health(digest: Digest, words: Words) -> str:
    """What is wrong with feeds, as a list."""
    lines = Markup("").join(map(_line, digest.health, [words] * len(digest.health)))
    return str(Markup("<ul>{}</ul>").format(lines))


def _line(health: Health, words: Words) -> Markup:
    line = Markup("<li>{}{}{}</li>")
    return line.format(words.name(health), words.word("colon"), words.trouble(health))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("service.feeds", "writing"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finish,
    )
    environment.globals["link"] = _link
    return environment


def _finish(value: object) -> object:
    """The value with its figures kept whole. Markup stays as it is: it may hold addresses."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return keep_figures_whole(str(value)) if is_text else value


def _link(text: str, address: str) -> Markup:
    """A link if `address` is a web address; else the text alone."""
    text = keep_figures_whole(text)
    if not is_web_address(address):
        return escape(text)
    return _LINK.format(address=address, text=text)
