"""What is logged: a line for each request, as text or as JSON. Never a text, a key or an
address."""

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from cachetools import LRUCache
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from service.settings import Settings

FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
FIELDS: Final = {"asctime": "time", "levelname": "level", "name": "logger"}
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FREQUENT: Final = frozenset(
    {"/livez", "/readyz", "/metrics"}
)  # asked for every few seconds: logged at `debug` only
# They log what they work on: the addresses of pages, which hold their titles, the events of an
# answer, pieces of a page.
QUIET: Final = ("httpx", "httpcore", "sse_starlette", "trafilatura", "htmldate", "py3langid")

OWN: Final = "breve"  # begins the names of our own loggers
REPEAT_SECONDS: Final = 60.0
MAX_KINDS: Final = 200  # of errors that are told apart

NOTED: Final = "problems"  # where the codes of a request's problems stand, in its scope's state

logger = logging.getLogger("breve.requests")


class OnceAMinute(logging.Filter):
    """Lets the same warning or error of a library through once in REPEAT_SECONDS, with how often it
    came since.

    Our own always pass: each is about one request. What differs behind the first line, as a socket
    does, is the same error.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: LRUCache[tuple[str, int, str], list[float]] = LRUCache(
            MAX_KINDS
        )  # when it was let through, and since
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """True for what is to be written."""
        if record.levelno < logging.WARNING or record.name.split(".")[0] == OWN:
            return True
        message = record.getMessage()
        kind = record.name, record.levelno, message.split("\n", maxsplit=1)[0]
        now = self._clock()
        with self._lock:
            written, more = self._seen.get(kind, (-math.inf, 0))
            if now - written < REPEAT_SECONDS:
                self._seen[kind] = [written, more + 1]
                return False
            self._seen[kind] = [now, 0]
        if more:
            record.msg, record.args = f"{message} (and {more:.0f} more since the last one)", None
        return True


def configure(settings: Settings) -> None:
    """Makes everything that is logged appear on standard error, as the settings say."""
    as_json = settings.log_format == "json"
    handler = logging.StreamHandler()
    handler.addFilter(OnceAMinute())
    handler.setFormatter(_json_formatter() if as_json else logging.Formatter(FORMAT))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _json_formatter() -> logging.Formatter:
    return JsonFormatter(
        FORMAT, rename_fields=FIELDS, reserved_attrs=[*RESERVED_ATTRS, "color_message"]
    )  # uvicorn's


def noted(scope: Any) -> list[str]:
    """The codes of a request's problems."""
    codes: list[str] = scope.get("state", {}).get(NOTED, [])
    return codes


def request_answered(scope: Any, route: str, status: int, seconds: float) -> None:
    """Logs one request by its id, its route, its status and the codes of its problems, also of
    those within a stream or a batch. A method that is none may be any word: it is left out."""
    method = scope["method"] if scope["method"] in METHODS else "other"
    identifier = scope.get("state", {}).get("request_id", "")
    milliseconds = round(1000 * seconds)
    codes = ", ".join(sorted(set(noted(scope))))
    fields = {
        "request_id": identifier,
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": milliseconds,
    }
    fields |= {"problems": codes} if codes else {}
    level = logging.DEBUG if route in FREQUENT else logging.INFO
    said = f": {codes}" if codes else ""
    logger.log(
        level,
        "%s %s %d in %d ms, request %s%s",
        method,
        route,
        status,
        milliseconds,
        identifier,
        said,
        extra=fields,
    )
