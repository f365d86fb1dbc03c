"""A request that was answered a short while ago is not answered again."""

import time

from models.engine import GenerateRequest, Task
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
