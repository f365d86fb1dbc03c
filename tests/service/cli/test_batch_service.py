"""`breve batch --url`: the service is kept full, and refusals for want of room lose nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner, Result

from models.engine import Cancelled
from service.api.contract.examples import EXAMPLE_SUMMARY
from service.cli.client import TRIES, Client, ServiceError
from service.cli.main import main
from tests.engines import ARTICLE, running

ROOT: Final = Path(__file__).parent.parent
BUSY: Final = {
    "type": "urn:breve:problem:queue_full",
    "code": "queue_full",
    "detail": "The queue is full.",
}
AT_ONCE: Final = 4


class Scripted(ThreadingHTTPServer):
    """A service that works on AT_ONCE articles at a time, says so, and refuses the requests whose
    numbers are in `refused`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, refused: dict[int, int], seconds: float, concurrency: Any = AT_ONCE) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refused, self.seconds, self.concurrency = refused, seconds, concurrency
        self.lock = threading.Lock()
        self.requests, self.under_way, self.most, self.infos = 0, 0, 0, 0
        self.texts: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_GET(self) -> None:
        self.server.infos += 1
        self._answer(200, {"limits": {"concurrency": self.server.concurrency}})

    def do_POST(self) -> None:
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        with self.server.lock:
            status = self.server.refused.get(self.server.requests, 200)
            self.server.requests += 1
            self.server.under_way += 1
            self.server.most = max(self.server.most, self.server.under_way)
        if status == 200:
            time.sleep(self.server.seconds)
        with self.server.lock:
            self.server.under_way -= 1
            self.server.texts += [text] if status == 200 else []
        self._answer(status, {**EXAMPLE_SUMMARY, "summary": text[-12:]} if status == 200 else BUSY)

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        if status in (429, 503):
            self.send_header("Retry-After", "1" if status == 429 else "0")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def scripted(
    refused: dict[int, int] | None = None, seconds: float = 0.05, concurrency: Any = AT_ONCE
) -> Iterator[Scripted]:
    with Scripted(refused or {}, seconds, concurrency) as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()


def write(folder: Path, count: int) -> None:
    lines = [json.dumps({"id": k, "text": f"{ARTICLE} Article {k:04}"}) for k in range(count)]
    (folder / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def batch(folder: Path, url: str, output: str = "out.jsonl") -> Result:
    return CliRunner().invoke(
        main, ["batch", str(folder / "in.jsonl"), str(folder / output), "--url", url]
    )


def test_as_many_articles_are_under_way_as_the_service_takes(tmp_path: Path) -> None:
    write(tmp_path, 12)
    with scripted(seconds=0.2) as service:
        assert batch(tmp_path, service.url).exit_code == 0
        assert service.most == AT_ONCE
        assert sorted(service.texts) == [f"{ARTICLE} Article {k:04}" for k in range(12)]


@pytest.mark.parametrize("concurrency", [None, "many", 0])
def test_a_service_that_does_not_say_how_many_it_takes_is_asked_one_at_a_time(
    tmp_path: Path, concurrency: Any
) -> None:
    write(tmp_path, 3)
    with scripted(concurrency=concurrency) as service:
        assert batch(tmp_path, service.url).exit_code == 0
        assert service.most == 1


def test_the_output_is_that_of_one_at_a_time(tmp_path: Path) -> None:
    write(tmp_path, 10)
    with scripted(concurrency=1) as service:
        assert batch(tmp_path, service.url, "one.jsonl").exit_code == 0
    refused = {1: 503, 2: 429, 5: 503, 6: 503, 9: 503}
    with scripted(refused) as service:
        assert batch(tmp_path, service.url, "many.jsonl").exit_code == 0
        assert service.most > 1
        assert service.requests == 10 + len(
            refused
        )  # The refused ones are repeated, the others are not
    assert (tmp_path / "many.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()


def test_a_finished_batch_asks_the_service_nothing(tmp_path: Path) -> None:
    write(tmp_path, 3)
    with scripted() as service:
        assert batch(tmp_path, service.url).exit_code == 0
        service.requests = service.infos = 0
        assert batch(tmp_path, service.url).exit_code == 0
        assert (service.requests, service.infos) == (0, 0)


def test_a_run_that_the_service_ends_goes_on_where_it_stopped(tmp_path: Path) -> None:
    write(tmp_path, 8)
    with scripted(dict.fromkeys(range(5, 20), 401)) as service:
        assert batch(tmp_path, service.url).exit_code == 1
        kept = len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
        service.refused.clear()
        service.texts.clear()
        assert batch(tmp_path, service.url).exit_code == 0
        assert len(service.texts) == 8 - kept
    ids = [
        json.loads(line)["id"]
        for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert ids == list(range(8))


def test_ctrl_c_does_not_wait_for_the_answers_of_a_service(tmp_path: Path) -> None:
    write(tmp_path, 12)
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from service.cli.entry import main; main()"
    )
    with scripted(seconds=0.1) as service:
        names = [str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl")]
        command = [sys.executable, "-c", code, "batch", *names, "--url", service.url]
        with subprocess.Popen(
            command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, text=True
        ) as process:
            end = time.monotonic() + 30
            while len(service.texts) < AT_ONCE and time.monotonic() < end:
                time.sleep(0.01)
            service.seconds = 60  # Whatever is asked for now takes a minute
            time.sleep(0.5)
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        assert (process.returncode, time.monotonic() - start < 10) == (130, True)
    assert errors.endswith(
        "breve: Stopped. What is done is kept: run the same command again to go on.\n"
    )
    ids = [
        json.loads(line)["id"]
        for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert ids == list(range(len(ids)))
    assert len(ids) >= AT_ONCE


def test_the_real_service_says_how_many_it_takes() -> None:
    with running() as service, Client(service.url) as client:
        assert client.read_concurrency() == 16


def _answering(*statuses: int, sleep: Any) -> Client:
    left = list(statuses)

    def respond(_: httpx.Request) -> httpx.Response:
        status = left.pop(0)
        return httpx.Response(
            status, json=EXAMPLE_SUMMARY if status == 200 else BUSY, headers={"Retry-After": "7"}
        )

    client = Client("http://service", sleep=sleep)
    client._http = httpx.Client(transport=httpx.MockTransport(respond))
    return client


def test_a_busy_service_that_answers_others_is_not_given_up() -> None:
    def sleep(_: float) -> None:
        client._answered += 1  # Of another thread

    client = _answering(*[503] * (3 * TRIES), 200, sleep=sleep)
    assert client.summarize({}) == EXAMPLE_SUMMARY


def test_requests_that_come_meanwhile_wait_too() -> None:
    waits: list[float] = []
    client = _answering(*[503] * TRIES, 200, sleep=waits.append)
    with pytest.raises(ServiceError):
        client.summarize({})
    waits.clear()
    client.summarize({})
    assert len(waits) == 1
    assert 5 < waits[0] <= 7


def test_a_wait_that_is_broken_off_ends_the_request() -> None:
    with pytest.raises(Cancelled):
        _answering(503, sleep=lambda _: True).summarize({})
