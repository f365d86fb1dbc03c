"""Requests of several threads share passes: an engine around another engine.

One thread owns the inner engine. Callers leave their requests and wait. The thread groups waiting
requests into passes, each within a budget of tokens, and gives every caller its own answers.

- **What shares a pass.** Requests of one task. An engine that cannot mix them also needs one length
  of answer and one number of candidates.
- **Who comes first.** The caller that has waited longest leads the next pass. The others join in
  turns, one row each. Neither a batch of a hundred articles nor a stream of single requests makes
  another caller wait for more than one pass of each caller.
- **Who joins later.** An engine that mixes requests answers each row as soon as it is done, and
  takes new rows while a pass is under way, in the same turns (Orca: Yu et al., OSDI 2022, call it
  iteration-level scheduling). Joining ends when the caller that has waited longest asks for another
  task.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from models.engine import (
    Cancelled,
    Engine,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    never,
    serve,
)
from models.passes import Call, PassRows, Row, Shape, callers_of, choose_rows, padded_tokens

logger = logging.getLogger("breve")

# The default size of a pass, in tokens.
PASS_TOKENS: Final = 16_384
# How often a waiting caller asks whether it was cancelled.
POLL_SECONDS: Final = 0.02
# How long a pass waits for further requests. A pass takes seconds, so this wait costs nothing. It
# lets requests of one moment share a pass.
MAX_WAIT_SECONDS: Final = 0.005
# After this time no request joins a pass any more, so that the pass ends and is counted.
JOINING_SECONDS: Final = 30.0


class EngineStopped(ModelError):
    """The thread that owns the engine has ended: nothing more can be generated."""


@dataclass(frozen=True)
class Pass:
    """The figures of one pass, for metrics.

    `tokens` is the length of all texts, `answer_tokens` that of all answers. `padded_tokens` is the
    size of the pass with padding, answers and candidates.
    """

    rows: int
    callers: int
    tokens: int
    padded_tokens: int
    answer_tokens: int
    seconds: float


def _ignore_pass(_: Pass) -> None:
    """The observer that counts no passes."""


class BatchingEngine:
    """Implements `models.engine.Engine` for any number of threads around an engine for one.

    `budget` is the size of a pass in tokens, with answers, padding and candidates; 0 lets no two
    callers share a pass. `observe` is called after each pass. When a shared pass fails, each
    caller's rows are tried again alone, so that only the callers that cause an error get it. An
    error that is no Exception, such as SystemExit, ends the engine and all calls.
    """

    def __init__(
        self,
        engine: Engine,
        budget: int,
        observe: Callable[[Pass], None] = _ignore_pass,
        max_wait_seconds: float = MAX_WAIT_SECONDS,
    ) -> None:
        self._engine = engine
        self._budget = budget
        self._observe = observe
        self._max_wait = max_wait_seconds
        description = engine.describe()
        self._mixes = description.mixes
        self._silent_tasks = description.silent
        self._changed = threading.Condition()
        # Calls with rows that wait. The first call has not been served for the longest time.
        self._waiting: deque[Call] = deque()
        self._open: set[Call] = set()
        self._closed = False
        # When the running pass began or last answered a row. None if no pass runs.
        self.busy_since: float | None = None
        # When the running pass began, or the engine last asked or answered something. None if no
        # pass runs, or if its task is one for which the engine asks nothing for a long time.
        self.last_sign: float | None = None
        self._pass_is_silent = False
        self._thread = threading.Thread(target=self._run, name="breve-engine", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """False once the engine generates nothing more."""
        return self._thread.is_alive() and not self._closed

    def describe(self) -> EngineDescription:
        """The description of the inner engine."""
        return self._engine.describe()

    def count_tokens(self, text: str) -> int:
        """The length of `text` in tokens.

        The caller's thread counts them, also while a pass runs.
        """
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
        call = Call(expected=len(requests))
        call.rows = [
            Row(call, place, request, self.count_tokens(request.text))
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
        self._refuse_all()
        self._thread.join(timeout)

    def _enter(self, call: Call) -> None:
        with self._changed:
            if self._closed:
                raise EngineStopped("The engine has ended; restart the service.")
            self._waiting.append(call)
            self._open.add(call)
            self._changed.notify()

    def _leave(self, call: Call) -> None:
        """Forgets a call that was answered or cancelled; its rows enter no pass any more."""
        with self._changed:
            call.gone = True
            call.rows = []
            self._open.discard(call)
            if call in self._waiting:
                self._waiting.remove(call)

    def _run(self) -> None:
        """The work of the engine's thread: one pass after the other."""
        try:
            while rows := self._wait_for_rows():
                self._run_pass(rows)
        except BaseException as error:
            # Only the kind of the error is logged. The error is not raised, since the interpreter
            # would print its message, which may quote the article.
            logger.critical("engine thread ended: %s", type(error).__name__)
        finally:
            self._refuse_all()

    def _refuse_all(self) -> None:
        """Ends all calls with EngineStopped, and takes no more."""
        with self._changed:
            self._closed = True
            for call in self._open:
                call.fail(EngineStopped("The engine has ended; restart the service."))
            self._open.clear()
            self._waiting.clear()
            self._changed.notify()

    def _wait_for_rows(self) -> list[Row]:
        """Waits for work, and takes the rows of the next pass. Empty once the engine is closed."""
        with self._changed:
            while not self._closed:
                if not self._waiting:
                    self._changed.wait()
                    continue
                patience = self._waiting[0].arrived + self._max_wait - time.monotonic()
                if patience > 0:
                    self._changed.wait(patience)
                    continue
                rows = choose_rows(self._waiting, self._budget, self._mixes)
                self._take_from_waiting(rows)
                return rows
        return []

    def _take_from_waiting(self, rows: Sequence[Row]) -> None:
        """Removes rows from the waiting calls. Calls with rows left go to the end of the queue."""
        for call in callers_of(rows):
            call.rows = [row for row in call.rows if row not in rows]
            self._waiting.remove(call)
            if call.rows:
                self._waiting.append(call)

    def _run_pass(self, first: list[Row], may_join: bool = True) -> None:
        """Runs one pass. If it fails, tries each caller's unanswered rows again, alone."""
        joining_ends = time.monotonic() + JOINING_SECONDS if may_join else 0.0
        join = partial(self._next_joining, first[0].shape(self._mixes), joining_ends)
        pass_rows = PassRows(first, join, self._note_sign)
        try:
            self._serve_and_observe(pass_rows)
        except Exception as error:
            if len(callers_of(pass_rows.rows)) == 1:
                self._fail(first[0].call, error)
                return
            unanswered = pass_rows.unanswered
            for call in callers_of(unanswered):
                self._run_pass([row for row in unanswered if row.call is call], may_join=False)

    def _serve_and_observe(self, pass_rows: PassRows) -> None:
        start = time.monotonic()
        self._pass_is_silent = pass_rows.rows[0].request.task in self._silent_tasks
        self._note_sign(progress=True)
        try:
            serve(self._engine, pass_rows)
        finally:
            self.busy_since = self.last_sign = None
        rows = pass_rows.rows
        if missing := len(pass_rows.unanswered):
            raise ModelError(
                "The engine has not answered {missing} of {count} requests.",
                missing=missing,
                count=len(rows),
            )
        candidates = [each for result in pass_rows.results for each in result.candidates]
        self._observe(
            Pass(
                rows=len(rows),
                callers=len(callers_of(rows)),
                tokens=sum(row.tokens for row in rows),
                padded_tokens=padded_tokens(rows, self._mixes),
                answer_tokens=sum(candidate.tokens for candidate in candidates),
                seconds=time.monotonic() - start,
            )
        )

    def _next_joining(
        self, shape: Shape, joining_ends: float, under_way: Sequence[Row]
    ) -> Row | None:
        """The next row that may join a pass of this shape beside the rows `under_way`."""
        if not (self._mixes and self._budget) or time.monotonic() > joining_ends:
            return None
        with self._changed:
            if not self._waiting:
                return None
            row = self._waiting[0].rows[0]
            fits = padded_tokens([*under_way, row], self._mixes) <= self._budget
            if row.shape(self._mixes) != shape or not fits:
                return None
            self._take_from_waiting([row])
            return row

    def _note_sign(self, progress: bool) -> None:
        """Notes that the engine is not stuck: it has asked something or made `progress`."""
        now = time.monotonic()
        self.last_sign = None if self._pass_is_silent else now
        if progress:
            self.busy_since = now

    def _fail(self, call: Call, error: Exception) -> None:
        with self._changed:
            call.fail(error)
            if call in self._waiting:
                self._waiting.remove(call)
