"""Services that name one store count the articles of a client together, and need no store."""

import hashlib
import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import anyio
import pytest
from click.testing import CliRunner
from fakeredis import FakeServer, TcpFakeServer
from pydantic import SecretStr, ValidationError

from service.api.contract.problems import ApiError
from service.api.entry import shared_limit
from service.api.entry.shared_limit import PREFIX, SharedLimit
from service.cli.main import main
from service.settings import Settings
from tests.engines import Service, running
from tests.service.api.test_access import check_retry_after
from tests.service.api.test_api import article, post, problem

LOCALHOST = "127.0.0.1"
PASSWORD = "Zorglub"


@contextmanager
def store_at(port: int = 0, content: FakeServer | None = None) -> Iterator[TcpFakeServer]:
    """A store on loopback, on a free port unless one is named."""
    with TcpFakeServer((LOCALHOST, port)) as store:
        store.fake_server = content or store.fake_server
        serving = threading.Thread(target=store.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield store
        finally:
            store.shutdown()
            serving.join()


@contextmanager
def services(*settings: Settings) -> Iterator[list[Service]]:
    """Services that run at the same time."""
    with ExitStack() as stack:
        yield [stack.enter_context(running(settings=each)) for each in settings]


def port_of(store: TcpFakeServer) -> int:
    port: int = store.server_address[1]
    return port


def limited(port: int, rule: str = "2/hour") -> Settings:
    address = f"redis://:{PASSWORD}@{LOCALHOST}:{port}/0"
    return Settings(rate_limit=rule, rate_limit_store=SecretStr(address))


def unlocked(port: int, rule: str = "2/hour") -> Settings:
    """Settings for a store that wants no password, as a new one of the tests."""
    address = SecretStr(f"redis://{LOCALHOST}:{port}")
    return Settings(rate_limit=rule, rate_limit_store=address)


def test_services_with_one_store_count_together() -> None:
    with store_at() as store, services(*2 * [unlocked(port_of(store))]) as (one, other):
        assert [post(each, text=article(1)).status_code for each in (one, other)] == [200, 200]
        for each in (one, other):
            refused = post(each, text=article(1))
            detail = problem(refused, 429, "rate_limited")["detail"]
            seconds = int(refused.headers["retry-after"])
            assert "2 per 1 hour is the limit, and 0 are left to you now" in detail
            # This window has just begun. After it the two articles weigh less and less.
            assert 3_600 <= seconds <= 3_600 + 1_800 + 1
        names = store.fake_server.dbs[0]
        assert names
        assert all(name.startswith(f"{PREFIX}:".encode()) for name in names)


def test_keys_are_not_in_the_store() -> None:
    key = "très-secrète"
    with store_at() as store:
        settings = unlocked(port_of(store)).model_copy(update={"api_keys": SecretStr(key)})
        with running(settings=settings) as service:
            headers = {b"authorization": f"Bearer {key}".encode()}
            sent = service.client.post("/summarize", json={"text": article(1)}, headers=headers)
            assert sent.status_code == 200
        (name,) = store.fake_server.dbs[0]
        assert hashlib.sha256(key.encode()).hexdigest().encode() in name


def test_services_without_a_store_count_each_by_itself() -> None:
    with services(*2 * [Settings(rate_limit="1/hour")]) as both:
        for each in both:
            assert post(each, text=article(1)).status_code == 200
            problem(post(each, text=article(1)), 429, "rate_limited")


@pytest.mark.parametrize("taken", [{0: 60}, {0: 30, 40: 30}, {10: 20, 50: 20, 70: 15}, {59: 60}])
@pytest.mark.parametrize("articles", [1, 10, 59, 60])
def test_articles_refused_by_a_store_fit_when_it_is_said(
    monkeypatch: pytest.MonkeyPatch, taken: dict[int, int], articles: int
) -> None:
    with store_at() as store:
        limit = SharedLimit("60/minute", unlocked(port_of(store)).rate_limit_store)
        try:
            check_retry_after(
                monkeypatch,
                lambda client, number: anyio.run(limit.take, client, number),
                taken,
                articles,
            )
            assert store.fake_server.dbs[0]
        finally:
            limit.close()


def test_a_store_that_stops_and_comes_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared_limit, "RETRY_SECONDS", 0.2)
    caplog.set_level(logging.INFO, "breve.limit")
    with store_at() as store:
        port, content = port_of(store), store.fake_server
        with services(*2 * [unlocked(port)]) as (one, other):
            assert post(one, text=article(1)).status_code == 200
            store.shutdown()
            store.server_close()
            for each in (one, other):  # Each has a count of its own now, which begins at nothing.
                statuses = [post(each, text=article(1)).status_code for _ in range(3)]
                assert statuses == [200, 200, 429]
                assert each.state() == "ready"
            with store_at(port, content):
                time.sleep(0.2)
                assert post(one, text=article(1)).status_code == 200
                problem(post(other, text=article(1)), 429, "rate_limited")
    lines = [record.getMessage() for record in caplog.records if record.name == "breve.limit"]
    begun = [line for line in lines if "does not answer (ConnectionError)" in line]
    ended = [line for line in lines if "answers again" in line]
    assert (len(begun), len(ended), len(lines)) == (2, 2, 4)
    assert str(port) not in caplog.text


def test_a_store_that_is_started_anew_between_two_requests_is_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The service finds its connection ended, and makes another."""
    with store_at() as store, running(settings=unlocked(port_of(store), "1/hour")) as service:
        assert post(service, text=article(1)).status_code == 200
        store.shutdown()
        store.server_close()
        with store_at(port_of(store), store.fake_server):
            problem(post(service, text=article(1)), 429, "rate_limited")
    assert not [record for record in caplog.records if record.name == "breve.limit"]


def test_a_store_with_another_password_refuses_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with store_at() as store, running(settings=limited(port_of(store))) as service:
        store.fake_server.config[b"requirepass"] = b"another"
        statuses = [post(service, text=article(1)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert "BREVE_RATE_LIMIT_STORE does not answer (AuthenticationError)" in caplog.text
    assert PASSWORD not in caplog.text


def test_a_store_that_is_silent_holds_up_no_other_request() -> None:
    with socket.create_server((LOCALHOST, 0)) as silent:
        settings = unlocked(silent.getsockname()[1])
        with running(settings=settings) as service, ThreadPoolExecutor() as pool:
            begun = time.monotonic()
            asking = pool.submit(post, service, text=article(1))
            with silent.accept()[0]:  # The service now waits for the store.
                assert service.client.get("/livez").status_code == 200
                assert not asking.done()
                assert asking.result().status_code == 200
            assert time.monotonic() - begun < shared_limit.STORE_SECONDS + 1
            begun = time.monotonic()
            assert post(service, text=article(1)).status_code == 200
            assert time.monotonic() - begun < shared_limit.SOCKET_SECONDS


def test_a_store_that_takes_too_long_in_all_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing else ends a look-up of the host that hangs."""
    ended = threading.Event()
    monkeypatch.setattr(shared_limit, "STORE_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: ended.wait(5))
    limit = SharedLimit("1/hour", SecretStr("redis://store.example"))
    try:
        begun = time.monotonic()
        anyio.run(limit.take, "client", 1)
        assert time.monotonic() - begun < 1
        with pytest.raises(ApiError):
            anyio.run(limit.take, "client", 1)
    finally:
        ended.set()
        limit.close()


# ---- The setting


@pytest.mark.parametrize(
    "address",
    [
        "",
        "redis://localhost",
        "redis://store.example:6380/2",
        "rediss://breve:p%40ss@store.example.:6379",
        "redis://:secret@[::1]:6379/0",
    ],
)
def test_addresses_of_a_store(address: str) -> None:
    settings = Settings(rate_limit="1/hour", rate_limit_store=SecretStr(address))
    assert address not in repr(settings) or not address
    SharedLimit(settings.rate_limit, settings.rate_limit_store).close()


@pytest.mark.parametrize(
    "address",
    [
        "localhost:6379",
        "memory://",
        "memcached://store.example",
        "redis+unix:///run/redis.sock",
        f"redis://:{PASSWORD}/x@store.example",
        f"redis://:{PASSWORD}@store.example:0",
        f"redis://:{PASSWORD}@store.example:65536",
        f"redis://:{PASSWORD}@store..example",
        f"redis://:{PASSWORD}@store.example/first",
        f"redis://:{PASSWORD}@store.example?socket_timeout=never",
        f"Redis://:{PASSWORD}@store.example",
        f"redis://:{PASSWORD}[@store.example",
        f"redis://:{PASSWORD}℀@store.example",
        f"redis://:{PASSWORD}@[::x]",
    ],
)
def test_wrong_addresses_are_wrong_settings(address: str) -> None:
    with pytest.raises(ValidationError, match="redis://:PASSWORD@host:6379/0 is expected"):
        Settings(rate_limit_store=SecretStr(address))
    done = CliRunner(env={"BREVE_RATE_LIMIT_STORE": address}).invoke(main, ["serve"])
    assert done.exit_code == 2
    assert "BREVE_RATE_LIMIT_STORE: an address like redis://" in done.stderr
    assert PASSWORD not in done.output


def test_the_address_is_shown_nowhere() -> None:
    address = f"redis://:{PASSWORD}@store.example"
    done = CliRunner(env={"BREVE_RATE_LIMIT_STORE": address}).invoke(main, ["info", "--settings"])
    assert "BREVE_RATE_LIMIT_STORE=" in done.output
    assert PASSWORD not in done.output
    settings = Settings(rate_limit_store=SecretStr(address))
    with running(settings=settings) as service:  # Without a limit the store is not asked.
        assert "store" not in service.client.get("/info").text
        assert post(service, text=article(1)).status_code == 200


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ModuleNotFoundError, match=r"\.\[redis\]"):
        SharedLimit("1/hour", SecretStr("redis://localhost"))
    SharedLimit("1/hour", SecretStr(""))
    SharedLimit("", SecretStr("redis://localhost"))
    variables = {
        "BREVE_RATE_LIMIT": "1/hour",
        "BREVE_RATE_LIMIT_STORE": "redis://localhost",
    }
    for check in ("_check_port", "_check_checkpoints"):
        monkeypatch.setattr(f"service.cli.main.{check}", lambda _: None)
    done = CliRunner(env=variables).invoke(main, ["serve"])
    assert done.exit_code == 2
    assert "BREVE_RATE_LIMIT_STORE needs more packages: pip install -e '.[redis]'" in done.stderr
