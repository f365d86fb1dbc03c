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
from service.cli.output.messages import message
from service.fetch import certificates

BUSY: Final = (429, 503)
TRIES: Final = 6  # of a request that a service refuses which answers no other one meanwhile
MOST_AT_ONCE: Final = 64  # as many as a service can be set to work on
INFO_SECONDS: Final = 10.0
PROBLEM: Final = "urn:breve:problem:"  # begins the `type` of every error of Brève's
_NO_ROUTE: Final = (
    "not_found",
    "method_not_allowed",
)  # the address is one of Brève's, but not the service's own
LONGEST_WAIT: Final = 60.0  # seconds between two tries


class ServiceError(Exception):
    """The service answered with an error (`problem`, as RFC 9457 has it, and its `status`), or not
    at all (None and 0)."""

    def __init__(
        self, message: str, problem: dict[str, Any] | None = None, status: int = 0
    ) -> None:
        super().__init__(message)
        self.problem, self.status = problem, status


class Client:
    """Asks the service at `url` for summaries, from as many threads as one likes. Use it in a
    `with` statement.

    `sleep` waits so many seconds; it returns True where nothing more is to be asked.

    Raises ValueError for a key that no header can carry, and ServiceError for a proxy or
    certificates that cannot be used.
    """

    def __init__(
        self, url: str, key: str | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.url, self._sleep = url.rstrip("/"), sleep
        self._lock = threading.Lock()
        self._answered = 0  # requests that were not refused
        self._free_again = 0.0  # the moment until which a busy service wants no request
        key = (key or "").strip()
        if not key.isprintable():
            raise ValueError(message("client.bad_key"))
        headers = {b"Authorization": f"Bearer {key}".encode()} if key else {}
        # `trust_env` is about proxies; a certificate that the environment names counts on loopback
        # too.
        proxied = not _on_this_machine(url)
        try:
            self._http = httpx.Client(
                timeout=httpx.Timeout(600, connect=10),
                headers=headers,
                trust_env=proxied,
                verify=certificates(),
            )
        except OSError as error:
            raise ServiceError(f"{error.strerror}: {error.filename}") from error
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            raise ServiceError(message("client.proxy", reason=error)) from error

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
        """How many articles the service works on at a time, as its `/info` says; 1 where it says
        nothing."""
        try:
            limits = self._http.get(f"{self.url}/info", timeout=INFO_SECONDS).json()["limits"]
            return max(1, min(MOST_AT_ONCE, int(limits["concurrency"])))
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            ValueError,
            LookupError,
            TypeError,
            RecursionError,
        ):
            return 1  # the first article will tell what is wrong

    def summarize(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The summary for the fields of `POST /summarize`.

        A busy service is asked again when it says, and given up after TRIES times in which it
        answered nobody. Raises ServiceError, NotSupported if its model cannot do what is asked, and
        Cancelled where a wait was broken off.
        """
        if (seconds := self._free_again - time.monotonic()) > 0:
            self._wait(seconds)
        tries, answered = 1, self._answered
        while (response := self._post(fields)).status_code in BUSY and tries < TRIES:
            seconds = _seconds_to_wait(response)
            with self._lock:
                self._free_again = max(self._free_again, time.monotonic() + seconds)
                if (
                    self._answered > answered
                ):  # by requests of other threads: it only has no room yet
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
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            UnicodeError,
        ) as error:  # the last: of a name that is no IDNA, like xn--a
            reason = str(error).rstrip(".") or type(error).__name__
            raise ServiceError(message("client.no_answer", url=self.url, reason=reason)) from error

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        try:
            data = response.json()
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict) and response.is_success and _is_summary(data):
            return data
        if response.is_error and _is_problem(data):
            if data["code"] == "not_supported":
                raise NotSupported(data["detail"])
            if data["code"] not in _NO_ROUTE:
                raise ServiceError(data["detail"], data, response.status_code)
        elsewhere = response.status_code < 400 or response.status_code in (404, 405)
        hint = message("client.hint") if elsewhere else ""
        raise ServiceError(
            message("client.not_breve", url=self.url, status=response.status_code, hint=hint)
        )


def _is_problem(data: Any) -> TypeGuard[dict[str, Any]]:
    """True for an error of Brève's own: one of something else is not the article's fault."""
    return _holds(data, "type", "code", "detail") and data["type"].startswith(PROBLEM)


def _is_summary(data: dict[str, Any]) -> bool:
    """True if an answer has all that is printed of it. `SummaryBody` says the same of more, but
    takes as long to import as a short article takes to summarise."""
    sentences, warnings = (data.get(name) for name in ("sentences", "warnings"))
    return (
        _holds(data, "summary", "language")
        and isinstance(data.get("headline", 0), str | None)
        and isinstance(sentences, list)
        and all(_holds(one, "text", "french") and _is_proven(one) for one in sentences)
        and isinstance(warnings, list)
        and all(_holds(one, "code", "detail") for one in warnings)
    )


def _is_proven(sentence: dict[str, Any]) -> bool:
    evidence, unsupported = (sentence.get(name) for name in ("evidence", "unsupported"))
    return (
        isinstance(sentence.get("supported"), bool)
        and isinstance(evidence, list)
        and all(_holds(one, "text") and {"start", "end"} <= one.keys() for one in evidence)
        and isinstance(unsupported, list)
        and all(_holds(one, "text") for one in unsupported)
    )


def _holds(data: Any, *names: str) -> bool:
    """True for an object with a text under each of these names."""
    return isinstance(data, dict) and all(isinstance(data.get(name), str) for name in names)


def _on_this_machine(url: str) -> bool:
    """True if the address is one of loopback: what is sent there should not leave the machine by
    way of a proxy."""
    try:
        host = httpx.URL(url).host
    except (httpx.InvalidURL, UnicodeError):
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        try:
            found = ip_address(socket.inet_aton(host))  # short forms, like 127.1
        except (OSError, ValueError):
            return False
    return _is_loopback(found)


def _is_loopback(found: IPv4Address | IPv6Address) -> bool:
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_loopback or found.is_unspecified


def _seconds_to_wait(response: httpx.Response) -> float:
    """Seconds until the next try, as the service, or a proxy before it, says."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(LONGEST_WAIT, float(said))
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return 1.0
    left = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(LONGEST_WAIT, max(1.0, left.total_seconds()))
