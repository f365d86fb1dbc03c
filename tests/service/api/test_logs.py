"""What is logged: a line for each request, with its id, and never a word of an article."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from service.api.observing import logs
from service.settings import Settings
from tests.engines import ARTICLE, SECRET, ScriptedEngine, running


@contextmanager
def logged(**settings: Any) -> Iterator[io.StringIO]:
    """What is written to standard error with these settings, with nobody else listening to the
    log."""
    written, root = io.StringIO(), logging.getLogger()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", written)
        patch.setattr(root, "handlers", [])
        for name in ("", *logs.QUIET):
            patch.setattr(logging.getLogger(name), "level", logging.getLogger(name).level)
        logs.configure(Settings(**settings))
        yield written


def test_a_line_of_json_for_each_request() -> None:
    engine = ScriptedEngine(error=RuntimeError(SECRET))
    with logged(log_format="json") as lines, running(engine) as service:
        text = f"{ARTICLE} Le projet {SECRET} attend."
        service.client.post("/summarize", json={"text": text}, headers={"x-request-id": "r-1"})
        service.client.get(f"/{SECRET}", headers={"x-request-id": "r-2"})
        service.client.request(SECRET, "/summarize", headers={"x-request-id": "r-3"})
        engine.armed = True
        body = {"text": f"{text} Encore."}
        service.client.post("/summarize", json=body, headers={"x-request-id": "r-4"})
        service.client.post(
            "/summarize", json=body, headers={"x-request-id": "r-5", "accept": "text/event-stream"}
        )
        items = {"items": [body, {"text": "court"}, body]}
        service.client.post("/summarize/batch", json=items, headers={"x-request-id": "r-6"})
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    answered = [line for line in written if line["logger"] == "breve.requests"]
    assert [
        (line["request_id"], line["method"], line["route"], line["status"]) for line in answered
    ] == [
        ("r-1", "POST", "/summarize", 200),
        ("r-2", "GET", "unmatched", 404),
        ("r-3", "other", "/summarize", 405),
        ("r-4", "POST", "/summarize", 500),
        ("r-5", "POST", "/summarize", 200),
        ("r-6", "POST", "/summarize/batch", 200),
    ]
    codes = [None, "not_found", "method_not_allowed", "internal", "internal", "internal, too_short"]
    assert [line.get("problems") for line in answered] == codes
    assert all(
        line["level"] == "INFO" and line["time"] and line["milliseconds"] >= 0 for line in answered
    )
    failed = [line for line in written if line["level"] == "ERROR"]
    assert [line["request_id"] for line in failed] == ["r-4", "r-5", "r-6", "r-6"]
    for hidden in (SECRET, "Nuagis", "color_message"):
        assert hidden not in lines.getvalue()
    assert "127.0.0.1" not in str(answered)


def test_text_by_default() -> None:
    with logged() as lines, running() as service:
        service.client.get("/info", headers={"x-request-id": "r-1"})
        service.client.post("/info", headers={"x-request-id": "r-2"})
    line, refused = (line for line in lines.getvalue().splitlines() if "breve.requests" in line)
    assert "INFO breve.requests GET /info 200 in " in line
    assert line.endswith("request r-1")
    assert refused.endswith("request r-2: method_not_allowed")


def test_probes_are_logged_when_debugging_only() -> None:
    with logged(log_level="debug") as lines, running() as service:
        service.client.get("/livez")
    assert "DEBUG breve.requests GET /livez 200" in lines.getvalue()


@pytest.mark.parametrize("level", ["debug", "info"])
def test_no_word_of_an_article_is_logged_at_any_level(level: str) -> None:
    article = f"<article><p>{ARTICLE} Le projet {SECRET} attend.</p></article>"
    page = f"<html><head><title>{SECRET}</title></head><body>{article}</body></html>"
    with logged(log_level=level) as lines, running() as service:
        for body in (
            {"text": ARTICLE},
            {"html": page},
            {"html": f"<html><body><h1>{SECRET}</h1></body></html>"},
        ):
            for accepted in ("application/json", "text/event-stream"):
                service.client.post("/summarize", json=body, headers={"accept": accepted})
    assert "POST /summarize 200" in lines.getvalue()
    for hidden in (SECRET, "Nuagis", "serveurs"):
        assert hidden not in lines.getvalue()


@pytest.mark.parametrize("name", ["mcp.server", "trafilatura.core", "htmldate.core"])
def test_what_a_library_quotes_is_left_out(name: str) -> None:
    with logged() as lines:
        logging.getLogger(name).error("cannot read %s", SECRET)
    assert "test_logs.py, line" in lines.getvalue()
    assert SECRET not in lines.getvalue()


def test_the_same_error_of_a_library_is_written_once_a_minute() -> None:
    now = 0.0
    once = logs.OnceAMinute(lambda: now)

    def passes(name: str, level: int, message: str, *args: object) -> str:
        record = logging.LogRecord(name, level, "", 0, message, args, None)
        return record.getMessage() if once.filter(record) else ""

    full = "socket.accept() out of system resource\nsocket: <fd=%d>"
    assert passes("asyncio", logging.ERROR, full, 7) == full % 7
    assert [passes("asyncio", logging.ERROR, full, number) for number in range(1_000)] == [
        ""
    ] * 1_000
    assert passes("asyncio", logging.ERROR, "another one")
    assert passes("uvicorn.error", logging.ERROR, full, 7)
    assert [bool(passes("uvicorn.error", logging.INFO, "Started")) for _ in range(2)] == [
        True,
        True,
    ]
    assert [
        bool(passes("breve", logging.ERROR, "request %s failed", number)) for number in range(2)
    ] == [True, True]
    now = 61.0
    assert (
        passes("asyncio", logging.ERROR, full, 7)
        == f"{full % 7} (and 1000 more since the last one)"
    )
    assert passes("asyncio", logging.ERROR, full, 7) == ""


def test_what_is_repeated_is_left_out_of_the_log() -> None:
    with logged() as lines:
        for number in range(100):
            logging.getLogger("asyncio").error(
                "socket.accept() out of system resource\nsocket: %d", number
            )
    assert lines.getvalue().count("out of system resource") == 1
