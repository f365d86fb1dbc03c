"""POST /digest with articles in place of feeds, or beside them."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from service.feeds.item import FeedTrouble
from service.feeds.writing.formats import MEDIA_TYPES
from service.reading.article import ArticleError
from service.settings import Settings
from tests.engines import ENGLISH_TEXT, ScriptedEngine, Service, running
from tests.service.cli.test_digest import (
    ALONE,
    LEAK,
    NEW,
    OUTAGE,
    OUTAGE_AGAIN,
    Told,
    rss,
)
from tests.service.feeds.site import Site, serving

Articles = list[dict[str, Any]]


def page_with(told: Told) -> str:
    title, text = told
    return f"<html><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"


def article(told: Told, source: str, **more: str) -> dict[str, Any]:
    return {"title": told[0], "text": told[1], "source": source, **more}


THREE: Articles = [
    article(OUTAGE, "Le Quotidien", link="https://example.org/1", date="2020-03-12T09:30:00+01:00"),
    article(ALONE, "Objets"),
    article(OUTAGE_AGAIN, "La Gazette", link="https://example.net/2", date="2020-03-12"),
]


@pytest.fixture(scope="module")
def closed() -> Iterator[Service]:
    """A service that fetches no addresses."""
    with running(settings=Settings(max_characters=3_000)) as started:
        yield started


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site that counts as public."""
    monkeypatch.setattr("service.feeds.visiting.PAUSE_SECONDS", 0)
    monkeypatch.setattr("service.fetch.addresses.is_public", lambda address: True)
    with serving() as served:
        yield served


def ask(service: Service, articles: Any, **fields: Any) -> httpx.Response:
    return service.client.post("/digest", json={"articles": articles, **fields})


def digest_of(service: Service, articles: Any, **fields: Any) -> dict[str, Any]:
    response = ask(service, articles, format="json", **fields)
    assert response.status_code == 200, response.text
    digest: dict[str, Any] = response.json()
    return digest


def entries_of(digest: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for section in digest["sections"] for entry in section["entries"]]


def troubles_of(digest: dict[str, Any]) -> dict[str, str]:
    """By the name of an article what is wrong with it."""
    return {
        health["subscription"]["address"]: health["trouble"]["kind"] for health in digest["health"]
    }


# ---- What is told


def test_articles_of_one_event_are_one_entry(closed: Service) -> None:
    digest = digest_of(closed, THREE)
    outage, alone = entries_of(digest)
    tellings = {telling["source"]: telling for telling in (outage["telling"], *outage["others"])}
    assert tellings.keys() == {"Le Quotidien", "La Gazette"}
    assert tellings["Le Quotidien"]["link"] == "https://example.org/1"
    assert tellings["Le Quotidien"]["published"] == "2020-03-12T08:30:00+00:00"
    assert (alone["headline"], alone["telling"]["published"]) == (ALONE[0], None)
    assert outage["basis"] == alone["basis"] == "page"
    assert outage["sentences"]
    assert (digest["health"], digest["left_out"]) == ([], 0)


@pytest.mark.parametrize(("name", "media_type"), MEDIA_TYPES.items())
def test_each_format_tells_stories_and_what_is_wrong(
    closed: Service, name: str, media_type: str
) -> None:
    response = ask(closed, [*THREE, {"text": "Trop court."}], format=name)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
    for words in (ALONE[0].split()[0], "La Gazette", "articles.3", "au moins huit mots"):
        assert words in response.text


def test_what_is_not_given_is_read_from_the_article(closed: Service) -> None:
    articles = [
        {"html": page_with(LEAK), "link": "https://example.org/fuite"},
        {"text": f"{NEW[0]}\n\n{NEW[1]}"},
        {"text": ALONE[1]},
    ]
    entries = {
        entry["telling"]["source"]: entry for entry in entries_of(digest_of(closed, articles))
    }
    assert entries["example.org"]["headline"] == LEAK[0]
    assert entries["articles.1"]["headline"] == NEW[0]
    assert ALONE[1].startswith(entries["articles.2"]["telling"]["title"])


def test_feeds_and_articles_share_a_digest(site: Site) -> None:
    address = site.put("/rss", rss(("/q1", OUTAGE, 2), ("/q2", LEAK, 3)))
    with running(settings=Settings(allow_urls=True)) as service:
        undated = article(OUTAGE_AGAIN, "La Gazette")
        digest = digest_of(service, [undated], sources=[address])
    leak, outage = entries_of(digest)
    assert leak["headline"] == LEAK[0]
    assert [outage["telling"]["source"], outage["others"][0]["source"]] == [
        "La Gazette",
        "Le Quotidien",
    ]
    assert digest["feeds"] == [address]


def test_the_page_of_an_address_is_read(site: Site) -> None:
    address = site.put("/a", page_with(ALONE), "text/html")
    missing = site.url + "/none"
    with running(settings=Settings(allow_urls=True)) as service:
        digest = digest_of(service, [{"url": address}, {"url": missing}])
    (entry,) = entries_of(digest)
    assert (entry["headline"], entry["telling"]["link"]) == (ALONE[0], address)
    assert troubles_of(digest) == {"articles.1": "status"}


def test_in_english(closed: Service) -> None:
    text = ask(closed, [*THREE, {"text": "Court."}], language="en").text
    assert text.startswith("# Tech news digest, ")
    assert "They say that" in text
    assert "at least eight words are needed" in text


def test_articles_that_there_is_no_time_to_read_are_listed() -> None:
    with running(settings=Settings(deadline_seconds=1)) as hasty:
        digest = digest_of(hasty, THREE)
    assert not entries_of(digest)
    assert set(troubles_of(digest).values()) == {"no_time"}


@pytest.mark.usefixtures("no_lead_stands")
def test_a_model_that_is_too_slow_leaves_the_opening() -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    with running(engine, Settings(deadline_seconds=4)) as slow:
        engine.armed = True
        response = ask(slow, THREE)
    assert response.text.count("(début de l’article)") == 2


def test_the_id_of_a_feed_is_that_of_its_articles(closed: Service) -> None:
    def identifier(articles: Articles) -> str:
        return ask(closed, articles, format="atom").text.partition("<id>")[2].partition("<")[0]

    assert identifier(THREE) == identifier(THREE) != identifier(THREE[:1])


def test_marks_and_control_characters_of_articles_are_text(closed: Service) -> None:
    hostile = {
        "text": ALONE[1] + " \x00\x0b<script>x()</script>",
        "title": "<b>Titre\x00\n# [x](y)",
        "source": "<i>\x01",
        "link": 'https://example.org/"><script>',
    }
    for name in MEDIA_TYPES:
        response = ask(closed, [hostile], format=name)
        assert response.status_code == 200
    assert "<script>" not in ask(closed, [hostile], format="html").text
    assert "<b>" not in ask(closed, [hostile], format="html").text


# ---- What is refused


BAD: list[tuple[Any, str]] = [
    ({"text": "Trop court."}, "too_short"),
    ({"text": ENGLISH_TEXT}, "not_french"),
    ({"html": "<html><body></body></html>"}, "empty_article"),
    ({"text": "\x01 " * 9}, "empty_article"),
    ({"text": "mot " * 1_000}, "text_too_long"),
    ({"html": f"<p>{'mot ' * 1_000}</p>"}, "text_too_long"),
    ({}, "invalid"),
    (7, "invalid"),
    ({"text": ALONE[1], "html": "<p>"}, "invalid"),
    ({"text": ALONE[1], "titre": "x"}, "invalid"),
    ({"text": ALONE[1], "link": "javascript:x()"}, "invalid"),
    ({"text": ALONE[1], "date": "bientôt"}, "invalid"),
    ({"text": ALONE[1], "date": "2999-01-01"}, "invalid"),
    ({"text": ALONE[1], "source": "x" * 400}, "invalid"),
]


def test_bad_articles_are_listed_and_stop_no_others(closed: Service) -> None:
    articles = [THREE[0], *(bad for bad, _ in BAD), THREE[1]]
    digest = digest_of(closed, articles)
    assert [entry["headline"] for entry in entries_of(digest)] == [OUTAGE[0], ALONE[0]]
    expected = {f"articles.{place}": kind for place, (_, kind) in enumerate(BAD, 1)}
    assert troubles_of(digest) == expected
    assert list(troubles_of(digest)) == list(expected)
    messages = [health["message"] for health in digest["health"]]
    assert "did you mean title" in messages[9]
    assert "langue reconnue : en" in messages[1]


def test_each_error_of_an_article_has_its_trouble() -> None:
    errors: list[type[ArticleError]] = [ArticleError, *ArticleError.__subclasses__()]
    assert {error.code for error in errors} <= set(FeedTrouble)


def test_only_bad_articles_are_an_answer_too(closed: Service) -> None:
    text = ask(closed, [{"text": "Court."}]).text
    assert "Aucune source n’a pu être lue." in text
    assert "- articles.0 : " in text


@pytest.mark.parametrize(
    "body",
    [{"articles": [*THREE, {"url": "https://example.org/a"}]},
     {"articles": THREE, "sources": ["https://example.org/feed"]}],
)  # fmt: skip
def test_addresses_are_refused_where_they_are_off(closed: Service, body: dict[str, Any]) -> None:
    response = closed.client.post("/digest", json=body)
    assert (response.status_code, response.json()["code"]) == (403, "urls_disabled")


@pytest.mark.parametrize("body", [{}, {"articles": []}, {"sources": [], "articles": []}])
def test_something_has_to_be_given(closed: Service, body: dict[str, Any]) -> None:
    response = closed.client.post("/digest", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_body")
    assert "give sources, articles or both" in response.json()["detail"]


def test_only_so_many_articles() -> None:
    with running(settings=Settings(batch_items=2)) as service:
        response = ask(service, THREE)
        assert ask(service, THREE[:2]).status_code == 200
    assert (response.status_code, response.json()["code"]) == (422, "batch_too_long")
    assert response.json()["detail"] == "articles: at most 2 are allowed, 3 were given."


def test_each_article_counts() -> None:
    with running(settings=Settings(rate_limit="5/minute")) as limited:
        statuses = [ask(limited, THREE).status_code for _ in range(2)]
    assert statuses == [200, 429]


def test_other_refusals() -> None:
    settings = Settings(api_keys=SecretStr("secret"), max_body_bytes=2_000)
    key = {"Authorization": "Bearer secret"}
    body = json.dumps({"articles": THREE})
    cases: list[tuple[int, str, str, dict[str, str]]] = [
        (401, "unauthorized", body, {}),
        (400, "malformed_json", "{", key),
        (413, "too_large", body + " " * 2_000, key),
        (415, "unsupported_media_type", body, {**key, "Content-Type": "text/plain"}),
    ]
    with running(settings=settings) as service:
        for status, code, content, headers in cases:
            response = service.client.post(
                "/digest",
                content=content,
                headers={"Content-Type": "application/json", **headers},
            )
            assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_body_that_does_not_come_is_refused() -> None:
    with (
        running(settings=Settings(body_seconds=1)) as service,
        socket.create_connection(
            (service.client.base_url.host, service.client.base_url.port or 0)
        ) as slow,
    ):
        slow.sendall(
            b"POST /digest HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        assert b" 408 " in slow.recv(1_000)


def test_a_model_that_loads_and_a_fault_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    loading = threading.Event()

    def load() -> ScriptedEngine:
        loading.wait(10)
        return ScriptedEngine()

    with running(load=load) as service:
        response = ask(service, THREE)
        assert (response.status_code, response.json()["code"]) == (503, "loading")
        loading.set()
    with running() as service:
        monkeypatch.setattr("service.api.digest.open_store", None)
        response = ask(service, THREE)
    assert (response.status_code, response.json()["code"]) == (500, "internal")
