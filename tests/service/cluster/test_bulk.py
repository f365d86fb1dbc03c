"""`breve bulk`: every row is told once, however often the run is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from models.loading import revisions_of
from service.cli.batch import bulk
from service.cli.batch.lines import BatchError
from service.cli.main import main
from service.cli.output.messages import language
from service.settings import Settings
from tests.engines import ARTICLE, SECRET, ScriptedEngine, until
from tests.service.cluster.comparison import articles, without_volatile
from tests.service.cluster.extra import needs

ROOT = Path(__file__).parents[3]
ROWS = 500
COMMAND = "from tests.service.cluster.bulk_process import main; main()"


def write_input(path: Path, count: int) -> list[Any]:
    """Rows of articles, a bad one among ten, and the ids of their answers."""
    rows: list[dict[str, Any]] = [
        {"id": f"a-{number}", "text": text} for number, text in enumerate(articles(count))
    ]
    for number in range(5, count, 10):
        rows[number] = {"text": "Bonjour."}
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return [row.get("id", number) for number, row in enumerate(rows, 1)]


def start(source: Path, output: Path, *options: str) -> "subprocess.Popen[str]":
    """The command, in a group of processes of its own. One actor takes all processors."""
    variables = {"PYTHONPATH": str(ROOT), "BREVE_THREADS": str(os.cpu_count())}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "bulk", str(source), str(output), *options],
        cwd=ROOT,
        env={**os.environ, **variables},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """The exit status of the command, and what it said."""
    _, errors = process.communicate(timeout=300)
    return process.returncode, errors


def parts(output: Path) -> list[Path]:
    return sorted(output.glob("part-*[0-9].jsonl"))


def answers(output: Path) -> list[dict[str, Any]]:
    lines = [
        line for part in parts(output) for line in part.read_text(encoding="utf-8").split("\n")
    ]
    return [json.loads(line) for line in lines if line]


def test_without_the_extra_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("ray", "pyarrow"):
        monkeypatch.setitem(sys.modules, module, None)
    for name in [name for name in sys.modules if name.startswith("service.cluster.")]:
        monkeypatch.delitem(sys.modules, name)
    write_input(tmp_path / "in.jsonl", 1)
    result = CliRunner().invoke(main, ["bulk", str(tmp_path / "in.jsonl"), str(tmp_path / "out")])
    assert result.exit_code == 2
    assert ".[ray]" in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_actor_speaks_the_language_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setattr("models.loading.load_engine", lambda *_: ScriptedEngine())
    settings = Settings()
    bulk._load(settings, {}, revisions_of(settings.model, settings.translator), "fr", 1)
    assert language() == "fr"


def test_a_machine_with_another_revision_answers_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    settings = Settings()
    names = revisions_of(settings.model, settings.translator)
    begun: dict[str, str | None] = dict.fromkeys(names, "r0")
    with pytest.raises(BatchError, match="in revision r0"):
        bulk._load(settings, {}, begun, "en", 1)


def test_a_machine_may_have_a_translator_that_the_run_began_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.loading.load_engine", lambda *_: ScriptedEngine())
    settings = Settings()
    begun = revisions_of(settings.model, translator="")
    assert len(begun) < len(revisions_of(settings.model, settings.translator))
    bulk._load(settings, {}, begun, "en", 1)


@needs("ray")
def test_a_run_that_is_killed_and_begun_again_tells_every_row_once(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out"
    ids = write_input(source, ROWS)
    killed = start(source, output)
    until(lambda: len(parts(output)) >= 2, 120)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=60)
    time.sleep(1)  # In which Ray's processes end too.
    done = {part: part.read_bytes() for part in parts(output)}
    assert len(done) < ROWS / 100
    status, errors = finish(start(source, output))
    assert status == 1  # Some rows have no summary.
    assert "of 500 were done" in errors
    assert "an hour" in errors
    assert [answer["id"] for answer in answers(output)] == ids
    assert {part: part.read_bytes() for part in done} == done
    assert not list(output.glob("*.unfinished"))
    status, errors = finish(start(source, output))
    assert status == 0
    assert "All 500 rows were done" in errors


@needs("ray")
def test_bulk_gives_the_answers_of_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet

    source = tmp_path / "in.jsonl"
    write_input(source, 30)
    monkeypatch.setattr("models.loading.load_engine", lambda *_: ScriptedEngine())
    CliRunner().invoke(main, ["batch", "--lang", "en", str(source), str(tmp_path / "out.jsonl")])
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    batch = [without_volatile(json.loads(line)) for line in lines]
    assert finish(start(source, tmp_path / "out", "--lang", "en"))[0] == 1
    assert without_volatile(answers(tmp_path / "out")) == batch
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "in.parquet")
    assert finish(start(tmp_path / "in.parquet", tmp_path / "packed", "--lang", "en"))[0] == 1
    table = pyarrow.parquet.read_table(tmp_path / "packed" / "part-000000001.parquet")
    assert [without_volatile(json.loads(text)) for text in table["answer"].to_pylist()] == batch


@needs("ray")
def test_a_row_that_ends_every_actor_is_a_row_with_a_problem(tmp_path: Path) -> None:
    texts = [ARTICLE, ARTICLE.replace("Anne Leroy", SECRET), *articles(2)]
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    status, errors = finish(start(tmp_path / "in.jsonl", tmp_path / "out"))
    assert status == 1
    assert "an hour" in errors
    codes = [answer.get("problem", {}).get("code") for answer in answers(tmp_path / "out")]
    assert codes == [None, "internal", None, None]
    assert not list((tmp_path / "out").glob("*.unfinished"))


@needs("ray")
def test_a_model_that_cannot_be_loaded_ends_the_run_in_words(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    write_input(source, 3)
    status, errors = finish(start(source, tmp_path / "out", "--model", "missing"))
    assert status == 1
    assert "There is no model missing" in errors
    assert "run the same command again" in errors
    assert "Traceback" not in errors
    assert "Nuagis" not in errors
    assert not parts(tmp_path / "out")
