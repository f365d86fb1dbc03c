"""The rows that wait for a pass, the choice of those that share the next one, and a pass under way.

`models/batching.py` runs the passes. Standard library only.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.engine import GenerateRequest, GenerateResult, Task

# The rows of one pass share these: their task and, where it matters, length and candidates.
Shape = tuple[Task, int, int]


@dataclass(eq=False)
class Call:
    """The requests of one caller: `rows` that wait for a pass, `results` by their place."""

    expected: int
    rows: "list[Row]" = field(default_factory=list)
    results: dict[int, GenerateResult] = field(default_factory=dict)
    arrived: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    # True once the caller no longer waits.
    gone: bool = False

    def fail(self, error: Exception) -> None:
        """Ends the call with an error."""
        self.error = error
        self.rows = []
        self.done.set()

    def answer(self, row: "Row", result: GenerateResult) -> None:
        """Keeps one result; the last one ends the call."""
        self.results[row.place] = result
        if len(self.results) == self.expected:
            self.done.set()


@dataclass(frozen=True, eq=False)
class Row:
    """One request of a call, its place there, and the length of its text in tokens."""

    call: Call
    place: int
    request: GenerateRequest
    tokens: int

    def shape(self, mixes: bool) -> Shape:
        """The properties that the rows of a pass share. For an engine that mixes, only the task."""
        if mixes:
            return self.request.task, 0, 0
        return self.request.task, self.request.max_tokens, self.request.candidates


def callers_of(rows: Sequence[Row]) -> list[Call]:
    """The calls that the rows belong to, each once."""
    return list(dict.fromkeys(row.call for row in rows))


def padded_tokens(rows: Sequence[Row], mixes: bool) -> int:
    """The size of a pass in tokens, its answers included.

    An engine that does not mix pads all texts to the longest, once for each candidate.
    """
    if mixes:
        return sum(row.tokens + row.request.max_tokens * row.request.candidates for row in rows)
    longest = max(row.tokens for row in rows)
    return sum((longest + row.request.max_tokens) * row.request.candidates for row in rows)


def choose_rows(calls: Sequence[Call], budget: int, mixes: bool = False) -> list[Row]:
    """The rows of the next pass, shortest first.

    The first row of the first call is always taken. Then each call gives one row a turn while the
    budget lasts. Rows whose length is nearest to the first row's go first, so that little is
    padded. With a budget of 0, calls share no pass.
    """
    lead = calls[0].rows[0]
    shape = lead.shape(mixes)
    if not budget:
        return [row for row in calls[0].rows if row.shape(mixes) == shape]

    def distance(row: Row) -> int:
        return abs(row.tokens - lead.tokens)

    ranked: list[tuple[tuple[int, int, int], Row]] = []
    for place, call in enumerate(calls):
        fitting = [row for row in call.rows if row.shape(mixes) == shape]
        for turn, row in enumerate(sorted(fitting, key=distance)):
            ranked.append(((turn, distance(row), place), row))
    chosen = [lead]
    for _, row in sorted(ranked, key=lambda entry: entry[0]):
        if row is not lead and padded_tokens([*chosen, row], mixes) <= budget:
            chosen.append(row)
    return sorted(chosen, key=lambda row: row.tokens)


class PassRows:
    """The rows of one pass, as the `models.engine.RequestSource` of the inner engine.

    `join` returns another row that may join those under way, or None. `note_sign` is called
    whenever the engine asks or answers something; its argument is True for an answer.
    """

    def __init__(
        self,
        first: Sequence[Row],
        join: Callable[[Sequence[Row]], Row | None],
        note_sign: Callable[[bool], None],
    ) -> None:
        self._waiting = deque(first)
        self._join = join
        self._note_sign = note_sign
        self._lock = threading.Lock()
        self._under_way: dict[int, Row] = {}
        self.rows = list(first)
        self.results: list[GenerateResult] = []

    @property
    def unanswered(self) -> list[Row]:
        """The rows that have no answer, and whose caller still waits."""
        return [row for row in self.rows if not row.call.gone and row.place not in row.call.results]

    def take(self) -> tuple[int, GenerateRequest] | None:
        """The next row whose caller still waits."""
        with self._lock:
            while self._waiting:
                row = self._waiting.popleft()
                if not row.call.gone:
                    return self._begin(row)
            if not self._under_way:
                return None
            under_way = [row for row in self._under_way.values() if not row.call.gone]
            joining = self._join(under_way)
            if joining is None:
                return None
            self.rows.append(joining)
            return self._begin(joining)

    def put(self, number: int, result: GenerateResult) -> None:
        """Gives a caller its answer."""
        self._note_sign(True)
        with self._lock:
            row = self._under_way.pop(number)
            self.results.append(result)
        row.call.answer(row, result)

    def wanted(self, number: int) -> bool:
        """False once the caller has left."""
        self._note_sign(False)
        return not self._under_way[number].call.gone

    def _begin(self, row: Row) -> tuple[int, GenerateRequest]:
        self._under_way[id(row)] = row
        return id(row), row.request
