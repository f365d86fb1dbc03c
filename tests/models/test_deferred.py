"""Built-in models are loaded when they have to write, where the caller wants that."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from models.checkpoint_finder import Checkpoint
from models.checkpoints.catalog import AUTO, BUILTIN, BUILTIN_TRANSLATOR, find
from models.deferred import DeferredEngine
from models.engine import (
    Cancelled,
    Engine,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    Task,
    never,
    stop_if,
)
from models.loading import load_engine, revision_of
from tests.engines import ScriptedEngine

REQUESTS = {task: GenerateRequest(task, "Le site ferme.", 10) for task in Task}
TOKENIZER = Path(__file__).parents[2] / "models" / "builtin"


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

    def load_decoder(*_: Any, tokenizer: object) -> ScriptedEngine:
        assert tokenizer is not None
        return load(BUILTIN)

    built = Checkpoint(TOKENIZER, find(BUILTIN), "r1")
    monkeypatch.setattr("models.loading.locate", lambda *_: built)
    monkeypatch.setattr("models.loading.load_checkpoint", load)
    monkeypatch.setattr("models.gemma.engine.GemmaEngine", load_decoder)
    return names


def test_nothing_is_loaded_before_it_has_to_write(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.loading.is_here", lambda _: True)
    engine = load_engine(BUILTIN, translator=AUTO, defers=True)
    described = engine.describe()
    assert engine.count_tokens("Le site ferme.") == 4
    assert loads == []
    assert described.revision == f"r1 + {revision_of(BUILTIN_TRANSLATOR)}"
    assert described.tasks == tuple(Task)
    for _ in range(2):
        engine.generate([REQUESTS[Task.SUMMARY]])
    assert loads == [BUILTIN]
    for _ in range(2):
        engine.generate([REQUESTS[Task.TRANSLATION]])
    assert loads == [BUILTIN, BUILTIN_TRANSLATOR]


@pytest.mark.parametrize(
    ("model", "translator", "is_built", "defers"),
    [
        (BUILTIN, AUTO, True, False),
        (BUILTIN, AUTO, False, True),
        ("my/model", "my/translator", True, True),
    ],
)
def test_others_are_loaded_at_once(
    loads: list[str],
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    translator: str,
    is_built: bool,
    defers: bool,
) -> None:
    monkeypatch.setattr("models.loading.is_here", lambda _: is_built)
    load_engine(model, translator=translator, defers=defers)
    assert loads == [model, BUILTIN_TRANSLATOR if translator == AUTO else translator]


def test_what_cannot_be_loaded_is_tried_once() -> None:
    tries: list[None] = []

    def fail() -> Engine:
        tries.append(None)
        raise ModelError("No model here.")

    engine = DeferredEngine(ScriptedEngine().describe(), fail)
    for _ in range(2):
        with pytest.raises(ModelError, match="No model here"):
            engine.generate([REQUESTS[Task.SUMMARY]])
    assert len(tries) == 1


def test_without_a_count_of_its_own_counting_loads_the_engine_once() -> None:
    loaded: list[ScriptedEngine] = []

    def load() -> Engine:
        loaded.append(ScriptedEngine())
        return loaded[-1]

    engine = DeferredEngine(ScriptedEngine().describe(), load)
    for _ in range(2):
        assert engine.count_tokens("Le site ferme.") == 3
    assert len(loaded) == 1


def test_the_loaded_engine_is_told_that_the_client_has_left() -> None:
    class Asking(ScriptedEngine):
        def generate(
            self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
        ) -> list[GenerateResult]:
            stop_if(cancelled)
            return super().generate(requests, cancelled)

    engine = DeferredEngine(ScriptedEngine().describe(), Asking)
    with pytest.raises(Cancelled):
        engine.generate([REQUESTS[Task.SUMMARY]], lambda: True)
