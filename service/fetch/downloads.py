"""Downloads the content of an address: follows redirects, limits time and size."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx

from service.fetch.addresses import check_scheme, read_address
from service.fetch.client import ENCODINGS, open_client
from service.fetch.connections import Deadline
from service.fetch.errors import FetchError, FetchTimeout, TooLarge

MAX_PAGE_BYTES: Final = 5_000_000
MAX_REDIRECTS: Final = 5
_FOR_GOOD: Final = (301, 308)  # Statuses of permanent redirects.


@dataclass(frozen=True)
class Download:
    """The answer of an address.

    `address` is where the redirects led. `is_moved`: there were redirects, all of them permanent.
    `headers` are those of the answer. `is_unchanged` is true for status 304: the validators that
    were sent still hold, and there is no content.
    """

    content: bytes
    media_type: str
    charset: str | None
    address: str
    headers: Mapping[str, str]
    is_moved: bool = False
    is_unchanged: bool = False


def download(
    url: str,
    timeout: float,
    *,
    public_only: bool = True,
    headers: Mapping[str, str] | None = None,
    check: Callable[[str], None] = lambda media_type: None,
) -> Download:
    """Downloads the content of `url` within `timeout` seconds.

    With `public_only` no proxy of the environment is used: a proxy would look up host names
    unchecked. Without it, proxies are used, but not for loopback. At most MAX_PAGE_BYTES are read.
    `headers` are sent with the request. `check` may refuse a media type before the content is read.

    Raises ForbiddenAddress, FetchTimeout or FetchError, and OSError for certificates that cannot be
    read.
    """
    deadline = Deadline(timeout)
    try:
        address = read_address(url)
        with open_client(timeout, deadline, public_only) as client:
            request = client.build_request("GET", address, headers=headers)
            return _follow(client, request, deadline, check)
    except (httpx.TimeoutException, httpcore.TimeoutException) as error:
        raise FetchTimeout("The page did not come within {time:.0f} s.", time=timeout) from error
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise FetchError("The page was answered with status {status}.", status=status) from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        # UnicodeError: an invalid IDNA name, like xn--a.
        raise FetchError("The page could not be fetched: {reason}.", reason=error) from error


def _follow(
    client: httpx.Client,
    request: httpx.Request,
    deadline: Deadline,
    check: Callable[[str], None],
) -> Download:
    """The answer to `request`, behind its redirects.

    Redirects are followed here because httpx would read the whole body of each redirect.
    """
    statuses: list[int] = []
    for _ in range(MAX_REDIRECTS + 1):
        check_scheme(request.url)
        with closing(client.send(request, stream=True)) as response:
            if response.next_request is None:
                is_moved = bool(statuses) and all(status in _FOR_GOOD for status in statuses)
                return _read(response, deadline, check, is_moved)
            statuses.append(response.status_code)
            request = response.next_request
    raise FetchError(
        "The address leads to another, and so on: more than {most} redirects are not followed.",
        most=MAX_REDIRECTS,
    )


def _read(
    response: httpx.Response, deadline: Deadline, check: Callable[[str], None], is_moved: bool
) -> Download:
    is_unchanged = response.status_code == httpx.codes.NOT_MODIFIED
    content = b""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not is_unchanged:
        response.raise_for_status()
        check(media_type)
        _check_encoding(response)
        content = _read_body(response.iter_bytes(), deadline)
    charset, url, headers = response.charset_encoding, str(response.url), dict(response.headers)
    return Download(content, media_type, charset, url, headers, is_moved, is_unchanged)


def _check_encoding(response: httpx.Response) -> None:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", *ENCODINGS):
        raise FetchError(
            "The page is packed with {encoding!r}; gzip or deflate was asked for.",
            encoding=encoding[:20],
        )


def _read_body(chunks: Iterable[bytes], deadline: Deadline) -> bytes:
    """All bytes of the page.

    Raises TooLarge, or httpcore.ReadTimeout if the server sends them too slowly.
    """
    content = bytearray()
    for chunk in chunks:
        content += chunk
        deadline.left()
        if len(content) > MAX_PAGE_BYTES:
            raise TooLarge("The page is larger than {most} bytes.", most=MAX_PAGE_BYTES)
    return bytes(content)
