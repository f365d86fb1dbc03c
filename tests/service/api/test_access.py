"""Keys, hashed or not; limits for each client; no service that is open to everybody by accident."""

import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from pydantic import SecretStr, ValidationError

from models.engine import Engine
from service.api.contract.problems import ApiError
from service.api.entry.access import Keys, RateLimit
from service.cli.main import main
from service.fetch.errors import FetchError
from service.settings import Settings
from tests.engines import ARTICLE, ScriptedEngine, Service, running, until
from tests.service.api.test_api import article, blocked, occupied, post, problem, release

KEY = "très-secrète"
DIGEST = hashlib.sha256(KEY.encode()).hexdigest()


@pytest.mark.parametrize(
    "setting", [KEY, f"sha256:{DIGEST}", f"sha256:{DIGEST.upper()}", f"autre, sha256:{DIGEST}"]
)
def test_key_may_be_given_hashed(setting: str) -> None:
    with running(settings=Settings(api_keys=SecretStr(setting))) as service:
        for sent, status in ((KEY, 200), ("fausse", 401), (f"sha256:{DIGEST}", 401), (DIGEST, 401)):
            headers = {b"authorization": f"Bearer {sent}".encode()}
            assert service.client.get("/info", headers=headers).status_code == status


@pytest.mark.parametrize("key", ["clé-voilà", "Å", "clé\u00a0"])
def test_key_may_end_with_any_letter(key: str) -> None:
    for spaces in ("", " ", "\t "):
        header = f"Bearer {spaces}{key}{spaces}".encode().decode("latin-1")
        assert Keys([key]).client(header, "address") == hashlib.sha256(key.encode()).hexdigest()


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
@pytest.mark.parametrize("setting", [KEY, f"sha256:{DIGEST}"])
def test_key_may_be_sent_in_either_charset(setting: str, charset: str) -> None:
    """urllib, requests and the `fetch` of browsers send Latin-1, curl what was typed."""
    header = f"Bearer {KEY}".encode(charset).decode("latin-1")
    assert Keys([setting]).client(header, "address") == DIGEST


def test_every_key_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def spy(digest: bytes, other: bytes) -> bool:
        compared.append((digest, other))
        return digest == other

    monkeypatch.setattr(hmac, "compare_digest", spy)
    assert Keys(["a", "b", "c"]).client("Bearer a", "address") == hashlib.sha256(b"a").hexdigest()
    assert len(compared) == 3
    assert Keys([]).client("", "address") == "address"


@pytest.mark.parametrize("path", ["/summarize", "/summarize/batch"])
@pytest.mark.parametrize(
    "authorization", ["", "Authorization: Bearer wrong\r\n", "Authorization: Basic sesame\r\n"]
)
def test_a_body_without_a_key_is_refused_before_it_comes(path: str, authorization: str) -> None:
    json_type = "Content-Type: application/json\r\nContent-Length: 1000\r\n"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{json_type}{authorization}\r\n"
    with running(settings=Settings(api_keys=SecretStr("sesame"))) as service:
        address = "127.0.0.1", int(service.url.rsplit(":", 1)[1])
        with socket.create_connection(address, timeout=5) as intruder:
            intruder.sendall(head.encode())  # And nothing of the body
            answer = intruder.recv(2_000).decode().lower()
        assert answer.startswith("http/1.1 401")
        for line in ("www-authenticate: bearer", "connection: close", "x-request-id: "):
            assert f"\r\n{line}" in answer


def test_bodies_without_a_key_take_no_room_from_those_with_one() -> None:
    settings = Settings(api_keys=SecretStr("sesame"), max_body_bytes=1_000, max_bodies_bytes=1_000)
    head = (
        b"POST /summarize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 990\r\n"
    )
    with running(settings=settings) as service:
        address = "127.0.0.1", int(service.url.rsplit(":", 1)[1])

        def held() -> float | None:
            held_bytes: float | None = service.app.state.parts.metrics.registry.get_sample_value(
                "breve_body_bytes"
            )
            return held_bytes

        with (
            socket.create_connection(address, timeout=5) as intruder,
            socket.create_connection(address, timeout=5) as client,
        ):
            intruder.sendall(head + b"\r\n" + b" " * 900)
            assert intruder.recv(1_000).startswith(b"HTTP/1.1 401")
            assert held() == 0
            key = {"authorization": "Bearer sesame"}
            assert (
                service.client.post("/summarize", json={"text": ARTICLE}, headers=key).status_code
                == 200
            )
            client.sendall(head + b"Authorization: Bearer sesame\r\n\r\n" + b" " * 900)
            until(lambda: held() == 900)
        until(lambda: held() == 0)


@pytest.mark.parametrize(
    "setting", ["sha256:", "sha256:abc", f"sha256:{DIGEST}0", f"ok,sha256:{'g' * 64}"]
)
def test_wrong_digest_is_a_wrong_setting(setting: str) -> None:
    with pytest.raises(ValidationError, match="64 hexadecimal digits") as error:
        Settings(api_keys=SecretStr(setting))
    assert "abc" not in str(error.value).split("expected")[0]


@pytest.mark.parametrize("command", [["serve"], ["info", "--settings"]])
def test_no_key_is_printed_with_a_wrong_one(command: list[str]) -> None:
    wrong = CliRunner(
        env={"BREVE_API_KEYS": f"{KEY},sha256:{DIGEST}0", "BREVE_PORT": "none"}
    ).invoke(main, command)
    assert wrong.exit_code == 2
    assert "BREVE_API_KEYS: after sha256: 64 hexadecimal digits" in wrong.stderr
    assert "(given: 'none')" in wrong.stderr
    assert KEY not in wrong.output
    assert DIGEST not in wrong.output


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "breve.example"])
def test_open_service_is_not_served_to_others(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BREVE_API_KEYS", raising=False)
    done = CliRunner().invoke(main, ["serve", "--host", host])
    assert done.exit_code == 2
    for word in (host, "BREVE_API_KEYS", "BREVE_ALLOW_OPEN"):
        assert word in done.stderr


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "127.0.0.1"}, {"host": "::1"}, {"host": "localhost"}, {"host": "127.1.2.3"},
        {"host": "0.0.0.0", "api_keys": SecretStr("a")}, {"host": "0.0.0.0", "allow_open": True},
    ],
)  # fmt: skip
def test_safe_settings_are_served(settings: dict[str, Any]) -> None:
    assert not Settings(**settings).is_open_to_others


def test_limit_of_each_client() -> None:
    with running(settings=Settings(rate_limit="3/hour", api_keys=SecretStr("a,b"))) as service:

        def ask(key: str, *numbers: int) -> Any:
            items = {"items": [{"text": article(k)} for k in numbers]}
            single = {"text": article(numbers[0])}
            path, body = ("/summarize/batch", items) if len(numbers) > 1 else ("/summarize", single)
            return service.client.post(path, json=body, headers={"authorization": f"Bearer {key}"})

        assert [ask("a", 1).status_code, ask("a", 1, 2).status_code] == [200, 200]
        refused = ask("a", 1)
        detail = problem(refused, 429, "rate_limited")["detail"]
        assert "3 per 1 hour" in detail
        assert 1 <= int(refused.headers["retry-after"]) <= 3_600
        assert ask("b", 1).status_code == 200
        too_many = ask("b", 1, 2, 3, 4)  # At any time: to wait would not help
        assert "ask for fewer" in problem(too_many, 422, "batch_too_long")["detail"]
        assert "retry-after" not in too_many.headers
        assert service.client.get("/info", headers={"authorization": "Bearer a"}).status_code == 200


def test_what_is_refused_at_once_does_not_count() -> None:
    loaded, engine = threading.Event(), ScriptedEngine()

    def load() -> Engine:
        loaded.wait(10)
        return engine

    settings = Settings(rate_limit="1/hour", max_characters=500)
    with running(engine, settings, load) as service:
        for _ in range(2):
            problem(post(service, text=ARTICLE), 503, "loading")
        loaded.set()
        until(lambda: service.state() == "ready")
        problem(post(service, text="a" * 501), 422, "text_too_long")
        problem(post(service, text=ARTICLE, model="another"), 422, "unknown_model")
        problem(post(service, url="https://example.org/"), 403, "urls_disabled")
        assert post(service, text=ARTICLE).status_code == 200
        problem(post(service, text=ARTICLE), 429, "rate_limited")


def test_a_full_queue_does_not_count_and_what_is_kept_needs_no_room() -> None:
    engine, settings = blocked(queue_size=1, rate_limit="4/hour")
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        assert post(service, text=ARTICLE).status_code == 200
        occupying = occupied(service, engine, pool)
        for k in range(3):
            problem(post(service, text=article(10 + k)), 503, "queue_full")
        assert post(service, text=ARTICLE).headers["x-cache"] == "hit"
        release(engine)
        assert [request.result().status_code for request in occupying] == [200, 200]
        problem(post(service, text=article(20)), 429, "rate_limited")


def test_a_page_counts_before_it_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []

    def fail(url: str, timeout: float) -> str:
        fetched.append(url)
        raise FetchError("No.")

    monkeypatch.setattr("service.api.work.fetching.fetch", fail)
    with running(settings=Settings(rate_limit="1/hour", allow_urls=True)) as service:
        problem(post(service, url="https://example.org/"), 502, "fetch_failed")
        problem(post(service, url="https://example.org/"), 429, "rate_limited")
    assert len(fetched) == 1


@pytest.mark.parametrize(
    "taken", [{0: 60}, {0: 30, 40: 30}, {10: 20, 50: 20, 70: 15}, {59: 60}, {0: 1, 61: 59}]
)
@pytest.mark.parametrize("articles", [1, 10, 59, 60])
def test_refused_articles_fit_when_it_is_said(
    monkeypatch: pytest.MonkeyPatch, taken: dict[int, int], articles: int
) -> None:
    check_retry_after(monkeypatch, RateLimit("60/minute").take, taken, articles)


def check_retry_after(
    monkeypatch: pytest.MonkeyPatch,
    take: Callable[[str, int], None],
    taken: dict[int, int],
    articles: int,
) -> None:
    """With `60/minute`, articles that are refused fit when it is said, and not a second before."""
    start = now = 1_700_000_040.0  # Of a minute
    monkeypatch.setattr(time, "time", lambda: now)
    for second, count in taken.items():
        now = start + second
        take("client", count)
    seconds = 0
    while not seconds:
        now += 0.5
        try:
            take("client", articles)
        except ApiError as refused:
            seconds = int(refused.headers["Retry-After"])
    now += seconds - 1.5
    if seconds > 2:
        with pytest.raises(ApiError):
            take("client", articles)
    now += 1.5
    take("client", articles)


def test_limit_ends_with_its_time() -> None:
    limit = RateLimit("2/second")
    limit.take("client", 2)
    with pytest.raises(ApiError):
        limit.take("client", 1)
    time.sleep(2.1)
    limit.take("client", 2)


def test_no_limit_by_default() -> None:
    with running() as service:
        assert {
            service.client.post("/summarize", json={"text": ARTICLE}).status_code for _ in range(50)
        } == {200}


@pytest.mark.parametrize("rule", ["60", "0/minute", "60/fortnight", "60 per minute", "-1/hour"])
def test_wrong_limits_are_wrong_settings(rule: str) -> None:
    with pytest.raises(ValidationError):
        Settings(rate_limit=rule)


# ---- Pages of other origins


ORIGIN = "https://cms.example.org"


def preflight(service: Service, origin: str) -> httpx.Response:
    asked = {"origin": origin, "access-control-request-method": "POST"}
    asked["access-control-request-headers"] = "authorization, content-type"
    return service.client.options("/summarize", headers=asked)


def test_pages_of_other_origins_may_not_ask_by_default() -> None:
    with running() as service:
        assert preflight(service, ORIGIN).status_code == 405
        assert "access-control-allow-origin" not in post(service, text=ARTICLE).headers


def test_pages_of_named_origins_may_ask() -> None:
    settings = Settings(
        cors_origins=f"https://other.example, {ORIGIN.upper()}", api_keys=SecretStr("a")
    )
    with running(settings=settings) as service:
        allowed = preflight(service, ORIGIN)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (
            200,
            ORIGIN,
        )
        assert "Authorization" in allowed.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in allowed.headers
        assert (
            "access-control-allow-origin"
            not in preflight(service, "https://elsewhere.example").headers
        )
        for key, content, status in (
            ("a", {"text": ARTICLE}, 200),
            ("b", {"text": ARTICLE}, 401),
            ("a", {"text": ""}, 422),
        ):
            headers = {"origin": ORIGIN, "authorization": f"Bearer {key}"}
            answer = service.client.post("/summarize", json=content, headers=headers)
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (
                status,
                ORIGIN,
            )
            assert "X-Cache" in answer.headers["access-control-expose-headers"]


def test_pages_see_also_what_goes_wrong_on_our_side() -> None:
    engine = ScriptedEngine(error=RuntimeError())
    with running(engine, Settings(cors_origins="*")) as service:
        engine.armed = True
        answer = service.client.post(
            "/summarize", json={"text": ARTICLE}, headers={"origin": ORIGIN}
        )
        problem(answer, 500, "internal")
        assert answer.headers["access-control-allow-origin"] == "*"


CHROMIUM_EXTENSION = f"chrome-extension://{'abcdefghijklmnop' * 2}"
FIREFOX_EXTENSION = "moz-extension://0F61EB3A-2b2f-4b2c-9c55-0a1b2c3d4e5f"


@pytest.mark.parametrize("origin", [CHROMIUM_EXTENSION, FIREFOX_EXTENSION])
def test_extensions_that_are_named_may_ask(origin: str) -> None:
    with running(settings=Settings(cors_origins=f"{ORIGIN}, {origin}")) as service:
        allowed = preflight(service, origin.lower())
        assert allowed.headers["access-control-allow-origin"] == origin.lower()
        other = preflight(service, CHROMIUM_EXTENSION.replace("abc", "cba"))
        assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize(
    "value",
    [
        "cms.example.org",
        "https://a/",
        "https://a, b",
        "https://*.example.org",
        "null",
        "chrome-extension://abc",
        f"{CHROMIUM_EXTENSION}/popup.html",
        "moz-extension://*",
        "file://a",
    ],
)
def test_what_is_no_origin_is_no_setting(value: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        Settings(cors_origins=value)


# ---- The name by which the service is asked


def asked_as(service: Service, host: str, path: str = "/info") -> httpx.Response:
    return service.client.get(path, headers={"host": host})


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "a b",
    ],
)
def test_an_open_service_on_loopback_is_not_asked_by_the_name_of_another_site(host: str) -> None:
    with running(settings=Settings(rate_limit="1/hour")) as service:
        for path in ("/info", "/", "/livez", "/nothing"):
            detail = problem(asked_as(service, host, path), 421, "wrong_host")["detail"]
            assert "localhost" in detail
            assert "BREVE_ALLOWED_HOSTS" in detail
        refused = service.client.post("/summarize", json={"text": ARTICLE}, headers={"host": host})
        problem(refused, 421, "wrong_host")
        assert refused.headers["connection"] == "close"
        assert post(service, text=ARTICLE).status_code == 200, "it did not count"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost:8000",
        "localhost.",
        "127.0.0.1:1",
        "[::1]:8000",
        "[::1]",
        "192.168.1.7",
        "",
    ],
)
def test_an_open_service_is_asked_by_address_or_as_localhost(host: str) -> None:
    with running() as service:
        assert asked_as(service, host).status_code == 200


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ({"allowed_hosts": "breve.example, Breve"}, "breve:8000", 200),
        ({"allowed_hosts": "breve.example, Breve"}, "breve.example", 200),
        ({"allowed_hosts": "breve.example"}, "localhost", 200),
        ({"allowed_hosts": "breve.example"}, "evil.example", 421),
        ({"allowed_hosts": "*"}, "evil.example", 200),
        ({"api_keys": SecretStr("a")}, "evil.example", 401),
        ({"api_keys": SecretStr("a"), "allowed_hosts": "breve"}, "evil.example", 421),
    ],
)  # fmt: skip
def test_names_may_be_added(settings: dict[str, Any], host: str, status: int) -> None:
    with running(settings=Settings(**settings)) as service:
        assert asked_as(service, host).status_code == status


def test_a_service_in_a_container_network_is_asked_by_any_name() -> None:
    assert Settings(host="0.0.0.0", allow_open=True).hosts == frozenset()
    assert Settings(host="0.0.0.0", allow_open=True, allowed_hosts="breve").hosts == {
        "0.0.0.0",
        "localhost",
        "breve",
    }
    assert Settings(host="localhost").hosts == {"localhost"}
