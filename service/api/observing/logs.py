"""Log lines: one for each request, as text or as JSON.

No line holds a text, a key or an address.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from cachetools import LRUCache
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from service.settings import Settings

FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
FIELDS: Final = {"asctime": "time", "levelname": "level", "name": "logger"}
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CLIENT_LEFT: Final = 499  # The usual status in logs; no client reads it.
# Routes that are asked for every few seconds. They are logged at `debug` only.
FREQUENT: Final = frozenset({"/livez", "/readyz", "/metrics"})
# Libraries that log parts of their input: the addresses of pages (which hold titles), the events of
# an answer, or pieces of a page.
QUIET: Final = ("httpx", "httpcore", "mcp", "sse_starlette", "trafilatura", "htmldate", "py3langid")
# Libraries whose warnings and errors quote their input. `mcp` logs some by the root logger.
QUOTING: Final = ("mcp", "root", "trafilatura", "htmldate")

OWN: Final = "breve"  # Begins the names of our own loggers.
REPEAT_SECONDS: Final = 60.0
MAX_KINDS: Final = 200  # Different warnings and errors that are remembered.
PROBLEMS: Final = "problems"  # The key in `scope["state"]` for the codes of a request's problems.

# The id of the request that is being answered.
REQUEST_ID: Final[ContextVar[str]] = ContextVar("breve_request_id", default="")

logger = logging.getLogger("breve.requests")


class WithoutWords(logging.Filter):
    """Replaces each message of QUOTING loggers by its place in the code and the error's type."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True for every record."""
        if record.name.split(".")[0] in QUOTING:
            error = record.exc_info[0] if record.exc_info else None
            kind = f": {error.__name__}" if error else ""
            record.msg = f"{record.filename}, line {record.lineno}{kind}"
            record.args = record.exc_info = record.exc_text = None
        return True


class OnceAMinute(logging.Filter):
    """Lets the same warning or error of a library through once in REPEAT_SECONDS.

    The next one says how many were left out. The service's own records always pass: each is about
    one request. Errors with the same first line count as the same: further lines may name a socket.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        # When an error was last let through, and how many were left out since.
        self._seen: LRUCache[tuple[str, int, str], tuple[float, int]] = LRUCache(MAX_KINDS)
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """True for a record that is to be written."""
        if record.levelno < logging.WARNING or record.name.split(".")[0] == OWN:
            return True
        message = record.getMessage()
        first_line = message.split("\n", maxsplit=1)[0]
        kind = record.name, record.levelno, first_line
        now = self._clock()
        with self._lock:
            written, left_out = self._seen.get(kind, (-math.inf, 0))
            if now - written < REPEAT_SECONDS:
                self._seen[kind] = (written, left_out + 1)
                return False
            self._seen[kind] = (now, 0)
        if left_out:
            record.msg, record.args = f"{message} (and {left_out} more since the last one)", None
        return True


def configure(settings: Settings) -> None:
    """Sends all log lines to standard error, in the format and from the level of the settings."""
    as_json = settings.log_format == "json"
    handler = logging.StreamHandler()
    handler.addFilter(WithoutWords())
    handler.addFilter(OnceAMinute())
    handler.setFormatter(_json_formatter() if as_json else logging.Formatter(FORMAT))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _json_formatter() -> logging.Formatter:
    reserved = [*RESERVED_ATTRS, "color_message"]  # The second is uvicorn's.
    return JsonFormatter(FORMAT, rename_fields=FIELDS, reserved_attrs=reserved)


def note_problem(scope: Any, code: str) -> None:
    """Notes the code of a problem in the scope of its request."""
    scope["state"].setdefault(PROBLEMS, []).append(code)


def noted_problems(scope: Any) -> list[str]:
    """The codes of a request's problems."""
    codes: list[str] = scope.get("state", {}).get(PROBLEMS, [])
    return codes


def log_request(scope: Any, route: str, status: int, seconds: float) -> None:
    """Logs one request: its id, its route, its status and the codes of its problems.

    Problems within a stream or a batch count too. An unknown method may be any text, so it is
    logged as `other`.
    """
    method = scope["method"] if scope["method"] in METHODS else "other"
    identifier = scope.get("state", {}).get("request_id", "")
    milliseconds = round(1000 * seconds)
    codes = ", ".join(sorted(set(noted_problems(scope))))
    fields = {
        "request_id": identifier,
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": milliseconds,
    }
    if codes:
        fields["problems"] = codes
    logger.log(
        logging.DEBUG if route in FREQUENT else logging.INFO,
        "%s %s %d in %d ms, request %s%s",
        method,
        route,
        status,
        milliseconds,
        identifier,
        f": {codes}" if codes else "",
        extra=fields,
    )
