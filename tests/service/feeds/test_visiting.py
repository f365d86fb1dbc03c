"""Pages are fetched as robots.txt allows, with a pause for each site, within the time of a run."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.feeds import visiting
from service.feeds.visiting import Disallowed, RunTime, Visitor
from service.fetch.errors import FetchTimeout, ForbiddenAddress
from tests.service.feeds.site import Site, serving

FEED = "http://127.0.0.1/feed"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(visiting, "PAUSE_SECONDS", 0.0)
    with serving() as served:
        for path in ("/a", "/private/a"):
            served.put(path, "<p>Une page.</p>", "text/html")
        yield served


class NotedPauses(RunTime):
    """A long run that notes its pauses and makes none."""

    def __init__(self) -> None:
        super().__init__(600.0)
        self.seconds: list[float] = []

    def wait(self, seconds: float) -> None:
        self.seconds.append(seconds)


def visitor(seconds: float = 20.0, stopped: threading.Event | None = None) -> Visitor:
    return Visitor(RunTime(seconds, stopped), 5.0, must_be_public=lambda referrer: False)


def test_robots_are_asked_once_for_a_site_and_obeyed(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", "text/plain")
    visits = visitor()
    assert "Une page." in visits.fetch_page(site.url + "/a", FEED)
    with pytest.raises(Disallowed):
        visits.fetch_page(site.url + "/private/a", FEED)
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    ("rules", "is_allowed"),
    [
        ("User-agent: breve\nDisallow: /\n", False),
        ("User-agent: GPTBot\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Breve\nAllow: /\n", True),
        ("User-agent: *\nDisallow: //[\nUser-agent: GPTBot\nDisallow: /\n", True),
        ("", True),
        ("\xff\x00<html>", True),
    ],
)
def test_rules_for_this_program(site: Site, rules: str, is_allowed: bool) -> None:
    site.put("/robots.txt", rules.encode("latin-1"), "text/plain")
    if is_allowed:
        assert visitor().fetch_page(site.url + "/a", FEED)
        return
    with pytest.raises(Disallowed):
        visitor().fetch_page(site.url + "/a", FEED)


@pytest.mark.parametrize("rule", ["Disallow: //[", "Crawl-delay: ²", f"Crawl-delay: {'9' * 5000}"])
def test_a_rule_that_is_broken_is_skipped(site: Site, rule: str) -> None:
    rules = f"User-agent: *\n{rule}\nDisallow: /private/\n"
    site.put("/robots.txt", rules, "text/plain")
    visits = visitor()
    assert visits.fetch_page(site.url + "/a", FEED)
    with pytest.raises(Disallowed):
        visits.fetch_page(site.url + "/private/a", FEED)


def test_a_link_that_is_broken_is_refused(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", "text/plain")
    link = site.url.replace("http://", "http://a%5B@") + "/a"
    with pytest.raises(ForbiddenAddress):
        visitor().fetch_page(link, FEED)


@pytest.mark.parametrize(("status", "is_allowed"), [(403, True), (404, True), (503, False)])
def test_robots_that_cannot_be_had(site: Site, status: int, is_allowed: bool) -> None:
    site.put("/robots.txt", "", status=status)
    if is_allowed:
        assert visitor().fetch_page(site.url + "/a", FEED)
        return
    with pytest.raises(Disallowed):
        visitor().fetch_page(site.url + "/a", FEED)


def test_a_site_has_a_pause_and_others_need_not_wait(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "PAUSE_SECONDS", 60.0)
    pauses = NotedPauses()
    visits = Visitor(pauses, 5.0, must_be_public=lambda referrer: False)
    with serving() as other:
        other.put("/feed", "x")
        for address in (site.url + "/a", other.url + "/feed", site.url + "/a"):
            visits.fetch_feed(address, {}, "")
    first, of_other_site, second = pauses.seconds
    assert (first, of_other_site) == (0, 0)
    assert 0 < second <= 60


def test_robots_and_the_page_after_it_are_one_visit(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "PAUSE_SECONDS", 60.0)
    pauses = NotedPauses()
    visits = Visitor(pauses, 5.0, must_be_public=lambda referrer: False)
    with ThreadPoolExecutor() as threads:
        for page in threads.map(lambda path: visits.fetch_page(site.url + path, FEED), ["/a"] * 2):
            assert "Une page." in page
    of_robots, of_first_page, of_second_page = sorted(pauses.seconds)
    assert (of_robots, of_first_page) == (0, 0)
    assert 0 < of_second_page <= 60
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a", "/a"]


def test_nothing_is_fetched_after_the_time_of_the_run(site: Site) -> None:
    visits = visitor(seconds=0.2)
    time.sleep(0.12)
    with pytest.raises(FetchTimeout):  # Feeds have half of the time.
        visits.fetch_feed(site.url + "/a", {}, "")
    time.sleep(0.1)
    with pytest.raises(Disallowed):
        visits.fetch_page(site.url + "/a", FEED)
    assert not site.asked


def test_a_stopped_run_fetches_nothing_more(site: Site) -> None:
    stopped = threading.Event()
    visits = visitor(stopped=stopped)
    stopped.set()
    with pytest.raises(FetchTimeout):
        visits.fetch_feed(site.url + "/a", {}, "")


def test_what_must_be_public_is(site: Site) -> None:
    visits = Visitor(RunTime(20.0), 5.0, must_be_public=lambda address: address == FEED)
    assert visits.fetch_feed(site.url + "/a", {}, "").content
    with pytest.raises(ForbiddenAddress):
        visits.fetch_feed(site.url + "/a", {}, FEED)
    with pytest.raises(Disallowed):
        visits.fetch_page(site.url + "/a", FEED)


def test_a_public_feed_that_the_user_names_does_not_lead_away(site: Site) -> None:
    visits = Visitor(RunTime(20.0), 5.0, must_be_public=lambda address: address == site.url + "/a")
    with pytest.raises(ForbiddenAddress):
        visits.fetch_feed(site.url + "/a", {}, "")
