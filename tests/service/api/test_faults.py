"""What clients, disks and threads do at their worst; after each, the next good request is
answered."""

import asyncio
import errno
import gzip
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from models.engine import Engine, EngineDescription, GenerateRequest, GenerateResult, Task, never
from models.pair import PairEngine
from service.api.contract.requests import BadItem, BatchBody, SummarizeBody
from service.api.entry.request_guards import RequestId
from service.api.refusals import State
from service.api.work.admission import Job
from service.api.work.watch import watch
from service.api.work.worker import Worker
from service.reading.reader import read_article
from service.settings import Settings
from service.summarizer import SummaryRequest
from tests.engines import ARTICLE, SECRET, ScriptedEngine, Service, running, until
from tests.service.api.test_api import article, leaving, post, problem

ROOT = Path(__file__).parents[3]
PARAGRAPH = f"<p>{ARTICLE}</p>"
TEXTS = {
    "null bytes": ARTICLE.replace(" ", "\x00 ", 5),
    "right-to-left marks": "\u202e\u200f" + ARTICLE.replace(" ", " \u202b", 5) + "\u2066",
    "sentence of 10,000 words": f"{ARTICLE} Le " + "site, " * 10_000 + "finit.",
    "90,000 lines": ARTICLE + "\n7" * 90_000,
    "30,000 lines that go on": ARTICLE + "mot,\n\n" * 30_000,
    "no spaces": f"{ARTICLE} " + "a" * 190_000,
    "combining marks": f"{ARTICLE} e" + "\u0301" * 100_000,
    "only marks": "*_[`~" * 30_000,
    "empty lines": ARTICLE + "\n" * 190_000 + ARTICLE,
    "invisible": "\u200b\ufeff" * 50_000 + ARTICLE,
}
BREAKS = "<br>" * 400_000
ENTITIES = "".join(f'<!ENTITY lol{k} "{f"&lol{k - 1};" * 10}">' for k in range(1, 10))
PAGES = {
    "400,000 line breaks": f"<html><body><article>{PARAGRAPH}{BREAKS}{PARAGRAPH}",
    "20,000 nested tags": "<html><body>" + "<div>" * 20_000 + PARAGRAPH + "</div>" * 20_000,
    "9,000 nested tables": "<html><body><article>" + "<table><tr><td>" * 9_000 + PARAGRAPH,
    "9,000 pieces in italics": "<html><body><article>"
    f"<p>{'<i>Le site</i> ' * 9_000}</p>{PARAGRAPH}",
    "entities of entities": f'<!DOCTYPE html [<!ENTITY lol0 "lol">{ENTITIES}]>'
    f"<html><body>{PARAGRAPH}<p>&lol9;</p>",
    "right-to-left marks": f"<html><body><article><p>\u202e{ARTICLE}\u200f</p>{PARAGRAPH}",
    "100,000 nested tags": "<html><body>" + "<div>" * 100_000 + PARAGRAPH + "</div>" * 100_000,
    "100,000 tags never closed": "<html><body><article>" + "<b>" * 100_000 + PARAGRAPH,
    "30,000 nested tables": "<html><body><article>" + "<table><tr><td>" * 30_000 + PARAGRAPH,
    "the same paragraph 3,000 times": f"<html><body><article>{PARAGRAPH * 3_000}",
    "300,000 attributes": f"<html><body><article>{PARAGRAPH}<p {'a=1 ' * 300_000}>x</p>",
    "400,000 comments begun": f"<html><body><article>{PARAGRAPH}" + "<!--" * 400_000,
    "1,000,000 <": "<" * 1_000_000,
    "null bytes": PARAGRAPH.replace(" ", "\x00"),
    "another encoding announced": '<?xml version="1.0" encoding="utf-16"?>'
    f'<html><head><meta charset="utf-7"></head>{PARAGRAPH}',
}


def head_of(content: bytes) -> str:
    """The head of a request with this body."""
    return (
        "POST /summarize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running(settings=Settings(deadline_seconds=60)) as started:
        yield started


@pytest.fixture(autouse=True)
def good(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test that uses the shared service, a good request is answered."""
    yield
    if "service" in request.fixturenames:
        service: Service = request.getfixturevalue("service")
        assert post(service, text=article(os.getpid())).status_code == 200
        until(lambda: service.worker.running == 0)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text(service: Service, name: str) -> None:
    assert post(service, text=TEXTS[name], language_check=False).status_code in (200, 422)


@pytest.mark.parametrize("name", PAGES)
def test_hostile_page(service: Service, name: str) -> None:
    assert post(service, html=PAGES[name], language_check=False).status_code in (200, 422)


def test_body_of_50_megabytes(service: Service) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1_000_000
            yield b"a" * 1_000_000

    json_type = {"content-type": "application/json"}
    problem(
        service.client.post("/summarize", content=b"a" * 50_000_000, headers=json_type),
        413,
        "too_large",
    )
    try:
        problem(
            service.client.post("/summarize", content=chunks(), headers=json_type), 413, "too_large"
        )
    except httpx.WriteError:  # The connection was closed while we still sent
        assert sent < 50_000_000


def test_utf_16_is_no_way_around_the_bounds(service: Service) -> None:
    content = ('{"text": "\u2200", "x": ' + "[" * 200 + "]" * 200 + "}").encode("utf-16-le")
    response = service.client.post(
        "/summarize", content=content, headers={"content-type": "application/json"}
    )
    assert "NUL" in problem(response, 400, "malformed_json")["detail"]


@pytest.mark.parametrize("content", [b'{"text": "\xff\xfe\x00"}', b"\x00" * 1_000, b"\xff" * 1_000])
def test_bytes_that_are_no_text(service: Service, content: bytes) -> None:
    response = service.client.post(
        "/summarize", content=content, headers={"content-type": "application/json"}
    )
    problem(response, 400, "malformed_json")


def test_lone_surrogate_in_bytes(service: Service) -> None:
    content = b'{"text": "\xed\xa0\x80"}'
    problem(
        service.client.post(
            "/summarize", content=content, headers={"content-type": "application/json"}
        ),
        422,
        "invalid_body",
    )


MANY = {f"{number:x}": "" for number in range(160_000)}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/summarize", {"text": ARTICLE, "glossary": MANY}, ("at most 200", "160000")),
        ("/summarize", {"text": ARTICLE, **MANY}, ("Unknown field 0;", "Unknown field 13;")),
        (
            "/summarize/batch",
            {"items": [{"text": ARTICLE}], **MANY},
            ("Unknown field 0;", "Unknown field 13;"),
        ),
    ],
)
def test_body_with_very_many_wrong_entries(
    service: Service, path: str, body: dict[str, Any], words: tuple[str, ...]
) -> None:
    detail = problem(service.client.post(path, json=body), 422, "invalid_body")["detail"]
    assert all(word in detail for word in words)
    assert len(detail) < 2_000


def test_errors_of_a_body_are_few_however_many_entries_are_wrong() -> None:
    """Each takes its time to be written, in the event loop, while everybody waits; an answer tells
    of 20."""
    for read, body, most in (
        (SummarizeBody, {"text": ARTICLE, "glossary": MANY}, 1),
        (SummarizeBody, {"text": 1, "length": 2, **MANY}, 22),
        (BatchBody, {"items": 1, **MANY}, 21),
    ):
        with pytest.raises(ValidationError) as error:
            read.model_validate(body)
        assert error.value.error_count() == most
    (item,) = BatchBody.model_validate({"items": [{"id": 7, **MANY}]}).items
    assert isinstance(item, BadItem)
    assert (item.id, len(item.errors)) == (7, 20)


def test_known_fields_count_wherever_they_stand_among_many() -> None:
    with pytest.raises(ValidationError) as error:
        SummarizeBody.model_validate({**MANY, "max_words": 3, "text": ARTICLE})
    assert error.value.errors()[0]["loc"] == ("max_words",)


@pytest.mark.parametrize("path", ["/summarize", "/summarize/batch"])
@pytest.mark.parametrize("piece", [b"[],", b"{},", b'{"a":"[]"},'])
def test_body_of_very_many_lists_or_objects_is_refused_before_it_is_parsed(
    service: Service, path: str, piece: bytes
) -> None:
    content = b'{"items": [' + piece * (1_900_000 // len(piece)) + b"1]}"
    start = time.monotonic()
    refused = service.client.post(
        path, content=content, headers={"content-type": "application/json"}
    )
    assert time.monotonic() - start < 3
    assert "1300 lists and objects" in problem(refused, 422, "too_many_values")["detail"]


def test_brackets_within_a_text_are_no_lists(service: Service) -> None:
    text = f"{ARTICLE} " + r'{[]} "[" \\" {' * 5_000
    assert post(service, text=text, language_check=False).status_code in (200, 422)
    assert post(service, text=text, language_check=False).json().get("code") != "too_many_values"


@pytest.mark.parametrize(
    "content",
    [b"[" * 200_000, b'{"a":' * 200_000, b'{"text": "' + b"[" * 1_000_000, b'"[{' * 400_000],
)
def test_hostile_json_is_refused_at_once(service: Service, content: bytes) -> None:
    start = time.monotonic()
    problem(
        service.client.post(
            "/summarize", content=content, headers={"content-type": "application/json"}
        ),
        400,
        "malformed_json",
    )
    assert time.monotonic() - start < 1


def test_a_batch_of_as_many_articles_as_are_allowed_is_read() -> None:
    item = {"text": "court", "language": "en", "glossary": {"nuage": "cloud"}}
    with running(settings=Settings(batch_items=1_000)) as started:
        answer = started.client.post("/summarize/batch", json={"items": [item] * 1_000})
        assert [result["problem"]["code"] for result in answer.json()["results"]] == [
            "too_short"
        ] * 1_000


def test_slow_client_keeps_nobody_waiting(service: Service) -> None:
    content = json.dumps({"text": ARTICLE}).encode()
    head = head_of(content)
    with socket.create_connection(
        ("127.0.0.1", int(service.url.rsplit(":", 1)[1])), timeout=10
    ) as slow:
        slow.sendall(head.encode())
        for start in range(0, len(content), 100):
            slow.sendall(content[start : start + 100])
            assert post(service, text=article(start)).status_code == 200
        assert slow.recv(100).startswith(b"HTTP/1.1 200")


def test_body_that_never_comes_to_its_end() -> None:
    with running(settings=Settings(body_seconds=0.3)) as service:
        with socket.create_connection(
            ("127.0.0.1", int(service.url.rsplit(":", 1)[1])), timeout=10
        ) as slow:
            slow.sendall(
                b"POST /summarize HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                b"application/json\r\nContent-Length: 99\r\n\r\n{"
            )
            answer = b""
            while part := slow.recv(4_096):
                answer += part
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"connection: close" in answer.lower()
        assert b"urn:breve:problem:slow_body" in answer
        assert post(service, text=ARTICLE).status_code == 200


@pytest.mark.parametrize("sent", [0, 1, 100, 1_000])
def test_client_that_leaves_before_its_request_is_whole(service: Service, sent: int) -> None:
    content = json.dumps({"text": article(-sent)}).encode()
    head = head_of(content)
    for _ in range(20):
        with socket.create_connection(
            ("127.0.0.1", int(service.url.rsplit(":", 1)[1])), timeout=10
        ) as leaving:
            leaving.sendall((head.encode() + content)[: len(head) + sent])


def test_client_that_leaves_while_its_article_is_summarised() -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    with running(engine, Settings(concurrency=1)) as service:
        engine.armed = True
        with leaving(service, article(-3)):
            assert engine.running.wait(5)
        assert engine.was_cancelled.wait(5)
        assert engine.wait_for is not None
        engine.wait_for.set()
        assert post(service, text=ARTICLE).status_code == 200


def test_packed_body_is_not_unpacked(service: Service) -> None:
    packed = gzip.compress(b'{"text": "' + b"a" * 100_000_000 + b'"}', compresslevel=1)
    headers = {"content-type": "application/json"}
    problem(
        service.client.post("/summarize", content=packed, headers=headers), 400, "malformed_json"
    )
    headers["content-encoding"] = "gzip"
    problem(
        service.client.post("/summarize", content=packed, headers=headers),
        415,
        "unsupported_media_type",
    )


def test_client_that_does_not_read_keeps_nobody_waiting(service: Service) -> None:
    content = json.dumps({"text": ARTICLE}).encode()
    head = head_of(content)
    with socket.create_connection(
        ("127.0.0.1", int(service.url.rsplit(":", 1)[1])), timeout=10
    ) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
        deaf.sendall((head.encode() + content) * 200)
        assert post(service, text=article(-1)).status_code == 200


def slow_reading(monkeypatch: pytest.MonkeyPatch, word: str) -> threading.Event:
    """Makes the reading of articles with this word wait for the event."""
    going = threading.Event()

    def slow(text: str | None, html: str | None, **options: Any) -> Any:
        if word in (text or ""):
            going.wait(10)
        return read_article(text, html, **options)

    monkeypatch.setattr("service.summarizer.read_article", slow)
    return going


def test_article_that_is_read_for_long_is_no_stuck_model_and_ends_when_nobody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    going = slow_reading(monkeypatch, SECRET)
    with running(settings=Settings(deadline_seconds=1.5, stuck_seconds=0.5)) as service:
        problem(post(service, text=f"{ARTICLE} {SECRET} attend."), 504, "deadline")
        time.sleep(1)
        assert service.worker.running == 1
        assert service.state() == "ready"
        assert post(service, text=ARTICLE).status_code == 200
        going.set()
        until(lambda: service.worker.running == 0)
        assert SECRET not in service.engine.texts()


def test_article_whose_reading_never_ends_is_told_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    going = slow_reading(monkeypatch, SECRET)
    monkeypatch.setattr("service.api.work.worker.JOB_SECONDS", 0.4)
    with running(settings=Settings(deadline_seconds=0.1)) as service:
        problem(post(service, text=f"{ARTICLE} {SECRET} attend."), 504, "deadline")
        assert service.state() == "ready"
        until(lambda: service.state() == "stuck", 5)
        assert "over 1 s" in problem(service.client.get("/readyz"), 503, "stuck")["detail"]
        going.set()
        until(lambda: service.state() == "ready")


@pytest.mark.parametrize("days", [-400, 400])
def test_clock_that_is_set_anew(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, clock = ScriptedEngine(wait_for=threading.Event()), time.time
    with running(
        engine, Settings(concurrency=1, deadline_seconds=10, rate_limit="5/minute")
    ) as service:
        engine.armed = True
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(post(service, text=ARTICLE)))
        asking.start()
        assert engine.running.wait(5)
        monkeypatch.setattr(time, "time", lambda: clock() + days * 86_400)
        assert engine.wait_for is not None
        engine.wait_for.set()
        asking.join()
        assert answers[0].status_code == 200
        assert post(service, text=article(1)).status_code == 200
        assert service.state() == "ready"


def test_worker_thread_that_is_killed(caplog: pytest.LogCaptureFixture) -> None:
    def kill(step: str) -> None:
        raise SystemExit(SECRET)

    with running() as service:
        killed = Job(SummaryRequest(ARTICLE), time.monotonic() + 10, kill)
        service.worker.submit(killed)
        assert "died" in str(killed.result.exception(5))
        until(lambda: service.state() == "dead", 3)
        problem(post(service, text=ARTICLE), 503, "dead")
    assert SECRET not in caplog.text
    with running() as service:
        assert post(service, text=ARTICLE).status_code == 200


def full_disk() -> Engine:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "model.safetensors")


def test_full_disk_at_the_start() -> None:
    with running(load=full_disk) as service:
        until(lambda: service.state() == "failed")
        assert "No space left" in problem(service.client.get("/readyz"), 503, "failed")["detail"]
        problem(post(service, text=ARTICLE), 503, "failed")
    with running() as service:
        assert post(service, text=ARTICLE).status_code == 200


def test_damaged_model_at_the_start(tmp_path: Path) -> None:
    from models.loading import load_engine

    (tmp_path / "config.json").write_text(
        '{"model_type": "bart", "vocab_size": 8}', encoding="utf-8"
    )
    (tmp_path / "model.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00garbage!" * 10)
    with running(load=lambda: load_engine(str(tmp_path))) as service:
        until(lambda: service.state() != "loading", 60)
        detail = problem(service.client.get("/readyz"), 503, "failed")["detail"]
        assert str(tmp_path) in detail
        assert service.client.get("/livez").status_code == 200


SERVED = """
import sys, time
import models.loading
from service.cli.main import main
from tests.engines import ScriptedEngine

class Engine(ScriptedEngine):
    def generate(self, requests, cancelled=lambda: False):
        if any("FATAL" in request.text for request in requests):
            raise SystemExit
        while any("ENDLESS" in request.text for request in requests):
            time.sleep(0.1)
        return super().generate(requests, cancelled)

models.loading.load_engine = lambda *_: Engine()
main(["serve", "--port", sys.argv[1]])
"""


@contextmanager
def process(port: int) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """The service in a process of its own, ready, and a client for it."""
    settings = {
        "BREVE_EXIT_WHEN_BROKEN": "true",
        "BREVE_STUCK_SECONDS": "0.5",
        "BREVE_LOG_LEVEL": "error",
    }
    with (
        subprocess.Popen(
            [sys.executable, "-c", SERVED, str(port)], cwd=ROOT, env={**os.environ, **settings}
        ) as started,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client,
    ):
        try:
            until(lambda: _is_ready(client), 60)
            yield started, client
        finally:
            started.kill()


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.ConnectError:
        return False


@pytest.mark.parametrize(("word", "code"), [("FATAL", "dead"), ("ENDLESS", "stuck"), ("", "")])
def test_process_whose_worker_breaks_answers_and_ends_and_the_next_one_serves(
    word: str, code: str
) -> None:
    """As a service manager sees it; with no word, the process itself is killed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with process(port) as (started, client):
        if word:
            start = time.monotonic()
            problem(client.post("/summarize", json={"text": f"{ARTICLE} {word}."}), 503, code)
            started.wait(15)
            assert time.monotonic() - start < 15
        else:
            started.kill()
            with pytest.raises(httpx.TransportError):
                client.post("/summarize", json={"text": ARTICLE})
    with process(port) as (_, client):
        assert client.post("/summarize", json={"text": ARTICLE}).status_code == 200


@pytest.mark.parametrize("load", [full_disk, ScriptedEngine])
def test_broken_worker_ends_the_process(load: Any, caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(load, Settings())
    ended: list[State] = []

    async def watched() -> None:
        watching = asyncio.create_task(watch(worker, lambda: ended.append(worker.state()[0]), 0.01))
        await asyncio.sleep(0.1)
        if load is ScriptedEngine:
            assert not ended
            assert worker._engine is not None
            worker._engine.close()
        await asyncio.wait_for(watching, 5)

    worker.start()
    until(lambda: worker.state()[0] is not State.LOADING)
    asyncio.run(watched())
    assert ended == [State.FAILED if load is full_disk else State.DEAD]
    assert "the process ends" in caplog.text
    worker.stop()


class BusyEngine(ScriptedEngine):
    """Generates a batch for as long as `going` is not set, and asks nobody meanwhile."""

    def __init__(self, silent: bool) -> None:
        super().__init__()
        self.going = threading.Event()
        self._silent = tuple(Task) if silent else ()

    def describe(self) -> EngineDescription:
        return replace(super().describe(), silent=self._silent)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        if self.armed:
            self.running.set()
            self.going.wait(10)
        return super().generate(requests, cancelled)


@pytest.mark.parametrize(
    ("silent", "deadline", "state"), [(False, 20, "stuck"), (True, 20, "ready"), (True, 1, "stuck")]
)
def test_silence_is_no_hang_of_an_engine_that_says_nothing_during_a_batch(
    silent: bool, deadline: float, state: str
) -> None:
    engine = BusyEngine(silent)
    with (
        running(engine, Settings(stuck_seconds=0.2, deadline_seconds=deadline)) as service,
        ThreadPoolExecutor(1) as pool,
    ):
        engine.armed = True
        pool.submit(post, service, text=ARTICLE)
        assert engine.running.wait(5)
        time.sleep(0.5)
        until(lambda: service.state() == state, 5)  # The batch would end by itself after 10 s
        engine.going.set()
        until(lambda: service.state() == "ready")


def test_a_pair_is_silent_where_the_one_that_works_is() -> None:
    loud, silent = BusyEngine(silent=False), BusyEngine(silent=True)
    assert PairEngine(loud, silent).describe().silent == (Task.TRANSLATION,)
    assert PairEngine(silent, loud).describe().silent == (Task.SUMMARY, Task.HEADLINE)


@pytest.mark.parametrize("is_stopping", [True, False])
def test_only_a_service_that_stops_says_so_to_cancelled_requests(is_stopping: bool) -> None:
    sent: list[Message] = []
    scope: Scope = {"type": "http", "method": "GET", "path": "/info", "headers": []}

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def hang(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(60)

    async def cancel() -> None:
        app = RequestId(hang, lambda: is_stopping)
        request = asyncio.create_task(app(scope, receive, send))
        await asyncio.sleep(0)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request

    asyncio.run(cancel())
    assert [message.get("status") for message in sent[:1]] == ([503] if is_stopping else [])
