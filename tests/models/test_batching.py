"""Requests that run at the same time share passes, and nobody ever gets another's answer."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import batching
from models.batching import BatchingEngine, EngineStopped, Pass
from models.engine import (
    Cancelled,
    Candidate,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    RequestSource,
    Task,
    never,
)
from models.passes import Call, Row, choose_rows, padded_tokens
from tests.engines import ScriptedEngine, until

PROPERTIES = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


GATE_SECONDS = 60
ROOM_FOR_FIVE = 5 * (2 + 10)  # tokens: texts of two words, answers of ten


class Poison(Exception):
    """What the engine raises on a text that begins with "poison"."""


class Echo(ScriptedEngine):
    """Answers each text with itself, and notes every pass. A gate, where there is one, is waited
    for in each pass."""

    def __init__(self, gate: threading.Event | None = None, delay: float = 0) -> None:
        super().__init__()
        self.gate, self.delay = gate, delay
        self.passes: list[list[str]] = []
        self.begun = threading.Semaphore(0)
        self.stopped = 0
        self._busy = threading.Lock()

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        assert self._busy.acquire(blocking=False), "two passes at once"
        gate = self.gate  # that of this pass, though another be put in its place
        try:
            self.passes.append([request.text for request in requests])
            self.begun.release()
            time.sleep(self.delay)
            end = time.monotonic() + GATE_SECONDS
            while gate is not None and not gate.is_set():
                if cancelled():
                    self.stopped += 1
                    raise Cancelled
                assert time.monotonic() < end, (
                    "the gate was never opened"
                )  # a test that failed before must not hang
                time.sleep(0.001)
            if any(request.text.startswith("poison") for request in requests):
                raise Poison
            return [self.echo(request) for request in requests]
        finally:
            self._busy.release()

    def echo(self, request: GenerateRequest) -> GenerateResult:
        tokens = self.count_tokens(request.text)
        return GenerateResult(
            (Candidate(request.text, tokens, 0.0, True),) * request.candidates, tokens, tokens
        )


def request(
    text: str, max_tokens: int = 10, candidates: int = 1, task: Task = Task.SUMMARY
) -> GenerateRequest:
    return GenerateRequest(task, text, max_tokens, candidates=candidates)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor


def waiting(engine: BatchingEngine, rows: int) -> None:
    def arrived() -> bool:
        with engine._changed:  # or a caller that arrives now would change what is counted
            return sum(len(call.rows) for call in engine._waiting) == rows

    until(arrived)


def held(
    pool: ThreadPoolExecutor, budget: int = 10_000
) -> tuple[Echo, BatchingEngine, "Future[list[GenerateResult]]"]:
    """An engine in the middle of a pass that ends when the gate opens."""
    inner = Echo(gate=threading.Event())
    engine = BatchingEngine(inner, budget)
    first = pool.submit(engine.generate, [request("first")])
    assert inner.begun.acquire(timeout=20)
    return inner, engine, first


def release(inner: Echo) -> None:
    assert inner.gate is not None
    inner.gate.set()


def test_what_waits_shares_the_next_pass(pool: ThreadPoolExecutor) -> None:
    inner, engine, first = held(pool)
    others = [pool.submit(engine.generate, [request(f"{'long ' * k}text {k}")]) for k in range(8)]
    waiting(engine, 8)
    release(inner)
    assert [future.result(20)[0].candidates[0].text for future in [first, *others]] == [
        "first", *(f"{'long ' * k}text {k}" for k in range(8))
    ]  # fmt: skip
    assert len(inner.passes) == 2
    assert inner.passes[1] == sorted(inner.passes[1], key=len), "the shortest first"
    engine.close()


def test_without_a_budget_no_pass_is_shared(pool: ThreadPoolExecutor) -> None:
    inner, engine, first = held(pool, budget=0)
    others = [
        pool.submit(engine.generate, [request(f"{k} {row}") for row in range(2)]) for k in range(4)
    ]
    waiting(engine, 8)
    release(inner)
    assert all(future.result(20) for future in [first, *others])
    assert [len(texts) for texts in inner.passes] == [1, 2, 2, 2, 2]
    assert all(len({text.split()[0] for text in texts}) == 1 for texts in inner.passes)
    engine.close()


def test_single_request_does_not_wait_for_a_batch_of_a_hundred(pool: ThreadPoolExecutor) -> None:
    inner, engine, first = held(pool, ROOM_FOR_FIVE)
    batch = pool.submit(engine.generate, [request(f"batch {k}") for k in range(100)])
    waiting(engine, 100)
    single = pool.submit(engine.generate, [request("single one")])
    waiting(engine, 101)
    release(inner)
    assert single.result(20)
    assert [len(future.result(20)) for future in (first, batch)] == [1, 100]
    assert "single one" in inner.passes[1]
    assert max(len(texts) for texts in inner.passes) == 5
    engine.close()


def test_rows_of_another_kind_are_not_starved(pool: ThreadPoolExecutor) -> None:
    inner, engine, first = held(pool, ROOM_FOR_FIVE)
    batch = pool.submit(engine.generate, [request(f"batch {k}") for k in range(50)])
    waiting(engine, 50)
    english = pool.submit(engine.generate, [request("other kind", task=Task.TRANSLATION)])
    waiting(engine, 51)
    release(inner)
    assert english.result(20)
    assert [first.result(20), batch.result(20)]
    assert ["other kind"] in inner.passes[1:3]
    engine.close()


def test_cancelled_caller_is_answered_at_once_and_its_rows_are_dropped(
    pool: ThreadPoolExecutor,
) -> None:
    inner, engine, first = held(pool)
    left = threading.Event()
    leaving = pool.submit(engine.generate, [request("leaving")], left.is_set)
    staying = pool.submit(engine.generate, [request("staying")])
    waiting(engine, 2)
    left.set()
    assert isinstance(leaving.exception(20), Cancelled), "answered while the pass before it runs"
    release(inner)
    assert first.result(20)
    assert staying.result(20)
    assert inner.passes == [["first"], ["staying"]]
    engine.close()


def test_pass_is_stopped_only_when_all_its_callers_have_left(pool: ThreadPoolExecutor) -> None:
    inner, engine, first = held(pool)
    leave = [threading.Event(), threading.Event()]
    both = [
        pool.submit(engine.generate, [request(f"caller {k}")], leave[k].is_set) for k in range(2)
    ]
    waiting(engine, 2)  # for the pass after this one, which they share
    opened, inner.gate = inner.gate, threading.Event()
    assert opened is not None
    opened.set()
    assert first.result(20)
    assert inner.begun.acquire(timeout=20)
    leave[0].set()
    assert isinstance(both[0].exception(20), Cancelled)
    time.sleep(0.05)
    assert inner.stopped == 0
    leave[1].set()
    assert isinstance(both[1].exception(20), Cancelled)
    until(lambda: inner.stopped == 1)
    release(inner)
    assert engine.generate([request("next")])
    engine.close()


def test_already_cancelled_and_nothing_asked_for() -> None:
    engine = BatchingEngine(Echo(gate=threading.Event()), 100)
    assert engine.generate([]) == []
    with pytest.raises(Cancelled):
        engine.generate([request("text")], lambda: True)
    engine.close()


def test_poisonous_request_harms_no_neighbour(pool: ThreadPoolExecutor) -> None:
    inner, engine, first = held(pool)
    texts = ["a", "poison b", "c", "poison d", "e"]
    futures = [
        pool.submit(engine.generate, [request(text), request(f"{text} two")]) for text in texts
    ]
    waiting(engine, 10)
    release(inner)
    assert first.result(20)
    for text, future in zip(texts, futures, strict=True):
        if text.startswith("poison"):
            assert isinstance(future.exception(20), Poison)
        else:
            assert [result.candidates[0].text for result in future.result(20)] == [
                text,
                f"{text} two",
            ]
    assert len(inner.passes[1]) == 10
    engine.close()


def test_wrong_number_of_answers_is_an_error() -> None:
    class Short(Echo):
        def generate(
            self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
        ) -> list[GenerateResult]:
            return super().generate(requests, cancelled)[1:]

    engine = BatchingEngine(Short(), 100)
    with pytest.raises(ModelError, match="0 answers to 1 requests"):
        engine.generate([request("text")])
    engine.close()


def test_engine_that_dies_answers_everybody(
    pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    class Dying(Echo):
        def echo(self, request: GenerateRequest) -> GenerateResult:
            raise SystemExit(request.text)

    inner = Dying(gate=threading.Event())
    engine = BatchingEngine(inner, 100)
    futures = [pool.submit(engine.generate, [request("Zorglub")]) for _ in range(4)]
    assert inner.begun.acquire(timeout=20)
    release(inner)
    assert all(isinstance(future.exception(20), EngineStopped) for future in futures)
    until(lambda: not engine.alive)
    with pytest.raises(EngineStopped):
        engine.generate([request("next")])
    assert "SystemExit" in caplog.text
    assert "Zorglub" not in caplog.text


def test_closing_refuses_what_waits(pool: ThreadPoolExecutor) -> None:
    inner, engine, first = held(pool)
    second = pool.submit(engine.generate, [request("second")])
    waiting(engine, 1)
    closing = pool.submit(engine.close)
    assert isinstance(second.exception(20), EngineStopped)
    assert isinstance(first.exception(20), EngineStopped)
    release(inner)
    closing.result(20)
    assert not engine.alive


def test_the_description_is_the_inner_one() -> None:
    inner = ScriptedEngine()
    engine = BatchingEngine(inner, 100)
    assert engine.describe() == inner.describe()
    assert engine.count_tokens("un deux") == 2
    engine.close()


def test_passes_are_told() -> None:
    passes: list[Pass] = []
    started = time.monotonic()
    engine = BatchingEngine(Echo(), 1_000, passes.append)
    engine.generate([request("one two three", candidates=2), request("one", candidates=2)])
    engine.close()
    most_seconds = time.monotonic() - started
    (observed,) = passes
    assert (
        observed.rows,
        observed.callers,
        observed.tokens,
        observed.padded_tokens,
        observed.answer_tokens,
    ) == (
        2,
        1,
        4,
        2 * 13 * 2,
        8,
    )
    assert 0 < observed.seconds < most_seconds


class Stepping(Echo):
    """Takes requests while others are under way, and answers the one that is longest under way at
    each step it is allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = threading.Semaphore(0)
        self.dropped: list[str] = []

    def describe(self) -> EngineDescription:
        return replace(super().describe(), mixes=True)

    def serve(self, source: RequestSource) -> None:
        texts: list[str] = []
        under_way: list[tuple[int, GenerateRequest]] = []
        self.passes.append(texts)
        while True:
            while (taken := source.take()) is not None:
                under_way.append(taken)
                texts.append(taken[1].text)
                self.begun.release()
            for taken in [entry for entry in under_way if not source.wanted(entry[0])]:
                under_way.remove(taken)
                self.dropped.append(taken[1].text)
            if not under_way:
                return
            if self.steps.acquire(timeout=0.001):
                if any(each.text.startswith("poison") for _, each in under_way):
                    raise Poison
                number, asked = under_way.pop(0)
                if asked.text != "lost":
                    source.put(number, self.echo(asked))


def begun(inner: Stepping, rows: int) -> None:
    for _ in range(rows):
        assert inner.begun.acquire(timeout=20)


def test_who_comes_joins_the_pass_and_is_answered_when_done(pool: ThreadPoolExecutor) -> None:
    passes: list[Pass] = []
    inner = Stepping()
    engine = BatchingEngine(inner, 10_000, passes.append)
    first = pool.submit(engine.generate, [request("first"), request("second")])
    begun(inner, 2)
    joins = pool.submit(engine.generate, [request("joins", 20, 4)])
    begun(inner, 1)
    since = engine.busy_since
    inner.steps.release(2)
    assert [result.candidates[0].text for result in first.result(20)] == ["first", "second"]
    assert not joins.done()
    assert engine.busy_since is not None
    assert since is not None
    assert engine.busy_since > since, "what makes progress is not stuck"
    inner.steps.release()
    assert len(joins.result(20)[0].candidates) == 4
    engine.close(20)
    assert inner.passes == [["first", "second", "joins"]]
    assert [(each.rows, each.callers, each.answer_tokens) for each in passes] == [(3, 2, 6)]


@pytest.mark.parametrize(
    ("budget", "seconds", "joins"),
    [(0, 30.0, False), (25, 30.0, True), (20, 30.0, False), (10_000, -1.0, False)],
)
def test_nobody_joins_beyond_the_budget_or_for_ever(
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    budget: int,
    seconds: float,
    joins: bool,
) -> None:
    monkeypatch.setattr(batching, "JOINING_SECONDS", seconds)
    inner = Stepping()
    engine = BatchingEngine(inner, budget)
    both = [pool.submit(engine.generate, [request("first")])]
    begun(inner, 1)
    both.append(pool.submit(engine.generate, [request("second")]))
    if joins:
        begun(inner, 1)
    else:
        waiting(engine, 1)
        time.sleep(0.02)
    inner.steps.release(2)
    assert all(future.result(20) for future in both)
    assert inner.passes == ([["first", "second"]] if joins else [["first"], ["second"]])
    engine.close(20)


def test_what_waits_longest_and_is_of_another_kind_ends_the_joining(
    pool: ThreadPoolExecutor,
) -> None:
    inner = Stepping()
    engine = BatchingEngine(inner, 10_000)
    futures = [pool.submit(engine.generate, [request("first")])]
    begun(inner, 1)
    for place, (text, task) in enumerate(
        [("other", Task.TRANSLATION), ("second", Task.SUMMARY)], 1
    ):
        futures.append(pool.submit(engine.generate, [request(text, task=task)]))
        waiting(engine, place)
    inner.steps.release(3)
    assert all(future.result(20) for future in futures)
    assert inner.passes == [["first"], ["other"], ["second"]]
    engine.close(20)


def test_poison_that_joins_harms_no_neighbour(pool: ThreadPoolExecutor) -> None:
    inner = Stepping()
    engine = BatchingEngine(inner, 10_000)
    futures = []
    for text in ("first", "poison", "third"):
        futures.append(pool.submit(engine.generate, [request(text)]))
        begun(inner, 1)
    inner.steps.release(4)
    assert isinstance(futures[1].exception(20), Poison)
    assert [futures[place].result(20)[0].candidates[0].text for place in (0, 2)] == [
        "first",
        "third",
    ]
    assert inner.passes == [["first", "poison", "third"], ["first"], ["poison"], ["third"]]
    engine.close(20)


def test_who_leaves_is_let_go_and_the_others_are_answered(pool: ThreadPoolExecutor) -> None:
    inner, left = Stepping(), threading.Event()
    engine = BatchingEngine(inner, 10_000)
    leaving = pool.submit(engine.generate, [request("leaving")], left.is_set)
    begun(inner, 1)
    staying = pool.submit(engine.generate, [request("staying")])
    begun(inner, 1)
    left.set()
    assert isinstance(leaving.exception(20), Cancelled)
    until(lambda: inner.dropped == ["leaving"])
    inner.steps.release()
    assert staying.result(20)
    engine.close(20)


def test_a_request_that_is_never_answered_is_an_error() -> None:
    inner = Stepping()
    inner.steps.release(2)
    engine = BatchingEngine(inner, 10_000)
    with pytest.raises(ModelError, match="has not answered 1 of 2"):
        engine.generate([request("found"), request("lost")])
    engine.close(20)


# ---- properties

ROWS = st.builds(
    request,
    st.integers(1, 40).map(lambda n: "mot " * n),
    st.sampled_from([10, 20]),
    st.sampled_from([1, 4]),
    st.sampled_from([Task.SUMMARY, Task.TRANSLATION]),
)


def call_of(requests: Sequence[GenerateRequest]) -> Call:
    call = Call(expected=len(requests))
    call.rows = [
        Row(call, place, each, len(each.text.split())) for place, each in enumerate(requests)
    ]
    return call


@PROPERTIES
@given(
    calls=st.lists(st.lists(ROWS, min_size=1, max_size=8).map(call_of), min_size=1, max_size=6),
    budget=st.integers(0, 2_000),
    mixes=st.booleans(),
)
def test_every_choice_keeps_the_rules(calls: list[Call], budget: int, mixes: bool) -> None:
    chosen = choose_rows(calls, budget, mixes)
    lead = calls[0].rows[0]
    assert lead in chosen
    assert len(set(chosen)) == len(chosen)
    assert {row.request.task for row in chosen} == {lead.request.task}
    assert mixes or {row.shape(mixes) for row in chosen} == {lead.shape(mixes)}
    if budget:
        assert len(chosen) == 1 or padded_tokens(chosen, mixes) <= budget
        assert [row.tokens for row in chosen] == sorted(row.tokens for row in chosen)
    else:
        assert {row.call for row in chosen} == {calls[0]}


@PROPERTIES
@given(
    callers=st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.integers(1, 12), st.booleans(), st.integers(0, 19)),
                min_size=1,
                max_size=5,
            ),
            st.floats(0, 0.01),  # when it arrives, in seconds
            st.none() | st.floats(0, 0.02),  # how long it stays
        ),
        min_size=1,
        max_size=12,
    ),
    budget=st.sampled_from([0, 30, 100, 1_000]),
    steps=st.booleans(),
)
def test_everybody_gets_their_own_answers(
    callers: list[tuple[list[tuple[int, bool, int]], float, float | None]], budget: int, steps: bool
) -> None:
    inner = Stepping() if steps else Echo(delay=0.002)
    if isinstance(inner, Stepping):
        inner.steps.release(10_000)
    engine = BatchingEngine(inner, budget)

    def ask(name: int, rows: list[tuple[int, bool, int]], delay: float, stay: float | None) -> str:
        time.sleep(delay)
        end = None if stay is None else time.monotonic() + stay
        texts = [
            f"{'poison ' if poison == 0 else ''}{name} {place} {'mot ' * words}"
            for place, (words, _, poison) in enumerate(rows)
        ]
        requests = [
            request(text, 10, 2 if wide else 1)
            for text, (_, wide, _) in zip(texts, rows, strict=True)
        ]
        try:
            results = engine.generate(requests, lambda: end is not None and time.monotonic() > end)
        except Cancelled:
            assert end is not None
            return "cancelled"
        except Poison:
            assert any(text.startswith("poison") for text in texts)
            return "poisoned"
        assert not any(text.startswith("poison") for text in texts)
        for text, asked, result in zip(texts, requests, results, strict=True):
            assert [candidate.text for candidate in result.candidates] == [text] * asked.candidates
        return "answered"

    with ThreadPoolExecutor(len(callers)) as pool:
        futures = [pool.submit(ask, name, *caller) for name, caller in enumerate(callers)]
        outcomes = Counter(future.result(60) for future in futures)
    assert sum(outcomes.values()) == len(callers)
    assert (
        engine.generate([request("the next good request")])[0].candidates[0].text
        == "the next good request"
    )
    engine.close(30)
    assert not engine._open
    assert not engine._waiting
