"""Addresses of the web, as people and feeds write them."""

from typing import Final
from urllib.parse import urljoin

_WEB: Final = ("http://", "https://")


def is_web_address(text: str) -> bool:
    """True for what begins as an address of the web does."""
    return text.lower().startswith(_WEB)


def join_link(address: str, link: str) -> str:
    """The address of a link of the page or feed at `address`; empty for a link that is broken."""
    try:
        return urljoin(address, link)
    except ValueError:
        return ""
