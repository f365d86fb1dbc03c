"""Fetches a page; a text is returned as a page that holds it."""

from typing import Final

from service.fetch.downloads import download
from service.fetch.errors import FetchError
from service.text.charsets import decoded

# Media types of pages, and of texts, Markdown included. XHTML was often sent as XML: the beginning
# of the content shows whether XML is a page.
_PAGES: Final = ("text/html", "application/xhtml+xml", "text/xml", "application/xml")
_TEXTS: Final = ("text/plain", "text/markdown", "text/x-markdown", "text/x-web-markdown")
_FEEDS: Final = ("application/rss+xml", "application/atom+xml")


def fetch(url: str, timeout: float, *, public_only: bool = True) -> str:
    """The HTML of the page at `url`, fetched within `timeout` seconds.

    A text is returned as a page that holds the whole text (`wrap_text` of
    `service.reading.pages`). Limits and errors are those of `download`.
    """
    page = download(url, timeout, public_only=public_only, check=_check_is_page)
    return _as_page(decoded(page.content, page.charset), page.media_type)


def _check_is_page(media_type: str) -> None:
    """Raises FetchError for a media type other than a page's or a text's; an empty one passes."""
    if media_type and media_type not in (*_PAGES, *_TEXTS):
        feed = " but a feed: give the addresses of its articles" if media_type in _FEEDS else ""
        raise FetchError("The address holds {type}, not a page{feed}.", type=media_type, feed=feed)


def _as_page(content: str, media_type: str) -> str:
    """The page that an answer holds. Raises FetchError for other formats.

    A text is wrapped by `wrap_text`: read as HTML, its paragraphs would be joined into one.
    """
    from service.reading.pages import begins_as_page, describe_other_format, wrap_text

    if kind := describe_other_format(content):
        raise FetchError("The address holds {kind}.", kind=kind)
    if begins_as_page(content):
        return content
    if media_type.endswith("/xml"):
        raise FetchError("The address holds {type}, not a page.", type=media_type)
    is_text = media_type in _TEXTS or (not media_type and not content.lstrip().startswith("<"))
    return wrap_text(content) if is_text else content
