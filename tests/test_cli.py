"""The `breve` command: what it prints where, how it ends, and how long it takes to start."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from models.catalog import catalog
from models.engine import ModelError
from service.cli import main
from service.settings import Settings
from tests.engines import ARTICLE, ScriptedEngine, Service, running

ROOT = Path(__file__).parent.parent
ENGLISH_TEXT = "The hosting company opens a new region in Lille this week. The site has more than a thousand servers today."
FIRST = "L'hébergeur français Nuagis ouvre mardi une nouvelle région à Lille, a annoncé sa directrice, Anne Leroy."


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running() as started:
        yield started


@pytest.fixture
def article(tmp_path: Path) -> str:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return str(path)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    """The engine that the command loads where no service is named."""
    engine = ScriptedEngine()
    monkeypatch.setattr("models.loading.load_engine", lambda *_: engine)
    return engine


def run(*arguments: str, stdin: bytes | None = None, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, arguments, input=stdin)


def breve(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    code = "from service.cli import main; main(prog_name='breve')"
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=False)


def seconds(*arguments: str) -> float:
    """The shortest of three runs: the machine may be busy."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        assert breve(*arguments).returncode == 0
        times.append(time.perf_counter() - start)
    return min(times)


def test_help_is_fast() -> None:
    assert seconds("--help") < 0.5


def test_help_of_every_command() -> None:
    for command in ([], ["summarize"], ["serve"], ["models"], ["models", "list"], ["info"]):
        result = run(*command, "--help")
        assert result.exit_code == 0
        assert "Usage:" in result.stdout


def test_help_imports_no_model_library() -> None:
    code = (
        "import sys\nfrom service.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "assert not {'torch', 'transformers', 'fastapi', 'httpx'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_client_is_fast(service: Service, article: str) -> None:
    assert seconds("summarize", "--url", service.url, article) < 1.0


def test_product_on_stdout_only(service: Service, article: str) -> None:
    done = breve("summarize", "--url", service.url, article)
    assert done.returncode == 0
    assert done.stdout.decode().startswith(FIRST)
    assert done.stdout.decode().count("\n") == 1
    assert done.stderr.decode().startswith("breve: extracted:")


def test_one_failure_does_not_stop_the_rest(service: Service, article: str, tmp_path: Path) -> None:
    english = tmp_path / "english.txt"
    english.write_text(ENGLISH_TEXT, encoding="utf-8")
    missing = str(tmp_path / "missing.txt")
    result = run("summarize", "--url", service.url, str(english), missing, str(tmp_path), article, "--length", "short")
    assert result.exit_code == 1
    assert result.stdout == f"== {article}\n{FIRST}\n"
    for name in (str(english), missing, str(tmp_path)):
        assert f"breve: {name}: " in result.stderr
    assert "'en'" in result.stderr
    assert "No such file" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["summarize", "--length", "huge", "a"],
        ["summarize", "--max-words", "3", "a"],
        ["summarize", "--lang", "de", "a"],
        ["summarize", "--nothing"],
        ["serve", "--port", "0"],
        ["models", "pull"],
        ["nothing"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage:" in result.stderr


def test_json_is_one_line_a_source(service: Service, article: str) -> None:
    result = run("summarize", "--url", service.url, "--json", "--headline", article, article)
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["input"] for line in lines] == [article, article]
    assert lines[0]["summary"].startswith(FIRST)
    assert lines[0]["headline"]
    assert lines[0]["sentences"][0]["evidence"]


@pytest.mark.parametrize("arguments", [["-"], []])
def test_standard_input(service: Service, arguments: list[str]) -> None:
    result = run("summarize", "--url", service.url, *arguments, stdin=b"\xef\xbb\xbf" + ARTICLE.encode())
    assert (result.exit_code, result.stdout.startswith(FIRST)) == (0, True)


def test_standard_input_that_is_no_text(service: Service) -> None:
    result = run("summarize", "--url", service.url, "-", stdin=b"caf\xe9")
    assert result.exit_code == 1
    assert "breve: -: " in result.stderr


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_closed_standard_input(service: Service, arguments: list[str]) -> None:
    code = "import sys; sys.stdin = None; from service.cli import main; main(prog_name='breve')"  # as Python has it then
    command = [sys.executable, "-c", code, "summarize", "--url", service.url, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if arguments else 2)
    assert done.stderr.splitlines()[-1] == (
        "breve: -: standard input is closed." if arguments else "Error: Name a file, an address, or - for standard input."
    )


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_file_whose_name_is_no_text(service: Service, tmp_path: Path, article: str, options: list[str]) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xe9t\xe9.txt")
    Path(name).write_text(ARTICLE, encoding="utf-8")
    done = breve("summarize", "--url", service.url, *options, name, name + "2", article)
    assert done.returncode == 1
    assert done.stdout.decode().count(FIRST[:30]) >= 2
    assert "\ufffdt\ufffd.txt" in done.stdout.decode()
    assert "No such file" in done.stderr.decode()


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html><html>",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "a"><html>',
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">',
        "\n<!-- made by hand -->\n<!-- <p>on Monday</p> -->\n<!doctype html>\n<html>",
        f"<!-- {'a' * 300} --><html>",
    ],
)
def test_page(service: Service, tmp_path: Path, start: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"{start}<body><article><p>{ARTICLE}</p></article></body></html>", encoding="utf-8")
    result = run("summarize", "--url", service.url, "--json", str(page))
    body = json.loads(result.stdout)
    found = body["sentences"][0]["evidence"][0]
    assert body["article"]["text"][found["start"] : found["end"]] == found["text"]


PARTS = [
    "<body>",
    '<article class="post">',
    "<div>",
    "<section>",
    "<main>",
    "<h1>Un titre</h1>",
    '<meta charset="utf-8">',
    "<p>",
    "<head>",
]


@pytest.mark.parametrize("start", PARTS)
def test_part_of_a_page(service: Service, tmp_path: Path, start: str) -> None:
    part = tmp_path / "part.html"
    part.write_text(f"<!-- copied -->\n{start}\n<div><p>{ARTICLE}</p></div>", encoding="utf-8")
    text = json.loads(run("summarize", "--url", service.url, "--json", str(part)).stdout)["article"]["text"]
    assert "<" not in text


def test_the_command_and_the_page_know_html_by_the_same_signs() -> None:
    script = (ROOT / "service" / "web" / "clipboard.js").read_text(encoding="utf-8")
    (tags,) = re.findall(r"head\|[\w|\[\]-]+", script)
    assert tags in (ROOT / "service" / "pages.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("start", ["<!-- a note -->\n\n", "<!-- -->" * 1_000, "<!-- without an end\n"])
def test_text_with_comments_is_no_page(service: Service, tmp_path: Path, start: str) -> None:
    text = tmp_path / "article.md"
    text.write_text(start + ARTICLE, encoding="utf-8")
    assert json.loads(run("summarize", "--url", service.url, "--json", str(text)).stdout)["article"]["text"] is None


def test_evidence_of_english_shows_the_french_and_what_to_check(service: Service, article: str, terms: str) -> None:
    options = ("--lang", "en", "--length", "short", "--glossary", terms)
    result = run("summarize", "--url", service.url, "--evidence", *options, article)
    lines = result.stdout.splitlines()
    sentence = next(k for k, line in enumerate(lines) if line.startswith("[1] They say that"))
    assert "(check this: " in lines[sentence]
    assert "hébergeur (data haven)" in lines[sentence]
    assert lines[sentence + 1].startswith("    French: L'hébergeur français")
    assert lines[sentence + 2].startswith("    source 0-")


def test_evidence(service: Service, article: str) -> None:
    result = run("summarize", "--url", service.url, "--evidence", "--length", "short", article)
    assert result.stdout == f"{FIRST}\n\n[1] {FIRST}\n    source 0-{len(FIRST)}: {FIRST}\n"


def test_local_model(local: ScriptedEngine, article: str) -> None:
    result = run("summarize", "--lang", "en", "--headline", article)
    assert result.exit_code == 0
    assert result.stdout.startswith("They say that")
    assert local.calls
    assert json.loads(run("summarize", "--json", article).stdout)["model"]["id"] == "scripted"


def test_local_model_says_what_is_wrong_with_an_article(local: ScriptedEngine) -> None:
    result = run("summarize", "-", stdin=ENGLISH_TEXT.encode())
    assert (result.exit_code, result.stdout) == (1, "")
    assert "'en'" in result.stderr
    assert run("summarize", "--no-language-check", "-", stdin=ENGLISH_TEXT.encode()).exit_code == 0
    assert not local.calls  # two sentences are returned as they are


def test_model_that_is_not_there(article: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *_: Any) -> None:
        raise ModelError(f"No model is called {name!r}.")

    monkeypatch.setattr("models.loading.load_engine", missing)
    for result in (run("summarize", "--model", "nothing", article), run("models", "check", "nothing")):
        assert (result.exit_code, result.stdout) == (1, "")
        assert "No model is called 'nothing'." in result.stderr


def test_service_with_a_key(article: str) -> None:
    with running(settings=Settings(api_keys=SecretStr("clé"))) as service:
        refused = run("summarize", "--url", service.url, article)
        assert refused.exit_code == 1
        assert "key is needed" in refused.stderr
        assert run("summarize", article, BREVE_URL=service.url, BREVE_KEY="clé").exit_code == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[", "nowhere"])
def test_service_that_is_not_there(url: str, article: str) -> None:
    result = run("summarize", "--url", url, article)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"no answer from {url}" in result.stderr


def test_service_that_is_another_one(service: Service, article: str) -> None:
    result = run("summarize", "--url", f"{service.url}/docs", article)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Not Found" in result.stderr
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        thread = threading.Thread(target=other.handle_request)
        thread.start()
        result = run("summarize", "--url", f"http://127.0.0.1:{other.server_port}", article)
        thread.join(5)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "answered with status 501" in result.stderr


@pytest.mark.parametrize("command", [["serve"], ["info"], ["summarize", "-"]])
@pytest.mark.parametrize(("name", "value"), [("BREVE_PORT", "http"), ("BREVE_PORT", "70000"), ("BREVE_QUEUE_SIZE", "0")])
@pytest.mark.usefixtures("local")
def test_wrong_setting_is_named(command: list[str], name: str, value: str) -> None:
    result = run(*command, stdin=ARTICLE.encode(), **{name: value})
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{name}: " in result.stderr
    assert f"given: '{value}'" in result.stderr


def test_models() -> None:
    result = run("models", "list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(catalog())


def test_info_hides_keys() -> None:
    result = run("info", "--settings", BREVE_API_KEYS="secret", BREVE_PORT="8123")
    assert result.exit_code == 0
    assert "BREVE_PORT=8123  (default 8000)" in result.stdout
    assert "runtime auto" in result.stdout.splitlines()[0]
    assert "secret" not in result.stdout
    assert all(f"BREVE_{name.upper()}=" in result.stdout for name in Settings.model_fields)


def test_closed_pipe_is_no_error(service: Service, article: str) -> None:
    """`breve … | head -1` ends quietly."""
    read, write = os.pipe()
    os.close(read)
    code = "from service.cli import main; main(prog_name='breve')"
    command = [sys.executable, "-c", code, "summarize", "--url", service.url, article]
    with subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE) as process:
        os.close(write)
        _, errors = process.communicate(timeout=20)
    assert b"Traceback" not in errors


def test_serve_stops_on_sigterm() -> None:
    code = (
        "import models.loading as loading\nfrom tests.engines import ScriptedEngine\n"
        "loading.load_engine = lambda *_: ScriptedEngine()\nfrom service.cli import main\nmain(['serve'])"
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        environment = {**os.environ, "BREVE_PORT": str(free.getsockname()[1])}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, cwd=ROOT, text=True) as process:
        killer = threading.Timer(20, process.kill)
        killer.start()
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "running on" in line:
                process.terminate()
    killer.cancel()
    assert process.returncode in (0, -signal.SIGTERM), lines  # the server passes the signal on when it has stopped
    assert any("shutdown complete" in line for line in lines), lines


def shell(redirections: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command with its standard streams redirected, with the scripted engine as its model."""
    code = (
        "import models.loading as loading\nfrom tests.engines import ScriptedEngine\n"
        "loading.load_engine = lambda *_: ScriptedEngine()\nfrom service.cli import main\nmain(prog_name='breve')"
    )
    command = ["bash", "-c", f'"$@" {redirections}', "bash", sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env={**os.environ, **environment})


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_standard_output_of_another_charset(article: str, options: list[str]) -> None:
    Path(article).write_text(ARTICLE.replace("'", "’").replace("mardi", "mardi œ 中"), encoding="utf-8")
    done = shell("", "summarize", *options, article, article, PYTHONIOENCODING="iso-8859-1")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    printed = done.stdout.decode("iso-8859-1")
    if options:
        assert ["L’hébergeur" in json.loads(line)["summary"] for line in printed.splitlines()] == [True, True]
    else:
        assert printed.count("L'hébergeur français Nuagis ouvre mardi oe ?") == 2


@pytest.mark.parametrize(("redirections", "said"), [("> /dev/full", b"No space left"), (">&-", b"Bad file descriptor")])
@pytest.mark.parametrize("options", [["--help"], ["summarize"]])
def test_standard_output_that_takes_nothing(article: str, redirections: str, said: bytes, options: list[str]) -> None:
    done = shell(redirections, *options, *([article] if options == ["summarize"] else []))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(b"breve: standard output cannot be written to: " + said)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("redirections", ["2>&-", "2> /dev/full"])
def test_standard_error_that_takes_nothing(article: str, tmp_path: Path, redirections: str) -> None:
    done = shell(redirections, "summarize", article)
    assert (done.returncode, done.stdout.decode().startswith(FIRST)) == (0, True)
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": 1, "text": ARTICLE}) + "\n", encoding="utf-8")
    done = shell(redirections, "batch", str(source), str(output))
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads(output.read_text(encoding="utf-8"))["summary"].startswith(FIRST)


PAGE = f'<html><head><meta charset="iso-8859-1"></head><body><article><p>{ARTICLE}</p></article></body></html>'


@pytest.mark.parametrize(
    "content",
    [
        PAGE.encode("iso-8859-1"),
        PAGE.replace("'", "’").encode("cp1252"),
        PAGE.encode("utf-16"),
        ARTICLE.encode("utf-16"),
        "\ufeff".encode("utf-16-be") + PAGE.encode("utf-16-be"),
        PAGE.encode("utf-8-sig"),
    ],
)
def test_files_of_other_charsets(tmp_path: Path, local: ScriptedEngine, content: bytes) -> None:
    path = tmp_path / "saved"
    path.write_bytes(content)
    done = run("summarize", str(path))
    assert (done.exit_code, done.stdout.replace("’", "'").startswith(FIRST)) == (0, True)


@pytest.mark.parametrize("content", [ARTICLE.encode("iso-8859-1"), ARTICLE.encode("utf-16")[:-1]])
def test_text_of_an_unknown_charset_is_refused(tmp_path: Path, local: ScriptedEngine, content: bytes) -> None:
    path = tmp_path / "saved.txt"
    path.write_bytes(content)
    done = run("summarize", str(path))
    assert (done.exit_code, done.stderr) == (1, f"breve: {path}: this is no text in UTF-8; save it as UTF-8.\n")


@pytest.mark.parametrize("address", ["HTTP://news.example/a", "Https://news.example/a"])
def test_the_scheme_of_an_address_has_no_case(monkeypatch: pytest.MonkeyPatch, local: ScriptedEngine, address: str) -> None:
    monkeypatch.setattr("service.fetch.fetch", lambda url, **_: PAGE if url == address else "")
    assert run("summarize", address).stdout.startswith(FIRST)


@pytest.fixture
def terms(tmp_path: Path) -> str:
    path = tmp_path / "terms.toml"
    path.write_text('"hébergeur" = "data haven"\n', encoding="utf-8")
    return str(path)


def test_a_glossary_file_is_held_to(article: str, terms: str, local: ScriptedEngine) -> None:
    done = run("summarize", "--lang", "en", "--glossary", terms, article)
    assert done.exit_code == 0
    assert "hébergeur (data haven)" in done.stderr
    assert "hosting provider" not in run("summarize", "--lang", "en", article).stderr


def test_the_glossary_reaches_the_service(article: str, terms: str, service: Service) -> None:
    done = run("summarize", "--lang", "en", "--glossary", terms, "--url", service.url, article)
    assert "hébergeur (data haven)" in done.stderr


def test_the_settings_name_a_glossary(article: str, terms: str, local: ScriptedEngine) -> None:
    done = run("summarize", "--lang", "en", article, BREVE_GLOSSARY_FILE=terms)
    assert "hébergeur (data haven)" in done.stderr


def test_a_line_of_a_batch_has_its_own_glossary(tmp_path: Path, terms: str, local: ScriptedEngine) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [{"id": 1, "text": ARTICLE}, {"id": 2, "text": ARTICLE, "glossary": {"hébergeur": "landlord"}}]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert run("batch", "--lang", "en", "--glossary", terms, str(source), str(output)).exit_code == 0
    first, second = (json.dumps(json.loads(line)["warnings"]) for line in output.read_text(encoding="utf-8").splitlines())
    assert "(data haven)" in first
    assert "(landlord)" in second


def test_a_wrong_glossary_is_wrong_usage(article: str, tmp_path: Path, local: ScriptedEngine) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("nonsense", encoding="utf-8")
    for done in (
        run("summarize", "--glossary", str(bad), article),
        run("summarize", article, BREVE_GLOSSARY_FILE=str(bad)),
        run("serve", BREVE_GLOSSARY_FILE=str(bad)),
    ):
        assert done.exit_code == 2
        assert "bad.toml is no TOML file of terms like" in done.stderr
