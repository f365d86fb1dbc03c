"""Under a French locale the command line says nothing in English."""

import ast
import importlib
import json
import re
import string
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from models.checkpoints.catalog import catalog
from models.engine import EngineDescription, GenerateRequest, GenerateResult, Task
from models.wording import WordedError
from service.cli.main import main
from service.cli.output.messages import translated
from service.cli.terminal import OTHER_VARIABLES
from service.settings import Settings
from service.text.tables import table
from tests.engines import ARTICLE, ScriptedEngine

ROOT = Path(__file__).parents[3]
FRENCH = {
    english: french
    for part in table("service.cli.output", "french").values()
    for english, french in part.items()
}
ENGLISH_WORDS = re.compile(
    r"\b(?:the|is|are|was|were|has|have|be|and|or|of|to|that|this|with|for|from|cannot|could|"
    r"should|not|no|an|at|its|it|which|where|value|input|file|expected|given|your)\b",
    re.IGNORECASE,
)
# What is no sentence: names of files, settings and options, commands, what a library says.
NAMES = re.compile(
    r"« [^»]* »|`[^`]*`|\S*[/_=]\S*|--\S+|\S+\.\w+|'[^']*'|breve \w.*|pip \w.*|\[\S+\]|"
    r"Gemma Terms of Use"
)


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env={"LC_ALL": "fr_FR.UTF-8", **environment}).invoke(main, arguments)


# --- The table is whole. ---


def modules() -> Iterator[Path]:
    """The modules whose errors and log lines a user of the command line may meet."""
    for room in ("models", "service"):
        for path in (ROOT / room).rglob("*.py"):
            if not {"training", "api"} & set(path.relative_to(ROOT).parts):
                yield path


def worded_errors(kind: type[WordedError] = WordedError) -> Iterator[str]:
    yield kind.__name__
    for below in kind.__subclasses__():
        yield from worded_errors(below)


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """The calls that make an error with a sentence, or log one."""
    for room in ("fetch.errors", "scoring.items", "bench.texts", "english.lexicon.glossary"):
        importlib.import_module(f"service.{room}")
    importlib.import_module("models.runtimes.conversion")
    makers = set(worded_errors())
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            function = node.func
            is_error = isinstance(function, ast.Name) and function.id in makers
            is_log = (
                path.is_relative_to(ROOT / "models")
                and isinstance(function, ast.Attribute)
                and isinstance(function.value, ast.Name)
                and function.value.id == "logger"
            )
            if is_error or is_log:
                yield path, node


def sentences() -> Iterator[tuple[Path, str, set[str]]]:
    """Sentences with the names of their values."""
    for path, call in calls():
        sentence = call.args[0]
        # What measures alone says stands in the report of `breve bench`, which is in English.
        is_report = path.parent.name == "bench" and path.stem not in ("texts", "comparison")
        if isinstance(sentence, ast.Constant) and not is_report:
            yield path, str(sentence.value), {str(word.arg) for word in call.keywords}
        elif not is_report:
            assert not isinstance(sentence, ast.JoinedStr | ast.BinOp), ast.unparse(call)


def values_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_each_sentence_of_an_error_or_a_log_line_has_its_french() -> None:
    lacking = {sentence for _, sentence, _ in sentences() if sentence not in FRENCH}
    assert not lacking
    assert len(list(sentences())) > 60


def test_the_french_of_a_sentence_needs_no_other_values() -> None:
    for path, sentence, given in sentences():
        french = FRENCH[sentence]
        if path.is_relative_to(ROOT / "models") and "%s" in sentence:
            assert re.findall("%[sd]", french) == re.findall("%[sd]", sentence)
        else:
            assert values_of(french) <= given, sentence


def test_settings_and_models_are_described_in_french() -> None:
    words = [
        *(field.description or "" for field in Settings.model_fields.values()),
        *OTHER_VARIABLES.values(),
        *(entry.about for entry in catalog().values()),
        *Task,
    ]
    assert not [text for text in words if text not in FRENCH]


# --- Real situations. ---


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an article, and with files that have something wrong with them."""
    files = {
        "article.txt": ARTICLE,
        "broken.toml": "jumeau = = twin",
        "broken.json": "{",
        "array.json": "[]",
        "empty.toml": '"" = "a"',
        "long.toml": f'"{"a" * 90}" = "a"',
        "many.json": json.dumps({f"terme {number}": "term" for number in range(201)}),
        "unknown.toml": '[ours]\nid = "a/b"\nsize = 3\n',
        "wrong.toml": '[ours]\nid = "a/b"\nwindow = "wide"\n',
        "taken.toml": '[opus-mt]\nid = "a/b"\n',
        "pairs.tsv": "une phrase\n",
        "lines.jsonl": "{",
        "fields.jsonl": '{"a": 1}\n',
        "no_lines.jsonl": "",
        "articles.jsonl": json.dumps({"text": ARTICLE}) + "\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "latin.tsv").write_bytes("été\tsummer\n".encode("latin-1"))
    configurations = {
        "no_configuration": None,
        "broken_configuration": "{",
        "other_type": '{"model_type": "rnn"}',
        "no_weights": '{"model_type": "mt5"}',
    }
    for name, configuration in configurations.items():
        (tmp_path / name).mkdir()
        if configuration:
            (tmp_path / name / "config.json").write_text(configuration, encoding="utf-8")
    translator = tmp_path / "translator"
    translator.mkdir()
    (translator / "config.json").write_text('{"model_type": "marian"}', encoding="utf-8")
    (translator / "breve.json").write_text('{"tasks": ["translation"]}', encoding="utf-8")
    return tmp_path


ARTICLE_FILE = "FOLDER/article.txt"
MODELS: dict[str, list[str]] = {
    name: ["summarize", "--model", model, ARTICLE_FILE]
    for name, model in {
        "unknown": "nope",
        "no_folder": "./nope",
        "not_pulled": "owner/name",
        "no_configuration": "FOLDER/no_configuration",
        "broken_configuration": "FOLDER/broken_configuration",
        "other_type": "FOLDER/other_type",
        "no_weights": "FOLDER/no_weights",
        "translator": "FOLDER/translator",
    }.items()
}
GLOSSARIES: dict[str, list[str]] = {
    name: ["summarize", "--lang", "en", "--glossary", f"FOLDER/{name}", ARTICLE_FILE]
    for name in (
        "none.toml",
        "broken.toml",
        "broken.json",
        "array.json",
        "empty.toml",
        "long.toml",
        "many.json",
        "latin.tsv",
    )
}
MEASURES: dict[str, list[str]] = {
    **{
        name: ["eval", "--system", "lead", f"FOLDER/{name}"]
        for name in ("pairs.tsv", "latin.tsv", "lines.jsonl", "fields.jsonl", "no_lines.jsonl")
    },
    "contenders": ["bench", "--contenders", "nope"],
    "lead_of_titles": ["eval", "--system", "lead", "--headlines", "FOLDER/pairs.tsv"],
}
OTHERS: dict[str, list[str]] = {
    "list": ["models", "list"],
    "settings": ["info", "--settings"],
    "pull": ["models", "pull", "nope"],
    "check": ["models", "check", "nope"],
    "open": ["serve", "--host", "0.0.0.0"],
    "no_checkpoint": ["serve", "--model", "barthez"],
    "no_address": ["serve", "--host", "192.0.2.1"],
    "dead_service": ["summarize", "--url", "http://127.0.0.1:1", ARTICLE_FILE],
    "dead_service_of_a_batch": [
        "batch", "--url", "http://127.0.0.1:1", "FOLDER/articles.jsonl", "FOLDER/out.jsonl"
    ],
    "no_file_of_a_batch": ["batch", "FOLDER/none.jsonl", "FOLDER/out.jsonl"],
    "folder_for_a_batch": ["batch", "FOLDER", "FOLDER/out.jsonl"],
    "no_folder_of_a_batch": ["batch", "FOLDER/articles.jsonl", "FOLDER/none/out.jsonl"],
    "no_scheme": ["summarize", "http://"],
}  # fmt: skip
VARIABLES = {
    "BREVE_PORT": ("x", "0", "70000", "80.5"),
    "BREVE_THREADS": ("1.5", "-1"),
    "BREVE_ALLOW_PICKLE": ("perhaps",),
    "BREVE_RUNTIME": ("jax",),
    "BREVE_DEADLINE_SECONDS": ("0", "soon", "9999"),
    "BREVE_RATE_LIMIT": ("many",),
    "BREVE_RATE_LIMIT_STORE": ("memory://",),
    "BREVE_LOG_LEVEL": ("loud",),
    "BREVE_API_KEYS": ("sha256:none",),
    "BREVE_CORS_ORIGINS": ("ftp://a",),
    "BREVE_MAX_BODIES_BYTES": ("1",),
    "BREVE_GLOSSARY_FILE": ("FOLDER/none.toml", "FOLDER/broken.toml"),
    "BREVE_CATALOG": (
        "FOLDER/none.toml",
        "FOLDER/broken.toml",
        "FOLDER/unknown.toml",
        "FOLDER/wrong.toml",
        "FOLDER/taken.toml",
    ),
    "BREVE_CACHE": ("~no_such_user/x", "FOLDER/article.txt"),
    "HTTPS_PROXY": ("ftp://a",),
    "SSL_CERT_FILE": ("FOLDER/none.pem",),
}


def check_french(done: Result, folder: Path) -> None:
    words = NAMES.sub(" ", (done.stdout + done.stderr).replace(str(folder), "FOLDER"))
    english = sorted({word.lower() for word in ENGLISH_WORDS.findall(words)})
    assert not english, done.output
    assert (done.stdout + done.stderr).strip()
    assert not isinstance(done.exception, Exception), done.exception


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(arguments, id=name)
        for situations in (MODELS, GLOSSARIES, MEASURES, OTHERS)
        for name, arguments in situations.items()
    ],
)
def test_no_english_is_said(arguments: list[str], folder: Path) -> None:
    named = [argument.replace("FOLDER", str(folder)) for argument in arguments]
    check_french(run(*named, BREVE_TRANSLATOR=""), folder)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in VARIABLES.items() for value in values]
)
def test_no_english_is_said_of_a_variable(name: str, value: str, folder: Path) -> None:
    variables = {name: value.replace("FOLDER", str(folder))}
    source = "https://127.0.0.1:1/" if name.startswith(("HTTPS", "SSL")) else ARTICLE_FILE
    done = run("summarize", source.replace("FOLDER", str(folder)), **variables)
    assert done.exit_code in (1, 2)
    check_french(done, folder)


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kinds = {"/feed": "application/rss+xml", "/pdf": "application/pdf", "/rtf": "text/plain"}
        self.send_response(404 if self.path == "/none" else 302 if self.path == "/loop" else 200)
        self.send_header("Content-Type", kinds.get(self.path, "text/html"))
        self.send_header("Location", "/loop")
        if self.path == "/packed":
            self.send_header("Content-Encoding", "br")
        self.end_headers()
        self.wfile.write(b"{\\rtf1 a" if self.path == "/rtf" else b"<p>a")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Pages) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", ["/none", "/loop", "/feed", "/pdf", "/rtf", "/packed"])
def test_no_english_is_said_of_a_page(site: str, path: str, folder: Path) -> None:
    check_french(run("summarize", site + path), folder)


class _OnlyFrench(ScriptedEngine):
    def describe(self) -> EngineDescription:
        return EngineDescription("only", "r1", "a", "b", (Task.SUMMARY,), 200, "Apache-2.0")


@pytest.mark.parametrize("command", [["summarize"], ["batch"]])
def test_no_english_is_said_where_the_model_has_none(
    command: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.loading.load_engine", lambda *_: _OnlyFrench())
    files = {
        "summarize": [str(folder / "article.txt")],
        "batch": [str(folder / "articles.jsonl"), str(folder / "out.jsonl")],
    }
    done = run(*command, "--lang", "en", *files[command[0]])
    assert done.exit_code == 2
    check_french(done, folder)


class _Repeating(ScriptedEngine):
    @staticmethod
    def _answer(request: GenerateRequest, rank: int) -> str:
        return request.text  # French, whatever was asked for


class _Failing(ScriptedEngine):
    def generate(self, *_: Any, **__: Any) -> list[GenerateResult]:
        raise IndexError("index out of range")


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (_Repeating(), "traduction: la réponse semble être en 'fr', non en 'en'"),
        (_Failing(), "résumé: échec : IndexError : « index out of range »"),
    ],
)
def test_a_model_is_checked_in_french(
    engine: ScriptedEngine, words: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.loading.load_checkpoint", lambda *_: engine)
    done = run("models", "check", "any")
    assert done.stdout.startswith("scripted, révision r1 : scripted, python, fenêtre de 200\n")
    assert f"breve: {words}\n" in done.stderr
    check_french(done, folder)


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        ConnectionRefusedError(111, "Connection refused"),
        ValueError("Repo id must be in the form"),
    ],
)
def test_a_download_that_fails_is_told_in_french(
    error: Exception, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    check_french(run("models", "pull", "owner/name"), folder)


def test_the_steps_of_a_build_are_told_in_french(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.builtin.fetching import logger

    steps = [
        partial(logger.info, "%s: fetching %d of %d, %s", "the built-in model", 1, 9, "a 1.0"),
        partial(logger.info, "%s: reading its weights", "the built-in translator"),
        partial(logger.warning, "%s runs on torch, which is slower: %s", "a", OSError(13, "x")),
    ]

    def load(*_: Any) -> ScriptedEngine:
        for step in steps:
            step()
        return ScriptedEngine()

    monkeypatch.setattr("models.loading.load_engine", load)
    done = run("summarize", str(folder / "article.txt"))
    lines = done.stderr.splitlines()
    assert "breve: le modèle d’origine : téléchargement de 1 sur 9, a 1.0" in lines
    assert "breve: le traducteur d’origine : lecture de ses poids" in lines
    check_french(done, folder)


def test_a_sentence_without_french_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert translated("Nothing of the kind.") == "Nothing of the kind."
