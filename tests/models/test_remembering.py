"""A request that was answered a short while ago is not answered again."""

import time

import pytest

from models.engine import GenerateRequest, ModelError, Task
from models.remembering import RememberingEngine
from tests.engines import ARTICLE, ENGLISH_TEXT, ScriptedEngine

FRENCH = GenerateRequest(Task.SUMMARY, ARTICLE, 40)
OTHER = GenerateRequest(Task.SUMMARY, ARTICLE, 41)
ENGLISH = GenerateRequest(Task.TRANSLATION, "Le site compte.", 10)


def test_the_same_request_is_answered_once() -> None:
    inner = ScriptedEngine()
    engine = RememberingEngine(inner)
    first = engine.generate([FRENCH])
    assert engine.generate([FRENCH]) == first == ScriptedEngine().generate([FRENCH])
    assert inner.calls == [FRENCH]


def test_new_requests_are_answered_in_their_places() -> None:
    inner = ScriptedEngine()
    engine = RememberingEngine(inner)
    engine.generate([FRENCH])
    assert engine.generate([ENGLISH, FRENCH, OTHER]) == [
        ScriptedEngine().generate([request])[0] for request in (ENGLISH, FRENCH, OTHER)
    ]
    assert inner.calls == [FRENCH, ENGLISH, OTHER]


def test_an_old_answer_is_forgotten() -> None:
    inner = ScriptedEngine()
    engine = RememberingEngine(inner, seconds=0.01)
    engine.generate([FRENCH])
    time.sleep(0.02)
    engine.generate([FRENCH])
    assert inner.calls == [FRENCH, FRENCH]


def test_the_oldest_answer_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.remembering.ANSWERS", 1)
    inner = ScriptedEngine()
    engine = RememberingEngine(inner)
    for request in (FRENCH, OTHER, FRENCH):
        engine.generate([request])
    assert inner.calls == [FRENCH, OTHER, FRENCH]


def test_an_error_is_not_remembered() -> None:
    inner = ScriptedEngine(error=ModelError("No memory is left."))
    inner.armed = True
    engine = RememberingEngine(inner)
    with pytest.raises(ModelError):
        engine.generate([FRENCH])
    inner.error = None
    assert engine.generate([FRENCH]) == ScriptedEngine().generate([FRENCH])


def test_what_is_drawn_at_random_is_drawn_each_time() -> None:
    inner = ScriptedEngine()
    engine = RememberingEngine(inner)
    drawn = GenerateRequest(Task.SUMMARY, ARTICLE, 40, candidates=2, temperature=0.8)
    for _ in range(2):
        engine.generate([drawn])
    assert inner.calls == [drawn, drawn]


def test_no_article_is_kept() -> None:
    """The text has no accent and no apostrophe: it would be seen in bytes too."""
    engine = RememberingEngine(ScriptedEngine())
    (result,) = engine.generate([GenerateRequest(Task.HEADLINE, ENGLISH_TEXT, 5)])
    kept = repr(vars(engine)["_results"])
    assert result.candidates[0].text in kept
    assert ENGLISH_TEXT not in kept
