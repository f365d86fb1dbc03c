"""Requests of several threads share forward passes: an engine around another engine.

One thread owns the inner engine. Callers leave their requests and wait; the thread merges what
waits into passes of one task (and, unless the engine mixes them, one answer length and beam width)
within a budget of tokens (padding and beams counted) and gives each caller its own answers. The
caller that has waited longest leads the next pass, the others join in turns, one row each: neither
a batch of a hundred articles nor a stream of single requests can keep the other waiting for more
than one pass a caller.

An engine that mixes answers each row as soon as it is done, and takes rows that come while a pass
is under way (Orca: Yu et al., OSDI 2022, call it scheduling by iterations), in the same turns. What
waits longest and is of another task ends that.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from models.engine import (
    Cancelled,
    Engine,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    Task,
    never,
    serve,
)

logger = logging.getLogger("breve")

PASS_TOKENS: Final = 16_384  # of a pass, where nobody says otherwise
POLL_SECONDS: Final = 0.02  # how often a waiting caller asks whether it was cancelled
# A pass takes seconds: waiting this long for company costs nothing and lets requests of one moment
# meet.
MAX_WAIT_SECONDS: Final = 0.005
JOINING_SECONDS: Final = 30.0  # after which nobody joins a pass any more: it ends, and is counted


class EngineStopped(ModelError):
    """The thread that owns the engine has ended: nothing more can be generated."""


@dataclass(frozen=True)
class Pass:
    """One pass, for who counts: `tokens` of all texts, with padding and beams in
    `padded_tokens`."""

    rows: int
    callers: int
    tokens: int
    padded_tokens: int
    answer_tokens: int
    seconds: float


def _uncounted(_: Pass) -> None:
    """The observer of passes that nobody counts."""


@dataclass(eq=False)
class _Call:
    """What one caller asked for, as far as it is not answered: rows that wait, results by place."""

    rows: "list[_Row]" = field(default_factory=list)
    results: dict[int, GenerateResult] = field(default_factory=dict)
    wanted: int = 0
    arrived: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    gone: bool = False

    def fail(self, error: Exception) -> None:
        """Ends the call with an error."""
        self.error = error
        self.rows = []
        self.done.set()

    def take(self, row: "_Row", result: GenerateResult) -> None:
        """Notes one result; the last one ends the call."""
        self.results[row.place] = result
        if len(self.results) == self.wanted:
            self.done.set()


@dataclass(frozen=True, eq=False)
class _Row:
    """One request of a call, and the length of its text in tokens."""

    call: _Call
    place: int
    request: GenerateRequest
    tokens: int

    def shape(self, mixes: bool) -> tuple[Task, int, int]:
        """What rows of one pass have in common; little if the engine mixes them."""
        return (
            (self.request.task, 0, 0)
            if mixes
            else (self.request.task, self.request.max_tokens, self.request.candidates)
        )


def _size(rows: Sequence[_Row], mixes: bool) -> int:
    """Tokens of a pass, answers and beams included. An engine that does not mix pads all texts to
    the longest for each beam."""
    if mixes:
        return sum(row.tokens + row.request.max_tokens * row.request.candidates for row in rows)
    longest = max(row.tokens for row in rows)
    return sum((longest + row.request.max_tokens) * row.request.candidates for row in rows)


def choose(calls: Sequence[_Call], budget: int, mixes: bool = False) -> list[_Row]:
    """The rows of the next pass, shortest first: those of the first call, and what fits beside
    them.

    The first call's first row is always taken. Each call gives one row a turn, those nearest in
    length to the first row before others, so that little is padded. With no budget, calls share no
    pass.
    """
    lead = calls[0].rows[0]
    shape = lead.shape(mixes)
    if not budget:
        return [row for row in calls[0].rows if row.shape(mixes) == shape]
    joining = []
    for place, call in enumerate(calls):
        alike = sorted(
            (row for row in call.rows if row.shape(mixes) == shape),
            key=lambda row: abs(row.tokens - lead.tokens),
        )
        joining += [
            (turn, abs(row.tokens - lead.tokens), place, row) for turn, row in enumerate(alike)
        ]
    chosen: list[_Row] = [lead]
    for _, _, _, row in sorted(joining, key=lambda entry: entry[:3]):
        if row is not lead and _size([*chosen, row], mixes) <= budget:
            chosen.append(row)
    return sorted(chosen, key=lambda row: row.tokens)


class _Rows:
    """The rows of one pass as a `models.engine.RequestSource`: the first ones, and those that
    `join` gives for what is under way.

    `sign` is told whenever the engine asks something, and whether it has answered a row.
    """

    def __init__(
        self,
        first: Sequence[_Row],
        join: Callable[[Sequence[_Row]], _Row | None],
        sign: Callable[[bool], None],
    ) -> None:
        self._waiting, self._join, self._sign = deque(first), join, sign
        self._lock = threading.Lock()
        self._open: dict[int, _Row] = {}
        self.all = list(first)
        self.results: list[GenerateResult] = []

    @property
    def callers(self) -> int:
        """How many have rows in the pass."""
        return len({row.call for row in self.all})

    @property
    def left(self) -> list[_Row]:
        """Those that are not answered, and that somebody waits for."""
        return [row for row in self.all if not row.call.gone and row.place not in row.call.results]

    def take(self) -> tuple[int, GenerateRequest] | None:
        """The next row that somebody waits for."""
        with self._lock:
            while self._waiting:
                row = self._waiting.popleft()
                if not row.call.gone:
                    return self._opened(row)
            joining = (
                self._join([row for row in self._open.values() if not row.call.gone])
                if self._open
                else None
            )
            if joining is None:
                return None
            self.all.append(joining)
            return self._opened(joining)

    def put(self, number: int, result: GenerateResult) -> None:
        """Gives a caller its answer."""
        self._sign(True)
        with self._lock:
            row = self._open.pop(number)
            self.results.append(result)
        row.call.take(row, result)

    def wanted(self, number: int) -> bool:
        """False once the caller has left."""
        self._sign(False)
        return not self._open[number].call.gone

    def _opened(self, row: _Row) -> tuple[int, GenerateRequest]:
        self._open[id(row)] = row
        return id(row), row.request


class BatchingEngine:
    """Implements `models.engine.Engine` for any number of threads around an engine for one.

    `budget` is the size of a pass in tokens (answers, padding and beams counted); 0 lets no two
    callers share a pass. `observe` is told of each pass. An error of a shared pass is not believed:
    each caller's rows are tried again by themselves, so that it reaches only those who cause it.
    What is no Exception ends the engine, and all callers with it.
    """

    def __init__(
        self,
        engine: Engine,
        budget: int,
        observe: Callable[[Pass], None] = _uncounted,
        max_wait_seconds: float = MAX_WAIT_SECONDS,
    ) -> None:
        self._engine, self._budget, self._observe, self._max_wait = (
            engine,
            budget,
            observe,
            max_wait_seconds,
        )
        self._changed = threading.Condition()
        self._waiting: deque[_Call] = deque()  # calls with rows that wait, longest unserved first
        self._open: set[_Call] = set()
        self._closed = False
        described = engine.describe()
        self._mixes, self._silent = described.mixes, described.silent
        self._asks = True
        self.busy_since: float | None = None
        # Of the running pass: when it began, or last asked whether it was cancelled. None too if it
        # need not ask for long.
        self.last_sign: float | None = None
        self._thread = threading.Thread(target=self._run, name="breve-engine", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """False once nothing more is generated."""
        return self._thread.is_alive() and not self._closed

    def describe(self) -> EngineDescription:
        """What the inner engine is."""
        return self._engine.describe()

    def count_tokens(self, text: str) -> int:
        """The length of `text` in tokens; in the caller's thread, also while a pass runs."""
        return self._engine.count_tokens(text)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests, in order, perhaps in passes shared with other callers.

        Raises Cancelled at once when `cancelled()` turns true, and EngineStopped if the engine
        ends.
        """
        if not requests:
            return []
        call = _Call(wanted=len(requests))
        call.rows = [
            _Row(call, place, request, self.count_tokens(request.text))
            for place, request in enumerate(requests)
        ]
        self._enter(call)
        try:
            while not call.done.wait(POLL_SECONDS):
                if cancelled():
                    raise Cancelled
        finally:
            self._leave(call)
        if call.error is not None:
            raise call.error
        return [call.results[place] for place in range(len(requests))]

    def close(self, timeout: float | None = None) -> None:
        """Ends the thread after its pass; callers that still wait get EngineStopped."""
        self._close()
        self._thread.join(timeout)

    def _enter(self, call: _Call) -> None:
        with self._changed:
            if self._closed:
                raise EngineStopped("The engine has ended; restart the service.")
            self._waiting.append(call)
            self._open.add(call)
            self._changed.notify()

    def _leave(self, call: _Call) -> None:
        """Forgets a call that was answered or cancelled; its rows enter no pass any more."""
        with self._changed:
            call.gone = True
            call.rows = []
            self._open.discard(call)
            if call in self._waiting:
                self._waiting.remove(call)

    def _run(self) -> None:
        try:
            while rows := self._next():
                self._do(rows)
        except BaseException as error:
            # Told by its kind only, and not raised: the interpreter would print its words, which
            # may quote the article.
            logger.critical("engine thread ended: %s", type(error).__name__)
        finally:
            self._close()

    def _close(self) -> None:
        with self._changed:
            self._closed = True
            for call in self._open:
                call.fail(EngineStopped("The engine has ended; restart the service."))
            self._open.clear()
            self._waiting.clear()
            self._changed.notify()

    def _next(self) -> list[_Row]:
        """Waits for work and takes the rows of the next pass; none once the engine is closed."""
        with self._changed:
            while not self._closed:
                patience = (
                    self._waiting[0].arrived + self._max_wait - time.monotonic()
                    if self._waiting
                    else None
                )
                if patience is not None and patience <= 0:
                    return self._take(choose(self._waiting, self._budget, self._mixes))
                self._changed.wait(patience)
        return []

    def _take(self, rows: list[_Row]) -> list[_Row]:
        """Takes rows out of what waits; the calls that they belong to stand behind the others
        now."""
        for call in dict.fromkeys(row.call for row in rows):
            call.rows = [row for row in call.rows if row not in rows]
            self._waiting.remove(call)
            if call.rows:
                self._waiting.append(call)
        return rows

    def _do(self, first: list[_Row], joined: bool = True) -> None:
        """One pass, `joined` by what comes. If it fails, what is not answered is tried again, each
        caller's by itself."""
        until = time.monotonic() + JOINING_SECONDS if joined else 0.0
        rows = _Rows(first, partial(self._joining, first[0].shape(self._mixes), until), self._sign)
        try:
            self._pass(rows)
        except Exception as error:
            if rows.callers == 1:
                self._fail(first[0].call, error)
                return
            left = rows.left
            for call in dict.fromkeys(row.call for row in left):
                self._do([row for row in left if row.call is call], joined=False)

    def _pass(self, rows: _Rows) -> None:
        start = time.monotonic()
        self._asks = rows.all[0].request.task not in self._silent
        self._sign(progress=True)
        try:
            serve(self._engine, rows)
        finally:
            self.busy_since = self.last_sign = None
        if rows.left:
            raise ModelError(
                f"The engine has not answered {len(rows.left)} of {len(rows.all)} requests."
            )
        tokens = [row.tokens for row in rows.all]
        answered = sum(
            candidate.tokens for result in rows.results for candidate in result.candidates
        )
        seconds = time.monotonic() - start
        self._observe(
            Pass(
                len(tokens),
                rows.callers,
                sum(tokens),
                _size(rows.all, self._mixes),
                answered,
                seconds,
            )
        )

    def _joining(
        self, shape: tuple[Task, int, int], until: float, under_way: Sequence[_Row]
    ) -> _Row | None:
        """The next row that may join a pass of this shape, with these under way."""
        if not (self._mixes and self._budget) or time.monotonic() > until:
            return None
        with self._changed:
            if not self._waiting:
                return None
            row = self._waiting[0].rows[0]
            if (
                row.shape(self._mixes) != shape
                or _size([*under_way, row], self._mixes) > self._budget
            ):
                return None
            self._take([row])
            return row

    def _sign(self, progress: bool) -> None:
        """Asked by the engine between two tokens: a sign that it has not hung up."""
        now = time.monotonic()
        self.last_sign = now if self._asks else None
        if progress:
            self.busy_since = now

    def _fail(self, call: _Call, error: Exception) -> None:
        with self._changed:
            call.fail(error)
            if call in self._waiting:
                self._waiting.remove(call)
