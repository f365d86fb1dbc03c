"""A client of a running service, for the command line."""

import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import TracebackType
from typing import Any, Final, Self, TypeGuard

import httpx

from models.engine import Cancelled, NotSupported
from service.cli.output.errors import explain_error, explain_problem
from service.cli.output.messages import message
from service.cli.output.reasons import word_reason
from service.fetch.client import certificates

BUSY: Final = (429, 503)
TRIES: Final = 6  # Tries of one request while the service answers no other request.
MOST_AT_ONCE: Final = 64  # A service cannot be set to work on more.
INFO_SECONDS: Final = 10.0
PROBLEM: Final = "urn:breve:problem:"  # The beginning of the `type` of every Brève error.
# Codes that show a wrong path: a Brève service answers, but `url` is not its own address.
_NO_ROUTE: Final = ("not_found", "method_not_allowed")
LONGEST_WAIT: Final = 60.0  # Seconds between two tries.


class ServiceError(Exception):
    """The service answered with an error, or not at all.

    `problem` is the body of the answer in the form of RFC 9457, and `status` its HTTP status. They
    are None and 0 if no Brève service answered.
    """

    def __init__(
        self, message: str, problem: dict[str, Any] | None = None, status: int = 0
    ) -> None:
        super().__init__(message)
        self.problem, self.status = problem, status


class Client:
    """Asks the service at `url` for summaries, from any number of threads.

    Use it in a `with` statement. `sleep` waits for a number of seconds. It returns True if no more
    requests should be sent. Raises ValueError for a key that no header can carry, and ServiceError
    for a proxy or certificates that cannot be used.
    """

    def __init__(
        self, url: str, key: str | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.url, self._sleep = url.rstrip("/"), sleep
        self._lock = threading.Lock()
        self._answered = 0  # Requests that were not refused.
        self._free_again = 0.0  # The moment until which a busy service wants no request.
        key = (key or "").strip()
        if not key.isprintable():
            raise ValueError(message("client.bad_key"))
        headers = {b"Authorization": f"Bearer {key}".encode()} if key else {}
        try:
            self._http = httpx.Client(
                timeout=httpx.Timeout(600, connect=10),
                headers=headers,
                # `trust_env` only decides about proxies. Certificates that the environment names
                # always count.
                trust_env=not _is_on_this_machine(url),
                verify=certificates(),
            )
        except OSError as error:
            raise ServiceError(explain_error(error)) from error
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            raise ServiceError(message("client.proxy", reason=word_reason(error))) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def read_concurrency(self) -> int:
        """How many articles the service works on at a time, as its `/info` says; else 1."""
        try:
            response = self._http.get(f"{self.url}/info", timeout=INFO_SECONDS)
            concurrency = int(response.json()["limits"]["concurrency"])
        except (httpx.HTTPError, httpx.InvalidURL):
            return 1  # The first article will show what is wrong.
        except (ValueError, LookupError, TypeError, RecursionError):
            return 1  # The answer is not Brève's.
        return max(1, min(MOST_AT_ONCE, concurrency))

    def summarize(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The summary for the fields of `POST /summarize`.

        A busy service is asked again after the time that it names. The client gives up after TRIES
        refusals in a row, if the service answered no other request meanwhile. Raises ServiceError,
        NotSupported if its model cannot do what is asked, and Cancelled where a wait was broken
        off.
        """
        if (seconds := self._free_again - time.monotonic()) > 0:
            self._wait(seconds)
        tries, answered = 1, self._answered
        while (response := self._post(fields)).status_code in BUSY and tries < TRIES:
            seconds = seconds_to_wait(response)
            with self._lock:
                self._free_again = max(self._free_again, time.monotonic() + seconds)
                # The service answered requests of other threads: it only has no room yet.
                if self._answered > answered:
                    tries, answered = 0, self._answered
            tries += 1
            self._wait(seconds)
        if response.status_code not in BUSY:
            with self._lock:
                self._answered += 1
        return self._read(response)

    def _wait(self, seconds: float) -> None:
        if self._sleep(seconds):
            raise Cancelled

    def _post(self, fields: dict[str, Any]) -> httpx.Response:
        try:
            return self._http.post(f"{self.url}/summarize", json=fields)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            # A host name that is not valid IDNA, like xn--a, raises UnicodeError.
            words = message("client.no_answer", url=self.url, reason=word_reason(error))
            raise ServiceError(words) from error

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        try:
            data = response.json()
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict) and response.is_success and _is_summary(data):
            return data
        if response.is_error and _is_problem(data):
            if data["code"] == "not_supported":
                raise NotSupported(explain_problem(data))
            if data["code"] not in _NO_ROUTE:
                raise ServiceError(data["detail"], data, response.status_code)
        elsewhere = response.status_code < 400 or response.status_code in (404, 405)
        hint = message("client.hint") if elsewhere else ""
        values = {"url": self.url, "status": response.status_code, "hint": hint}
        raise ServiceError(message("client.not_breve", **values))


def _is_problem(data: Any) -> TypeGuard[dict[str, Any]]:
    """True for an error of Brève's own. One of another server is not the article's fault."""
    return _has_texts(data, "type", "code", "detail") and data["type"].startswith(PROBLEM)


def _is_summary(data: dict[str, Any]) -> bool:
    """True if an answer has every field that is printed.

    `SummaryBody` checks more, but takes as long to import as a short article takes to summarise.
    """
    sentences, warnings = (data.get(name) for name in ("sentences", "warnings"))
    return (
        _has_texts(data, "summary", "language")
        and isinstance(data.get("headline", 0), str | None)
        and isinstance(sentences, list)
        and all(map(_is_sentence, sentences))
        and isinstance(warnings, list)
        and all(_has_texts(warning, "code", "detail") for warning in warnings)
    )


def _is_sentence(data: Any) -> bool:
    if not _has_texts(data, "text", "french"):
        return False
    evidence, unsupported = (data.get(name) for name in ("evidence", "unsupported"))
    return (
        isinstance(data.get("supported"), bool)
        and isinstance(evidence, list)
        and all(_has_texts(item, "text") and {"start", "end"} <= item.keys() for item in evidence)
        and isinstance(unsupported, list)
        and all(_has_texts(fact, "text") for fact in unsupported)
    )


def _has_texts(data: Any, *names: str) -> bool:
    """True for an object with a text under each of these names."""
    return isinstance(data, dict) and all(isinstance(data.get(name), str) for name in names)


def _is_on_this_machine(url: str) -> bool:
    """True for a loopback address: requests to it should not go through a proxy."""
    try:
        host = httpx.URL(url).host
    except (httpx.InvalidURL, UnicodeError):
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _read_address(host)
    return address is not None and _is_loopback(address)


def _read_address(host: str) -> IPv4Address | IPv6Address | None:
    """The host as an IP address; None if it is a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ip_address(socket.inet_aton(host))  # Short forms, like 127.1.
    except (OSError, ValueError):
        return None


def _is_loopback(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified


def seconds_to_wait(response: httpx.Response) -> float:
    """Seconds until the next try, as the service, or a proxy before it, says."""
    retry_after = response.headers.get("Retry-After", "").strip()
    if retry_after.isascii() and retry_after.isdigit():
        return min(LONGEST_WAIT, float(retry_after))
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return 1.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    left = (moment - datetime.now(UTC)).total_seconds()
    return min(LONGEST_WAIT, max(1.0, left))
