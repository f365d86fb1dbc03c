"""The formats in which a digest is written, by their names, and their media types."""

from collections.abc import Callable, Mapping
from typing import Final

from service.feeds.digest import Digest
from service.feeds.writing.data import write_json
from service.feeds.writing.feeds import write_atom, write_json_feed
from service.feeds.writing.html import write_html
from service.feeds.writing.markdown import write_markdown

FORMATS: Final[Mapping[str, Callable[[Digest], str]]] = {
    "markdown": write_markdown,
    "html": write_html,
    "atom": write_atom,
    "jsonfeed": write_json_feed,
    "json": write_json,
}
MEDIA_TYPES: Final = {
    "markdown": "text/markdown",
    "html": "text/html",
    "atom": "application/atom+xml",
    "jsonfeed": "application/feed+json",
    "json": "application/json",
}
