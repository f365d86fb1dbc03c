"""Ctrl-C: whenever it comes, the command ends quietly with status 130."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines import ARTICLE

ROOT = Path(__file__).parents[3]
HERE = "print('HERE', flush=True)"  # What the command prints where it is to be interrupted
IMPORTING = f"""
import sys, time
class Slow:
    def find_spec(self, name, *_):
        if name == "service.cli.answering":
            {HERE}
            time.sleep(60)
sys.meta_path.insert(0, Slow())
"""
# A model that is loaded in a thread which computes on, as one of a library does.
LOADING = f"""
import threading, time
import models.loading as loading
def load(*_):
    threading.Thread(target=time.sleep, args=(60,)).start()
    {HERE}
    time.sleep(60)
loading.load_engine = load
"""
GENERATING = f"""
import time
import models.loading as loading
from tests.engines import ScriptedEngine
class Slow(ScriptedEngine):
    def generate(self, requests, cancelled=lambda: False):
        if "Lyon" in requests[0].text:
            {HERE}
            for _ in range(600):
                time.sleep(0.1)
                if cancelled():
                    from models.engine import Cancelled
                    raise Cancelled
        return super().generate(requests)
loading.load_engine = lambda *_: Slow()
"""
STAGES = {"importing": IMPORTING, "loading": LOADING, "generating": GENERATING}
# The tests may run in the background, where Ctrl-C is ignored.
START = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
RUN = "\nfrom service.cli.entry import main\nmain()"


def interrupted(stage: str, *arguments: str) -> tuple[int, str, str]:
    """The status, the output and the errors of a command to which Ctrl-C comes at some stage."""
    command = [sys.executable, "-c", START + stage + RUN, *arguments]
    environment = {**os.environ, "BREVE_CONCURRENCY": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
        text=True,
    ) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            if line == "HERE\n":
                break
            printed.append(line)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    return process.returncode, "".join(printed) + rest, errors


@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_is_quiet(stage: str, tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE.replace("Lille", "Lyon"), encoding="utf-8")
    status, output, errors = interrupted(STAGES[stage], "summarize", str(article))
    assert (status, output) == (130, "")
    assert all(line.startswith("breve: ") and line.endswith("…") for line in errors.splitlines()), (
        errors
    )


def test_ctrl_c_keeps_the_summaries_that_are_printed(tmp_path: Path) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text(ARTICLE, encoding="utf-8")
    second.write_text(ARTICLE.replace("Lille", "Lyon"), encoding="utf-8")
    status, output, _ = interrupted(GENERATING, "summarize", str(first), str(second))
    assert status == 130
    assert output.startswith(f"== {first}\nL'hébergeur")


def test_ctrl_c_keeps_what_a_batch_has_done(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    texts = [ARTICLE, ARTICLE, ARTICLE.replace("Lille", "Lyon"), ARTICLE]
    source.write_text(
        "".join(json.dumps({"id": k, "text": text}) + "\n" for k, text in enumerate(texts)),
        encoding="utf-8",
    )
    status, _, errors = interrupted(GENERATING, "batch", str(source), str(output))
    assert status == 130
    assert errors.endswith(
        "breve: Stopped. What is done is kept: run the same command again to go on.\n"
    )
    assert "Traceback" not in errors
    assert [json.loads(line)["id"] for line in output.read_text(encoding="utf-8").splitlines()] == [
        0,
        1,
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]
