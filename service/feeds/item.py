"""Feeds, their items, and what may be wrong with a feed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FeedTrouble(StrEnum):
    """What is wrong with a feed or a given article, or noteworthy.

    The words are in `writing/words.toml`.
    """

    STATUS = "status"  # detail: the status
    TIMEOUT = "timeout"
    UNKNOWN_HOST = "unknown_host"
    NO_ANSWER = "no_answer"
    TOO_LARGE = "too_large"
    FORBIDDEN = "forbidden"
    FAILED = "failed"  # detail: a reason
    UNREADABLE = "unreadable"  # of a file; detail: the system's reason
    NO_FEED = "no_feed"
    BROKEN = "broken"  # detail: the kind of error that Python raised
    EMPTY = "empty"
    MOVED = "moved"  # detail: the new address
    MANY_FEEDS = "many_feeds"  # of a list; detail: how many it has, and how many were read
    NO_ROOM = "no_room"  # all feeds together are too large
    CUT = "cut"  # detail: how many items there are, and how many were read
    WITHOUT_LINKS = "without_links"  # detail: how many items
    # Of a given article.
    INVALID = "invalid"  # detail: what is wrong with its fields, in English
    NO_TIME = "no_time"
    TEXT_TOO_LONG = "text_too_long"  # detail: characters that are read at most
    # These have the codes of ArticleError.
    ARTICLE = "article"  # detail: a reason in English
    CONSENT_ONLY = "consent_only"
    EMPTY_ARTICLE = "empty_article"
    NOT_FRENCH = "not_french"  # detail: the language that it seems to be in
    PAYWALL_ONLY = "paywall_only"
    TOO_MANY_TAGS = "too_many_tags"
    TOO_SHORT = "too_short"


@dataclass(frozen=True)
class Trouble:
    """A trouble with its detail, which may be empty."""

    kind: FeedTrouble
    detail: str = ""


class FeedError(Exception):
    """Nothing can be read from a feed or a given article."""

    def __init__(self, kind: FeedTrouble, detail: str = "") -> None:
        super().__init__(f"{kind.value} {detail}".strip())
        self.trouble = Trouble(kind, detail)


@dataclass(frozen=True)
class Subscription:
    """A feed to read, or a given article.

    `address` is the address or file name of the feed, or the name of the article. `folder` and
    `title` are those of the feed in an OPML file. `referrer` is the address of the list that names
    the feed. All three may be empty, `referrer` where the user names the feed.
    """

    address: str
    folder: str = ""
    title: str = ""
    referrer: str = ""


@dataclass(frozen=True)
class Item:
    """An item of a feed, or a given article, whose `feed` is empty.

    `key` identifies the item within its feed. `text` is the text that the feed gives, without
    HTML. `page` is the HTML of the item's page, if it was already read. `published` has a time
    zone. Unknown fields are empty.
    """

    key: str
    title: str
    text: str = ""
    link: str = ""
    published: datetime | None = None
    feed: str = ""
    source: str = ""
    folder: str = ""
    page: str = field(default="", repr=False)


@dataclass(frozen=True)
class Feed:
    """The content of a feed. `troubles` holds only those that do not prevent reading."""

    title: str
    items: tuple[Item, ...]
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class Collected:
    """The result of reading a subscription.

    `feed` is None if reading failed, or if the feed `is_unchanged`. `validators` are the headers
    with which the next request asks for changes only.
    """

    subscription: Subscription
    feed: Feed | None = None
    troubles: tuple[Trouble, ...] = ()
    validators: tuple[tuple[str, str], ...] = ()
    is_unchanged: bool = False
