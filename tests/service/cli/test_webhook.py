"""`breve digest --webhook`: the digest is sent signed, again while that may help, and once told."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from service.cli.webhook import SECRET, SIGNATURE, TRIES
from tests.service.cli.test_digest import ALONE, digest, engine, rss  # noqa: F401

KEY = "clé partagée"


@dataclass
class Receiver:
    """A receiver that answers each request with the next status; the last one stays."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append(({k.lower(): v for k, v in self.headers.items()}, content))
            more = len(receiver.statuses) > 1
            self.send_response(receiver.statuses.pop(0) if more else receiver.statuses[0])
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook?key=sesame"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join(5)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv(SECRET, KEY)
    with receiving() as started:
        yield started


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("service.cli.webhook.sleep", waited.append)
    return waited


@pytest.fixture
def options(tmp_path: Path, receiver: Receiver) -> tuple[object, ...]:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(("/q3", ALONE, 1)))
    return (feed, "--store", tmp_path / "s.sqlite", "--webhook", receiver.url)


def test_the_digest_is_sent_signed(options: tuple[object, ...], receiver: Receiver) -> None:
    result = digest(*options, "--format", "jsonfeed")
    assert (result.exit_code, result.stdout) == (0, "")
    ((headers, content),) = receiver.received
    assert headers["content-type"] == "application/feed+json; charset=utf-8"
    expected = hmac.new(KEY.encode(), content, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE.lower()] == f"sha256={expected}"
    assert json.loads(content)["items"][0]["title"] == ALONE[0]


def test_the_environment_names_the_address(
    options: tuple[object, ...], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVE_WEBHOOK", receiver.url)
    result = digest(*options[:3])
    assert (result.exit_code, result.stdout, len(receiver.received)) == (0, "", 1)
    monkeypatch.setenv("BREVE_WEBHOOK", "sesame")
    assert "sesame" not in digest(*options[:3]).stderr


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_receiver_is_asked_again_when_it_says(
    status: int, options: tuple[object, ...], receiver: Receiver, pauses: list[float]
) -> None:
    receiver.statuses, receiver.headers = [status, status, 200], {"Retry-After": "7"}
    assert digest(*options).exit_code == 0
    assert pauses == [7.0, 7.0]
    assert len({content for _, content in receiver.received}) == 1


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (302, 1), (503, TRIES)])
def test_what_is_not_taken_is_told_and_sent_again_in_the_next_run(
    status: int,
    tries: int,
    options: tuple[object, ...],
    receiver: Receiver,
    pauses: list[float],
) -> None:
    receiver.statuses = [status]
    receiver.headers = {"Location": receiver.url}
    failed = digest(*options)
    assert failed.exit_code == 1
    assert f"127.0.0.1 n’a pas accepté le résultat (statut {status}" in failed.stderr
    assert "sesame" not in failed.stderr
    assert len(receiver.received) == tries
    assert len(pauses) == tries - 1
    receiver.statuses = [200]
    beginning = ALONE[0].partition(" à ")[0]  # No space before a unit is an ordinary one.
    for is_told in (True, False):
        assert digest(*options).exit_code == 0
        assert (beginning.encode() in receiver.received[-1][1]) is is_told


def test_nobody_answers(options: tuple[object, ...]) -> None:
    result = digest(*options[:3], "--webhook", "http://127.0.0.1:9/hook")
    assert result.exit_code == 1
    assert "n’a pas été remis à 127.0.0.1" in result.stderr


def test_a_secret_and_an_address_are_needed(
    options: tuple[object, ...], monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    wrong = digest(*options[:3], "--webhook", "hook.example")
    assert (wrong.exit_code, "ce n’est pas une adresse du web" in wrong.stderr) == (2, True)
    for broken in ("http://[", "http:///hook", "http://hook.example:99999/", "http://xn--a/"):
        result = digest(*options[:3], "--webhook", broken)
        assert (result.exit_code, "ce n’est pas une adresse du web" in result.stderr) == (2, True)
    monkeypatch.delenv(SECRET)
    result = digest(*options)
    assert (result.exit_code, SECRET in result.stderr) == (2, True)
    assert not receiver.received
