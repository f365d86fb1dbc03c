"""GET /metrics: all series are there before the first request, and no text, key or address is in
any of them."""

import socket
import threading
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from models.engine import GenerateRequest
from service.api.observing.metrics import PROBLEMS
from service.settings import Settings
from tests.engines import ARTICLE, SECRET, ScriptedEngine, Service, running, until
from tests.service.api.test_api import blocked, leaving, post, release, waiting
from tests.service.web.test_page import problem_codes

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def series(service: Service) -> Series:
    response = service.client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(response.text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(counted: Series, name: str, **labels: str) -> float:
    return counted[name, frozenset(labels.items())]


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as started:
        yield started


def test_series_are_there_before_the_first_request(service: Service) -> None:
    counted = series(service)
    for path, operations in service.app.openapi()["paths"].items():
        for operation in operations.values():
            for status in operation["responses"]:
                assert (
                    "breve_requests_total",
                    frozenset({"route": path, "status": status}.items()),
                ) in counted
        assert value(counted, "breve_request_seconds_count", route=path) >= 0
    assert value(counted, "breve_requests_total", route="/summarize", status="200") == 0
    assert value(counted, "breve_warnings_total", code="repaired") == 0
    assert value(counted, "breve_answers_total", origin="hit") == 0
    assert value(counted, "breve_cancelled_total", reason="left") == 0
    assert value(counted, "breve_step_seconds_count", step="translate") == 0
    assert (
        value(counted, "breve_queue_jobs")
        == value(counted, "breve_queue_tokens")
        == value(counted, "breve_cache_bytes")
        == 0
    )
    assert value(counted, "breve_ready") == 1
    assert value(counted, "breve_pass_rows_count") == 1, "the warm-up"


def test_requests_are_counted_by_route_and_status(service: Service) -> None:
    for path in ("/nothing", "/nothing/else", "/livez", "/v1/models/a", "/v1/models/b/c"):
        service.client.get(path)
    service.client.delete("/livez")
    post(service, text=ARTICLE)
    post(service, text="court")
    service.client.post("/summarize", content=b"{}")
    service.client.post("/summarize/batch", json={"items": [{"text": ARTICLE}]})
    counted = series(service)
    requests = {
        (labels["route"], labels["status"]): count
        for (name, pairs), count in counted.items()
        if name == "breve_requests_total"
        and count
        and (labels := dict(pairs))["route"] not in ("/readyz", "/metrics")
    }
    assert requests == {
        ("unmatched", "404"): 2, ("/livez", "200"): 1, ("/livez", "405"): 1,
        ("/v1/models/{model}", "404"): 2,
        ("/summarize", "200"): 1, ("/summarize", "422"): 1,
        ("/summarize", "415"): 1, ("/summarize/batch", "200"): 1,
    }  # fmt: skip
    assert value(counted, "breve_request_seconds_count", route="/summarize") == 3


def test_work_is_counted(service: Service) -> None:
    before = series(service)
    post(service, text=ARTICLE, language="en", max_words=10)
    post(service, text=ARTICLE, language="en", max_words=10)
    counted = series(service)
    for step in ("read", "generate", "choose", "translate"):
        assert value(counted, "breve_step_seconds_count", step=step) == 1
    for name in ("breve_queue_wait_seconds_count", "breve_answers_total"):
        assert value(counted, name, **({"origin": "miss"} if "answers" in name else {})) == 1
    assert value(counted, "breve_answers_total", origin="hit") == 1
    assert value(counted, "breve_pass_rows_count") - value(before, "breve_pass_rows_count") == 2
    for direction in ("in", "out"):
        assert value(counted, "breve_tokens_total", direction=direction) > value(
            before, "breve_tokens_total", direction=direction
        )
    assert sum(count for (name, _), count in counted.items() if name == "breve_warnings_total") > 0
    assert value(counted, "breve_cache_bytes") > 0
    assert value(counted, "process_resident_memory_bytes") > 10**6


def test_caught_facts_are_counted_by_kind() -> None:
    class Inventing(ScriptedEngine):
        @staticmethod
        def _answer(request: GenerateRequest, rank: int) -> str:
            return f"{ARTICLE.split('. ')[0]}. Le site de Toulouse compte 7 300 serveurs."

    with running(Inventing()) as service:
        before = series(service)
        assert post(service, text=ARTICLE).status_code == 200
        measured = series(service)
    for kind, least in (("number", 1), ("name", 1), ("quote", 0)):
        counted = value(measured, "breve_unsupported_facts_total", kind=kind) - value(
            before, "breve_unsupported_facts_total", kind=kind
        )
        assert counted == least


def test_waiting_and_leaving_are_counted() -> None:
    engine, settings = blocked()
    with running(engine, settings) as service:
        engine.armed = True
        clients = [leaving(service, ARTICLE)]
        assert engine.running.wait(5)
        clients.append(leaving(service, f"{ARTICLE} Une phrase de plus suit ici."))
        until(lambda: waiting(service) == 1)
        counted = series(service)
        assert (value(counted, "breve_queue_jobs"), value(counted, "breve_running_jobs")) == (1, 1)
        assert value(counted, "breve_queue_tokens") > 50
        for client in clients:
            client.close()
        until(lambda: value(series(service), "breve_cancelled_total", reason="left") == 2)
        assert value(series(service), "breve_queue_jobs") == 0
        release(engine)
        until(lambda: value(series(service), "breve_running_jobs") == 0)


@pytest.mark.parametrize("path", ["/summarize", "/summarize/batch"])
@pytest.mark.parametrize("sent", [b"", b'{"text": "Nuagis', b"{}", b'{"items": []}'])
def test_client_that_leaves_before_its_body_is_there(path: str, sent: bytes) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 500\r\n\r\n"
    )
    with running() as service:
        with socket.create_connection(
            ("127.0.0.1", int(service.url.rsplit(":", 1)[1])), timeout=5
        ) as client:
            client.sendall(head.encode() + sent)
        until(lambda: value(series(service), "breve_cancelled_total", reason="left") == 1)
        counted = series(service)
    answered = {labels["status"] for name,
    pairs in counted if name == "breve_requests_total" and counted[name, pairs]
                and (labels := dict(pairs))["route"] == path}  # fmt: skip
    assert answered == {"499"}


def problems_of(service: Service) -> dict[str, float]:
    counted = series(service).items()
    return {
        dict(labels)["code"]: count
        for (name, labels), count in counted
        if name == "breve_problems_total" and count
    }


def test_problems_are_counted_by_code_wherever_they_are_told() -> None:
    engine = ScriptedEngine(error=RuntimeError())
    with running(engine) as service:
        assert problems_of(service) == {}
        engine.armed = True
        service.client.post("/summarize", json={"text": ARTICLE})
        service.client.post(
            "/summarize", json={"text": ARTICLE}, headers={"accept": "text/event-stream"}
        )
        assert problems_of(service) == {"internal": 2}
        items = {"items": [{"text": ARTICLE}, {}, {"text": "Trop court."}, {"text": ARTICLE}]}
        for kind in ("application/json", "application/x-ndjson"):
            service.client.post("/summarize/batch", json=items, headers={"accept": kind})
        assert problems_of(service) == {"internal": 6, "invalid_body": 2, "too_short": 2}
        service.client.get("/nothing")
        service.client.post("/summarize", content=b"{}")
        service.client.post("/summarize", json={})
        added = {"not_found": 1, "unsupported_media_type": 1, "invalid_body": 3}
        assert problems_of(service) == {"internal": 6, "too_short": 2, **added}


def test_probes_are_no_problems() -> None:
    loaded = threading.Event()

    def load() -> ScriptedEngine:
        loaded.wait(10)
        return ScriptedEngine()

    with running(load=load) as service:
        for _ in range(3):
            assert service.client.get("/readyz").status_code == 503
        assert problems_of(service) == {}
        loaded.set()


def test_every_problem_has_a_series() -> None:
    assert sorted(PROBLEMS) == sorted(problem_codes())


def test_no_text_key_or_address() -> None:
    with running(settings=Settings(api_keys=SecretStr("clef-secrète"))) as service:
        key = {b"authorization": "Bearer clef-secrète".encode()}
        text = f"{ARTICLE} Le projet {SECRET} attend."
        assert (
            service.client.post("/summarize", json={"text": text}, headers=key).status_code == 200
        )
        service.client.get(f"/{SECRET}")
        service.client.request(SECRET, "/summarize")
        service.client.post("/summarize", json={"text": text}, headers={"x-request-id": SECRET})
        metrics = service.client.get("/metrics").text
    assert value(series_of(metrics), "breve_requests_total", route="/summarize", status="401") == 1
    for hidden in (SECRET, "clef", "127.0.0.1", "Nuagis"):
        assert hidden not in metrics


def series_of(text: str) -> Series:
    families = text_string_to_metric_families(text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }
