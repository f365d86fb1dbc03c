"""What `breve summarize` refuses before any model is loaded, and what it says of it."""

import errno
import gc
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from models.engine import ModelError
from service.cli.main import main
from service.cli.sources import decode
from service.cli.terminal import NEW_OBJECTS, _is_built
from tests.engines import ARTICLE, ENGLISH_TEXT, ScriptedEngine

ROOT = Path(__file__).parents[3]


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, arguments)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was loaded."""
    loaded: list[Any] = []

    def load(*arguments: Any) -> ScriptedEngine:
        loaded.append(arguments)
        return ScriptedEngine()

    monkeypatch.setattr("models.loading.load_engine", load)
    return loaded


def word_document(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", f"<w:t>{ARTICLE}</w:t>")


def write_files(folder: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    (folder / "short.txt").write_text("Bonjour.", encoding="utf-8")
    (folder / "english.txt").write_text(ENGLISH_TEXT, encoding="utf-8")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 40)
    (folder / "late.txt").write_bytes(ARTICLE.encode() * 20 + b"\0\1\2")
    (folder / "article.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)))
    word_document(folder / "article.docx")
    (folder / "article.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    (folder / "article.odt").write_bytes(
        b"PK\x03\x04\x14\0mimetypeapplication/vnd.oasis.opendocument.text" + bytes(99)
    )
    (folder / "articles.zip").write_bytes(b"PK\x03\x04\x14\0article.txt" + bytes(99))
    (folder / "folder").mkdir()


REFUSALS = {
    "empty.txt": "No article text is left",
    "short.txt": "at least 8 are needed",
    "english.txt": "it looks like 'en'. If it is French: --no-language-check.",
    "photo.jpg": "this is no text: save the article as text or HTML.",
    "late.txt": "this is no text: save the article as text or HTML.",
    "article.pdf": "this is a PDF document, not a text: export it as text or HTML.",
    "article.docx": "this is a Word document, not a text: export it as text or HTML.",
    "article.doc": "this is a Word document, not a text: export it as text or HTML.",
    "article.odt": "this is an OpenDocument file, not a text: export it as text or HTML.",
    "articles.zip": "this is a packed file, not a text: unpack it, and name the article in it.",
    "folder": "this is a folder. Name the files in it, like ",
    "none.txt": "there is no such file. Check the name",
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_can_be_refused_is_refused_before_the_model_is_loaded(
    tmp_path: Path, loads: list[Any], name: str
) -> None:
    write_files(tmp_path)
    done = run("summarize", str(tmp_path / name))
    assert (done.exit_code, done.stdout, loads) == (1, "", [])
    assert REFUSALS[name] in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Errno" not in done.stderr


@pytest.mark.parametrize("name", ["article.pdf", "none.txt"])
def test_the_name_of_a_file_is_said_once(tmp_path: Path, name: str) -> None:
    write_files(tmp_path)
    assert run("summarize", str(tmp_path / name)).stderr.count(name) == 1


@pytest.mark.parametrize("name", ["empty.txt", "short.txt", "english.txt", "photo.jpg"])
def test_refusals_import_no_model_library(tmp_path: Path, name: str) -> None:
    write_files(tmp_path)
    code = (
        "import resource, sys\nfrom service.cli.main import main\n"
        "try: main(['summarize', sys.argv[1]])\n"
        "except SystemExit as end: assert end.code == 1\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print({'torch', 'transformers', 'ctranslate2', 'numba', 'httpx', 'pydantic_settings'} & "
        "sys.modules.keys())\n"
        "print(used.ru_utime + used.ru_stime)"
    )
    environment = {**os.environ, "BREVE_NO_SERVICE": ""}  # To look for one costs next to nothing
    command = [sys.executable, "-c", code, str(tmp_path / name)]
    runs = [
        subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        for _ in range(3)
    ]
    assert {done.stdout.splitlines()[0] for done in runs} == {"set()"}
    assert min(float(done.stdout.splitlines()[1]) for done in runs) < 1


def test_a_refused_source_does_not_stop_the_rest_and_the_model_is_loaded_once(
    tmp_path: Path, loads: list[Any]
) -> None:
    write_files(tmp_path)
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    done = run(
        "summarize",
        str(tmp_path / "english.txt"),
        str(article),
        str(tmp_path / "short.txt"),
        str(article),
    )
    assert (done.exit_code, done.stdout.count("== "), len(loads)) == (1, 2, 1)


def test_the_model_waits_until_it_has_to_write(tmp_path: Path, loads: list[Any]) -> None:
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    assert run("summarize", str(article)).exit_code == 0
    ((*_, defers),) = loads
    assert defers


def test_garbage_is_rarely_looked_for_while_the_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def load(*_: Any) -> ScriptedEngine:
        seen.append(gc.get_threshold()[0])
        return ScriptedEngine()

    monkeypatch.setattr("models.loading.load_engine", load)
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    before = gc.get_threshold()
    assert run("summarize", str(article)).exit_code == 0
    assert (seen, gc.get_threshold()) == ([NEW_OBJECTS], before)


def test_a_model_that_cannot_be_loaded_is_tried_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Any] = []

    def fail(*arguments: Any) -> None:
        tries.append(arguments)
        raise ModelError("No model here.")

    monkeypatch.setattr("models.loading.load_engine", fail)
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    done = run("summarize", str(article), str(article))
    assert (done.exit_code, done.stderr.count("No model here."), len(tries)) == (1, 2, 1)


def test_a_wrong_glossary_of_the_settings_is_told_before_the_model_is_loaded(
    tmp_path: Path, loads: list[Any]
) -> None:
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    done = run("summarize", str(article), BREVE_GLOSSARY_FILE=str(tmp_path / "none.toml"))
    assert (done.exit_code, "BREVE_GLOSSARY_FILE" in done.stderr, loads) == (2, True, [])


def test_a_file_that_may_not_be_read_is_told_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "article.txt")

    monkeypatch.setattr(Path, "open", refuse)
    done = run("summarize", "article.txt")
    assert (
        done.exit_code,
        done.stderr.startswith("breve: article.txt: you may not read this file."),
    ) == (1, True)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/a", "nothing answers at this address."),
        ("http://nowhere.invalid/a", "no site has this name."),
    ],
)
def test_a_dead_address_is_told_in_plain_words(loads: list[Any], address: str, words: str) -> None:
    done = run("summarize", address)
    assert (done.exit_code, loads) == (1, [])
    assert done.stderr.splitlines()[-1].startswith(f"breve: {address}: {words}")


def test_loading_and_writing_are_shown_where_there_is_no_terminal(
    tmp_path: Path, loads: list[Any]
) -> None:
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    lines = run("summarize", "--lang", "en", str(article)).stderr.splitlines()
    start = ["breve: Loading the model…", "breve: Writing the summary…", "breve: Translating it…"]
    assert lines[:3] == start or lines[1:3] == start[1:]
    assert len(loads) == 1


def test_the_first_build_is_announced(tmp_path: Path, loads: list[Any]) -> None:
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    done = run("summarize", str(article), BREVE_CACHE=str(tmp_path / "cache"))
    assert done.stderr.startswith("breve: Building the model: about a minute, once…\n")
    assert _is_built("barthez", "")  # Which is not built, but pulled


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("été".encode(), "été"),
        ("été".encode("latin-1"), "été"),
        ("l’été – 5 €".encode("cp1252"), "l’été – 5 €"),
        ("\ufeffété".encode("utf-16-le"), "été"),
        (
            "<html><meta charset=iso-8859-15><p>5 €".encode("iso-8859-15"),
            "<html><meta charset=iso-8859-15><p>5 €",
        ),
    ],
)
def test_bytes_are_read_as_the_page_reads_them(raw: bytes, text: str) -> None:
    assert decode(raw) == text


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("192.0.2.1", "192.0.2.1 is no address of this machine"),
        ("nowhere.invalid", "nowhere.invalid is no address of this machine"),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_told(
    loads: list[Any], host: str, words: str
) -> None:
    done = run("serve", "--host", host, BREVE_ALLOW_OPEN="true")
    assert (done.exit_code, words in done.stderr, loads) == (1, True, [])


def test_a_port_of_the_system_is_told(loads: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("socket.socket.bind", refuse)
    done = run("serve", "--port", "80")
    assert (done.exit_code, "those below 1024 are the system’s" in done.stderr, loads) == (
        1,
        True,
        [],
    )
