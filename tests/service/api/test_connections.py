"""Connections: idle ones silence nobody, bodies in tiny pieces hold up nobody, and the log stays
small meanwhile."""

import re
import resource
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from service.api.entry.connections import FREE_PIECES, LimitedConnection
from service.settings import Settings
from tests.engines import ARTICLE, Service, running, until
from tests.served import ROOT, served, status
from tests.service.api.test_api import blocked, leaving, post, problem, release

CHUNKED = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"


def connected(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(service.url.rsplit(":", 1)[1])), timeout=20)


def connections(service: Service) -> list[LimitedConnection]:
    return [
        connection
        for connection in service.server.server_state.connections
        if isinstance(connection, LimitedConnection)
    ]


def answer(client: socket.socket) -> str:
    """All that the service sends until it closes the connection."""
    received = b""
    try:
        while part := client.recv(65_536):
            received += part
    except ConnectionResetError:  # What we sent was not read to its end
        pass
    return received.decode()


def livez(client: socket.socket, framing: str = "") -> str:
    """The answer to GET /livez on a connection that goes on."""
    client.sendall(f"GET /livez HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n".encode())
    received = b""
    while not received.endswith(b"}"):
        received += client.recv(65_536)
    return received.decode()


def is_closed(client: socket.socket) -> bool:
    client.settimeout(0.01)
    try:
        return client.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True


# ---- Bodies that nobody reads


@pytest.mark.parametrize(
    ("request_line", "status"), [("GET /livez", 200), ("POST /nope", 404), ("DELETE /info", 405)]
)
@pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Content-Length: 1000000"])
def test_a_body_that_no_route_reads_ends_the_connection(
    request_line: str, status: int, framing: str
) -> None:
    with running() as service, connected(service) as client:
        start = time.monotonic()
        client.sendall(f"{request_line} HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n".encode())
        received = answer(client)
        assert time.monotonic() - start < 5, "the end of the body was not waited for"
    assert received.startswith(f"HTTP/1.1 {status}")
    assert "\r\nconnection: close\r\n" in received.lower()


@pytest.mark.parametrize("framing", ["", "Content-Length: 0\r\n"])
def test_a_request_without_a_body_keeps_its_connection(framing: str) -> None:
    with running() as service, connected(service) as client:
        for _ in range(2):
            received = livez(client, framing)
            assert received.startswith("HTTP/1.1 200")
            assert "connection: close" not in received.lower()


def test_a_body_in_tiny_pieces_is_refused() -> None:
    with running() as service:
        with connected(service) as client:
            client.sendall(f"POST /summarize HTTP/1.1\r\nHost: localhost\r\n{CHUNKED}\r\n".encode())
            client.sendall(b"1\r\n \r\n" * (FREE_PIECES + 1))
            received = answer(client)
        assert received.startswith("HTTP/1.1 400")
        assert '"small_pieces"' in received
        assert str(FREE_PIECES) in received
        pieces = (
            f'{{"text": "{ARTICLE}"}}'[place : place + 1].encode()
            for place in range(len(ARTICLE) + 12)
        )
        headers = {"content-type": "application/json"}
        assert (
            service.client.post("/summarize", content=pieces, headers=headers).status_code == 200
        ), "a short one may be so"


def test_a_body_in_many_pieces_of_some_size_is_read() -> None:
    content = (b'{"text": "' + ARTICLE.encode() + b'"' + b" " * 200_000 + b"}",)
    pieces = (part[place : place + 100] for part in content for place in range(0, len(part), 100))
    with running() as service:
        headers = {"content-type": "application/json"}
        assert service.client.post("/summarize", content=pieces, headers=headers).status_code == 200


# ---- Idle connections


def test_the_longest_idle_connection_makes_room() -> None:
    with running(settings=Settings(max_connections=5)) as service, ExitStack() as clients:
        idle = [clients.enter_context(connected(service)) for _ in range(10)]
        until(lambda: is_closed(idle[0]))
        assert httpx.get(f"{service.url}/livez").status_code == 200
        assert not is_closed(idle[-1])


def test_connections_at_work_are_kept_and_one_more_is_told_to_come_again() -> None:
    engine, settings = blocked(max_connections=2)
    with running(engine, settings) as service, ExitStack() as clients:
        engine.armed = True
        for text in (f"{ARTICLE} Un.", f"{ARTICLE} Deux."):
            clients.enter_context(leaving(service, text))
        until(lambda: service.worker.running + service.worker.queue.jobs == 2)
        until(lambda: sum(not connection.is_quiet for connection in connections(service)) == 2)
        refused = httpx.get(f"{service.url}/livez")
        assert "2 connections" in problem(refused, 503, "queue_full")["detail"]
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["connection"] == "close"
        address = ("127.0.0.1", int(service.url.rsplit(":", 1)[1]))
        with socket.create_connection(address):  # It is turned away, and waits in silence.
            until(lambda: len(connections(service)) == 3)
            problem(httpx.get(f"{service.url}/livez"), 503, "queue_full")
        release(engine)
    with running(settings=Settings(max_connections=2)) as service:
        assert post(service, text=ARTICLE).status_code == 200


@pytest.mark.parametrize("sent", ["", "GET", "GET /livez HTTP/1.1\r\nHost: localhost\r\n"])
@pytest.mark.parametrize("before", [0, 1])
def test_a_request_whose_headers_never_end_is_not_waited_for(sent: str, before: int) -> None:
    with running(settings=Settings(header_seconds=0.5)) as service, connected(service) as client:
        for _ in range(before):
            assert livez(client).startswith("HTTP/1.1 200")
        client.sendall(sent.encode())
        if before and not sent:
            time.sleep(0.8)
            assert not is_closed(client), "a connection that is kept alive has its own, longer time"
            return
        until(lambda: is_closed(client), 5)


def test_a_client_that_reads_nothing_is_not_waited_for() -> None:
    with running(settings=Settings(header_seconds=0.5)) as service, connected(service) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
        client.sendall(
            b"GET /static-offline-docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
            * 50
        )
        address = client.getsockname()
        until(lambda: address in [connection.client for connection in connections(service)])
        until(lambda: address not in [connection.client for connection in connections(service)])


def test_idle_connections_do_not_silence_a_service_with_few_descriptors(tmp_path: Path) -> None:
    log = tmp_path / "log"
    least = 600
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < least:
        resource.setrlimit(resource.RLIMIT_NOFILE, (least, hard))
    with served(log, 400) as (_, port), ExitStack() as clients:
        for _ in range(430):
            try:
                clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            except OSError:
                break
        time.sleep(1)
        assert [status(port, "/livez") for _ in range(5)] == [200] * 5
    assert log.stat().st_size < 20_000


def test_tiny_pieces_from_many_clients_do_not_hold_up_the_others(tmp_path: Path) -> None:
    stopped = threading.Event()
    heads = ["GET /livez", "POST /nope", "POST /summarize"]

    def flood(head: str) -> None:
        while not stopped.is_set():
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                    client.sendall(f"{head} HTTP/1.1\r\nHost: localhost\r\n{CHUNKED}\r\n".encode())
                    while not stopped.is_set():
                        client.sendall(b"1\r\n \r\n" * 20_000)
            except OSError:
                time.sleep(0.02)

    with served(tmp_path / "log", 1_024) as (_, port):
        threads = [threading.Thread(target=flood, args=[heads[number % 3]]) for number in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        start = time.monotonic()
        answered = status(port, "/livez")
        seconds = time.monotonic() - start
        stopped.set()
        for thread in threads:
            thread.join()
    assert answered == 200
    assert seconds < 5
    assert (tmp_path / "log").stat().st_size < 20_000


# ---- From its start to its end


def test_the_log_says_when_the_service_is_ready(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with served(log, 1_024) as (_, port):
        ready = rf"INFO breve ready on http://127\.0\.0\.1:{port}, model breve-270m, in \d+ s$"
        until(lambda: bool(re.search(ready, log.read_text(), re.MULTILINE)))


def test_what_is_loaded_is_nothing_for_the_garbage_collector() -> None:
    code = """
import gc, time, threading
from service.api.server import make_server
from service.settings import Settings
from tests.engines import ScriptedEngine
server = make_server(Settings(), ScriptedEngine)
server._worker.start()
server._worker._loader.join()
assert gc.get_freeze_count() > 100_000, gc.get_freeze_count()
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_service_with_nothing_to_do_stops_within_a_second(tmp_path: Path) -> None:
    """On a busy machine within three. Clients that stay, silent or in the middle of their headers,
    change nothing."""
    with served(tmp_path / "log", 1_024) as (process, port), ExitStack() as clients:
        address = ("127.0.0.1", port)
        idle, asking, asked = (
            clients.enter_context(socket.create_connection(address)) for _ in range(3)
        )
        asking.sendall(b"GET /livez HTTP/1.1\r\nHost:")
        asked.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert asked.recv(1_000)
        assert idle.fileno()
        start = time.monotonic()
        process.terminate()
        process.wait(10)
        assert time.monotonic() - start < 3
