"""`breve batch`: every line gets its own answer, in order, once, however often the run is
interrupted."""

import gzip
import json
import os
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from models.batching import EngineStopped
from models.engine import (
    Cancelled,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    Task,
)
from service.cli.answering import Answerer
from service.cli.batch import running as batch_running
from service.cli.batch.answers import answer_line
from service.cli.batch.earlier import Work
from service.cli.batch.lines import BatchError, Line
from service.cli.batch.retrying import put_in_place
from service.cli.batch.running import locked, run_lines, run_work
from service.cli.client import ServiceError
from service.cli.main import main
from service.settings import Settings
from tests.engines import ARTICLE, ENGLISH_TEXT, SECRET, ScriptedEngine, running

LINES: list[dict[str, Any]] = [
    {"id": "first", "text": ARTICLE},
    {"id": "short", "text": "Bonjour."},
    {"text": ARTICLE, "language": "en", "length": "short"},
    {"id": "wrong", "text": ARTICLE, "max_words": 3},
    {
        "id": {"any": "json"},
        "html": f"<html><body><article><p>{ARTICLE}</p></article></body></html>",
    },
]
IDS = ["first", "short", 3, "wrong", {"any": "json"}]


class Poisoned(ScriptedEngine):
    """Fails on texts that hold SECRET, as a bug would."""

    def generate(self, requests: Sequence[GenerateRequest], *rest: Any) -> list[GenerateResult]:
        if any(SECRET in request.text for request in requests):
            raise ZeroDivisionError(SECRET)
        return super().generate(requests, *rest)


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    scripted = Poisoned()
    monkeypatch.setattr("models.loading.load_engine", lambda *_: scripted)
    return scripted


def batch(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(
        main, ["batch", str(folder / "in.jsonl"), str(folder / "out.jsonl"), *options]
    )


def write(folder: Path, lines: Sequence[Any]) -> None:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "in.jsonl").write_text(text + "\n", encoding="utf-8")


def answers(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def test_every_line_has_its_answer_in_order(tmp_path: Path) -> None:
    write(tmp_path, [*LINES, "no JSON", "[1]"])
    result = batch(tmp_path)
    answered = answers(tmp_path)
    assert [answer["id"] for answer in answered] == [*IDS, 6, 7]
    codes = [answer.get("problem", {}).get("code") for answer in answered]
    assert codes == [None, "too_short", None, "invalid_body", None, "invalid_body", "invalid_body"]
    assert answered[0]["language"] == "fr"
    assert answered[2]["language"] == "en"
    assert len(answered[2]["sentences"]) == 1
    assert "max_words" in answered[3]["problem"]["detail"]
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "4 of 7 articles have no summary" in result.stderr


def test_articles_share_passes(tmp_path: Path, engine: ScriptedEngine) -> None:
    write(tmp_path, [{"id": k, "text": ARTICLE} for k in range(20)])
    others_wait = threading.Event()
    engine.wait_for, engine.armed = others_wait, True

    def go_on_once_others_wait() -> None:
        engine.running.wait()  # In the first pass
        time.sleep(0.3)
        others_wait.set()

    threading.Thread(target=go_on_once_others_wait, daemon=True).start()
    assert batch(tmp_path).exit_code == 0
    assert [answer["id"] for answer in answers(tmp_path)] == list(range(20))
    openings = [call for call in engine.calls if call.task is Task.SUMMARY]
    assert len(engine.pass_sizes) < len(openings)


def lines_of(count: int) -> list[Line]:
    return [Line(k, k, {}) for k in range(count)]


def test_answers_are_in_order_and_few_are_under_way(tmp_path: Path) -> None:
    under_way, most, lock = [0], [0], threading.Lock()

    def answer(_: dict[str, Any]) -> dict[str, Any]:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
            first = not most[1:]
            most.append(0)
        time.sleep(0.3 if first else 0.01)  # The others overtake it
        with lock:
            under_way[0] -= 1
        return {"summary": ""}

    assert all(run_lines(lines_of(30), tmp_path / "out.jsonl", answer, 4, threading.Event()))
    assert [answer["id"] for answer in answers(tmp_path)] == list(range(30))
    assert 1 < most[0] <= 4


def test_an_interrupted_run_keeps_what_is_finished_and_stops_the_rest(tmp_path: Path) -> None:
    stop, finished = threading.Event(), threading.Semaphore(0)
    earlier = set(threading.enumerate())  # Of other tests, which may end late.

    def answer(fields: dict[str, Any]) -> dict[str, Any]:
        if fields["number"] >= 3 and stop.wait(60):
            raise Cancelled
        finished.release()
        return {"summary": ""}

    lines = [Line(k, k, {"number": k}) for k in range(100)]
    with closing(run_lines(lines, tmp_path / "out.jsonl", answer, 8, stop)) as outcomes:
        assert next(outcomes)
        for _ in range(3):
            finished.acquire()
        time.sleep(0.1)
    assert stop.is_set()
    assert [line["id"] for line in answers(tmp_path)] == [0, 1, 2]
    left = set(threading.enumerate()) - earlier
    assert not any(thread.name.startswith("ThreadPool") for thread in left)


def test_a_wrong_glossary_ends_the_run_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVE_GLOSSARY_FILE", str(tmp_path / "none.toml"))
    write(tmp_path, LINES)
    result = batch(tmp_path)
    assert (result.exit_code, "BREVE_GLOSSARY_FILE" in result.stderr) == (2, True)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_model_that_stops_ends_the_run(tmp_path: Path) -> None:
    def answer(_: dict[str, Any]) -> dict[str, Any]:
        raise EngineStopped("Ended.")

    with pytest.raises(BatchError, match="run the same command again"):
        list(run_lines(lines_of(9), tmp_path / "out.jsonl", answer, 2, threading.Event()))
    assert answers(tmp_path) == []


def test_an_interrupted_run_goes_on_where_it_stopped(
    tmp_path: Path, engine: ScriptedEngine
) -> None:
    write(tmp_path, LINES)
    batch(tmp_path)
    whole = answers(tmp_path)
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "out.jsonl").write_bytes(
        b"".join(lines[:2]) + lines[2][:40]
    )  # Cut in the middle of a line
    engine.calls.clear()
    batch(tmp_path)
    again = answers(tmp_path)
    assert [answer["id"] for answer in again] == IDS
    assert [answer.get("summary") for answer in again] == [
        answer.get("summary") for answer in whole
    ]
    assert [call.task for call in engine.calls].count(
        Task.SUMMARY
    ) == 2  # The first article was not done again


def test_a_finished_run_does_nothing_more(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    batch(tmp_path)
    before = (tmp_path / "out.jsonl").read_bytes()
    again = batch(tmp_path)
    assert (again.exit_code, "2 of 5 articles have no summary" in again.stderr) == (1, True)
    assert (tmp_path / "out.jsonl").read_bytes() == before
    write(tmp_path, LINES[:1])
    (tmp_path / "out.jsonl").unlink()
    assert [batch(tmp_path).exit_code for _ in range(2)] == [0, 0]


def test_answers_of_another_input_are_not_touched(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    for foreign in ('{"id": "other", "summary": ""}\n', "a file of somebody\n"):
        (tmp_path / "out.jsonl").write_text(foreign, encoding="utf-8")
        result = batch(tmp_path)
        assert result.exit_code == 1
        assert "Name another file" in result.stderr
        assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == foreign


@pytest.mark.parametrize(
    "foreign",
    [
        "notes of somebody, one line, no end",
        '{"id": "first", "text": "an input whose only line has no end"}',
        '{"id": "first", "text": "an input"}\n',
        '{"id": "first", "text": "an input"}\n{"id": "short", "text": "whose last',
        '{"id": "other", "summary": "an answer of anot',
        "[" * 100_000 + "\n",
    ],
)
def test_what_is_no_answer_of_an_earlier_run_is_not_touched(tmp_path: Path, foreign: str) -> None:
    write(tmp_path, LINES)
    (tmp_path / "out.jsonl").write_text(foreign, encoding="utf-8")
    result = batch(tmp_path)
    assert (result.exit_code, "Name another file" in result.stderr) == (1, True)
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == foreign


@pytest.mark.parametrize("line", [0, 1, 4])
@pytest.mark.parametrize("kept", [1, 9, 30, -1])
def test_a_line_that_was_cut_anywhere_is_written_anew(tmp_path: Path, line: int, kept: int) -> None:
    write(tmp_path, LINES)
    batch(tmp_path)
    whole = answers(tmp_path)
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "out.jsonl").write_bytes(b"".join(lines[:line]) + lines[line][:kept])
    assert "Name another file" not in batch(tmp_path).stderr
    again = answers(tmp_path)
    assert [answer["id"] for answer in again] == IDS
    assert [answer.get("summary") for answer in again] == [
        answer.get("summary") for answer in whole
    ]


def test_a_cut_answer_without_its_line_is_not_touched(tmp_path: Path) -> None:
    write(tmp_path, LINES[:1])
    batch(tmp_path)
    with (tmp_path / "out.jsonl").open("a", encoding="utf-8") as output:
        output.write('{"id": "second", "summ')
    before = (tmp_path / "out.jsonl").read_bytes()
    assert batch(tmp_path).exit_code == 1
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_an_output_that_is_no_file_is_wrong_usage(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    result = CliRunner().invoke(main, ["batch", str(tmp_path / "in.jsonl"), "/dev/null"])
    assert (result.exit_code, "no regular file" in result.stderr) == (2, True)


def test_lines_that_cannot_be_read_fail_alone(tmp_path: Path) -> None:
    bad = [
        "[" * 100_000,
        f'{{"id": NaN, "text": "{ARTICLE}"}}',
        f'{{"id": {{"any": 1e999}}, "text": "{ARTICLE}"}}',
    ]
    write(tmp_path, [{"text": ARTICLE}, *bad, {"id": "last", "text": ARTICLE}])
    assert batch(tmp_path).exit_code == 1
    answered = answers(tmp_path)
    assert [answer["id"] for answer in answered] == [1, 2, 3, 4, "last"]
    assert [answer.get("problem", {}).get("code") for answer in answered] == [
        None,
        *["invalid_body"] * 3,
        None,
    ]
    assert "nested too deeply" in answered[1]["problem"]["detail"]
    assert "3 of 5 articles have no summary" in batch(tmp_path).stderr


def test_a_deadline_counts_for_its_line(tmp_path: Path, engine: ScriptedEngine) -> None:
    engine.wait_for = threading.Event()
    write(tmp_path, [{"text": ARTICLE, "deadline_seconds": 1}])
    engine.armed = True
    batch(tmp_path)
    engine.wait_for.set()
    write(
        tmp_path,
        [{"text": ARTICLE, "deadline_seconds": 1}, {"text": ARTICLE, "deadline_seconds": 60}],
    )
    batch(tmp_path)
    assert [answer.get("problem", {}).get("code") for answer in answers(tmp_path)] == [
        "deadline",
        None,
    ]


def test_the_input_is_never_written_to(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    source = str(tmp_path / "in.jsonl")
    before = Path(source).read_bytes()
    assert CliRunner().invoke(main, ["batch", source, source]).exit_code == 2
    assert Path(source).read_bytes() == before


def test_a_crash_is_the_problem_of_its_own_article(tmp_path: Path) -> None:
    write(
        tmp_path,
        [{"text": ARTICLE}, {"text": ARTICLE + f" {SECRET} ouvre aussi."}, {"text": ARTICLE}],
    )
    result = batch(tmp_path)
    answered = answers(tmp_path)
    assert [answer.get("problem", {}).get("code") for answer in answered] == [
        None,
        "internal",
        None,
    ]
    assert SECRET not in result.stderr + json.dumps(answered[1])


def test_a_model_that_cannot_be_had_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: Any) -> None:
        raise ModelError("No such model.")

    monkeypatch.setattr("models.loading.load_engine", missing)
    write(tmp_path, LINES)
    result = batch(tmp_path)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "breve: No such model.")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_running_service_gives_the_same_answers(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    batch(tmp_path)
    local = answers(tmp_path)
    (tmp_path / "out.jsonl").unlink()
    with running() as service:
        batch(tmp_path, "--url", service.url)
    for of_model, of_service in zip(local, answers(tmp_path), strict=True):
        assert of_model.get("summary") == of_service.get("summary")
        assert of_model.get("problem") == of_service.get("problem")


def test_a_service_that_is_gone_ends_the_run_and_keeps_what_is_done(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    result = batch(tmp_path, "--url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "run the same command again" in result.stderr
    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "unauthorized"),
        (403, "forbidden"),
        (421, "wrong_host"),
        (429, "rate_limited"),
        (503, "failed"),
    ],
)
def test_a_service_that_refuses_to_work_ends_the_run(status: int, code: str) -> None:
    def answer(_: dict[str, Any]) -> dict[str, Any]:
        raise ServiceError("Not now.", {"status": status, "code": code}, status)

    with pytest.raises(
        BatchError, match=r"^Not now\. What is done is kept: run the same command again"
    ):
        answer_line(Line(1, "one", {"text": ARTICLE}), answer)


def test_a_wrong_key_is_no_problem_of_the_articles(tmp_path: Path) -> None:
    write(tmp_path, LINES[:1])
    with running(settings=Settings(api_keys=SecretStr("right"))) as service:
        refused = batch(tmp_path, "--url", service.url, "--key", "wrong")
        assert (refused.exit_code, "valid key" in refused.stderr) == (1, True)
        assert batch(tmp_path, "--url", service.url, "--key", "right").exit_code == 0
    assert [answer["id"] for answer in answers(tmp_path)] == ["first"]


def test_addresses_that_a_service_does_not_fetch_are_problems_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, [{"url": "https://news.example/"}, *LINES[:1]])
    with running() as service:
        batch(tmp_path, "--url", service.url)
    assert [answer.get("problem", {}).get("code") for answer in answers(tmp_path)] == [
        "urls_disabled",
        None,
    ]


FAILS: dict[str, Any] = {"status": 500, "code": "internal", "detail": "Non."}
FETCH_FAILS = {**FAILS, "status": 502, "code": "fetch_failed"}
FOR_GOOD = {**FAILS, "status": 422, "code": "too_short"}


def left_behind(folder: Path, *problems: dict[str, Any] | None) -> None:
    """The input and the output of a run whose articles had these problems; None: a summary, which
    says that it is old."""
    write(folder, [{"id": k, "text": ARTICLE} for k in range(len(problems))])
    lines = [
        {"id": k, "problem": problem} if problem else {"id": k, "summary": "old", "language": "fr"}
        for k, problem in enumerate(problems)
    ]
    (folder / "out.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8"
    )


def test_what_failed_is_done_again_where_that_is_asked_for(
    tmp_path: Path, engine: ScriptedEngine
) -> None:
    left_behind(tmp_path, FAILS, None, FETCH_FAILS, FOR_GOOD)
    (tmp_path / "out.jsonl").chmod(0o640)
    with (tmp_path / "in.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"id": 4, "text": ARTICLE}) + "\n")
    result = batch(tmp_path, "--retry-failed")
    assert (result.exit_code, "1 of 5 articles have no summary" in result.stderr) == (1, True)
    answered = answers(tmp_path)
    assert [answer["id"] for answer in answered] == [0, 1, 2, 3, 4]
    assert ["summary" in answer for answer in answered] == [True, True, True, False, True]
    assert answered[1]["summary"] == "old"
    assert [call.task for call in engine.calls].count(Task.SUMMARY) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o640


def test_what_failed_is_done_again_in_a_file_with_other_line_ends(tmp_path: Path) -> None:
    left_behind(tmp_path, FAILS, None)
    output = tmp_path / "out.jsonl"
    output.write_bytes(output.read_bytes().replace(b"\n", b"\r\n"))
    assert batch(tmp_path, "--retry-failed").exit_code == 0
    assert all("summary" in answer for answer in answers(tmp_path))


def test_what_was_done_again_is_kept_when_the_run_ends_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_behind(tmp_path, FAILS, FAILS, None)
    monkeypatch.setenv("BREVE_CONCURRENCY", "1")
    calls: list[Line] = []

    def answer_once(line: Line, answer: Answerer) -> dict[str, Any]:
        calls.append(line)
        if len(calls) > 1:
            raise BatchError("The model has stopped.")
        return answer_line(line, answer)

    monkeypatch.setattr(batch_running, "answer_line", answer_once)
    assert batch(tmp_path, "--retry-failed").exit_code == 1
    assert ["problem" in answer for answer in answers(tmp_path)] == [False, True, False]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_an_answer_that_is_interrupted_while_it_is_written_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, [{"id": k, "text": ARTICLE} for k in range(6)])
    write_answer = batch_running._write
    calls = []

    def write_and_interrupt(*arguments: Any) -> bool:
        succeeded = write_answer(*arguments)
        calls.append(succeeded)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return succeeded

    monkeypatch.setattr(batch_running, "_write", write_and_interrupt)
    assert batch(tmp_path).exit_code == 130
    kept = [answer["id"] for answer in answers(tmp_path)]
    assert len(kept) >= 2
    assert kept == list(range(len(kept)))
    assert batch(tmp_path).exit_code == 0
    assert [answer["id"] for answer in answers(tmp_path)] == list(range(6))


def test_two_runs_do_not_share_an_output(tmp_path: Path) -> None:
    write(tmp_path, LINES[:1])
    with locked(tmp_path / "out.jsonl"):
        result = batch(tmp_path)
    assert (result.exit_code, "Another run is writing to" in result.stderr) == (1, True)
    assert not (tmp_path / "out.jsonl").exists()
    assert batch(tmp_path).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_the_folder_of_the_output_has_to_be_there(tmp_path: Path) -> None:
    write(tmp_path, LINES[:1])
    result = CliRunner().invoke(
        main, ["batch", str(tmp_path / "in.jsonl"), str(tmp_path / "none" / "out.jsonl")]
    )
    assert (result.exit_code, "does not exist" in result.stderr) == (1, True)
    assert not (tmp_path / "none").exists()


def test_summaries_in_another_language_are_not_mixed_with_those_asked_for(tmp_path: Path) -> None:
    left_behind(tmp_path, None, None)
    before = (tmp_path / "out.jsonl").read_bytes()
    result = batch(tmp_path, "--lang", "en")
    assert (result.exit_code, "in 'fr', and now 'en' is asked for" in result.stderr) == (1, True)
    assert (tmp_path / "out.jsonl").read_bytes() == before
    write(tmp_path, [{"id": k, "text": ARTICLE, "language": "fr"} for k in range(2)])
    assert batch(tmp_path, "--lang", "en").exit_code == 0


def test_a_proxy_that_cannot_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "gopher://proxy.example")
    write(tmp_path, LINES[:1])
    result = batch(tmp_path, "--url", "http://news.example")
    assert (result.exit_code, "the proxy that the environment names" in result.stderr) == (1, True)


@pytest.mark.parametrize("end", ["\r", "\n", " \r\n"])
def test_a_key_is_trimmed(tmp_path: Path, end: str) -> None:
    write(tmp_path, LINES[:1])
    with running(settings=Settings(api_keys=SecretStr("right"))) as service:
        assert batch(tmp_path, "--url", service.url, "--key", "right" + end).exit_code == 0


@pytest.mark.parametrize("key", ["s3c\rret", "s3c\nret", "s3c\x00ret", os.fsdecode(b"s3c\xe9ret")])
def test_a_key_is_never_printed(tmp_path: Path, key: str) -> None:
    write(tmp_path, LINES[:1])
    result = batch(tmp_path, "--url", "http://127.0.0.1:9", "--key", key)
    assert (result.exit_code, "characters that no header can carry" in result.stderr) == (2, True)
    assert "s3c" not in result.output


def lose(folder: Path) -> None:
    (folder / "out.jsonl").unlink()


def test_articles_of_another_day_do_not_get_the_summaries_of_this_one(tmp_path: Path) -> None:
    write(tmp_path, [{"text": ARTICLE}, {"text": ARTICLE, "length": "short"}])
    assert batch(tmp_path).exit_code == 0
    before = (tmp_path / "out.jsonl").read_bytes()
    for other in (
        {"text": ARTICLE + " Fin."},
        {"html": f"<p>{ARTICLE}</p>"},
        {"text": ARTICLE, "length": "long"},
    ):
        write(tmp_path, [{"text": ARTICLE}, other])
        result = batch(tmp_path)
        assert (
            result.exit_code,
            "has the summary of another article under 2: line 2" in result.stderr,
        ) == (1, True)
        assert (tmp_path / "out.jsonl").read_bytes() == before


def test_a_file_that_is_written_otherwise_is_the_same_input(tmp_path: Path) -> None:
    write(tmp_path, [{"id": "é", "text": ARTICLE, "length": "short"}])
    assert batch(tmp_path).exit_code == 0
    write(
        tmp_path,
        [json.dumps({"length": "short", "text": ARTICLE, "id": "é"}, ensure_ascii=False) + "  "],
    )
    result = batch(tmp_path)
    assert (result.exit_code, "1 of 1 were done" in result.stderr) == (0, True)


def test_answers_of_versions_without_a_digest_are_known_by_their_ids(tmp_path: Path) -> None:
    left_behind(tmp_path, None)
    assert batch(tmp_path).exit_code == 0


def test_a_line_that_was_mended_is_done_again(tmp_path: Path) -> None:
    good = {"id": "good", "text": ARTICLE}
    write(
        tmp_path,
        [
            good,
            json.dumps({"id": "n1", "text": ARTICLE})[:-1],
            {"id": "n2", "txt": ARTICLE},
            {"id": "n3", "text": "A"},
        ],
    )
    assert "3 of 4" in batch(tmp_path).stderr
    kept = answers(tmp_path)[0]
    write(
        tmp_path,
        [
            good,
            {"id": "n1", "text": ARTICLE},
            {"id": "n2", "text": ARTICLE},
            {"id": "n3", "text": "A"},
        ],
    )
    assert "1 of 4 articles have no summary" in batch(tmp_path).stderr
    answered = answers(tmp_path)
    assert [answer["id"] for answer in answered] == ["good", "n1", "n2", "n3"]
    assert ["summary" in answer for answer in answered] == [True, True, True, False]
    assert answered[0] == kept


@pytest.mark.parametrize("url", ["{}/summarize", "{}/docs", "{}/readyz/no"])
def test_a_wrong_address_of_the_service_ends_the_run(tmp_path: Path, url: str) -> None:
    write(tmp_path, LINES[:1])
    with running() as service:
        result = batch(tmp_path, "--url", url.format(service.url))
        assert (result.exit_code, "not as Brève does" in result.stderr) == (1, True)
        assert (tmp_path / "out.jsonl").read_bytes() == b""
        assert batch(tmp_path, "--url", service.url).exit_code == 0


@pytest.mark.parametrize(
    "code", ["urls_disabled", "unknown_model", "not_supported", "fetch_timeout"]
)
def test_problems_of_how_a_run_is_set_up_may_pass(tmp_path: Path, code: str) -> None:
    left_behind(tmp_path, {**FOR_GOOD, "code": code})
    assert batch(tmp_path).exit_code == 1
    assert batch(tmp_path, "--retry-failed").exit_code == 0


class French(ScriptedEngine):
    """Translates nothing."""

    def describe(self) -> EngineDescription:
        return replace(super().describe(), tasks=(Task.SUMMARY,))


def test_english_of_a_model_that_has_none_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.loading.load_engine", lambda *_: French())
    write(tmp_path, LINES[:1])
    result = batch(tmp_path, "--lang", "en")
    assert (result.exit_code, "Usage:" in result.stderr) == (2, True)
    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), FileNotFoundError(2, "certificates", "/none")]
)
def test_what_is_wrong_with_this_machine_ends_the_run(error: OSError) -> None:
    def answer(_: dict[str, Any]) -> dict[str, Any]:
        raise error

    with pytest.raises(BatchError, match="run the same command again"):
        answer_line(Line(1, "one", {"text": ARTICLE}), answer)


def test_a_run_that_is_killed_loses_nothing_that_was_done_again(tmp_path: Path) -> None:
    left_behind(tmp_path, FAILS, None, FAILS, FAILS)
    output = tmp_path / "out.jsonl"
    lines = {place: Line(place + 1, place, {}) for place in (0, 2, 3)}
    work = Work([], lines)
    killed = run_work(work, output, lambda _: {"summary": "new"}, 1, threading.Event())
    assert [next(killed), next(killed)] == [True, True]
    collected = (tmp_path / ".out.jsonl.again").read_bytes()
    killed.close()
    left_behind(tmp_path, FAILS, None, FAILS, FAILS)  # As it was, had the run not ended by itself
    (tmp_path / ".out.jsonl.again").write_bytes(collected + b'{"id": 3, "summ')
    assert batch(tmp_path).exit_code == 1
    assert [answer.get("summary") for answer in answers(tmp_path)] == ["new", "old", "new", None]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


@pytest.mark.parametrize("present", [True, False])
def test_what_was_done_again_for_another_output_is_left_out(tmp_path: Path, present: bool) -> None:
    left_behind(tmp_path, FAILS, FAILS)
    (tmp_path / ".out.jsonl.again").write_bytes(
        b'{"0": "0123456789abcdef", "9": "0"}\n{"id": 0, "summary": "foreign"}\n{"id": 9}\n'
    )
    before = (tmp_path / "out.jsonl").read_bytes()
    if not present:
        lose(tmp_path)
    put_in_place(tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").exists() == present
    assert not present or (tmp_path / "out.jsonl").read_bytes() == before
    assert not (tmp_path / ".out.jsonl.again").exists()


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (json.dumps({"text": ARTICLE}).encode("utf-16"), "UTF-16"),
        (json.dumps({"text": ARTICLE}).encode("utf-32"), "UTF-16"),
        (gzip.compress(b"{}"), "gunzip"),
        (json.dumps([{"text": ARTICLE}]).encode(), "jq -c"),
        (json.dumps([{"text": ARTICLE}], indent=1).encode(), "jq -c"),
    ],
)
def test_an_input_that_is_no_lines_of_json_is_refused_at_once(
    tmp_path: Path, content: bytes, hint: str
) -> None:
    (tmp_path / "in.jsonl").write_bytes(content)
    result = batch(tmp_path)
    assert (result.exit_code, hint in result.stderr) == (1, True)
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("names", [("-", "out.jsonl"), ("in.jsonl", "-")])
def test_a_batch_is_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, LINES[:1])
    result = CliRunner().invoke(main, ["batch", *names])
    assert (result.exit_code, "A batch reads and writes files" in result.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_line_may_name_the_model_that_is_used_only(tmp_path: Path) -> None:
    write(
        tmp_path, [{"text": ARTICLE, "model": "barthez"}, {"text": ARTICLE, "model": "breve-270m"}]
    )
    assert batch(tmp_path).exit_code == 1
    assert [answer.get("problem", {}).get("code") for answer in answers(tmp_path)] == [
        "unknown_model",
        None,
    ]
    assert batch(tmp_path, "--retry-failed", "--model", "barthez").exit_code == 0


def test_an_interrupted_run_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch_running, "_write", interrupt)
    write(tmp_path, LINES[:1])
    result = batch(tmp_path)
    assert (
        result.exit_code,
        "Stopped. What is done is kept: run the same command" in result.stderr,
    ) == (130, True)


def test_options_count_where_a_line_says_nothing(tmp_path: Path) -> None:
    write(
        tmp_path, [{"text": ARTICLE}, {"text": ARTICLE, "headline": False}, {"text": ENGLISH_TEXT}]
    )
    assert batch(tmp_path, "--headline", "--max-words", "20", "--no-language-check").exit_code == 0
    answered = answers(tmp_path)
    assert [bool(answer["headline"]) for answer in answered[:2]] == [True, False]
    assert len(answered[0]["summary"].split()) <= 20


def test_what_is_the_users_own_comes_back(tmp_path: Path) -> None:
    own = {"source": "Le Courrier", "tags": [1]}
    write(
        tmp_path,
        [
            {"id": 1, "text": ARTICLE, "meta": own},
            {"id": 2, "text": "A", "meta": None},
            {"id": 3, "text": ARTICLE},
        ],
    )
    batch(tmp_path)
    assert [answer.get("meta", "none") for answer in answers(tmp_path)] == [own, None, "none"]


@pytest.mark.parametrize(
    "lines", [[{"id": "done", "text": ARTICLE}], ["no JSON", {"id": 1, "txt": ARTICLE}]]
)
def test_a_batch_without_an_article_to_do_loads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[Any]
) -> None:
    write(tmp_path, lines)
    batch(tmp_path)
    before = answers(tmp_path)
    if "summary" not in before[0]:
        lose(tmp_path)

    def load(*_: Any) -> None:
        raise AssertionError("The model is loaded.")

    monkeypatch.setattr("models.loading.load_engine", load)
    result = batch(tmp_path)
    assert (result.exit_code, "Loading" in result.stderr) == (
        int("summary" not in before[0]),
        False,
    )
    assert answers(tmp_path) == before
