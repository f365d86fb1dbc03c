"""The formats in which a digest is written, by their names."""

from collections.abc import Callable, Mapping
from typing import Final

from service.feeds.digest import Digest
from service.feeds.writing.feeds import write_atom, write_json_feed
from service.feeds.writing.html import write_html
from service.feeds.writing.markdown import write_markdown

FORMATS: Final[Mapping[str, Callable[[Digest], str]]] = {
    "markdown": write_markdown,
    "html": write_html,
    "atom": write_atom,
    "jsonfeed": write_json_feed,
}
