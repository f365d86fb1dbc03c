"""POST /digest: what is new in public feeds, within the time of one request."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from models.engine import Cancelled
from service.api.batch import Batch
from service.api.contract.digests import answers
from service.api.contract.requests import BatchItem
from service.api.work.answers import Answer
from service.api.work.fetching import acquire
from service.feeds.writing.formats import MEDIA_TYPES
from service.settings import Settings
from tests.engines import ScriptedEngine, Service, running, until
from tests.service.api.test_api import blocked, occupied, release, sent
from tests.service.cli.test_digest import (
    ALONE,
    LEAK,
    LEAK_AGAIN,
    OUTAGE,
    OUTAGE_AGAIN,
    atom,
    json_feed,
    rss,
)
from tests.service.feeds.site import Site, serving

OPEN = Settings(allow_urls=True)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site that counts as public."""
    monkeypatch.setattr("service.feeds.visiting.PAUSE_SECONDS", 0)
    monkeypatch.setattr("service.fetch.addresses.is_public", lambda address: True)
    with serving() as served:
        served.put("/rss", rss(("/q1", OUTAGE, 9), ("/q2", LEAK, 5), ("/q3", ALONE, 1)))
        served.put("/atom", atom(("/s1", OUTAGE_AGAIN, 3), ("/s2", LEAK_AGAIN, 30)))
        served.put("/json", json_feed(("/o1", OUTAGE, 8)), "application/feed+json")
        yield served


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running(settings=OPEN) as started:
        yield started


def ask(service: Service, *sources: str, **fields: Any) -> httpx.Response:
    return service.client.post("/digest", json={"sources": list(sources), **fields})


@pytest.mark.parametrize(("name", "media_type"), MEDIA_TYPES.items())
def test_each_format_has_its_media_type(
    service: Service, site: Site, name: str, media_type: str
) -> None:
    response = ask(service, site.url + "/rss", site.url + "/atom", site.url + "/x", format=name)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
    for title in (ALONE[0], LEAK[0], OUTAGE_AGAIN[0]):
        assert title.split(" ", 1)[0] in response.text
    assert "404" in response.text
    assert "3 500 sites" in response.text.replace("\u00a0", " ")


def test_each_media_type_is_documented() -> None:
    assert answers().keys() == set(MEDIA_TYPES.values())


def test_items_are_of_the_last_hours(service: Service, site: Site) -> None:
    addresses = [site.url + path for path in ("/rss", "/atom", "/json")]
    titles = [
        item["title"]
        for item in ask(service, *addresses, format="jsonfeed", since_hours=4).json()["items"]
    ]
    assert titles == [OUTAGE_AGAIN[0], ALONE[0]] or titles == [ALONE[0], OUTAGE_AGAIN[0]]
    items = ask(service, *addresses, format="jsonfeed", max_items=1).json()["items"]
    assert len([item for item in items if "url" in item]) == 1
    assert items[-1]["title"] == "Sujets qui n’ont pas été repris : 2."


def test_nothing_is_remembered(service: Service, site: Site) -> None:
    first, second = (ask(service, site.url + "/rss", format="jsonfeed").json() for _ in range(2))
    assert len(first["items"]) == len(second["items"]) == 3


def test_in_english(service: Service, site: Site) -> None:
    text = ask(service, site.url + "/rss", language="en").text
    assert text.startswith("# Tech news digest, ")
    assert "They say that" in text


def test_private_feeds_are_told_and_not_fetched(service: Service) -> None:
    with serving() as private:
        response = ask(service, private.url + "/rss")
        assert not private.asked
    assert response.status_code == 200
    assert "cette adresse n’est pas permise" in response.text


@pytest.mark.parametrize("name", ["/etc/passwd", "file:///etc/passwd", "feeds.opml", "ftp://a.b"])
def test_files_are_refused(service: Service, name: str) -> None:
    response = ask(service, name)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_body")
    assert "An address of the web is needed" in response.json()["detail"]


def test_a_list_does_not_lead_to_files(service: Service, site: Site) -> None:
    outlines = '<outline text="a" xmlUrl="file:///etc/passwd"/><outline xmlUrl="/etc/passwd"/>'
    address = site.put("/list", f"<opml><body>{outlines}</body></opml>")
    assert "root" not in ask(service, address).text


def test_only_where_addresses_are_fetched(site: Site) -> None:
    with running(settings=Settings()) as closed:
        response = ask(closed, site.url + "/rss")
    assert (response.status_code, response.json()["code"]) == (403, "urls_disabled")
    assert not site.asked


def test_each_entry_counts_as_an_article(site: Site) -> None:
    with running(settings=Settings(allow_urls=True, rate_limit="10/minute")) as limited:
        assert ask(limited, site.url + "/rss", max_items=8).status_code == 200
        assert ask(limited, site.url + "/rss", max_items=8).status_code == 429


@pytest.mark.usefixtures("no_lead_stands")
def test_what_is_not_summarised_in_time_has_the_words_of_its_feed(site: Site) -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    settings = Settings(allow_urls=True, deadline_seconds=4)
    with running(engine, settings) as slow:
        engine.armed = True
        begun = time.monotonic()
        response = ask(slow, site.url + "/rss")
        assert time.monotonic() - begun < 6
    assert response.status_code == 200
    assert response.text.count("(extrait du flux)") == 3


def test_stories_are_summarised_at_the_same_time(
    service: Service, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_meet = threading.Barrier(3)

    async def answer(batch: Batch, item: BatchItem) -> Answer:
        await asyncio.to_thread(all_meet.wait, 5)
        return await answer_one(batch, item)

    answer_one = Batch.answer
    monkeypatch.setattr(Batch, "answer", answer)
    items = ask(service, site.url + "/rss", format="jsonfeed").json()["items"]
    assert [item["title"] for item in items] == [ALONE[0], LEAK[0], OUTAGE[0]]


def test_a_worker_that_sees_the_deadline_first_leaves_the_words_of_the_feed(
    service: Service, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(batch: Batch, item: BatchItem) -> Answer:
        raise Cancelled

    monkeypatch.setattr(Batch, "answer", answer)
    response = ask(service, site.url + "/rss")
    assert response.status_code == 200
    assert response.text.count("(extrait du flux)") == 3


def test_a_queue_that_stays_full_leaves_the_words_of_the_feed(site: Site) -> None:
    engine, settings = blocked(queue_size=1, allow_urls=True, deadline_seconds=4)
    with running(engine, settings) as full, ThreadPoolExecutor() as pool:
        occupied(full, engine, pool)
        response = ask(full, site.url + "/rss")
        release(engine)
    assert response.status_code == 200
    assert response.text.count("(extrait du flux)") == 3


def test_the_wait_for_a_turn_counts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def acquire_late(*arguments: Any) -> object:
        await asyncio.sleep(2)
        return await acquire(*arguments)

    monkeypatch.setattr("service.api.digest.acquire", acquire_late)
    engine = ScriptedEngine(wait_for=threading.Event())
    with running(engine, Settings(allow_urls=True, deadline_seconds=4)) as slow:
        engine.armed = True
        begun = time.monotonic()
        assert ask(slow, site.url + "/rss").status_code == 200
        assert time.monotonic() - begun < 5.8  # not 2 s for the turn and 4 s after it


@pytest.mark.usefixtures("no_lead_stands")
def test_the_work_ends_when_the_client_leaves(site: Site) -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    with running(engine, OPEN) as left:
        engine.armed = True
        with sent(left, "/digest", {"sources": [site.url + "/rss"]}, {}):
            assert engine.running.wait(10)  # The feed is fetched first
        until(engine.was_cancelled.is_set)
        limiter = left.app.state.parts.digests
        until(lambda: limiter.borrowed_tokens == 0)


@pytest.mark.usefixtures("no_lead_stands")
def test_only_so_many_digests_at_a_time(site: Site) -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    settings = Settings(allow_urls=True, url_timeout_seconds=0.5, deadline_seconds=5)
    with running(engine, settings) as busy:
        engine.armed = True
        threads = [
            threading.Thread(target=ask, args=(busy, site.url + "/rss"), daemon=True)
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        limiter = busy.app.state.parts.digests
        until(lambda: limiter.borrowed_tokens == 2)
        refused = ask(busy, site.url + "/rss")
        assert (refused.status_code, refused.json()["code"]) == (503, "queue_full")
        assert "2 digests are made" in refused.json()["detail"]
        assert engine.wait_for
        engine.wait_for.set()
        for thread in threads:
            thread.join(20)
