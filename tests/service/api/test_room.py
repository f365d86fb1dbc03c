"""Request bodies are bounded together, and whatever becomes of a request, its room is given
back."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from service.api.entry.body_memory import BodyRoom, NoRoom
from service.api.entry.request_guards import BodyGuard, BodyLimits
from service.settings import Settings
from tests.engines import ARTICLE, Service, running, until
from tests.service.api.test_api import article, blocked, leaving, post, problem, release
from tests.service.api.test_metrics import series, value

HEAD = "POST /summarize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BOUND = 10  # Bytes, of the room in the tests that need no service


def held(service: Service) -> float:
    return value(series(service), "breve_body_bytes")


@contextmanager
def sending(service: Service, sent: int, announced: int | None) -> Iterator[socket.socket]:
    """A client that has sent so many bytes of a body, and sends no more."""
    with socket.create_connection(
        ("127.0.0.1", int(service.url.rsplit(":", 1)[1])), timeout=10
    ) as client:
        length = f"Content-Length: {announced}" if announced else "Transfer-Encoding: chunked"
        content = b"{" + b" " * (sent - 1)
        client.sendall(f"{HEAD}{length}\r\n\r\n".encode())
        client.sendall(content if announced else f"{sent:x}\r\n".encode() + content + b"\r\n")
        yield client


# ---- the service


@pytest.mark.parametrize("announced", [None, 1_000])
def test_many_slow_bodies_together(announced: int | None) -> None:
    with running(settings=Settings(max_body_bytes=1_000, max_bodies_bytes=2_500)) as service:
        with ExitStack() as clients:
            for _ in range(3):
                clients.enter_context(sending(service, 750, announced))
            until(lambda: held(service) == 2_250)
            refused = post(service, text=ARTICLE)
            detail = problem(refused, 503, "queue_full")["detail"]
            assert "2250" in detail
            assert "2500" in detail
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.headers["connection"] == "close"
            assert post(service, text="court").status_code == 422, "a small one fits"
        until(lambda: held(service) == 0)
        assert post(service, text=ARTICLE).status_code == 200
        assert value(series(service), "breve_requests_total", route="/summarize", status="503") == 1


def test_the_body_that_grows_beyond_the_room_is_refused_and_gives_its_part_back() -> None:
    with (
        running(settings=Settings(max_body_bytes=1_000, max_bodies_bytes=1_000)) as service,
        sending(service, 600, None),
    ):
        until(lambda: held(service) == 600)
        with sending(service, 500, None) as second:
            assert second.recv(1_000).startswith(b"HTTP/1.1 503")
            until(lambda: held(service) == 600)


def test_a_body_that_is_announced_takes_no_room() -> None:
    with (
        running(settings=Settings(max_body_bytes=1_000, max_bodies_bytes=1_000)) as service,
        ExitStack() as clients,
    ):
        for _ in range(5):
            clients.enter_context(sending(service, 1, 900))
        until(lambda: held(service) == 5)
        assert post(service, text=ARTICLE).status_code == 200


def test_bodies_are_held_until_they_are_answered() -> None:
    engine, settings = blocked(max_body_bytes=1_000, max_bodies_bytes=1_100, queue_size=50)
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        answers = [pool.submit(post, service, text=article(number)) for number in range(8)]
        until(lambda: sum(answer.done() for answer in answers) == 6)
        assert 0 < held(service) <= 1_100
        refused = [answer.result() for answer in answers if answer.done()]
        for response in refused:
            problem(response, 503, "queue_full")
        release(engine)
        assert sorted(answer.result().status_code for answer in answers) == [200, 200, *[503] * 6]
        until(lambda: held(service) == 0)


@pytest.mark.parametrize("path", ["/summarize", "/summarize/batch"])
@pytest.mark.parametrize(
    "accept", ["application/json", "text/event-stream", "application/x-ndjson", "text/csv"]
)
def test_room_is_given_back_after_every_answer(path: str, accept: str) -> None:
    bodies = [
        {"text": ARTICLE},
        {"items": [{"text": ARTICLE}]},
        {"text": ""},
        {"nothing": 1},
        [],
        {"text": "a" * 2_000},
    ]
    with running(settings=Settings(max_body_bytes=1_000, max_bodies_bytes=1_000)) as service:
        for content in [*(json.dumps(body).encode() for body in bodies), b"{", b"\xff"]:
            for kind in ("application/json", "text/plain"):
                headers = {"accept": accept, "content-type": kind}
                response = service.client.post(path, content=content, headers=headers)
                assert response.status_code in (200, 400, 406, 413, 415, 422)
                until(lambda: held(service) == 0)


def test_room_is_given_back_when_clients_leave_or_are_too_slow() -> None:
    engine, settings = blocked(body_seconds=0.3)
    with running(engine, settings) as service:
        engine.armed = True
        with leaving(service, ARTICLE):
            assert engine.running.wait(5)
            assert held(service) >= 400
        until(lambda: held(service) == 0)
        with sending(service, 500, None) as slow:
            assert slow.recv(1_000).startswith(b"HTTP/1.1 408")
            until(lambda: held(service) == 0)
        release(engine)


def test_room_holds_at_least_one_body() -> None:
    assert Settings().max_bodies_bytes > Settings().max_body_bytes
    with pytest.raises(ValidationError, match="BREVE_MAX_BODY_BYTES=2000000, so at least as many"):
        Settings(max_bodies_bytes=1_999_999)
    with pytest.raises(ValidationError, match="max_bodies_bytes"):
        Settings(max_body_bytes=64_000_001)


# ---- the accounting


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=60))
def test_what_is_held_is_what_was_taken(steps: list[tuple[int, int]]) -> None:
    """Bodies grow by some bytes or end (0); the room holds their sum and never more than it may."""
    room, open_bodies, sizes = BodyRoom(BOUND), dict[int, tuple[ExitStack, Any]](), dict[int, int]()
    for body, more in steps:
        if more == 0 and body in open_bodies:
            open_bodies.pop(body)[0].close()
            del sizes[body]
        elif more:
            if body not in open_bodies:
                stack = ExitStack()
                open_bodies[body] = stack, stack.enter_context(room.share())
                sizes[body] = 0
            fits = sum(sizes.values()) + more <= BOUND
            try:
                open_bodies[body][1](more)
            except NoRoom:
                assert not fits
            else:
                assert fits
                sizes[body] += more
        assert room.held == sum(sizes.values()) <= BOUND
    for stack, _ in open_bodies.values():
        stack.close()
    assert room.held == 0


class Left(Exception):
    """What an application may raise when its client has left."""


ENDS = ("answered", "raised", "cancelled")
CHUNKS: dict[str, list[Message]] = {
    "whole": [{"type": "http.request", "body": b"12345"}],
    "in parts": [
        {"type": "http.request", "body": b"123", "more_body": True},
        {"type": "http.request", "body": b"45"},
    ],
    "too large": [{"type": "http.request", "body": b"123456", "more_body": True}],
    "left": [
        {"type": "http.request", "body": b"123", "more_body": True},
        {"type": "http.disconnect"},
    ],
    "stuck": [{"type": "http.request", "body": b"123", "more_body": True}],
    "empty": [{"type": "http.request"}],
}


@pytest.mark.parametrize(
    ("kind", "end", "filled"), list(product(CHUNKS, ENDS, [0, 4, 6, 8, BOUND]))
)
def test_every_way_that_a_request_may_end(kind: str, end: str, filled: int) -> None:
    room = BodyRoom(BOUND)
    messages = iter(CHUNKS[kind])
    seen: list[int] = []
    sent: list[Message] = []
    left: list[str] = []

    async def receive() -> Message:
        for message in messages:
            return message
        await asyncio.Event().wait()  # Nothing more comes
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(room.held - filled)
        if end == "raised":
            raise Left
        if end == "cancelled":
            raise asyncio.CancelledError
        await send({"type": "http.response.start", "status": 200})

    async def run() -> None:
        scope: Scope = {
            "type": "http", "method": "POST", "path": "/",
            "headers": [(b"content-type", b"application/json")],
            "app": Starlette(routes=[Route("/", lambda _: None, methods=["POST"])]),
            "state": {"request_id": "1"},
        }  # fmt: skip
        await BodyGuard(app, BodyLimits(5, 0.01), room, lambda: 7, lambda: left.append(kind))(
            scope, receive, send
        )

    with room.share() as others:
        others(filled)
        try:
            asyncio.run(run())
        except (Left, asyncio.CancelledError):
            assert end != "answered"
        assert room.held == filled
    size = sum(len(message.get("body", b"")) for message in CHUNKS[kind])
    fits = filled + min(size, 5) <= BOUND
    reached = kind in ("whole", "in parts", "empty") and fits
    assert seen == ([size] if reached else [])
    assert left == (["left"] if kind == "left" and fits else [])
    if not reached:
        refusal = {
            "too large": 413,
            "stuck": 408 if fits else 503,
            "left": 499 if fits else 503,
        }.get(kind, 503)
        assert sent[0]["status"] == refusal
        if refusal == 503:
            assert (b"retry-after", b"7") in sent[0]["headers"]


def test_many_clients_at_once_leave_nothing_behind() -> None:
    with running(settings=Settings(max_body_bytes=1_000, max_bodies_bytes=3_000)) as service:
        most = 0
        watching = threading.Event()

        def watch() -> None:
            nonlocal most
            while not watching.wait(0.002):
                most = max(most, int(held(service)))

        watcher = threading.Thread(target=watch)
        watcher.start()
        with ThreadPoolExecutor(16) as pool:
            statuses = {
                answer.status_code
                for answer in pool.map(
                    lambda number: post(service, text=article(number)), range(200)
                )
            }
        watching.set()
        watcher.join()
        assert statuses <= {200, 503}
        assert 0 < most <= 3_000
        until(lambda: held(service) == 0)
