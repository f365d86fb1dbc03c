"""The contract of the HTTP service: every status, every error body, and what happens when something
breaks."""

import gzip
import ipaddress
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from models.engine import Cancelled, Engine, EngineDescription, ModelError, Task
from service.api.contract.responses import SummaryBody
from service.api.refusals import State
from service.api.work.admission import Job
from service.api.work.answers import Answer
from service.api.work.fetching import MAX_FETCHES
from service.api.work.worker import Worker
from service.fetch.addresses import is_public
from service.fetch.downloads import MAX_PAGE_BYTES
from service.fetch.errors import FetchError, FetchTimeout, ForbiddenAddress
from service.fetch.pages import fetch
from service.settings import Settings
from service.summarizer import SummaryRequest
from tests.engines import ARTICLE, ENGLISH, SECRET, ScriptedEngine, Service, running, until

MAX_BODY = 5_000
ENGLISH_TEXT = (
    "The hosting company opens a new region in Lille this week. The site has more than a thousand "
    "servers. "
    "Its machines are cooled with rain water. The company hopes to win customers among public "
    "authorities."
)
PAGE = (
    "<html><head><title>Nuagis à Lille</title></head>"
    f"<body><article><h1>Nuagis à Lille</h1><p>{ARTICLE}</p></article></body></html>"
)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running(settings=Settings(max_body_bytes=MAX_BODY, max_characters=2_000)) as started:
        yield started


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of an error, whole and with the id of the header."""
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert response.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "request_id"} <= body.keys()
    assert body["type"] == f"urn:breve:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == response.headers["x-request-id"]
    return body


def post(service: Service, **body: Any) -> httpx.Response:
    return service.client.post("/summarize", json=body)


def post_raw(service: Service, content: bytes, **headers: str) -> httpx.Response:
    return service.client.post(
        "/summarize", content=content, headers={"content-type": "application/json", **headers}
    )


def test_summary_has_every_field(service: Service) -> None:
    text = (
        "Nuagis ouvre une région à Lille\n\nClaire Martin Publié : 12/03/2025 à 09:30\n\n"
        f"3-4 minutes\n\n{ARTICLE}"
    )
    response = post(service, text=text, headline=True)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body.keys() == {
        "summary", "language", "headline", "sentences", "article", "coverage", "warnings", "model",
        "timings_ms",
    }  # fmt: skip
    assert body["language"] == "fr"
    assert body["summary"] == " ".join(sentence["text"] for sentence in body["sentences"])
    assert body["headline"]
    for sentence in body["sentences"]:
        assert sentence.keys() == {
            "text",
            "french",
            "evidence",
            "supported",
            "french_supported",
            "unsupported",
        }
        assert sentence["supported"]
        assert sentence["evidence"]
        for evidence in sentence["evidence"]:
            assert text[evidence["start"] : evidence["end"]] == evidence["text"]
    article = body["article"]
    assert (article["title"], article["byline"], article["published"], article["language"],
    article["text"]) == (
        "Nuagis ouvre une région à Lille", "Claire Martin", "2025-03-12", "fr", None,
    )  # fmt: skip
    assert article["words"] == len(ARTICLE.split())
    assert body["coverage"]["used_tokens"] == body["coverage"]["tokens"] > 0
    assert not body["coverage"]["truncated"]
    assert body["model"] == {"id": "scripted", "revision": "r1"}
    assert body["timings_ms"].keys() >= {"read", "generate", "choose", "total"}


def test_summary_of_html_has_the_text_that_offsets_point_into(service: Service) -> None:
    body = post(service, html=PAGE, length="long", max_words=100).json()
    text = body["article"]["text"]
    spans = [evidence for sentence in body["sentences"] for evidence in sentence["evidence"]]
    assert spans
    assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)


def test_summary_in_english_keeps_the_french(service: Service) -> None:
    body = post(service, text=ARTICLE, language="en", length="short").json()
    assert body["language"] == "en"
    (sentence,) = body["sentences"]
    assert ENGLISH["hébergeur"] in sentence["text"]
    assert sentence["french"] in ARTICLE


def test_the_glossary_of_a_request_counts(service: Service) -> None:
    own = post(
        service,
        text=ARTICLE,
        language="en",
        length="short",
        glossary={"hébergeur": "hosting company"},
    )
    assert own.headers["X-Cache"] == "miss"
    assert "hosting company" in own.json()["summary"]
    other = post(
        service, text=ARTICLE, language="en", length="short", glossary={"hébergeur": "data haven"}
    )
    assert other.headers["X-Cache"] == "miss"
    assert {"kind": "term", "text": "hébergeur (data haven)"} in other.json()["sentences"][0][
        "unsupported"
    ]
    assert "translation" in [warning["code"] for warning in other.json()["warnings"]]


def test_warnings_about_a_translation_say_what_they_are_about(service: Service) -> None:
    titled = (
        "Nuagis et ses 1 200 serveurs à Lille\n\nClaire Martin Publié : 12/03/2025 à 09:30\n\n"
        f"{ARTICLE}"
    )
    glossary = {"serveurs": "big irons", "hébergeur": "data haven"}
    body = post(
        service, text=titled, language="en", headline=True, length="medium", glossary=glossary
    ).json()
    kind = "translation"
    warnings = [warning for warning in body["warnings"] if warning["code"].startswith(kind)]
    facts = {"kind": "term", "text": "serveurs (big irons)"}
    assert facts in next(warning["facts"] for warning in warnings if warning["headline"])
    for warning in warnings:
        place, named = warning["sentence"], warning["detail"].split(" (")[0]
        assert named == ("The headline" if warning["headline"] else f"Sentence {place + 1}")
        assert place is None or body["sentences"][place]["unsupported"] == warning["facts"]
    ((first, sentence),) = [
        (number, sentence)
        for number, sentence in enumerate(body["sentences"])
        if "data haven" in str(sentence["unsupported"])
    ]
    assert first in [warning["sentence"] for warning in warnings]
    # Only its English is doubtful.
    assert (sentence["supported"], sentence["french_supported"]) == (False, True)
    others = [warning for warning in body["warnings"] if warning not in warnings]
    for other in others:
        assert (other["sentence"], other["headline"], other["facts"]) == (None, False, [])


def test_same_request_same_summary(service: Service) -> None:
    first, second = (post(service, text=ARTICLE, length="long").json() for _ in range(2))
    assert {**first, "timings_ms": 0} == {**second, "timings_ms": 0}


@pytest.mark.parametrize(
    "content", [b"{", b'{"text": "caf\xe9"}', b"[" * 4_000, b'{"text": "a" "b"}']
)
def test_malformed_json(service: Service, content: bytes) -> None:
    problem(post_raw(service, content), 400, "malformed_json")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"text": "a\nb"}', ("control character at line 1, column 12;", r"written \n")),
        (b'{\n "text" "a"}', ("at line 2, column 9.",)),
        (b'{\n "text": "abc', ("starting at line 2, column 10.",)),
        ('{"text": "é"}'.encode("latin-1"), ("not in UTF-8", "byte 10 (0xe9)")),
        (b'{"text": ' + b"1" * 4_500 + b"}", ("not JSON that can be read",)),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_body_that_is_not_json(
    service: Service, content: bytes, words: tuple[str, ...]
) -> None:
    detail = problem(post_raw(service, content), 400, "malformed_json")["detail"]
    assert all(word in detail for word in words), detail
    assert detail.endswith((".", r"\n."))


def test_a_body_may_be_nested_too_deeply() -> None:
    """How deep is too deep is for each Python to say."""
    with running(settings=Settings()) as service:
        body = problem(post_raw(service, b'{"text": ' + b"[" * 200_000), 400, "malformed_json")
    assert "nested too deeply" in body["detail"]


def test_packed_bodies_are_refused_by_name(service: Service) -> None:
    packed = gzip.compress(json.dumps({"text": ARTICLE}).encode())
    refused = post_raw(service, packed, **{"content-encoding": "gzip"})
    assert "gzip" in problem(refused, 415, "unsupported_media_type")["detail"]
    assert refused.headers["accept-encoding"] == "identity"
    assert (
        post_raw(
            service, json.dumps({"text": ARTICLE}).encode(), **{"content-encoding": "identity"}
        ).status_code
        == 200
    )


def test_keys() -> None:
    with running(settings=Settings(api_keys=SecretStr("alpha, bêta"))) as service:
        for headers in (
            {},
            {"authorization": "Bearer wrong"},
            {"authorization": "Basic alpha"},
            {"authorization": "Bearer"},
        ):
            for response in (
                service.client.post("/summarize", json={"text": ARTICLE}, headers=headers),
                service.client.get("/models", headers=headers),
                service.client.get("/info", headers=headers),
            ):
                problem(response, 401, "unauthorized")
                assert response.headers["www-authenticate"] == "Bearer"
        for key in ("alpha", "bêta"):
            sent = {b"authorization": f"Bearer {key}".encode()}
            assert (
                service.client.post("/summarize", json={"text": ARTICLE}, headers=sent).status_code
                == 200
            )
        assert service.client.get("/livez").status_code == 200


def test_addresses_are_disabled_by_default(service: Service) -> None:
    problem(post(service, url="https://example.org/article"), 403, "urls_disabled")


def test_unknown_paths_and_methods(service: Service) -> None:
    problem(service.client.get("/nothing"), 404, "not_found")
    problem(service.client.post("/nothing"), 404, "not_found")
    for response in (
        service.client.get("/summarize"),
        service.client.post("/models"),
        service.client.delete("/livez"),
    ):
        problem(response, 405, "method_not_allowed")
        assert response.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/", "/livez", "/readyz", "/info", "/models", "/metrics", "/docs", "/openapi.json"]
)
def test_head_is_answered_like_get(service: Service, path: str) -> None:
    head, get = service.client.head(path), service.client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
    if path != "/metrics":
        assert (
            head.headers["content-length"] == get.headers["content-length"] == str(len(get.content))
        )
    problem_of_head = service.client.head("/nothing")
    assert (problem_of_head.status_code, problem_of_head.content) == (404, b"")


@pytest.mark.parametrize("path", ["/summarize/", "/info/", "//info", "/summarize/batch/"])
def test_no_path_leads_to_another(service: Service, path: str) -> None:
    """Behind a proxy, the service does not know under which address it is asked."""
    for method in ("GET", "POST"):
        headers = {"host": "127.0.0.1:8000", "x-forwarded-proto": "https"}
        problem(
            service.client.request(method, service.url + path, headers=headers), 404, "not_found"
        )


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("text/csv", 406),
        ("image/*", 406),
        ("application/json", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.5", 200),
    ],
)
def test_accept(service: Service, accept: str, status: int) -> None:
    response = service.client.post("/summarize", json={"text": ARTICLE}, headers={"accept": accept})
    assert response.status_code == status
    if status == 406:
        assert accept in problem(response, 406, "not_acceptable")["detail"]


def test_too_large_by_content_length(service: Service) -> None:
    response = post(service, text="a" * MAX_BODY)
    size = str(len(response.request.content))
    detail = problem(response, 413, "too_large")["detail"]
    assert size in detail
    assert str(MAX_BODY) in detail


def test_too_large_in_chunks(service: Service) -> None:
    chunks = (b"a" * 100 for _ in range(MAX_BODY // 100 + 1))
    response = service.client.post(
        "/summarize", content=chunks, headers={"content-type": "application/json"}
    )
    assert response.request.headers["transfer-encoding"] == "chunked"
    assert str(MAX_BODY) in problem(response, 413, "too_large")["detail"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_unsupported_media_type(service: Service, kind: str) -> None:
    response = service.client.post("/summarize", content=b"{}", headers={"content-type": kind})
    assert (
        kind.split(";", maxsplit=1)[0] in problem(response, 415, "unsupported_media_type")["detail"]
    )


def test_no_media_type(service: Service) -> None:
    refused = problem(
        service.client.post("/summarize", content=b"{}"), 415, "unsupported_media_type"
    )
    assert (
        refused["detail"]
        == "The body should be application/json, but its type is not given (Content-Type)."
    )


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"text": ARTICLE, "max_words": 3}, "max_words", ("10", "3")),
        ({"text": ARTICLE, "max_words": 401}, "max_words", ("400", "401")),
        ({"text": ARTICLE, "max_words": "ten"}, "max_words", ("integer", "ten")),
        ({"text": ARTICLE, "language": "de"}, "language", ("'fr'", "'en'", "de")),
        ({"text": ARTICLE, "length": "huge"}, "length", ("short", "huge")),
        ({"text": ARTICLE, "headline": "maybe"}, "headline", ("boolean", "maybe")),
        ({"text": ARTICLE, "lenght": "short"}, "lenght", ("Unknown field lenght; did you mean "
                                                          "length?",)),
        ({"text": ARTICLE, "lang": "fr"}, "lang", ("Unknown field lang; did you mean language?",)),
        ({"text": ARTICLE, "zzz": "fr"}, "zzz", ("Unknown field zzz", "/docs")),
        ({"text": ARTICLE, "html": PAGE}, "body", ("once", "text, html or url", "text and html")),
        ({}, "body", ("The article is missing: give it as text, html or url",)),
        ({"text": ""}, "text", ("This is empty: a text is needed",)),
        ({"html": ""}, "html", ("This is empty: a text is needed",)),
        ({"text": 7}, "text", ("string", "7")),
        ({"url": "h" * 2001}, "url", ("2000", "2001")),
        ({"text": ARTICLE, "model": "m" * 201}, "model", ("200", "201")),
        ({"text": ARTICLE, "glossary": {"terme": ""}}, "glossary.terme", ("This is empty",)),
        ({"text": ARTICLE, "glossary": {"terme": "t" * 81}}, "glossary.terme", ("80", "81")),
        ({"text": ARTICLE, "glossary": {"terme": "—"}}, "glossary", ("letter or a digit",)),
        ({"text": ARTICLE, "glossary": {str(k): "b" for k in range(201)}}, "glossary",
        ("200", "201")),
        ({"text": ARTICLE, "glossary": ["terme"]}, "glossary", ("dictionary",)),
    ],
)  # fmt: skip
def test_wrong_fields(
    service: Service, body: dict[str, Any], field: str, words: tuple[str, ...]
) -> None:
    refusal = problem(post(service, **body), 422, "invalid_body")
    (error,) = refusal["errors"]
    assert error["field"] == field
    assert all(word in error["message"] for word in words), error
    assert error["message"] in refusal["detail"]


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"null", b'"text"'])
def test_body_is_no_object(service: Service, content: bytes) -> None:
    problem(post_raw(service, content), 422, "invalid_body")


def test_an_empty_body_is_told_so(service: Service) -> None:
    assert problem(post_raw(service, b""), 422, "invalid_body")["detail"].endswith(
        "The body is empty: a JSON object is needed"
    )


@pytest.mark.parametrize(
    "content", [rb'{"text": "a\ud800b"}', rb'{"\udfff": 1}', rb'{"text": "a", "model": "\ud800"}']
)
def test_lone_surrogates(service: Service, content: bytes) -> None:
    problem(post_raw(service, content), 422, "invalid_body")


def test_errors_do_not_repeat_long_input(service: Service) -> None:
    response = post(service, **{"x" * 1_000: 1}, **{f"field{k}": 1 for k in range(50)})
    assert len(problem(response, 422, "invalid_body")["errors"]) == 20
    assert len(response.content) < 5_000


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"text": "a" * 2_001}, "text_too_long", ("text", "2000", "2001")),
        ({"text": "Nuagis ouvre"}, "too_short", ("2", "8")),
        ({"text": "Lire aussi : le cloud"}, "empty_article", ("No article text",)),
        ({"text": "   \n"}, "empty_article", ("No article text",)),
        ({"html": "<html><body></body></html>"}, "empty_article", ("HTML",)),
        ({"text": "Cet article est réservé aux abonnés"}, "paywall_only", ("paywall",)),
        (
            {"text": ARTICLE, "model": "mt5-xlsum"},
            "unknown_model",
            ("model", "breve-270m", "mt5-xlsum"),
        ),
    ],
)
def test_articles_that_are_none(
    service: Service, body: dict[str, Any], code: str, words: tuple[str, ...]
) -> None:
    detail = problem(post(service, **body), 422, code)["detail"]
    assert all(word in detail for word in words), detail


def test_not_french(service: Service) -> None:
    assert problem(post(service, text=ENGLISH_TEXT), 422, "not_french")["language"] == "en"
    response = post(service, text=ENGLISH_TEXT, language_check=False)
    assert response.status_code == 200
    assert "language" in [warning["code"] for warning in response.json()["warnings"]]


def test_expected_model_is_accepted(service: Service) -> None:
    assert post(service, text=ARTICLE, model="breve-270m").status_code == 200


@pytest.mark.parametrize("identifier", ["abc-123._X", "a" * 64])
def test_plain_request_ids_are_echoed(service: Service, identifier: str) -> None:
    for response in (
        service.client.get("/livez", headers={"x-request-id": identifier}),
        service.client.get("/nothing", headers={"x-request-id": identifier}),
    ):
        assert response.headers["x-request-id"] == identifier


@pytest.mark.parametrize("identifier", ["a b", "a" * 65, "<script>", ""])
def test_other_request_ids_are_replaced(service: Service, identifier: str) -> None:
    response = service.client.get("/livez", headers={"x-request-id": identifier})
    new_identifier = response.headers["x-request-id"]
    assert new_identifier
    assert new_identifier != identifier


def test_error_of_one_request_is_its_own_and_leaks_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = f"{ARTICLE} Le projet {SECRET} attend."
    with caplog.at_level(logging.DEBUG), running() as service:
        service.engine.armed, service.engine.error = True, RuntimeError(f"bad text: {text}")
        response = post(service, text=text)
        body = problem(response, 500, "internal")
        assert SECRET not in response.text
        service.engine.error = None
        assert post(service, text=text).status_code == 200
    assert SECRET not in caplog.text
    assert body["request_id"] in caplog.text
    assert "RuntimeError" in caplog.text


def test_unexpected_error_outside_the_worker_leaks_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("service.api.work.fetching.fetch", broken)
    with caplog.at_level(logging.DEBUG), running(settings=Settings(allow_urls=True)) as service:
        response = post(service, url="http://example.org/")
        problem(response, 500, "internal")
    assert SECRET not in response.text
    assert SECRET not in caplog.text


def blocked(**settings: Any) -> tuple[ScriptedEngine, Settings]:
    return ScriptedEngine(wait_for=threading.Event()), Settings(**{"concurrency": 1, **settings})


def release(engine: ScriptedEngine) -> None:
    assert engine.wait_for is not None
    engine.wait_for.set()


def article(number: int) -> str:
    """An article of its own: the same one in flight is summarised once."""
    return f"{ARTICLE} Le site numéro {number} ouvrira bientôt."


def job(seconds: float = 30) -> Job:
    return Job(SummaryRequest(ARTICLE), time.monotonic() + seconds, lambda _: None)


def waiting(service: Service) -> int:
    return service.worker.queue.jobs


def occupied(
    service: Service, engine: ScriptedEngine, pool: ThreadPoolExecutor
) -> list[Future[httpx.Response]]:
    """The answers to come to an article that is being worked on and to one that waits behind it."""
    engine.armed = True
    running_one = pool.submit(post, service, text=article(0))
    assert engine.running.wait(5)
    waiting_one = pool.submit(post, service, text=article(1))
    until(lambda: waiting(service) == 1)
    return [running_one, waiting_one]


def test_queue_full() -> None:
    engine, settings = blocked(queue_size=1)
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        first, second = occupied(service, engine, pool)
        third = post(service, text=article(3))
        problem(third, 503, "queue_full")
        assert int(third.headers["retry-after"]) >= 1
        release(engine)
        assert [first.result().status_code, second.result().status_code] == [200, 200]


def test_requests_of_one_moment_share_a_pass() -> None:
    engine, settings = blocked(concurrency=4)
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        first = pool.submit(post, service, text=ARTICLE)
        assert engine.running.wait(5)
        before = len(engine.pass_sizes)
        texts = [article(k) for k in range(3)]
        others = [pool.submit(post, service, text=text, length="short") for text in texts]
        until(lambda: service.worker.running == 4 and engine_waits(service) == 3)
        release(engine)
        assert first.result().status_code == 200
        for text, other in zip(texts, others, strict=True):
            sentences = other.result().json()["sentences"]
            spans = [span for sentence in sentences for span in sentence["evidence"]]
            assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
        assert engine.pass_sizes[before:] == [3]


def engine_waits(service: Service) -> int:
    """How many callers wait for the next pass."""
    engine = service.worker._engine
    assert engine is not None
    return len(engine._waiting)


def test_loading() -> None:
    engine, loaded = ScriptedEngine(), threading.Event()

    def load() -> Engine:
        loaded.wait(10)
        return engine

    with running(engine, load=load) as service:
        for response in (service.client.get("/readyz"), post(service, text=ARTICLE)):
            problem(response, 503, "loading")
            assert response.headers["retry-after"]
        assert service.client.get("/livez").status_code == 200
        assert service.client.get("/info").json()["state"] == "loading"
        loaded.set()
        until(lambda: service.state() == "ready")
        assert post(service, text=ARTICLE).status_code == 200


@pytest.mark.parametrize(
    "error", [ModelError("The weights are missing."), SystemExit(3), MemoryError()]
)
def test_model_that_cannot_be_loaded(error: BaseException) -> None:
    def load() -> Engine:
        raise error

    with running(load=load) as service:
        until(lambda: service.state() != "loading")
        detail = problem(service.client.get("/readyz"), 503, "failed")["detail"]
        assert (str(error) or type(error).__name__) in detail
        problem(post(service, text=ARTICLE), 503, "failed")
        assert service.client.get("/livez").status_code == 200


def test_deadline_of_the_client() -> None:
    engine, settings = blocked()
    with running(engine, settings) as service:
        engine.armed = True
        start = time.monotonic()
        problem(post(service, text=ARTICLE, deadline_seconds=1), 504, "deadline")
        assert 0.9 < time.monotonic() - start < 5
        assert engine.was_cancelled.wait(5)
        release(engine)
        problem(post(service, text=ARTICLE, deadline_seconds=0), 422, "invalid_body")


def test_deadline() -> None:
    engine, settings = blocked(deadline_seconds=1)
    with running(engine, settings) as service:
        engine.armed = True
        problem(post(service, text=ARTICLE), 504, "deadline")
        assert engine.was_cancelled.wait(5)
        release(engine)
        assert post(service, text=ARTICLE).status_code == 200


def test_deadline_of_a_request_that_waited() -> None:
    engine, settings = blocked(deadline_seconds=0.2)
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        for answer in [pool.submit(post, service, text=article(k)) for k in range(3)]:
            problem(answer.result(), 504, "deadline")


def test_worker_refuses_a_job_past_its_deadline() -> None:
    worker = Worker(ScriptedEngine, Settings())
    worker.start()
    until(lambda: worker.state()[0] is State.READY)
    late = job(seconds=-1)
    worker.submit(late)
    assert isinstance(late.result.exception(5), Cancelled)
    worker.stop()


def test_stuck_worker_is_not_ready() -> None:
    release_it = threading.Event()

    class Deaf(ScriptedEngine):
        def _wait(self, cancelled: Callable[[], bool]) -> None:
            release_it.wait(10)

    engine = Deaf()
    with running(engine, Settings(deadline_seconds=0.5)) as service:
        engine.armed = True
        problem(post(service, text=ARTICLE), 504, "deadline")
        until(lambda: service.state() == "stuck")
        problem(post(service, text=ARTICLE), 503, "stuck")
        release_it.set()
        until(lambda: service.state() == "ready")


def test_silent_model_is_seen_long_before_the_deadline() -> None:
    """A model that writes gives a sign at each token, however long it takes; one that hangs does
    not."""
    release_it = threading.Event()

    class Hanging(ScriptedEngine):
        def _wait(self, cancelled: Callable[[], bool]) -> None:
            self.running.set()
            release_it.wait(10)

    for engine, state in ((blocked()[0], "ready"), (Hanging(), "stuck")):
        with (
            running(engine, Settings(deadline_seconds=60, stuck_seconds=1)) as service,
            ThreadPoolExecutor() as pool,
        ):
            release_it.clear()
            engine.armed = True
            answer = pool.submit(post, service, text=ARTICLE)
            assert engine.running.wait(5)
            time.sleep(1.5)
            assert service.state() == state
            release_it.set()
            if engine.wait_for is not None:
                release(engine)
            assert answer.result().status_code == 200
            until(lambda: service.state() == "ready")


def test_dead_worker_answers_everybody(caplog: pytest.LogCaptureFixture) -> None:
    engine, settings = blocked()
    engine.error = SystemExit(SECRET)
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        answers = [pool.submit(post, service, text=article(k)) for k in range(3)]
        until(lambda: waiting(service) == 2)
        release(engine)
        for answer in answers:
            problem(answer.result(), 503, "dead")
        until(lambda: not service.worker.alive)
        problem(service.client.get("/readyz"), 503, "dead")
        problem(post(service, text=ARTICLE), 503, "dead")
        assert service.client.get("/livez").status_code == 200
    assert SECRET not in caplog.text


def leaving(service: Service, text: str, **headers: str) -> socket.socket:
    """A client that has sent its article and can leave."""
    return sent(service, "/summarize", {"text": text}, headers)


def sent(
    service: Service, path: str, body: dict[str, Any], headers: dict[str, str]
) -> socket.socket:
    """A client that has sent a request and leaves when its socket is closed, however slow the
    machine."""
    return sent_to(int(service.url.rsplit(":", 1)[1]), path, body, headers)


def sent_to(port: int, path: str, body: dict[str, Any], headers: dict[str, str]) -> socket.socket:
    """As `sent`, for whatever service is at a port of this machine."""
    content = json.dumps(body).encode()
    lines = [f"{name}: {value}" for name, value in headers.items()]
    length = f"Content-Length: {len(content)}"
    head = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        length,
        *lines,
    ]
    client = socket.create_connection(("127.0.0.1", port), timeout=5)
    client.sendall("\r\n".join([*head, "", ""]).encode() + content)
    return client


def test_clients_that_leave_cost_nothing() -> None:
    engine, settings = blocked()
    with running(engine, settings) as service:
        engine.armed = True
        first = leaving(service, ARTICLE)
        assert engine.running.wait(5)
        second = leaving(service, f"{ARTICLE} Le projet {SECRET} attend toujours son financement.")
        until(lambda: waiting(service) == 1)
        second.close()
        until(lambda: waiting(service) == 0)
        first.close()
        assert engine.was_cancelled.wait(5)
        release(engine)
        assert post(service, text=ARTICLE).status_code == 200
        assert SECRET not in engine.texts()


def test_client_that_leaves_a_stream_cancels_it() -> None:
    engine, settings = blocked()
    with running(engine, settings) as service:
        engine.armed = True
        client = leaving(service, ARTICLE, Accept="text/event-stream")
        assert engine.running.wait(5)
        client.close()
        assert engine.was_cancelled.wait(5)


def events(response: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    pairs = []
    for block in response.text.replace("\r\n", "\n").strip().split("\n\n"):
        name, data = block.split("\n", 1)
        pairs.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return pairs


def streamed(service: Service, **body: Any) -> list[tuple[str, dict[str, Any]]]:
    return events(
        service.client.post("/summarize", json=body, headers={"accept": "text/event-stream"})
    )


def test_stream(service: Service) -> None:
    text = article(100)  # Not in the cache: its steps are told
    received = streamed(service, text=text)
    kinds = [kind for kind, _ in received]
    assert kinds == sorted(kinds, key=["step", "sentence", "summary"].index)
    assert [data["step"] for kind, data in received if kind == "step"] == [
        "read",
        "generate",
        "choose",
    ]
    summary = received[-1][1]
    assert [data for kind, data in received if kind == "sentence"] == summary["sentences"]
    assert summary == post(service, text=text).json()
    assert [kind for kind, _ in streamed(service, text=text)] == [
        kind for kind in kinds if kind != "step"
    ]


def test_stream_of_a_problem(service: Service) -> None:
    kind, data = streamed(service, text=ENGLISH_TEXT)[-1]
    assert (kind, data["status"], data["code"]) == ("problem", 422, "not_french")


def test_stream_past_its_deadline() -> None:
    engine, settings = blocked(deadline_seconds=0.2)
    with running(engine, settings) as service:
        engine.armed = True
        kind, data = streamed(service, text=ARTICLE)[-1]
        assert (kind, data["status"], data["code"]) == ("problem", 504, "deadline")


def test_stopping_server_finishes_what_waits() -> None:
    engine, settings = blocked()
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        answers = [pool.submit(post, service, text=article(k)) for k in range(3)]
        until(lambda: waiting(service) == 2)
        service.server.should_exit = True
        release(engine)
        assert [answer.result().status_code for answer in answers] == [200, 200, 200]


def test_stopping_server_refuses_what_would_take_too_long() -> None:
    engine, settings = blocked()
    with running(engine, settings, grace=1) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        answers = [pool.submit(post, service, text=article(k)) for k in range(2)]
        until(lambda: waiting(service) == 1)
        service.server.should_exit = True
        for answer in answers:
            problem(answer.result(), 503, "stopped")
        assert engine.was_cancelled.wait(5)


@pytest.mark.parametrize("kind", ["text/event-stream", "application/x-ndjson"])
def test_stopping_server_tells_streams_before_it_cuts_them(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine, settings = blocked(concurrency=2)
    batch = kind == "application/x-ndjson"
    path, body = ("/summarize/batch",
    {"items": [{"text": article(k)} for k in range(5)]}) if batch else (
        "/summarize", {"text": article(0)})  # fmt: skip
    with running(engine, settings, grace=2) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        asked = pool.submit(service.client.post, path, json=body, headers={"accept": kind})
        assert engine.running.wait(5)
        service.server.should_exit = True
        answer = asked.result()
        assert engine.was_cancelled.wait(5)
    assert answer.status_code == 200
    if batch:
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert [(line["index"], line["problem"]["code"]) for line in lines] == [
            (k, "stopped") for k in range(5)
        ]
    else:
        name, data = events(answer)[-1]
        assert (name, data["status"], data["code"]) == ("problem", 503, "stopped")
    assert "Exception in ASGI" not in caplog.text


def test_stopped_worker_refuses_what_waits() -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    worker = Worker(lambda: engine, Settings(concurrency=1))
    worker.start()
    until(lambda: worker.state()[0] is State.READY)
    engine.armed = True
    first, second = job(), job()
    worker.submit(first)
    assert engine.running.wait(5)
    worker.submit(second)
    threading.Timer(0.2, release, [engine]).start()
    worker.stop()
    assert first.result.result(5).text
    assert "stopping" in str(second.result.exception(5))
    assert worker.state()[0] is State.STOPPED
    assert not worker.alive


def test_models_and_info(service: Service) -> None:
    models = service.client.get("/models").json()
    assert [model["name"] for model in models if model["served"]] == ["breve-270m"]
    info = service.client.get("/info").json()
    assert info["revision"] == "r1"
    assert info["state"] == "ready"
    assert info["limits"]["max_body_bytes"] == MAX_BODY
    assert info["limits"]["min_max_words"] == 10
    assert info["languages"] == ["fr", "en"]


def test_info_says_how_many_articles_are_worked_on_at_once() -> None:
    with running(settings=Settings(concurrency=3)) as service:
        assert service.client.get("/info").json()["limits"]["concurrency"] == 3


def test_the_documentation_is_in_groups_in_the_order_of_use(service: Service) -> None:
    schema = service.client.get("/openapi.json").json()
    groups = [group["name"] for group in schema["tags"]]
    assert all(group["description"] for group in schema["tags"])
    tags = {
        path: operation["tags"]
        for path, operations in schema["paths"].items()
        for operation in operations.values()
    }
    assert all(len(names) == 1 for names in tags.values())
    order = sorted(tags, key=lambda path: groups.index(tags[path][0]))
    assert order[:5] == ["/summarize", "/summarize/batch", "/digest", "/info", "/models"]
    assert order[5:8] == ["/v1/chat/completions", "/v1/models", "/v1/models/{model}"]
    assert set(order[8:]) == {"/livez", "/readyz", "/metrics"}


def test_english_is_offered_only_where_there_is_some() -> None:
    class French(ScriptedEngine):
        def describe(self) -> EngineDescription:
            return replace(super().describe(), tasks=(Task.SUMMARY, Task.HEADLINE))

    with running(French()) as service:
        assert service.client.get("/info").json()["languages"] == ["fr"]
        problem(post(service, text=ARTICLE, language="en"), 422, "not_supported")


def test_docs_work_offline(service: Service) -> None:
    assert service.client.get("/", follow_redirects=True).status_code == 200
    for path in ("/docs", "/redoc"):
        page = service.client.get(path)
        assert page.status_code == 200
        assert "http://" not in page.text.replace("http://www.w3.org", "")
        assert "https://" not in page.text
    for part in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert service.client.get(f"/static-offline-docs/{part}").status_code == 200


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") == "array":
        part = part["items"]
    name = part.get("$ref", "").rsplit("/", 1)[-1]
    resolved: dict[str, Any] = schema["components"]["schemas"][name] if name else part
    return resolved


def test_every_body_and_error_has_an_example(service: Service) -> None:
    schema = service.client.get("/openapi.json").json()
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for status, documented in [("", body) for body in bodies] + list(
                operation["responses"].items()
            ):
                assert documented["content"], (path, status)
                for kind, content in documented["content"].items():
                    known = _resolved(schema, content["schema"])
                    has_example = {"example", "examples"} & content.keys()
                    assert has_example or known.get("examples"), (path, status, kind)
                    is_error = status[:1] in "45" and status != ""
                    is_ours = not path.startswith("/v1/")
                    assert (kind == "application/problem+json") == (is_error and is_ours), (
                        path,
                        status,
                        kind,
                    )


class Pages(BaseHTTPRequestHandler):
    """A small web site, with everything that can go wrong with one."""

    def do_GET(self) -> None:
        kind = "text/html; charset=utf-8"
        match self.path.removeprefix("/").split("?to="):
            case ["article"]:
                self._send(200, PAGE.encode(), kind)
            case ["latin"]:
                self._send(200, PAGE.encode("latin-1"), "text/html; charset=iso-8859-1")
            case ["pdf"]:
                self._send(200, b"%PDF", "application/pdf")
            case ["large"]:
                self._send(200, b"a" * (MAX_PAGE_BYTES + 1), kind)
            case ["bomb"]:
                self._send(
                    200, gzip.compress(b"a" * 50_000_000), kind, **{"Content-Encoding": "gzip"}
                )
            case ["bombs"]:
                self._send(
                    200, b"", kind, **{"Content-Encoding": "gzip, gzip, gzip, gzip, gzip, gzip"}
                )
            case ["brotli"]:
                self._send(200, b"", kind, **{"Content-Encoding": "br"})
            case ["slow"]:
                time.sleep(0.6)
            case ["drops"]:
                self._drops()
            case ["redirect", target]:
                self._send(302, b"", kind, location=target)
            case ["loop"]:
                self._send(302, b"", kind, location="/loop")
            case _:
                self._send(404, b"no", kind)

    def _send(self, status: int, content: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self._write(content)

    def _drops(self) -> None:
        """A page that never comes to its end, a byte at a time."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        end = time.monotonic() + 5
        while time.monotonic() < end and self._write(b"a"):
            time.sleep(0.05)

    def _write(self, content: bytes) -> bool:
        try:
            self.wfile.write(content)
        except OSError:  # The client has heard enough
            return False
        return True

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["article", "latin", "redirect?to=/article"])
def test_fetch(site: str, path: str) -> None:
    assert "L'hébergeur français" in fetch(f"{site}/{path}", 5, public_only=False)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("missing", "404"),
        ("pdf", "application/pdf"),
        ("large", str(MAX_PAGE_BYTES)),
        ("bomb", str(MAX_PAGE_BYTES)),
        ("bombs", "gzip, gzip"),
        ("brotli", "'br'"),
        ("loop", "redirect"),
        ("redirect?to=ftp://a", "fetched"),
    ],
)
def test_fetch_that_fails(site: str, path: str, words: str) -> None:
    with pytest.raises(FetchError, match=words):
        fetch(f"{site}/{path}", 5, public_only=False)


@pytest.mark.parametrize("path", ["slow", "drops"])
def test_fetch_takes_no_longer_than_allowed(site: str, path: str) -> None:
    start = time.monotonic()
    with pytest.raises(FetchTimeout):
        fetch(f"{site}/{path}", 0.3, public_only=False)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    "url",
    [
        "http://[",
        "http://",
        "http://a:99999/",
        f"http://{'a' * 64}.invalid/",
        "http://exa mple/",
        "http://\ud83d/",
    ],
)
def test_fetch_of_addresses_that_are_none(url: str) -> None:
    with pytest.raises(FetchError):
        fetch(url, 1)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "file:///etc/passwd", "example.org", "data:text/html,a"]
)
def test_only_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        fetch(url, 1)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "[::1]", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1",
        "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]",
        "localhost", "0x7f.1",
        "[64:ff9b:1::7f00:1]", "[64:ff9b:1:1::808:808]", "[fec0::1]", "[::7f00:1]", "192.0.0.9",
        "192.0.0.192", "168.63.129.16",
        "[64:ff9b::a83f:8110]", "[::ffff:0:127.0.0.1]", "[::ffff:0:8.8.8.8]", "[::5efe:10.0.0.1]",
        "[2a00:1450::5efe:10.0.0.1]",
        "[2a00:1450::200:5efe:7f00:1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[5f00::1]",
        "[4000::1]", "[3fff::1]",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        fetch(f"http://{host}/", 1)


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Makes every name resolve to these addresses."""

    def answer(host: str, port: int, **_: Any) -> list[Any]:
        kinds = [(ipaddress.ip_address(address).version, address) for address in addresses]
        return [
            (socket.AF_INET6 if kind == 6 else socket.AF_INET, 1, 6, "", (address, port))
            for kind, address in kinds
        ]

    monkeypatch.setattr("service.fetch.addresses.socket.getaddrinfo", answer)


@pytest.mark.parametrize("addresses", [("10.0.0.5",), ("8.8.8.8", "127.0.0.1"), ("fd00::5",)])
def test_names_of_private_addresses_are_refused(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    resolve(monkeypatch, *addresses)
    with pytest.raises(ForbiddenAddress):
        fetch("https://news.example/article", 1)


@pytest.mark.parametrize(
    "target", ["http://[::1]:1/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data"]
)
def test_redirects_to_private_addresses_are_refused(
    site: str, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setattr(
        "service.fetch.addresses.is_public",
        lambda address: address == "127.0.0.1" or is_public(address),
    )
    assert "L'hébergeur" in fetch(f"{site}/article", 5)
    with pytest.raises(ForbiddenAddress):
        fetch(f"{site}/redirect?to={target}", 5)


def test_public_addresses_are_public() -> None:
    assert all(
        map(
            is_public,
            ("8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808", "2a00:1450::5efe:808:808"),
        )
    )


def test_time_to_fetch_counts_into_the_deadline(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.api.work.fetching.fetch", partial(fetch, public_only=False))
    with running(settings=Settings(allow_urls=True, deadline_seconds=0.3)) as service:
        start = time.monotonic()
        for path in ("slow", "drops"):
            assert post(service, url=f"{site}/{path}").status_code == 504
        assert time.monotonic() - start < 3
        assert service.worker.queue.jobs == 0


def test_fetching_service(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(settings=Settings(allow_urls=True)) as service:
        problem(post(service, url=f"{site}/article"), 422, "forbidden_url")
        problem(post(service, url="http://["), 502, "fetch_failed")
        monkeypatch.setattr("service.api.work.fetching.fetch", partial(fetch, public_only=False))
        problem(post(service, url=f"{site}/missing"), 502, "fetch_failed")
        problem(post(service, url=f"{site}/article", deadline_seconds=0.5), 422, "invalid_body")
        body = post(service, url=f"{site}/article").json()
        (evidence, *_) = body["sentences"][0]["evidence"]
        assert body["article"]["text"][evidence["start"] : evidence["end"]] == evidence["text"]


def test_a_page_that_does_not_come_in_time(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.api.work.fetching.fetch", partial(fetch, public_only=False))
    with running(settings=Settings(allow_urls=True, url_timeout_seconds=0.3)) as service:
        problem(post(service, url=f"{site}/slow"), 504, "fetch_timeout")


LONG_ARTICLE = "".join(f"<p>{article(number)}</p>" for number in range(10))


@pytest.mark.parametrize(
    "page",
    [
        f"<html><body><article>{LONG_ARTICLE}</article></body></html>",
        f"<?xml version='1.0'?><!-- a "
        f"--><html><body><article>{LONG_ARTICLE}</article></body></html>",
        f'<html><body><script type="application/ld+json">{{"articleBody": '
        f'"{LONG_ARTICLE}"}}</script></body></html>',
    ],
)
def test_a_page_of_too_much_text_is_refused_like_a_text(
    monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr("service.api.work.fetching.fetch", lambda *_: page)
    with running(settings=Settings(allow_urls=True, max_characters=2_000)) as service:
        before = len(service.engine.calls)
        for field, value in (("html", page), ("url", "https://news.example/a")):
            detail = problem(post(service, **{field: value}), 422, "text_too_long")["detail"]
            assert detail.startswith(f"{field}: a page of at most 2000 characters")
        assert len(service.engine.calls) == before


def test_a_page_of_too_many_tags_is_refused_before_it_is_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page of 500,000 tags takes 150 MB, and several are measured at once."""

    def load(*_: Any) -> Any:
        raise AssertionError("it is parsed")

    with running() as service:
        monkeypatch.setattr("trafilatura.load_html", load)
        detail = problem(post(service, html="<html>" + "<p>a" * 399_999), 422, "too_many_tags")[
            "detail"
        ]
        assert "30000" in detail
        assert "400000" in detail


def test_two_pages_are_measured_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, at_once, most = threading.Lock(), 0, 0

    def measure(page: str) -> int:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)
        with lock:
            at_once -= 1
        return 10**9

    monkeypatch.setattr("service.api.work.fetching.text_length", measure)
    with running() as service, ThreadPoolExecutor(8) as pool:
        pages = [PAGE + " " * (250_000 + number) for number in range(8)]
        for answer in pool.map(lambda page: post(service, html=page), pages):
            problem(answer, 422, "text_too_long")
    assert most == 2


def test_time_to_wait_for_the_measure_counts_into_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    going = threading.Event()
    monkeypatch.setattr("service.api.work.fetching.text_length", lambda _: going.wait(20))
    with running() as service, ThreadPoolExecutor(3) as pool:
        pages = [PAGE + " " * (250_000 + number) for number in range(3)]
        answers = [pool.submit(post, service, html=page, deadline_seconds=1) for page in pages]
        waited = next(as_completed(answers, timeout=10))
        problem(waited.result(), 504, "deadline")
        assert not going.is_set()
        going.set()


@pytest.mark.parametrize("path", ["/summarize", "/summarize/batch"])
@pytest.mark.parametrize(
    "accept", ["application/json", "text/event-stream", "application/x-ndjson"]
)
def test_an_answer_is_written_once_and_not_read_back(
    monkeypatch: pytest.MonkeyPatch, path: str, accept: str
) -> None:
    """What is no JSON can be sent as it is, but not be read."""

    def write(_: SummaryBody) -> Answer:
        return Answer(b"{no JSON}", (slice(1, 3),))

    body = (
        {"items": [{"id": 'a "b" é', "text": ARTICLE}, {"text": "court"}]}
        if "batch" in path
        else {"text": ARTICLE}
    )
    with running() as service:
        monkeypatch.setattr("service.api.work.answers.Answer.of", write)
        answer = service.client.post(
            path, json=body, headers={"accept": f"{accept}, application/json;q=0.1"}
        )
        assert answer.status_code == 200
        assert answer.text.count("{no JSON}") == 1
        assert (
            '"problem":{"type":"urn:breve:problem:too_short"' in answer.text or "batch" not in path
        )
        assert "internal" not in answer.text
        assert '"id":"a \\"b\\" é"' in answer.text or "batch" not in path


def test_a_request_is_checked_and_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def counted(*fields: Any, **more: Any) -> SummaryRequest:
        made.append(fields)
        return SummaryRequest(*fields, **more)

    with running() as service:
        monkeypatch.setattr("service.api.contract.requests.SummaryRequest", counted)
        assert post(service, text=ARTICLE).status_code == 200
    assert len(made) == 1


def test_markup_does_not_count_as_text() -> None:
    markup = (
        f"<style>{'a {} ' * 500}</style><script>{'a(); ' * 500}</script><!--{'a ' * 1_000}-->"
        f"<p {'a=b ' * 500}>{' ' * 2_000}</p>"
    )
    with running(settings=Settings(max_characters=2_000)) as service:
        assert (
            post(service, html=PAGE.replace("<article>", f"{markup}<article>")).status_code == 200
        )


class Hanging:
    """Fetches that end when they are let go, whoever waits for them."""

    def __init__(self) -> None:
        self.released, self.running, self.most = threading.Event(), 0, 0
        self._lock = threading.Lock()

    def __call__(self, address: str, timeout: float) -> str:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.released.wait(20)
        with self._lock:
            self.running -= 1
        return PAGE


def test_fetches_that_nobody_waits_for_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    fetches = Hanging()
    monkeypatch.setattr("service.api.work.fetching.fetch", fetches)
    settings = Settings(allow_urls=True, deadline_seconds=1, url_timeout_seconds=0.5)
    with running(settings=settings) as service, ThreadPoolExecutor(2 * MAX_FETCHES) as pool:
        try:
            asked = [
                pool.submit(post, service, url=f"https://news.example/{k}")
                for k in range(2 * MAX_FETCHES)
            ]
            answers = [answer.result() for answer in asked]
            assert (
                sorted(answer.json()["code"] for answer in answers)
                == ["deadline"] * MAX_FETCHES + ["queue_full"] * MAX_FETCHES
            )
            refused = post(service, url="https://news.example/late")
            assert str(MAX_FETCHES) in problem(refused, 503, "queue_full")["detail"]
            assert int(refused.headers["retry-after"]) >= 1
            assert fetches.running == fetches.most == MAX_FETCHES
        finally:
            fetches.released.set()
        until(lambda: fetches.running == 0)
        assert post(service, url="https://news.example/last").status_code == 200
