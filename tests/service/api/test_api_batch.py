"""POST /summarize/batch: a result or a problem for each article, in order, whatever becomes of the
others."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from service.settings import Settings
from tests.engines import ARTICLE, SECRET, ScriptedEngine, Service, running, until
from tests.service.api.test_api import (
    article,
    blocked,
    occupied,
    post,
    problem,
    release,
    sent,
    waiting,
)

NDJSON = {"accept": "application/x-ndjson"}


def batch(service: Service, items: Any, **headers: str) -> httpx.Response:
    return service.client.post("/summarize/batch", json={"items": items}, headers=headers)


def results(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    listed: list[dict[str, Any]] = response.json()["results"]
    assert [result["index"] for result in listed] == list(range(len(listed)))
    assert all((result["summary"] is None) != (result["problem"] is None) for result in listed)
    return listed


def codes(listed: list[dict[str, Any]]) -> list[str]:
    return [result["problem"]["code"] if result["problem"] else "ok" for result in listed]


def test_each_item_has_its_own_result() -> None:
    items: list[dict[str, Any]] = [
        {"id": "one", "text": article(1)},
        {"id": 2, "text": article(2), "language": "en", "headline": True},
        {"text": article(3), "length": "short"},
    ]
    with running() as service:
        answered = results(batch(service, items))
        assert [result["id"] for result in answered] == ["one", 2, None]
        for item, result in zip(items, answered, strict=True):
            single = post(
                service, **{name: value for name, value in item.items() if name != "id"}
            ).json()
            assert {**result["summary"], "timings_ms": 0} == {**single, "timings_ms": 0}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"id": "bad", "text": "Nuagis ouvre"}, "too_short"),
        ({"id": "bad", "text": ARTICLE, "max_words": 3}, "invalid_body"),
        ({"id": "bad", "text": ARTICLE, "lenght": "short"}, "invalid_body"),
        ({"id": "bad"}, "invalid_body"),
        ({"id": "bad", "url": "https://example.org/"}, "urls_disabled"),
        ({"id": "bad", "text": ARTICLE, "model": "mt5-xlsum"}, "unknown_model"),
        ({"id": "bad", "text": "a" * 2_001}, "text_too_long"),
    ],
)
def test_bad_item_fails_alone(item: dict[str, Any], code: str) -> None:
    with running(settings=Settings(max_characters=2_000)) as service:
        answered = results(batch(service, [{"text": article(1)}, item, {"text": article(2)}]))
    assert codes(answered) == ["ok", code, "ok"]
    assert answered[1]["id"] == "bad"
    assert answered[1]["problem"]["status"] in (403, 422)


def test_items_that_are_no_objects_and_ids_that_are_none() -> None:
    wrong: list[Any] = [{}, "x" * 201, "\ud800", True, 1.5, 2**60]
    items: list[Any] = [
        3,
        None,
        "text",
        [],
        *({"id": identifier, "text": ARTICLE} for identifier in wrong),
    ]
    with running() as service:
        content = json.dumps({"items": [*items, {"id": "last", "text": ARTICLE}]}).encode()
        response = service.client.post(
            "/summarize/batch", content=content, headers={"content-type": "application/json"}
        )
        answered = results(response)
    assert codes(answered) == ["invalid_body"] * len(items) + ["ok"]
    assert [result["id"] for result in answered] == [None] * len(items) + ["last"]
    for result in answered[-len(wrong) - 1 : -1]:
        (error,) = result["problem"]["errors"]
        assert error["field"] == "id"
        assert "whole number" in error["message"]


def test_error_of_the_engine_is_of_its_item(caplog: pytest.LogCaptureFixture) -> None:
    class Poisoned(ScriptedEngine):
        def _wait(self, cancelled: Any) -> None:
            if SECRET in self.calls[-1].text:
                raise RuntimeError(SECRET)

    engine = Poisoned()
    with running(engine, Settings(batch_tokens=0, concurrency=2)) as service:
        engine.armed = True
        answered = results(
            batch(
                service,
                [{"text": f"{SECRET} : {ARTICLE}"}, *({"text": article(k)} for k in range(6))],
            )
        )
    assert codes(answered) == ["internal"] + ["ok"] * 6
    assert SECRET not in caplog.text


def test_whole_request_is_refused_like_a_single_one() -> None:
    with running(settings=Settings(batch_items=2)) as service:
        detail = problem(batch(service, [{"text": ARTICLE}] * 3), 422, "batch_too_long")["detail"]
        assert "2" in detail
        assert "3" in detail
        assert (
            "This is empty: an article is needed"
            in problem(batch(service, []), 422, "invalid_body")["detail"]
        )
        problem(batch(service, {"text": ARTICLE}), 422, "invalid_body")
        problem(
            batch(service, [{"text": ARTICLE}], accept="text/event-stream"), 406, "not_acceptable"
        )
        assert batch(service, [{"text": ARTICLE}] * 2).status_code == 200


@pytest.mark.parametrize("content", [b"", b" ", b"[]", b"null"])
def test_body_without_items_is_the_clients_error(content: bytes) -> None:
    with running() as service:
        sent = service.client.post(
            "/summarize/batch", content=content, headers={"content-type": "application/json"}
        )
        if content.strip():
            problem(sent, 422, "invalid_body")
        else:
            problem(sent, *((400, "malformed_json") if content else (422, "invalid_body")))


def test_too_many_items_are_refused_before_any_is_read() -> None:
    with running(settings=Settings(batch_items=2, api_keys=SecretStr("a"))) as service:
        many = {"items": [{}] * 3, "other": "is found wrong when the body is read"}
        refused = service.client.post(
            "/summarize/batch", json=many, headers={"authorization": "Bearer a"}
        )
        problem(refused, 422, "batch_too_long")
        problem(service.client.post("/summarize/batch", json=many), 401, "unauthorized")


def test_full_queue_refuses_a_batch_too() -> None:
    engine, settings = blocked(queue_size=1)
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        singles = occupied(service, engine, pool)
        refused = batch(service, [{"text": article(2)}])
        problem(refused, 503, "queue_full")
        assert int(refused.headers["retry-after"]) >= 1
        release(engine)
        assert [single.result().status_code for single in singles] == [200, 200]


def test_batch_larger_than_the_queue_waits_for_room() -> None:
    with running(settings=Settings(queue_size=1, concurrency=4)) as service:
        answered = results(batch(service, [{"text": article(k)} for k in range(30)]))
    assert codes(answered) == ["ok"] * 30


def test_a_page_is_fetched_once_however_long_it_waits_for_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fetches: list[float] = []

    def fetch(address: str, timeout: float) -> str:
        fetches.append(time.monotonic())
        paragraphs = "".join(f"<p>{article(k)}</p>" for k in range(90))
        return f"<html><body><article>{paragraphs}</article></body></html>"

    monkeypatch.setattr("service.api.work.fetching.fetch", fetch)
    monkeypatch.setattr("service.api.batch.ROOM_POLL_SECONDS", 0.02)
    engine, settings = blocked(
        concurrency=1, queue_tokens=300, allow_urls=True, deadline_seconds=20
    )
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        singles = occupied(service, engine, pool)
        late = pool.submit(
            batch, service, [{"url": "https://news.example/a", "deadline_seconds": 1}]
        )
        assert codes(results(late.result())) == ["queue_full"]
        assert time.monotonic() - fetches[0] < 5
        pages = pool.submit(batch, service, [{"url": "https://news.example/b"}])
        until(lambda: len(fetches) > 1)
        time.sleep(0.2)
        release(engine)
        assert codes(results(pages.result())) == ["ok"]
        assert len(fetches) == 2
        assert [single.result().status_code for single in singles] == [200, 200]


def test_lines_come_in_order_and_as_they_are_finished() -> None:
    engine, settings = blocked(concurrency=4)
    with running(engine, settings) as service:
        first = post(
            service, text=article(0)
        ).json()  # In the cache: finished before the model is held
        engine.armed = True
        body = {
            "items": [
                {"id": 0, "text": article(0)},
                {"id": 1, "text": article(1)},
                {"id": 2, "text": "court"},
            ]
        }
        with service.client.stream(
            "POST", "/summarize/batch", json=body, headers=NDJSON
        ) as response:
            assert response.headers["content-type"] == "application/x-ndjson"
            lines = response.iter_lines()
            assert json.loads(next(lines))["summary"] == first
            assert engine.running.wait(5)
            release(engine)
            rest = [json.loads(line) for line in lines]
    assert [line["id"] for line in rest] == [1, 2]
    assert codes(rest) == ["ok", "too_short"]


def test_single_request_is_answered_before_a_long_batch() -> None:
    class Slow(ScriptedEngine):
        def _wait(self, cancelled: Any) -> None:
            threading.Event().wait(0.05)

    engine = Slow()
    with (
        running(engine, Settings(concurrency=2, batch_tokens=0)) as service,
        ThreadPoolExecutor() as pool,
    ):
        engine.armed = True
        before = len(engine.pass_sizes)
        long = pool.submit(batch, service, [{"text": article(k)} for k in range(20)])
        until(lambda: len(engine.pass_sizes) - before >= 3)
        assert post(service, text=article(100)).status_code == 200
        assert len(engine.pass_sizes) - before < 12
        assert codes(results(long.result())) == ["ok"] * 20


def test_client_that_leaves_cancels_what_is_left() -> None:
    engine, settings = blocked(concurrency=4)
    with running(engine, settings) as service:
        engine.armed = True
        for headers in (NDJSON, {}):
            engine.was_cancelled.clear()
            engine.running.clear()
            with sent(
                service,
                "/summarize/batch",
                {"items": [{"text": article(k)} for k in range(10)]},
                headers,
            ):
                assert engine.running.wait(5)
            assert engine.was_cancelled.wait(5)
            until(lambda: service.worker.running == 0 and waiting(service) == 0)
        release(engine)
        assert post(service, text=ARTICLE).status_code == 200
        assert len([call for call in engine.calls if "numéro 9 " in call.text]) == 0


def test_deadline_of_an_item_is_its_own() -> None:
    engine, settings = blocked(deadline_seconds=1, concurrency=1)
    with running(engine, settings) as service:
        assert post(service, text=article(1)).status_code == 200
        engine.armed = True
        answered = results(batch(service, [{"text": article(0)}, {"text": article(1)}]))
        assert codes(answered) == ["deadline", "ok"]
        assert answered[0]["problem"]["status"] == 504
