"""A client of a running service, for the command line."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import httpx

from models.engine import NotSupported

BUSY: Final = (429, 503)
TRIES: Final = 6  # of a request that a busy service refuses
LONGEST_WAIT: Final = 60.0  # seconds between two tries


class ServiceError(Exception):
    """The service answered with an error (`problem`, as RFC 9457 has it, and its `status`), or not at all (None and 0)."""

    def __init__(self, message: str, problem: dict[str, Any] | None = None, status: int = 0) -> None:
        super().__init__(message)
        self.problem, self.status = problem, status


class Client:
    """Asks the service at `url` for summaries, one after the other. Use it in a `with` statement."""

    def __init__(self, url: str, key: str | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._url, self._sleep = url.rstrip("/"), sleep
        headers = {b"Authorization": f"Bearer {key}".encode()} if key else {}
        self._http = httpx.Client(timeout=httpx.Timeout(600, connect=10), headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def summarize(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The summary for the fields of `POST /summarize`; a busy service is asked again.

        Raises ServiceError, and NotSupported if its model cannot do what is asked.
        """
        for _ in range(TRIES - 1):
            response = self._post(fields)
            if response.status_code not in BUSY:
                break
            self._sleep(_wait(response))
        else:
            response = self._post(fields)
        return self._read(response)

    def _post(self, fields: dict[str, Any]) -> httpx.Response:
        try:
            return self._http.post(f"{self._url}/summarize", json=fields)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceError(f"no answer from {self._url}: {error}") from error

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        try:
            data = response.json()
        except ValueError:
            data = None
        if isinstance(data, dict) and response.is_success and "summary" in data:
            return data
        if isinstance(data, dict) and data.get("code") == "not_supported":
            raise NotSupported(str(data["detail"]))
        if isinstance(data, dict) and "detail" in data:
            raise ServiceError(str(data["detail"]), data, response.status_code)
        raise ServiceError(f"{self._url} answered with status {response.status_code}, but not as Brève does")


def _wait(response: httpx.Response) -> float:
    """Seconds until the next try, as the service says."""
    said = response.headers.get("Retry-After", "")
    return min(LONGEST_WAIT, float(said)) if said.isdigit() else 1.0
