"""Starts the real server with the real built-in model and checks what a reader would check."""

import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.facts.fact import Source
from service.facts.figures import figures
from service.reading.markdown import clean
from service.scoring.items import read_items
from service.scoring.scores import ScoredSummary, summary_scores
from service.text.language import detect_language
from service.text.sentences import is_complete
from service.text.source_map import SourcedText
from service.text.words import count_words
from tests.data import PRESS_ARTICLE, VALIDATION, needs

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "article.txt"
FLOORS = tomllib.loads(Path(__file__).with_name("quality_floors.toml").read_text(encoding="utf-8"))
START_SECONDS = 180  # on a busy machine; a quiet one takes under 15

pytestmark = pytest.mark.model


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service."""
    port = _free_port()
    log = (tmp_path_factory.mktemp("service") / "log.txt").open("wb")
    command = [
        sys.executable,
        "-c",
        "from service.cli.main import main; main()",
        "serve",
        "--port",
        str(port),
    ]
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "BREVE_DEADLINE_SECONDS": "600",
        "BREVE_CACHE_BYTES": "0",  # each answer is made, also one that was given before
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process, Path(log.name))
        yield url
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    pytest.fail(f"not ready after {START_SECONDS} s:\n{log.read_text(encoding='utf-8')}")


def _summarize(url: str, text: str, **options: Any) -> dict[str, Any]:
    response = httpx.post(f"{url}/summarize", json={"text": text, **options}, timeout=600)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def _articles() -> list[Any]:
    return [
        pytest.param(EXAMPLE, id="example"),
        pytest.param(PRESS_ARTICLE, id="press", marks=needs(PRESS_ARTICLE)),
    ]


def _reads_well(summary: str) -> None:
    """What an editor would strike out at once."""
    assert not re.search(
        r"https?://|www\.|minutes|Publié|Lire aussi|newsletter|[*_\[\]#]", summary, re.IGNORECASE
    )
    sentences = re.split(r"(?<=[.!?])\s+", summary)
    assert len(set(sentences)) == len(sentences)
    assert is_complete(summary)


@pytest.mark.parametrize("path", _articles())
def test_french_summary_is_publishable(service: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    body = _summarize(service, text, headline=True)
    summary = body["summary"]
    _reads_well(summary)
    assert detect_language(summary).code == "fr"
    assert 20 <= count_words(summary) <= 80
    assert 1 <= len(body["sentences"]) <= 3
    assert Source(text).unsupported(summary) == ()
    assert Source(text).unsupported(body["headline"]) == ()
    assert body["article"]["byline"] not in summary
    assert all(sentence["supported"] and sentence["evidence"] for sentence in body["sentences"])
    for sentence in body["sentences"]:
        for found in sentence["evidence"]:
            assert clean(SourcedText.of(text[found["start"] : found["end"]])).text == found["text"]


@pytest.mark.parametrize("path", _articles())
def test_english_summary_keeps_names_and_numbers(service: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    body = _summarize(service, text, language="en", headline=True)
    summary = body["summary"]
    _reads_well(summary)
    assert detect_language(summary).code == "en"
    assert 15 <= count_words(summary) <= 90
    known = frozenset().union(*(figure.values for figure in figures(text, "fr")))
    assert all(figure.loose or figure.values & known for figure in figures(summary, "en"))


def test_the_news_is_in_the_summary(service: str) -> None:
    for language in ("fr", "en"):
        summary = _summarize(service, EXAMPLE.read_text(encoding="utf-8"), language=language)[
            "summary"
        ]
        assert "Nuagis" in summary
        assert "Datavallée" in summary


@needs(PRESS_ARTICLE)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_news_of_the_press_article_is_in_the_summary(service: str, language: str) -> None:
    text = PRESS_ARTICLE.read_text(encoding="utf-8")
    summary = _summarize(service, text, language=language)["summary"]
    assert all(name in summary for name in ("Orange", "Huawei", "Flexible Engine"))
    assert any(word in summary.lower() for word in ("cloud", "nuages"))


def test_same_input_same_summary(service: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    first, second = (_summarize(service, text, length="short") for _ in range(2))
    assert first["summary"] == second["summary"]
    assert count_words(first["summary"]) <= 40


def test_word_limit_is_kept_in_whole_sentences(service: str) -> None:
    summary = _summarize(service, EXAMPLE.read_text(encoding="utf-8"), max_words=25)["summary"]
    assert count_words(summary) <= 25
    assert is_complete(summary)


def test_two_sentences_come_back_as_they_are(service: str) -> None:
    text = "Nuagis ouvre un centre de données à Lille. Il emploie 320 personnes."
    body = _summarize(service, text)
    assert body["summary"] == text
    assert [warning["code"] for warning in body["warnings"]] == ["unchanged"]


def test_press_french_is_translated(service: str) -> None:
    """Short texts come back as they are, so that what is translated here does not depend on the
    summary."""
    text = (
        "Les pompiers de Lille ont secouru deux adolescents mardi. Le parquet a requis deux ans de "
        "prison avec sursis contre "
        "l'ancien maire, poursuivi pour escroquerie."
    )
    english = _summarize(service, text, language="en")["summary"]
    for word in (
        "irefighters",
        "Lille",
        "rescued",
        "two teenagers",
        "Tuesday",
        "rosecutor",
        "suspended",
        "former mayor",
        "fraud",
    ):
        assert word in english


def test_command_line_uses_the_running_service(service: str) -> None:
    command = [
        sys.executable,
        "-c",
        "from service.cli.main import main; main()",
        "summarize",
        "--url",
        service,
        str(EXAMPLE),
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True
    )
    assert "Nuagis" in done.stdout
    assert done.stdout.count("\n") == 1


@needs(VALIDATION)
def test_quality_floor_on_a_sample_of_the_validation_data(service: str) -> None:
    """A small sample of what `breve eval --with-title` scores: ROUGE of the pipeline, and no
    invented fact at all."""
    items = read_items(VALIDATION, FLOORS["articles"])
    scored = []
    for item in items:
        text = f"# {item.title}\n\n" + item.source.replace("\n", "\n\n")
        summary = _summarize(service, text, language_check=False)["summary"]
        scored.append(ScoredSummary(text, item.reference, summary))
    scores = summary_scores(scored)
    assert scores["unsupported"].mean == 0
    assert scores["foreign_facts"].mean == 0
    assert scores["rouge1"].mean >= FLOORS["rouge1"]
    assert scores["rougeL"].mean >= FLOORS["rougeL"]


LEAD = """# Nuagis rachète Datavallée

L'hébergeur lillois Nuagis a racheté son concurrent Datavallée pour 45 millions d'euros. Le nouvel
ensemble exploitera neuf centres de données en France.

Les deux entreprises négociaient depuis l'été. Les équipes seront réunies à Lille au printemps.

Datavallée emploie 120 personnes. Son fondateur quittera l'entreprise à la fin de l'année.
"""


@pytest.mark.parametrize(("text", "heavy"), [(EXAMPLE.read_text("utf-8"), ["torch"]), (LEAD, [])])
def test_the_command_line_imports_only_what_it_needs(
    tmp_path: Path, text: str, heavy: list[str]
) -> None:
    """French needs neither translator nor HTTP; where the lead is the summary, no model either."""
    article = tmp_path / "article.txt"
    article.write_text(text, encoding="utf-8")
    code = (
        "import sys\nfrom service.cli.main import main\n"
        "try: main(['summarize', '--no-service', sys.argv[1]])\nexcept SystemExit: pass\n"
        "heavy = 'torch', 'ctranslate2', 'transformers', 'trafilatura', 'fastapi'\n"
        "print(*(name for name in heavy if name in sys.modules))"
    )
    command = [sys.executable, "-c", code, str(article)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    summary, imported = done.stdout.splitlines()
    assert "Nuagis" in summary
    assert imported.split() == heavy
