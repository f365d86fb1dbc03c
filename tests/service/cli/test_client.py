"""The client of a running service: busy services, answers of something else, odd addresses."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from service.api.contract.examples import EXAMPLE_SUMMARY
from service.cli.client import LONGEST_WAIT, TRIES, Client, ServiceError

BUSY_PROBLEM = {"type": "urn:breve:problem:busy", "detail": "Non.", "code": "busy"}


def _client(*statuses: int, retry_after: str = "7") -> tuple[Client, list[float]]:
    """A client of a service that answers with these statuses, and the seconds that it waited
    between them."""
    left = list(statuses)
    waits: list[float] = []

    def respond(_: httpx.Request) -> httpx.Response:
        status = left.pop(0)
        body = EXAMPLE_SUMMARY if status == 200 else BUSY_PROBLEM
        return httpx.Response(
            status, json=body, headers={b"Retry-After": retry_after.encode("latin-1")}
        )

    client = Client("http://service", sleep=waits.append)
    client._http = httpx.Client(transport=httpx.MockTransport(respond))
    return client, waits


def test_a_busy_service_is_asked_again_when_it_says() -> None:
    client, waits = _client(503, 429, 200)
    assert client.summarize({}) == EXAMPLE_SUMMARY
    assert waits == [7.0, 7.0]


def test_a_service_that_stays_busy_is_given_up() -> None:
    client, waits = _client(*[503] * TRIES)
    with pytest.raises(ServiceError, match="Non") as raised:
        client.summarize({})
    assert (raised.value.problem, raised.value.status) == (BUSY_PROBLEM, 503)
    assert len(waits) == TRIES - 1


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("0", 0.0),
        ("9" * 400, LONGEST_WAIT),
        ("²", 1.0),
        ("soon", 1.0),
        ("", 1.0),
        ("Fri, 31 Dec 2077 23:59:59 +99999999999999", 1.0),
        ("Fri, 31 Dec 2077 23:59:59 GMT", LONGEST_WAIT),
        ("Fri, 31 Dec 2077 23:59:59 -0000", LONGEST_WAIT),
        ("Sat, 31 Dec 1977 23:59:59 GMT", 1.0),
    ],
)
def test_what_retry_after_may_say(retry_after: str, seconds: float) -> None:
    client, waits = _client(503, 200, retry_after=retry_after)
    client.summarize({})
    assert waits == [seconds]


def test_a_service_may_name_the_moment_to_come_back() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    client, waits = _client(503, 200, retry_after=moment)
    client.summarize({})
    assert 20 < waits[0] <= 30


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"summary": "x"}'),
        (200, b'{"summary": 1}'),
        (200, json.dumps({**EXAMPLE_SUMMARY, "sentences": [1]}).encode()),
        (200, json.dumps({**EXAMPLE_SUMMARY, "warnings": None}).encode()),
        (422, b'{"code": "not_supported"}'),
        (404, b'{"detail": "Not Found"}'),
        (500, b'{"detail": "of a gateway"}'),
        (200, b'{"type": "urn:breve:problem:too_short", "code": "too_short", "detail": "Non."}'),
        (
            404,
            b'{"type": "urn:breve:problem:not_found", "code": "not_found", "detail": "Not Found"}',
        ),
        (
            405,
            b'{"type": "urn:breve:problem:method_not_allowed", "code": "method_not_allowed", '
            b'"detail": "Non."}',
        ),
        (200, b"[" * 100_000),
        (200, b"\xff"),
    ],
)
def test_answers_that_are_not_breves_are_refused(status: int, body: bytes) -> None:
    client = Client("http://service")
    client._http = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    )
    with pytest.raises(ServiceError, match="not as Brève does"):
        client.summarize({})


@pytest.mark.parametrize(
    "url", ["http://xn--a/", "http://127.0.0.1:70000", "http://\udce9/", "http://a\n/"]
)
def test_odd_addresses_give_no_answer(url: str) -> None:
    with Client(url) as client, pytest.raises(ServiceError, match="no answer from"):
        client.summarize({})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9",
        "http://localhost:9",
        "http://[::1]:9",
        "http://127.1:9",
        "http://a.localhost:9",
    ],
)
def test_a_service_on_this_machine_is_not_asked_through_a_proxy(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Client(url) as client:
        assert client._http._transport_for_url(httpx.URL(url)) is client._http._transport
    with Client("http://news.example") as client:
        assert (
            client._http._transport_for_url(httpx.URL("http://news.example"))
            is not client._http._transport
        )
