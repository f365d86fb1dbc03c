"""The built-in translator is loaded for the first English text, where the caller wants that."""

import dataclasses
from typing import Any

import pytest

from models.checkpoints.catalog import AUTO, BUILTIN, BUILTIN_TRANSLATOR
from models.engine import EngineDescription, GenerateRequest, Task
from models.loading import load_engine, revision_of
from tests.engines import ScriptedEngine

REQUESTS = {task: GenerateRequest(task, "Le site ferme.", 10) for task in Task}


class _French(ScriptedEngine):
    def describe(self) -> EngineDescription:
        tasks = (Task.SUMMARY, Task.HEADLINE)
        return dataclasses.replace(super().describe(), tasks=tasks)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the checkpoints that were loaded."""
    names: list[str] = []

    def load(name: str, *_: Any) -> ScriptedEngine:
        names.append(name)
        return _French()

    monkeypatch.setattr("models.loading.load_checkpoint", load)
    return names


def test_french_does_without_the_translator(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.loading.is_here", lambda _: True)
    engine = load_engine(BUILTIN, translator=AUTO, defers=True)
    engine.generate([REQUESTS[Task.SUMMARY]])
    described = engine.describe()
    assert loads == [BUILTIN]
    assert described.revision == f"r1 + {revision_of(BUILTIN_TRANSLATOR)}"
    assert Task.TRANSLATION in described.tasks
    for _ in range(2):
        engine.generate([REQUESTS[Task.TRANSLATION]])
    assert loads == [BUILTIN, BUILTIN_TRANSLATOR]


@pytest.mark.parametrize(
    ("translator", "is_built", "defers"),
    [(AUTO, True, False), (AUTO, False, True), ("my/translator", True, True)],
)
def test_other_translators_are_loaded_at_once(
    loads: list[str],
    monkeypatch: pytest.MonkeyPatch,
    translator: str,
    is_built: bool,
    defers: bool,
) -> None:
    monkeypatch.setattr("models.loading.is_here", lambda _: is_built)
    load_engine(BUILTIN, translator=translator, defers=defers)
    assert loads == [BUILTIN, BUILTIN_TRANSLATOR if translator == AUTO else translator]
