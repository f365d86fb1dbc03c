"""`breve summarize` and a service that runs on this machine: it is used only where it would answer
as the model here."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service import __version__
from service.api.contract.examples import EXAMPLE_SUMMARY
from service.cli import local_service
from service.cli.main import main
from service.settings import Settings
from tests.engines import ARTICLE, ScriptedEngine, running

REVISIONS = {"breve-270m": "r1", "opus-mt": "r2"}
INFO: dict[str, Any] = {
    "version": __version__, "model": "breve-270m", "translator": "breve-opus-mt",
    "revision": "r1 + r2", "runtime": "breve int8",
    "state": "ready", "languages": ["fr", "en"], "lengths": ["short", "medium", "long"],
    "own_terms": False, "limits": {"concurrency": 16},
}  # fmt: skip
UNAUTHORIZED = {
    "type": "urn:breve:problem:unauthorized",
    "code": "unauthorized",
    "detail": "A key is needed.",
}
BUSY = {"type": "urn:breve:problem:failed", "code": "failed", "detail": "The model failed."}
TOO_SHORT = {"type": "urn:breve:problem:too_short", "code": "too_short", "detail": "Too short."}


class Program(ThreadingHTTPServer):
    """What listens on the port: it answers `/info` and all else as it is told to, and keeps what it
    was sent."""

    def __init__(
        self,
        info: Any = None,
        summary: tuple[int, dict[str, Any]] = (200, EXAMPLE_SUMMARY),
        key: str = "",
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.info, self.summary, self.key = INFO if info is None else info, summary, key
        self.asked: list[str] = []
        self.keys: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Program

    def do_GET(self) -> None:
        key = self.headers.get("Authorization")
        self.server.asked.append(self.path)
        self.server.keys.append(key)
        if self.server.key and key != f"Bearer {self.server.key}":
            self._answer(401, UNAUTHORIZED)
        else:
            self._answer(200, self.server.info)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path)
        self._answer(*self.server.summary)

    def _answer(self, status: int, body: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def listening(**options: Any) -> Iterator[Program]:
    with Program(**options) as program:
        thread = threading.Thread(target=program.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield program
        finally:
            program.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    """The model in this process, and the revisions of the checkpoints that are on this machine."""
    scripted = ScriptedEngine()
    monkeypatch.setattr("models.loading.load_engine", lambda *_: scripted)
    monkeypatch.setattr("models.loading.revision_of", REVISIONS.get)
    return scripted


def summarize(port: int, *options: str, text: str = ARTICLE, **environment: str) -> Result:
    variables = {"BREVE_NO_SERVICE": "", "BREVE_PORT": str(port), **environment}
    return CliRunner(env=variables).invoke(main, ["summarize", *options, "-"], input=text)


def test_a_service_of_the_same_version_and_models_is_used(engine: ScriptedEngine) -> None:
    with listening() as program:
        done = summarize(program.server_port)
    assert (done.exit_code, str(EXAMPLE_SUMMARY["summary"]) in done.stdout) == (0, True)
    assert program.asked == ["/info", "/summarize"]
    address = f"http://127.0.0.1:{program.server_port}"
    note = f"breve: Using the service that runs at {address}. To use none: --no-service."
    assert done.stderr.splitlines()[0] == note
    assert not engine.calls


def test_the_real_service_is_known(engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its `/info` says what is looked for."""
    monkeypatch.setattr("models.loading.revision_of", {"breve-270m": "r1"}.get)
    with running() as service:
        done = summarize(service.client.base_url.port or 0, "--translator", "")
        assert service.engine.calls
    assert (done.exit_code, "Using the service" in done.stderr) == (0, True)
    assert not engine.calls


@pytest.mark.parametrize(
    "info",
    [
        {**INFO, "version": "0.0.1"},
        {**INFO, "model": "barthez"},
        {**INFO, "revision": "r1"},
        {**INFO, "revision": "r0 + r2"},
        {**INFO, "revision": None},
        {**INFO, "state": "loading"},
        {**INFO, "languages": ["en"]},
        {**INFO, "own_terms": True},
        {"version": __version__},
        [INFO],
        b"<html>Another program</html>",
        b"",
    ],
)
def test_any_other_program_gets_no_article(engine: ScriptedEngine, info: Any) -> None:
    with listening(info=info) as program:
        done = summarize(program.server_port)
    assert (done.exit_code, program.asked) == (0, ["/info"])
    assert "Using the service" not in done.stderr
    assert engine.calls


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (["--no-service"], {}),
        (["--model", "barthez"], {}),
        (["--translator", ""], {}),
        ([], {"BREVE_MODEL": "barthez"}),
        ([], {"BREVE_TRANSLATOR": "nllb"}),
        ([], {"BREVE_RUNTIME": "torch"}),
        ([], {"BREVE_GLOSSARY_FILE": "terms.toml"}),
        ([], {"BREVE_NO_SERVICE": "1"}),
    ],
)
def test_a_service_is_left_alone_where_something_else_is_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engine: ScriptedEngine,
    options: list[str],
    environment: dict[str, str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "terms.toml").write_text('"hébergeur" = "data haven"\n', encoding="utf-8")
    with listening() as program:
        done = summarize(program.server_port, *options, **environment)
    assert (done.exit_code, "/summarize" in program.asked) == (0, False)
    assert engine.calls


def test_a_key_goes_to_a_service_that_asks_for_one_as_breve_does() -> None:
    with listening(key="secret") as program:
        assert summarize(program.server_port, BREVE_KEY="secret").exit_code == 0
        assert program.asked == ["/info", "/info", "/summarize"]
        assert program.keys == [None, "Bearer secret"]
        program.asked.clear()
        assert (
            summarize(program.server_port).exit_code == 0
        )  # Without a key the model is loaded here
        assert summarize(program.server_port, BREVE_KEY="wrong").exit_code == 0
        assert "/summarize" not in program.asked


def test_a_key_goes_to_no_other_program() -> None:
    with listening(info={"version": "0"}) as program:
        assert summarize(program.server_port, BREVE_KEY="secret").exit_code == 0
    assert program.keys == [None]


def test_a_service_that_fails_is_replaced_by_the_model_here(engine: ScriptedEngine) -> None:
    with listening(summary=(500, BUSY)) as program:
        done = summarize(program.server_port)
    assert (done.exit_code, bool(engine.calls)) == (0, True)
    assert (
        f"The service at http://127.0.0.1:{program.server_port} gave no summary; the model is "
        f"loaded here." in done.stderr
    )


def test_what_a_service_says_of_an_article_counts(engine: ScriptedEngine) -> None:
    with listening(summary=(422, TOO_SHORT)) as program:
        done = summarize(program.server_port)
    assert (done.exit_code, done.stderr.splitlines()[-1], engine.calls) == (
        1,
        "breve: -: Too short.",
        [],
    )


def test_a_silent_program_is_not_waited_for(
    engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    monkeypatch.setattr(local_service, "ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert summarize(silent.getsockname()[1]).exit_code == 0
    assert engine.calls


@pytest.mark.parametrize("port", ["", "http", "70000"])
def test_the_port_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    assert Settings.model_fields["port"].default == local_service.PORT
    asked: list[tuple[str, int]] = []

    def refuse(address: tuple[str, int], _: float) -> None:
        asked.append(address)
        raise OSError

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setenv("BREVE_PORT", port)
    assert not local_service.listens()
    assert port or asked == [("127.0.0.1", 8000)]
