"""The `breve` command: what it prints where, how it ends, and how long it takes to start."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from models.checkpoints.catalog import catalog
from models.engine import ModelError
from service.cli.main import main
from service.cli.terminal import OTHER_VARIABLES
from service.reading.pages import wrap_text
from service.settings import Settings
from tests.engines import ARTICLE, ENGLISH_TEXT, ScriptedEngine, Service, running

ROOT = Path(__file__).parents[3]
FIRST = ARTICLE[: ARTICLE.index(". ") + 1]


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
    code = "from service.cli.main import main; main(prog_name='breve')"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, check=False
    )


def seconds(*arguments: str, status: int = 0) -> float:
    """The processor time of the command, which is the same on a busy machine; the shortest of three
    runs."""
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert breve(*arguments).returncode == status
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
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
        "import sys\nfrom service.cli.main import main\n"
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
    assert done.stderr.decode().splitlines()[-1].startswith("breve: extracted:")


def test_one_failure_does_not_stop_the_rest(service: Service, article: str, tmp_path: Path) -> None:
    english = tmp_path / "english.txt"
    english.write_text(ENGLISH_TEXT, encoding="utf-8")
    missing = str(tmp_path / "missing.txt")
    result = run(
        "summarize",
        "--url",
        service.url,
        str(english),
        missing,
        str(tmp_path),
        article,
        "--length",
        "short",
    )
    assert result.exit_code == 1
    assert result.stdout == f"== {article}\n{FIRST}\n"
    for name in (str(english), missing, str(tmp_path)):
        assert f"breve: {name}: " in result.stderr
    assert "looks like 'en'" in result.stderr
    assert f"{missing}: there is no such file" in result.stderr


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
    result = run(
        "summarize", "--url", service.url, *arguments, stdin=b"\xef\xbb\xbf" + ARTICLE.encode()
    )
    assert (result.exit_code, result.stdout.startswith(FIRST)) == (0, True)


def test_standard_input_that_is_no_text(service: Service) -> None:
    result = run("summarize", "--url", service.url, "-", stdin=b"caf\xe9")
    assert result.exit_code == 1
    assert "breve: -: " in result.stderr


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_closed_standard_input(service: Service, arguments: list[str]) -> None:
    # As Python has it then
    code = (
        "import sys; sys.stdin = None; from service.cli.main import main; main(prog_name='breve')"
    )
    command = [sys.executable, "-c", code, "summarize", "--url", service.url, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if arguments else 2)
    closed = "breve: -: standard input is closed. Name a file instead."
    unnamed = "Error: Name a file, an address, or - for standard input."
    assert done.stderr.splitlines()[-1] == (closed if arguments else unnamed)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_file_whose_name_is_no_text(
    service: Service, tmp_path: Path, article: str, options: list[str]
) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xe9t\xe9.txt")
    Path(name).write_text(ARTICLE, encoding="utf-8")
    done = breve("summarize", "--url", service.url, *options, name, name + "2", article)
    assert done.returncode == 1
    assert done.stdout.decode().count(FIRST[:30]) >= 2
    assert "\ufffdt\ufffd.txt" in done.stdout.decode()
    assert "there is no such file" in done.stderr.decode()


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html><html>",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 '
        'Strict//EN" "a"><html>',
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">',
        "\n<!-- made by hand -->\n<!-- <p>on Monday</p> -->\n<!doctype html>\n<html>",
        f"<!-- {'a' * 300} --><html>",
    ],
)
def test_page(service: Service, tmp_path: Path, start: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        f"{start}<body><article><p>{ARTICLE}</p></article></body></html>", encoding="utf-8"
    )
    result = run("summarize", "--url", service.url, "--json", str(page))
    body = json.loads(result.stdout)
    evidence = body["sentences"][0]["evidence"][0]
    assert body["article"]["text"][evidence["start"] : evidence["end"]] == evidence["text"]


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
    text = json.loads(run("summarize", "--url", service.url, "--json", str(part)).stdout)[
        "article"
    ]["text"]
    assert "<" not in text


def test_the_command_and_the_page_know_html_by_the_same_signs() -> None:
    script = (ROOT / "service" / "web" / "clipboard.js").read_text(encoding="utf-8")
    (tags,) = re.findall(r"head\|[\w|\[\]-]+", script)
    assert tags in (ROOT / "service" / "reading" / "pages.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "start", ["<!-- a note -->\n\n", "<!-- -->" * 1_000, "<!-- without an end\n"]
)
def test_text_with_comments_is_no_page(service: Service, tmp_path: Path, start: str) -> None:
    text = tmp_path / "article.md"
    text.write_text(start + ARTICLE, encoding="utf-8")
    assert (
        json.loads(run("summarize", "--url", service.url, "--json", str(text)).stdout)["article"][
            "text"
        ]
        is None
    )


def test_evidence_of_english_shows_the_french_and_what_to_check(
    service: Service, article: str, terms: str
) -> None:
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
    assert not local.calls  # Two sentences are returned as they are


def test_model_that_is_not_there(article: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *_: Any) -> None:
        raise ModelError(f"No model is called {name!r}.")

    monkeypatch.setattr("models.loading.load_engine", missing)
    for result in (
        run("summarize", "--model", "nothing", article),
        run("models", "check", "nothing"),
    ):
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
    assert f"{service.url}/docs answered with status 404, but not as Brève does" in result.stderr
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        thread = threading.Thread(target=other.handle_request)
        thread.start()
        result = run("summarize", "--url", f"http://127.0.0.1:{other.server_port}", article)
        thread.join(5)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "answered with status 501" in result.stderr


@pytest.mark.parametrize("command", [["serve"], ["info"], ["summarize", "-"]])
@pytest.mark.parametrize(
    ("name", "value"), [("BREVE_PORT", "http"), ("BREVE_PORT", "70000"), ("BREVE_QUEUE_SIZE", "0")]
)
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
    code = "from service.cli.main import main; main(prog_name='breve')"
    command = [sys.executable, "-c", code, "summarize", "--url", service.url, article]
    with subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE) as process:
        os.close(write)
        _, errors = process.communicate(timeout=20)
    assert b"Traceback" not in errors


def test_serve_stops_on_sigterm() -> None:
    code = (
        "import models.loading as loading\nfrom tests.engines import ScriptedEngine\n"
        "loading.load_engine = lambda *_: ScriptedEngine()\nfrom service.cli.main import "
        "main\nmain(['serve'])"
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        environment = {**os.environ, "BREVE_PORT": str(free.getsockname()[1])}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, env=environment, cwd=ROOT, text=True
    ) as process:
        killer = threading.Timer(20, process.kill)
        killer.start()
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "running on" in line:
                process.terminate()
    killer.cancel()
    assert process.returncode in (0, -signal.SIGTERM), (
        lines
    )  # The server passes the signal on when it has stopped
    assert any("shutdown complete" in line for line in lines), lines


SERVE = (
    "import models.loading as loading\nfrom tests.engines import ScriptedEngine\n"
    "loading.load_engine = {load}\nfrom service.cli.main import main\nmain(['serve'])"
)


def served(load: str, until_said: str, **environment: str) -> tuple[int, str]:
    """The exit status and the log of `breve serve`, which is told to stop as soon as its log says
    `until_said`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        environment = {**os.environ, "BREVE_PORT": str(free.getsockname()[1]), **environment}
    command = [sys.executable, "-c", SERVE.format(load=load)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, env=environment, cwd=ROOT, text=True
    ) as process:
        killer = threading.Timer(60, process.kill)
        killer.start()
        assert process.stderr is not None
        log = ""
        for line in process.stderr:
            log += line
            if until_said and until_said in line:
                process.terminate()
    killer.cancel()
    return process.returncode, log


def test_serve_does_not_care_for_the_workers_of_others() -> None:
    status, log = served("lambda *_: ScriptedEngine()", "running on", WEB_CONCURRENCY="2")
    assert status in (0, -signal.SIGTERM), log
    assert "shutdown complete" in log


@pytest.mark.parametrize(
    ("setting", "value"),
    [("BREVE_MODEL", "nope/none"), ("BREVE_MODEL", "./none"), ("BREVE_TRANSLATOR", "breve-opus")],
)
def test_a_checkpoint_that_is_not_there_is_a_wrong_setting(
    setting: str, value: str, tmp_path: Path
) -> None:
    environment = {setting: value, "HF_HUB_CACHE": str(tmp_path), "BREVE_CACHE": str(tmp_path)}
    done = CliRunner(env=environment).invoke(main, ["serve"])
    assert done.exit_code == 2
    assert f"{setting}={value} is not on this machine" in done.output
    assert "breve models list" in done.output


def test_a_broken_worker_is_a_failure() -> None:
    status, log = served("lambda *_: 1 / 0", "", BREVE_EXIT_WHEN_BROKEN="true")
    assert status == 1, log
    assert "the worker is failed" in log
    assert "shutdown complete" in log


def test_summarising_here_does_not_load_the_service(article: str) -> None:
    code = (
        "import sys, models.loading\nfrom models.engine import ModelError\nfrom service.cli.main "
        "import main\n"
        "def fail(*_): raise ModelError('none here')\n"
        "models.loading.load_engine = fail\n"
        "try: main(['summarize', sys.argv[1]])\n"
        "finally: print({'fastapi', 'starlette', 'prometheus_client', 'service.api'} & "
        "sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, article], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "set()\n"), done.stderr
    assert "none here" in done.stderr


def shell(
    redirections: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """The command with its standard streams redirected, with the scripted engine as its model."""
    code = (
        "import models.loading as loading\nfrom tests.engines import ScriptedEngine\n"
        "loading.load_engine = lambda *_: ScriptedEngine()\nfrom service.cli.main import "
        "main\nmain(prog_name='breve')"
    )
    command = ["bash", "-c", f'"$@" {redirections}', "bash", sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, capture_output=True, check=False, cwd=ROOT, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_standard_output_of_another_charset(article: str, options: list[str]) -> None:
    Path(article).write_text(
        ARTICLE.replace("'", "’").replace("mardi", "mardi œ 中"), encoding="utf-8"
    )
    done = shell("", "summarize", *options, article, article, PYTHONIOENCODING="iso-8859-1")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    printed = done.stdout.decode("iso-8859-1")
    if options:
        assert ["L’hébergeur" in json.loads(line)["summary"] for line in printed.splitlines()] == [
            True,
            True,
        ]
    else:
        assert printed.count("L'hébergeur français Nuagis ouvre mardi oe ?") == 2


@pytest.mark.parametrize(
    ("redirections", "reason"), [("> /dev/full", b"No space left"), (">&-", b"Bad file descriptor")]
)
@pytest.mark.parametrize("options", [["--help"], ["summarize"]])
def test_standard_output_that_takes_nothing(
    article: str, redirections: str, reason: bytes, options: list[str]
) -> None:
    done = shell(redirections, *options, *([article] if options == ["summarize"] else []))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(b"breve: standard output cannot be written to: " + reason)
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


PAGE = (
    '<html><head><meta charset="iso-8859-1"></head>'
    f"<body><article><p>{ARTICLE}</p></article></body></html>"
)


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


@pytest.mark.parametrize(
    "content", [ARTICLE.encode("iso-8859-1"), ARTICLE.replace("'", "’").encode("cp1252")]
)
def test_texts_of_windows_are_read_as_the_page_reads_them(
    tmp_path: Path, local: ScriptedEngine, content: bytes
) -> None:
    path = tmp_path / "saved.txt"
    path.write_bytes(content)
    done = run("summarize", str(path))
    assert (done.exit_code, done.stdout.replace("’", "'").startswith(FIRST)) == (0, True)


def test_a_text_in_utf_16_that_was_cut_is_read_as_the_page_reads_it(
    tmp_path: Path, local: ScriptedEngine
) -> None:
    path = tmp_path / "saved.txt"
    path.write_bytes(ARTICLE.encode("utf-16")[:-1])
    assert run("summarize", str(path)).stdout.startswith(FIRST)


@pytest.mark.parametrize("address", ["HTTP://news.example/a", "Https://news.example/a"])
def test_the_scheme_of_an_address_has_no_case(
    monkeypatch: pytest.MonkeyPatch, local: ScriptedEngine, address: str
) -> None:
    monkeypatch.setattr(
        "service.fetch.pages.fetch", lambda url, **_: PAGE if url == address else ""
    )
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


def test_a_line_of_a_batch_has_its_own_glossary(
    tmp_path: Path, terms: str, local: ScriptedEngine
) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [
        {"id": 1, "text": ARTICLE},
        {"id": 2, "text": ARTICLE, "glossary": {"hébergeur": "landlord"}},
    ]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert (
        run("batch", "--lang", "en", "--glossary", terms, str(source), str(output)).exit_code == 0
    )
    first, second = (
        json.dumps(json.loads(line)["warnings"])
        for line in output.read_text(encoding="utf-8").splitlines()
    )
    assert "(data haven)" in first
    assert "(landlord)" in second


def test_a_wrong_glossary_is_wrong_usage(
    article: str, tmp_path: Path, local: ScriptedEngine
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("nonsense", encoding="utf-8")
    for done in (
        run("summarize", "--glossary", str(bad), article),
        run("summarize", article, BREVE_GLOSSARY_FILE=str(bad)),
        run("serve", BREVE_GLOSSARY_FILE=str(bad)),
    ):
        assert done.exit_code == 2
        assert "bad.toml is no TOML file of terms like" in done.stderr


def test_a_catalogue_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    for model in ("barthez", "breve-270m"):
        done = run("serve", "--model", model, BREVE_CATALOG=str(tmp_path / "none.toml"))
        assert done.exit_code == 2
        assert "BREVE_CATALOG" in done.stderr


@pytest.mark.parametrize("charset", ["utf-32-le", "utf-32-be"])
def test_files_in_utf_32(tmp_path: Path, local: ScriptedEngine, charset: str) -> None:
    path = tmp_path / "saved"
    path.write_bytes(f"\ufeff{ARTICLE}".encode(charset))
    done = run("summarize", str(path))
    assert (done.exit_code, done.stdout.startswith(FIRST)) == (0, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            '<?xml version="1.0"?><rss version="2.0"><channel><title>Fil</title></channel></rss>',
            "this is a feed, not an article",
        ),
        ('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "this is a feed, not an article"),
        ('<?xml version="1.0"?><note>Bonjour</note>', "this is XML that is no page"),
        (r"{\rtf1\ansi Bonjour}", "this is an RTF document"),
    ],
)
def test_files_that_are_no_articles_are_refused(
    tmp_path: Path, local: ScriptedEngine, content: str, words: str
) -> None:
    path = tmp_path / "file"
    path.write_text(content + ARTICLE, encoding="utf-8")
    done = run("summarize", str(path))
    assert (done.exit_code, done.stdout, words in done.stderr) == (1, "", True)


@pytest.mark.usefixtures("local")
def test_an_address_of_a_text_is_read_as_the_file_is(
    monkeypatch: pytest.MonkeyPatch, article: str
) -> None:
    Path(article).write_text(f"Nuagis ouvre une région\n\n{ARTICLE}", encoding="utf-8")
    text = Path(article).read_text(encoding="utf-8")
    monkeypatch.setattr("service.fetch.pages.fetch", lambda *_, **__: wrap_text(text))
    of_file, of_address = (
        json.loads(run("summarize", "--json", name).stdout)
        for name in (article, "https://news.example/a.txt")
    )
    assert of_file["summary"] == of_address["summary"]
    assert (
        of_file["article"]["title"] == of_address["article"]["title"] == "Nuagis ouvre une région"
    )
    assert of_address["article"]["text"] == text


def test_warnings_name_their_source_where_there_are_several(
    article: str, local: ScriptedEngine
) -> None:
    assert "\nbreve: extracted: " in run("summarize", article).stderr
    done = run("summarize", article, article)
    assert done.stderr.count(f"breve: {article}: extracted: ") == 2


def test_json_has_a_line_for_a_source_that_failed(
    article: str, tmp_path: Path, local: ScriptedEngine, service: Service
) -> None:
    missing, english = str(tmp_path / "none.txt"), tmp_path / "english.txt"
    english.write_text(ENGLISH_TEXT, encoding="utf-8")
    for options in ([], ["--url", service.url]):
        done = run("summarize", "--json", *options, missing, article, str(english))
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert [line["input"] for line in lines] == [missing, article, str(english)]
        assert [line.get("problem", {}).get("code") for line in lines] == [
            "failed",
            None,
            "not_french",
        ]
        assert "there is no such file" in lines[0]["problem"]["detail"]
        assert "request_id" not in lines[2]["problem"]
        assert done.exit_code == 1


@pytest.mark.parametrize("option", ["--model", "--translator"])
@pytest.mark.parametrize("command", [["summarize", "ARTICLE"], ["batch", "ARTICLE", "out.jsonl"]])
def test_a_service_has_its_own_model(
    article: str, service: Service, option: str, command: list[str]
) -> None:
    arguments = [article if name == "ARTICLE" else name for name in command]
    done = run(*arguments, "--url", service.url, option, "barthez")
    assert (done.exit_code, f"{option} does not work with a service" in done.stderr) == (2, True)
    variable = "BREVE_MODEL" if option == "--model" else "BREVE_TRANSLATOR"
    if command[0] == "summarize":
        assert (
            CliRunner(env={variable: "barthez"})
            .invoke(main, [*arguments, "--url", service.url])
            .exit_code
            == 0
        )


def test_only_a_glossary_that_is_too_long_is_sent_to_the_settings(
    article: str, tmp_path: Path, local: ScriptedEngine
) -> None:
    missing = run("summarize", "--glossary", str(tmp_path / "none.toml"), article)
    assert (missing.exit_code, "BREVE_GLOSSARY_FILE" in missing.stderr) == (2, False)
    long = tmp_path / "long.json"
    long.write_text(json.dumps({f"terme {k}": "term" for k in range(201)}), encoding="utf-8")
    done = run("summarize", "--glossary", str(long), article)
    assert (done.exit_code, "BREVE_GLOSSARY_FILE takes longer lists" in done.stderr) == (2, True)


def test_a_folder_that_cannot_be_named_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("models", "list", BREVE_CACHE="~no_such_user/x")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("breve: ~no_such_user/x: the home folder")


def test_every_variable_is_listed() -> None:
    done = run(
        "info", "--settings", BREVE_CACHE="/tmp/cache", BREVE_URL="", BREVE_KEY="s3cret",
        BREVE_WEBHOOK="https://hook.example/s3cret", BREVE_WEBHOOK_SECRET="s3cret",
    )  # fmt: skip
    assert "BREVE_CACHE=/tmp/cache  " in done.stdout
    assert all(f"\n{name}=" in done.stdout for name in OTHER_VARIABLES)
    assert "s3cret" not in done.stdout
    assert "\nBREVE_OTEL=false  (default false)  " in done.stdout
    assert "\nBREVE_GLOSSARY_FILE=  (default empty)  " in done.stdout
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in ("service", "models")
        for path in (ROOT / room).rglob("*.py")
    )
    named = set(re.findall(r'(?:envvar=|VARIABLE: Final = |environ\.get\()"(BREVE_\w+)"', code))
    assert (
        named
        <= {f"BREVE_{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES.keys()
    )


@pytest.mark.parametrize("command", [["summarize", "ARTICLE"], ["batch", "ARTICLE", "OUT"]])
def test_certificates_that_cannot_be_read_are_named(
    article: str, tmp_path: Path, command: list[str]
) -> None:
    names = {"ARTICLE": article, "OUT": str(tmp_path / "out.jsonl")}
    arguments = [names.get(name, name) for name in command]
    done = run(*arguments, "--url", "http://news.example", SSL_CERT_FILE="/none")
    assert (done.exit_code, done.stdout) == (1, "")
    assert (
        "breve: the certificates that SSL_CERT_FILE names cannot be used (No such file or "
        "directory): /none" in done.stderr
    )


def test_a_taken_port_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {**os.environ, "BREVE_PORT": str(taken.getsockname()[1])}
        command = [sys.executable, "-c", SERVE.format(load="lambda *_: ScriptedEngine()")]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    port = environment["BREVE_PORT"]
    assert done.stderr == (
        f"breve: port {port} of 127.0.0.1 is in use: another program, perhaps Brève itself, "
        f"listens there. "
        f"End it, or take another port: breve serve --port {int(port) + 1}\n"
    )
