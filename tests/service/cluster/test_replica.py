"""One replica tells its steps and one outcome, and says when it is broken."""

import asyncio
import pickle
import threading
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import pytest

from models.engine import Cancelled, NotSupported
from service.api.refusals import State
from service.cluster.messages import Done, Failed, Message, Refused, UnexpectedError
from service.cluster.replica import Replica
from service.reading.article import ArticleError, NotFrench, TooShort
from service.settings import Settings
from service.summarizer import SummaryRequest
from service.text.language import Language
from tests.engines import ARTICLE, ENGLISH_TEXT, SECRET, ScriptedEngine, until

REQUEST = SummaryRequest(text=ARTICLE)


@contextmanager
def running_replica(engine: ScriptedEngine, **settings: Any) -> Iterator[Replica]:
    replica = Replica(Settings(**settings), lambda: engine)
    engine.armed = True
    try:
        yield replica
    finally:
        if engine.wait_for is not None:
            engine.wait_for.set()
        replica._worker.stop()


def messages(replica: Replica, request: SummaryRequest = REQUEST) -> list[Message]:
    async def collect() -> list[Message]:
        return [message async for message in replica.summarize(request, 60, "a-request")]

    return asyncio.run(collect())


def check_health(replica: Replica) -> None:
    asyncio.run(replica.check_health())


def test_the_steps_come_before_the_outcome() -> None:
    engine = ScriptedEngine()
    with running_replica(engine) as replica:
        *steps, outcome = messages(replica)
        assert steps[0] == "read"
        assert all(isinstance(step, str) for step in steps)
        assert isinstance(outcome, Done)
        assert outcome.description == asyncio.run(replica.describe())
        *_, second = messages(replica)
        assert isinstance(second, Done)
        told = len(outcome.passes) + len(second.passes)
        assert 0 < told <= len(engine.pass_sizes)  # None is told twice.
        assert asyncio.run(replica.count_tokens("trois mots ici")) == 3


def test_an_error_of_the_article_is_an_outcome() -> None:
    with running_replica(ScriptedEngine()) as replica:
        (outcome,) = messages(replica, SummaryRequest(text="Bonjour."))[-1:]
        assert isinstance(outcome, Failed)
        assert isinstance(outcome.error, TooShort)
        (outcome,) = messages(replica, SummaryRequest(text=ENGLISH_TEXT))[-1:]
        assert isinstance(outcome, Failed)
        assert isinstance(outcome.error, NotFrench)


def test_words_of_an_unexpected_error_do_not_leave_the_replica(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running_replica(ScriptedEngine(error=ZeroDivisionError(SECRET))) as replica:
        outcome = messages(replica)[-1]
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, UnexpectedError)
    assert SECRET not in str(outcome.error)
    assert "request a-request failed: ZeroDivisionError" in caplog.text
    assert SECRET not in caplog.text


def test_a_call_that_is_closed_ends_the_work() -> None:
    engine = ScriptedEngine(threading.Event())

    async def leave(replica: Replica) -> None:
        async with aclosing(replica.summarize(REQUEST, 60, "a-request")) as heard:
            assert await anext(heard) == "read"

    with running_replica(engine) as replica:
        asyncio.run(leave(replica))
        until(lambda: not replica._worker.running)
        assert not replica._worker.queue.jobs


def test_a_broken_replica_says_so_and_gives_its_articles_back() -> None:
    engine = ScriptedEngine(error=SystemExit())
    with running_replica(engine) as replica:
        check_health(replica)
        outcome = messages(replica)[-1]
        assert isinstance(outcome, Refused)
        until(lambda: replica._worker.state()[0] is State.DEAD)
        with pytest.raises(RuntimeError, match="died"):
            check_health(replica)
        assert isinstance(messages(replica)[-1], Refused)


def test_a_hanging_replica_gives_its_articles_back() -> None:
    class Hanging(ScriptedEngine):
        """Does not ask whether somebody still waits."""

        def _wait(self, _: Any) -> None:
            release.wait(10)

    release = threading.Event()
    outcomes: list[Message] = []
    with running_replica(Hanging(release), stuck_seconds=0.2) as replica:
        thread = threading.Thread(target=lambda: outcomes.extend(messages(replica)))
        thread.start()
        until(lambda: replica._worker.state()[0] is State.STUCK)
        with pytest.raises(RuntimeError, match="no sign"):
            check_health(replica)
        thread.join(10)
    assert isinstance(outcomes[-1], Refused)


def test_a_model_that_cannot_be_loaded_ends_the_replica() -> None:
    def load() -> ScriptedEngine:
        raise ValueError("no such checkpoint")

    with pytest.raises(RuntimeError, match="no such checkpoint"):
        Replica(Settings(), load)


@pytest.mark.parametrize(
    "error",
    [
        *(kind("words") for kind in ArticleError.__subclasses__() if kind is not NotFrench),
        NotFrench(Language("en", 0.9)),
        NotSupported("{id} writes French only.", id="model"),
        Cancelled(),
        UnexpectedError("ZeroDivisionError"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_arrive_as_they_were_sent(error: Exception) -> None:
    arrived = pickle.loads(pickle.dumps(Failed(error))).error
    assert type(arrived) is type(error)
    assert (str(arrived), vars(arrived)) == (str(error), vars(error))
