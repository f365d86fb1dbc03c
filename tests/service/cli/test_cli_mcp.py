"""`breve mcp`: started and asked by the client of the protocol's own library, or line by line."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from click.testing import CliRunner
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult

from service.cli.main import main
from tests.engines import ARTICLE, until
from tests.service.api.test_mcp import words

T = TypeVar("T")
ROOT = Path(__file__).parents[3]
BREVE = "from service.cli.main import main; main(['mcp'])"
# An engine that prints to standard output what it does. A test sees it on standard error, as
# standard output is the protocol's. Texts like WAIT have no summary until they are cancelled.
SCRIPTED = """
import threading
import models.loading
from tests.engines import Cancelled, ScriptedEngine

class Engine(ScriptedEngine):
    def generate(self, requests, cancelled):
        self.armed = "attend l" in requests[0].text
        try:
            print("WAITING" if self.armed else "WORKING", flush=True)
            return super().generate(requests, cancelled)
        except Cancelled:
            print("CANCELLED", flush=True)
            raise

def load(*_):
    print("LOADED", flush=True)
    return Engine(threading.Event())

models.loading.load_engine = load
"""
WAIT = f"{ARTICLE} La ville attend l'ouverture."
BEGIN = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "t", "version": "1"},
}


def talk(work: Callable[[ClientSession], Awaitable[T]], code: str = SCRIPTED + BREVE) -> T:
    """What `work` gets of a client that has started the command."""

    async def begin() -> T:
        environment = {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
        command = StdioServerParameters(
            command=sys.executable, args=["-c", code], env=environment, cwd=ROOT
        )
        with Path(os.devnull).open("w") as errors:
            async with (
                stdio_client(command, errors) as (requests, answers),
                ClientSession(requests, answers) as session,
            ):
                await session.initialize()
                return await work(session)

    return anyio.run(begin)


class Lines:
    """The command, asked line by line."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        self.process, self._errors = process, errors

    def send(self, method: str, number: int | None = None, **params: Any) -> None:
        assert self.process.stdin
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        numbered = message if number is None else {**message, "id": number}
        self.process.stdin.write(json.dumps(numbered) + "\n")
        self.process.stdin.flush()

    def call(self, number: int, text: str) -> None:
        self.send("tools/call", number, name="summarize", arguments={"text": text})

    def read(self) -> dict[str, Any]:
        assert self.process.stdout
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def errors(self) -> str:
        """What standard error has so far."""
        return self._errors.read_text(encoding="utf-8")


@contextmanager
def started(errors: Path, before: str = SCRIPTED, **environment: str) -> Iterator[Lines]:
    """The command, which has greeted its client."""
    with (
        errors.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-c", before + BREVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment},
        ) as process,
    ):
        lines = Lines(process, errors)
        lines.send("initialize", 0, **BEGIN)
        assert lines.read()["result"]["serverInfo"]["name"] == "breve"
        lines.send("notifications/initialized")
        try:
            yield lines
        finally:
            process.kill()


def test_a_client_gets_summaries_and_problems() -> None:
    async def work(session: ClientSession) -> list[CallToolResult]:
        texts = (ARTICLE, "Nuagis ouvre", ARTICLE)
        return [await session.call_tool("summarize", {"text": text}) for text in texts]

    good, short, again = talk(work)
    assert good.structuredContent is not None
    assert good.structuredContent["sentences"][0]["evidence"]
    assert json.loads(words(good)) == good.structuredContent
    assert short.isError
    assert words(short) == "The article has 2 words; at least 8 are needed."
    assert again == good


def test_the_model_is_loaded_once_by_the_first_article(tmp_path: Path) -> None:
    with started(tmp_path / "errors") as lines:
        lines.send("tools/list", 1)
        assert lines.read()["result"]["tools"][0]["name"] == "summarize"
        lines.send("tools/call", 2, name="summarize", arguments={})
        assert lines.read()["result"]["isError"]
        assert "LOADED" not in lines.errors()
        for number in (3, 4):
            lines.call(number, ARTICLE)
        assert {lines.read()["id"], lines.read()["id"]} == {3, 4}
        assert lines.process.stdin
        lines.process.stdin.close()
        assert lines.process.wait(10) == 0
        assert lines.process.stdout
        assert lines.process.stdout.read() == ""
        assert lines.errors().count("LOADED") == 1


def test_a_call_that_is_cancelled_ends_its_work(tmp_path: Path) -> None:
    with started(tmp_path / "errors") as lines:
        lines.call(1, ARTICLE)
        assert "result" in lines.read()
        lines.call(2, WAIT)
        until(lambda: "WAITING" in lines.errors())
        lines.send("notifications/cancelled", requestId=2)
        assert "error" in lines.read()
        until(lambda: "CANCELLED" in lines.errors())
        lines.call(3, f"{ARTICLE} Encore.")
        assert lines.read()["id"] == 3


def test_the_deadline_ends_the_work(tmp_path: Path) -> None:
    with started(tmp_path / "errors", BREVE_DEADLINE_SECONDS="0.5") as lines:
        lines.call(1, WAIT)
        result = lines.read()["result"]
        assert result["isError"]
        assert "not finished in time" in result["content"][0]["text"]
        until(lambda: "CANCELLED" in lines.errors())


def test_a_client_that_leaves_ends_the_command(tmp_path: Path) -> None:
    with started(tmp_path / "errors") as lines:
        lines.call(1, WAIT)
        until(lambda: "WAITING" in lines.errors())
        assert lines.process.stdin
        lines.process.stdin.close()
        assert lines.process.wait(10) == 0


def test_a_client_that_reads_no_more_is_no_crash(tmp_path: Path) -> None:
    with started(tmp_path / "errors") as lines:
        assert lines.process.stdin
        assert lines.process.stdout
        lines.process.stdout.close()
        lines.send("ping", 1)
        lines.process.stdin.close()
        assert lines.process.wait(10) == 0
        assert "Traceback" not in lines.errors()


def test_a_model_that_cannot_be_loaded_is_told() -> None:
    code = f"import os; os.environ['BREVE_MODEL'] = '/nowhere/model'; {BREVE}"

    async def work(session: ClientSession) -> CallToolResult:
        return await session.call_tool("summarize", {"text": ARTICLE})

    result = talk(work, code)
    assert result.isError
    assert "/nowhere/model" in words(result)


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "service.api.mcp", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    done = CliRunner().invoke(main, ["mcp"])
    assert done.exit_code == 2
    assert "[mcp]" in done.output


def test_a_limit_of_services_needs_no_packages_here(tmp_path: Path) -> None:
    without = f"import sys; sys.modules['redis'] = None; {SCRIPTED}"
    limit = {"BREVE_RATE_LIMIT": "1/hour", "BREVE_RATE_LIMIT_STORE": "redis://localhost"}
    with started(tmp_path / "errors.txt", without, **limit) as lines:
        lines.send("ping", 1)
        assert lines.read()["result"] == {}


def test_a_person_is_told_what_it_is_for() -> None:
    _, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", BREVE], stdin=terminal, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "docs/mcp.md" in done.stderr


@pytest.mark.model
def test_the_model_answers() -> None:
    text = (ROOT / "examples" / "article.txt").read_text(encoding="utf-8")

    async def work(session: ClientSession) -> CallToolResult:
        return await session.call_tool("summarize", {"text": text, "length": "short"})

    result = talk(work, BREVE)
    assert result.structuredContent is not None
    assert "Nuagis" in result.structuredContent["summary"]
    assert result.structuredContent["sentences"][0]["supported"]
