"""`breve batch`: every line gets its own answer, in order, once, however often the run is interrupted."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from models.engine import GenerateRequest, GenerateResult, ModelError, Task
from service.cli import main
from service.client import TRIES, Client, ServiceError
from tests.engines import ARTICLE, SECRET, ScriptedEngine, running

LINES: list[dict[str, Any]] = [
    {"id": "first", "text": ARTICLE},
    {"id": "short", "text": "Bonjour."},
    {"text": ARTICLE, "language": "en", "length": "short"},
    {"id": "wrong", "text": ARTICLE, "max_words": 3},
    {"id": {"any": "json"}, "html": f"<html><body><article><p>{ARTICLE}</p></article></body></html>"},
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
    return CliRunner().invoke(main, ["batch", str(folder / "in.jsonl"), str(folder / "out.jsonl"), *options])


def write(folder: Path, lines: Sequence[Any]) -> None:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "in.jsonl").write_text(text + "\n", encoding="utf-8")


def answers(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_line_has_its_answer_in_order(tmp_path: Path) -> None:
    write(tmp_path, [*LINES, "no JSON", "[1]"])
    result = batch(tmp_path)
    found = answers(tmp_path)
    assert [answer["id"] for answer in found] == [*IDS, 6, 7]
    codes = [answer.get("problem", {}).get("code") for answer in found]
    assert codes == [None, "too_short", None, "invalid_body", None, "invalid_body", "invalid_body"]
    assert found[0]["language"] == "fr"
    assert found[2]["language"] == "en"
    assert len(found[2]["sentences"]) == 1
    assert "max_words" in found[3]["problem"]["detail"]
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "4 of 7 articles have no summary" in result.stderr


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path, engine: ScriptedEngine) -> None:
    write(tmp_path, LINES)
    batch(tmp_path)
    whole = answers(tmp_path)
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "out.jsonl").write_bytes(b"".join(lines[:2]) + lines[2][:40])  # cut in the middle of a line
    engine.calls.clear()
    batch(tmp_path)
    again = answers(tmp_path)
    assert [answer["id"] for answer in again] == IDS
    assert [answer.get("summary") for answer in again] == [answer.get("summary") for answer in whole]
    assert [call.task for call in engine.calls].count(Task.SUMMARY) == 2  # the first article was not done again


def test_a_finished_run_does_nothing_more(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    batch(tmp_path)
    before = (tmp_path / "out.jsonl").read_bytes()
    assert batch(tmp_path).exit_code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_answers_of_another_input_are_not_touched(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    for foreign in ('{"id": "other", "summary": ""}\n', "a file of somebody\n"):
        (tmp_path / "out.jsonl").write_text(foreign, encoding="utf-8")
        result = batch(tmp_path)
        assert result.exit_code == 1
        assert "Name another file" in result.stderr
        assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == foreign


def test_the_input_is_never_written_to(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    source = str(tmp_path / "in.jsonl")
    before = Path(source).read_bytes()
    assert CliRunner().invoke(main, ["batch", source, source]).exit_code == 2
    assert Path(source).read_bytes() == before


def test_a_crash_is_the_problem_of_its_own_article(tmp_path: Path) -> None:
    write(tmp_path, [{"text": ARTICLE}, {"text": ARTICLE + f" {SECRET} ouvre aussi."}, {"text": ARTICLE}])
    result = batch(tmp_path)
    found = answers(tmp_path)
    assert [answer.get("problem", {}).get("code") for answer in found] == [None, "internal", None]
    assert SECRET not in result.stderr + json.dumps(found[1])


def test_a_model_that_cannot_be_had_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    for one, other in zip(local, answers(tmp_path), strict=True):
        assert one.get("summary") == other.get("summary")
        assert one.get("problem") == other.get("problem")


def test_a_service_that_is_gone_ends_the_run_and_keeps_what_is_done(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    result = batch(tmp_path, "--url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "run the same command again" in result.stderr
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def _client(*statuses: int) -> tuple[Client, list[float]]:
    """A client of a service that answers with these statuses, and the seconds that it waited between them."""
    left = list(statuses)
    waits: list[float] = []

    def respond(_: httpx.Request) -> httpx.Response:
        status = left.pop(0)
        body = {"summary": "Bien."} if status == 200 else {"detail": "Non.", "code": "busy"}
        return httpx.Response(status, json=body, headers={"Retry-After": "7"})

    client = Client("http://service", sleep=waits.append)
    client._http = httpx.Client(transport=httpx.MockTransport(respond))
    return client, waits


def test_a_busy_service_is_asked_again_when_it_says() -> None:
    client, waits = _client(503, 429, 200)
    assert client.summarize({})["summary"] == "Bien."
    assert waits == [7.0, 7.0]


def test_a_service_that_stays_busy_is_given_up() -> None:
    client, waits = _client(*[503] * TRIES)
    with pytest.raises(ServiceError, match="Non") as raised:
        client.summarize({})
    assert raised.value.problem == {"detail": "Non.", "code": "busy"}
    assert len(waits) == TRIES - 1
