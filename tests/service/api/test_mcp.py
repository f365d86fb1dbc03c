"""The Model Context Protocol at `/mcp`, asked by the client of its own library."""

import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio
import httpx
import pytest
from click.testing import CliRunner
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool

from service.cli.main import main
from service.settings import Settings
from tests.engines import ARTICLE, SECRET, ScriptedEngine, Service, running, until
from tests.service.api.test_api import sent
from tests.service.api.test_logs import logged

T = TypeVar("T")
HEADERS = {"Accept": "application/json, text/event-stream"}


def ask(service: Service, work: Callable[[ClientSession], Awaitable[T]], key: str = "") -> T:
    """What `work` gets of a client that has begun to talk to the service."""

    async def talk() -> T:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with (
            httpx.AsyncClient(headers=headers, timeout=60) as http,
            streamable_http_client(f"{service.url}/mcp", http_client=http) as (
                requests,
                answers,
                _,
            ),
            ClientSession(requests, answers) as session,
        ):
            await session.initialize()
            return await work(session)

    return anyio.run(talk)


def call(service: Service, arguments: dict[str, Any], key: str = "") -> CallToolResult:
    return ask(service, lambda session: session.call_tool("summarize", arguments), key)


def tools(service: Service) -> list[Tool]:
    return ask(service, lambda session: session.list_tools()).tools


def words(result: CallToolResult) -> str:
    """The text of a result, which is its only content."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def request(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def call_request(**arguments: Any) -> dict[str, Any]:
    return request("tools/call", name="summarize", arguments=arguments)


def test_the_answer_is_that_of_the_service() -> None:
    fields = {"text": ARTICLE, "language": "en", "length": "short", "headline": True}
    with running(settings=Settings(mcp=True)) as service:
        expected = service.client.post("/summarize", json=fields)
        result = call(service, fields)
    assert not result.isError
    assert result.structuredContent == expected.json()
    assert words(result) == expected.text


def test_the_tool_has_six_fields_and_the_schema_of_an_answer() -> None:
    with running(settings=Settings(mcp=True, allow_urls=True)) as service:
        (tool,) = tools(service)
    fields = ["text", "html", "url", "language", "length", "headline"]
    assert list(tool.inputSchema["properties"]) == fields
    assert tool.outputSchema is not None
    assert {"summary", "sentences", "warnings"} <= tool.outputSchema["properties"].keys()


def test_an_address_is_neither_offered_nor_fetched_unless_allowed() -> None:
    with running(settings=Settings(mcp=True)) as service:
        (tool,) = tools(service)
        result = call(service, {"url": "https://example.org/article"})
    assert "url" not in tool.inputSchema["properties"]
    assert "url" not in (tool.description or "")
    assert result.isError
    assert "BREVE_ALLOW_URLS" in words(result)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"text": "Nuagis ouvre"}, "The article has 2 words; at least 8 are needed."),
        ({}, "The article is missing: give it as text, html or url"),
        ({"texte": ARTICLE}, "Unknown field texte; did you mean text?"),
    ],
)
def test_a_problem_is_an_error_of_the_tool(arguments: dict[str, Any], problem: str) -> None:
    with running(settings=Settings(mcp=True)) as service:
        result = call(service, arguments)
        counted = service.client.get("/metrics").text
    assert result.isError
    assert problem in words(result)
    assert 'breve_requests_total{route="/mcp",status="200"}' in counted
    code = "too_short" if "text" in arguments else "invalid_body"
    assert f'breve_problems_total{{code="{code}"}} 1.0' in counted


def test_another_tool_is_refused() -> None:
    with running(settings=Settings(mcp=True)) as service:
        result = ask(service, lambda session: session.call_tool("translate", {}))
    assert result.isError
    assert "summarize" in words(result)


def test_nothing_is_there_by_default() -> None:
    with running() as service:
        assert service.client.post("/mcp", json=request("ping"), headers=HEADERS).status_code == 404
    code = (
        "import sys; from service.api.app import create_app; from service.settings import "
        "Settings; create_app(Settings()); print('mcp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr


def test_there_is_nothing_to_listen_to() -> None:
    with running(settings=Settings(mcp=True)) as service:
        assert service.client.get("/mcp", headers=HEADERS).status_code == 405


def test_a_key_is_needed_where_there_are_keys() -> None:
    with running(settings=Settings(mcp=True, api_keys="right")) as service:
        refused = service.client.post("/mcp", json=call_request(text=ARTICLE), headers=HEADERS)
        result = call(service, {"text": ARTICLE}, key="right")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
    assert not result.isError


def test_articles_count_against_the_limit_of_their_client() -> None:
    with running(settings=Settings(mcp=True, rate_limit="1/hour")) as service:
        first = call(service, {"text": ARTICLE})
        second = call(service, {"text": ARTICLE})
    assert not first.isError
    assert second.isError
    assert "1 per 1 hour is the limit" in words(second)


def test_hosts_are_those_of_the_service() -> None:
    settings = Settings(mcp=True, allowed_hosts="news.example")
    with running(settings=settings) as service:
        statuses = [
            service.client.post(
                "/mcp", json=request("ping"), headers={**HEADERS, "Host": host}
            ).status_code
            for host in ("evil.example", "news.example", "localhost:8000", "192.0.2.1")
        ]
    assert statuses == [421, 200, 200, 200]


def test_a_page_of_a_named_origin_may_ask() -> None:
    settings = Settings(mcp=True, cors_origins="https://cms.example")
    headers = {
        "Origin": "https://cms.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, mcp-protocol-version",
    }
    with running(settings=settings) as service:
        assert service.client.options("/mcp", headers=headers).status_code == 200
        headers["Origin"] = "https://evil.example"
        assert service.client.options("/mcp", headers=headers).status_code == 400


def test_bodies_are_bounded_as_elsewhere() -> None:
    """The library's own bound is 4 MiB."""
    settings = Settings(mcp=True, max_body_bytes=6_000_000)
    with running(settings=settings) as service:
        large = service.client.post(
            "/mcp", json=call_request(text="a" * 5_000_000), headers=HEADERS
        )
        too_large = service.client.post(
            "/mcp", json=call_request(text="a" * 7_000_000), headers=HEADERS
        )
    assert "at most 200000 characters" in large.text
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")


def test_the_deadline_ends_the_work() -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    with running(engine, Settings(mcp=True, deadline_seconds=0.5)) as service:
        engine.armed = True
        result = call(service, {"text": ARTICLE})
        assert result.isError
        assert "not finished in time" in words(result)
        assert engine.was_cancelled.wait(5)


def test_the_work_of_a_client_that_leaves_is_dropped() -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    with running(engine, Settings(mcp=True)) as service:
        engine.armed = True
        with sent(service, "/mcp", call_request(text=ARTICLE), HEADERS):
            assert engine.running.wait(5)
        assert engine.was_cancelled.wait(5)


def test_a_service_that_stops_answers_those_who_wait() -> None:
    engine = ScriptedEngine(wait_for=threading.Event())
    results: list[CallToolResult] = []
    with running(engine, Settings(mcp=True), grace=1) as service:
        engine.armed = True
        asking = threading.Thread(target=lambda: results.append(call(service, {"text": ARTICLE})))
        asking.start()
        assert engine.running.wait(5)
        service.server.should_exit = True
        asking.join(10)
    assert [words(result) for result in results] == ["The service is stopping."]


def test_nothing_of_an_article_is_logged() -> None:
    text = f"{ARTICLE} Le projet {SECRET} attend."
    engine = ScriptedEngine(error=RuntimeError(SECRET))
    with logged(log_level="debug") as lines, running(engine, Settings(mcp=True)) as service:
        engine.armed = True
        for body in (
            call_request(text=text),
            request("tools/call", name="summarize", arguments=text),
            request("tools/call", name=SECRET, arguments={"text": text}),
            request(SECRET, text=text),
            {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {SECRET: text}},
            {"jsonrpc": "2.0", SECRET: text},
            [text],
        ):
            service.client.post("/mcp", json=body, headers=HEADERS)
        until(lambda: "session.py" in lines.getvalue())
    assert "POST /mcp 200" in lines.getvalue()
    assert SECRET not in lines.getvalue()
    assert "Nuagis" not in lines.getvalue()


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "service.api.mcp", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = CliRunner(env={"BREVE_MCP": "true"}).invoke(main, ["serve", "--port", str(port)])
    assert done.exit_code == 2
    assert "[mcp]" in done.output
