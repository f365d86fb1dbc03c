"""Fetches the feeds and pages of a run: within its time, politely, and as sites allow."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from service.fetch.client import USER_AGENT
from service.fetch.downloads import Download, download
from service.fetch.errors import FetchError, FetchTimeout, ForbiddenAddress
from service.fetch.pages import fetch
from service.text.charsets import decoded

# Between two requests to a site. Its robots.txt and the page after it count as one.
PAUSE_SECONDS: Final = 1.0
FEEDS_SHARE: Final = 0.5  # the part of a run's time in which feeds may be fetched
ROBOTS_BYTES: Final = 500_000  # of robots.txt; the rest is not read (RFC 9309)
_CLOSED: Final = ("User-agent: *", "Disallow: /")
_NO_RULE: Final = "Crawl-delay:"  # It only ends the names of robots, as each rule does.
_ROBOT: Final = USER_AGENT.split(maxsplit=1)[0]


class Disallowed(FetchError):
    """The robots.txt of a site does not allow a page."""


class RunTime:
    """The time limit of a run, which begins now. `stopped` ends the run early."""

    def __init__(self, seconds: float, stopped: threading.Event | None = None) -> None:
        self._seconds, self._begun = seconds, time.monotonic()
        self._stopped = stopped or threading.Event()

    def left(self, share: float = 1.0) -> float:
        """Seconds that are left of a share of the run; 0 where none are."""
        if self._stopped.is_set():
            return 0.0
        return max(0.0, self._begun + share * self._seconds - time.monotonic())

    def wait(self, seconds: float) -> None:
        """Waits so many seconds, or until the run is stopped."""
        self._stopped.wait(seconds)


class Visitor:
    """Fetches feeds and pages, each in at most `timeout` seconds, for any number of threads.

    `must_be_public` gets the address of the feed, list or page that names what is fetched, or its
    own address if the user names it. It returns whether only public addresses may be fetched,
    redirects included. Errors are those of `service.fetch`, and FetchTimeout where the run has no
    time left.
    """

    def __init__(self, run: RunTime, timeout: float, must_be_public: Callable[[str], bool]) -> None:
        self._run, self._timeout, self._must_be_public = run, timeout, must_be_public
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}  # The time at which a site may be asked again.
        self._robots: dict[str, RobotFileParser] = {}
        self._robots_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def fetch_feed(self, address: str, headers: Mapping[str, str], referrer: str) -> Download:
        """Downloads the feed at `address`.

        `referrer` is the address of the list or page that names it; empty if the user names it.
        """
        seconds = self._take_turn(address, FEEDS_SHARE)
        public_only = self._must_be_public(referrer or address)
        return download(address, seconds, public_only=public_only, headers=headers)

    def fetch_named_page(self, address: str) -> str:
        """The HTML of a page that the user names."""
        seconds = self._take_turn(address, FEEDS_SHARE)
        return fetch(address, seconds, public_only=self._must_be_public(address))

    def fetch_page(self, link: str, feed: str) -> str:
        """The HTML of a page that a feed links to. Raises Disallowed as well."""
        if not self._allows(link, feed):
            raise Disallowed("The robots.txt of the site does not allow this page.")
        seconds = self._take_turn(link)
        return fetch(link, seconds, public_only=self._must_be_public(feed))

    def _take_turn(self, address: str, share: float = 1.0, has_pause: bool = True) -> float:
        """Waits until the site may be asked again. Returns the seconds for the request.

        Without `has_pause` the next request may follow at once.
        """
        site = _site_of(address)
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._free.get(site, now))
            if turn - now >= self._run.left(share):
                raise FetchTimeout("No time is left for this address.")
            self._free[site] = turn + PAUSE_SECONDS if has_pause else turn
        self._run.wait(turn - now)
        left = self._run.left(share)
        if left <= 0:
            raise FetchTimeout("No time is left for this address.")
        return min(left, self._timeout)

    def _allows(self, link: str, feed: str) -> bool:
        site = _site_of(link)
        with self._lock:
            robots_lock = self._robots_locks[site]
        with robots_lock:
            if site not in self._robots:
                self._robots[site] = self._read_robots(f"{site}/robots.txt", feed)
        try:
            return self._robots[site].can_fetch(_ROBOT, link)
        except ValueError as error:
            words = "This is no address of a page: {reason}."
            raise ForbiddenAddress(words, reason=str(error).rstrip(".")) from error

    def _read_robots(self, address: str, feed: str) -> RobotFileParser:
        """The rules of a site (RFC 9309). A 4xx answer allows all pages, another failure none."""
        try:
            seconds = self._take_turn(address, has_pause=False)
            robots = download(address, seconds, public_only=self._must_be_public(feed))
            lines = decoded(robots.content[:ROBOTS_BYTES]).splitlines()
        except FetchError as error:
            lines = [] if 400 <= error.status < 500 else list(_CLOSED)
        return _parse_rules(line if _is_readable(line) else _NO_RULE for line in lines)


def _parse_rules(lines: Iterable[str]) -> RobotFileParser:
    rules = RobotFileParser()
    rules.parse(lines)
    return rules


def _is_readable(line: str) -> bool:
    """False for a rule that Python cannot read, such as a path with an unmatched bracket."""
    try:
        _parse_rules(["User-agent: *", line])
    except ValueError:
        return False
    return True


def _site_of(address: str) -> str:
    """The scheme, host and port of an address; empty for one that is broken."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
