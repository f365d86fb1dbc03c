"""Web addresses, as people and feeds write them."""

from typing import Final
from urllib.parse import urljoin

_WEB: Final = ("http://", "https://")


def is_web_address(text: str) -> bool:
    """True if `text` begins with "http://" or "https://", in capitals or not."""
    return text.lower().startswith(_WEB)


def join_link(address: str, link: str) -> str:
    """Returns `link`, found in the page or feed at `address`, as an absolute address.

    A malformed link gives an empty string.
    """
    try:
        return urljoin(address, link)
    except ValueError:
        return ""
