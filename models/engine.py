"""What the rest of the program knows of a model: requests in, candidates out. Standard library
only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


class ModelError(Exception):
    """A checkpoint could not be found, built, loaded or used. The message says what to do."""


class NotSupported(ModelError):
    """The loaded checkpoints cannot do what was asked. The message says which can."""


class Cancelled(Exception):
    """The caller no longer wants the result; generation stopped between two tokens."""


class Task(StrEnum):
    """What an engine can be asked for."""

    SUMMARY = "summary"
    HEADLINE = "headline"
    TRANSLATION = "translation"


@dataclass(frozen=True)
class GenerateRequest:
    """One text to transform.

    `words` is the wished length of a summary, in words (the model follows it loosely). `candidates`
    is how many different answers are wanted, best first. `facts` is a text whose numbers and names
    alone the answer may hold (see `models/constraint.py`); empty, there is no such rule. `uncopied`
    forbids the text's own words in lower case, in runs of two or more, for a translation that was
    left as it stood. What an engine does not mind of a request, its description says
    (`EngineDescription.ignores`). Above 0, `temperature` wants candidates that differ: the first
    takes the likeliest token each time, the others are drawn by themselves, unlikely tokens the
    more often the higher it is; a runtime that does not draw searches as ever.
    """

    task: Task
    text: str
    max_tokens: int
    words: int = 0
    candidates: int = 1
    facts: str = ""
    uncopied: bool = False
    temperature: float = 0.0


@dataclass(frozen=True)
class Candidate:
    """One answer. `score` is the mean log-probability of its tokens, `finished` is False if it was
    cut."""

    text: str
    tokens: int
    score: float
    finished: bool


@dataclass(frozen=True)
class GenerateResult:
    """The answers to one request, best first, and how many tokens of its text the model was given
    and read."""

    candidates: tuple[Candidate, ...]
    tokens: int
    used_tokens: int


@dataclass(frozen=True)
class Weights:
    """What of a model is used: bytes of weights read for each new token, parameters multiplied with
    each token of a prompt, and those of the output layer, which are multiplied with new tokens
    only.

    The output layer is in the bytes, embeddings, of which a token needs one row, in nothing.
    """

    step_bytes: int
    prompt_parameters: int
    output_parameters: int


@dataclass(frozen=True)
class EngineDescription:
    """What an engine is. `window` is the longest text that it reads in one pass, in tokens.

    `mixes` says whether requests with different numbers of candidates and tokens share its passes,
    without padding; `draws` whether it minds their temperature; `silent` are the tasks of which it
    does not ask between two tokens whether their answers are still wanted, only between batches;
    `ignores` are the fields of a request that it does not mind, with the task of which it does not;
    `weights` is None where the engine does not say; `translator` is the id of a second checkpoint
    that makes the English.
    """

    id: str
    revision: str
    family: str
    runtime: str
    tasks: tuple[Task, ...]
    window: int
    licence: str
    mixes: bool = False
    draws: bool = False
    weights: Weights | None = None
    translator: str = ""
    silent: tuple[Task, ...] = ()
    ignores: tuple[tuple[Task, str], ...] = ()


def never() -> bool:
    """The cancellation test of work that nobody cancels."""
    return False


def stop_if(cancelled: Callable[[], bool]) -> None:
    """Raises Cancelled if the caller no longer wants the result."""
    if cancelled():
        raise Cancelled


class Engine(Protocol):
    """A loaded model. One thread may use it at a time, but `count_tokens` may be called by any,
    also meanwhile.

    `models.batching` makes one for many threads out of it.
    """

    def describe(self) -> EngineDescription:
        """What this engine is and can do."""
        ...

    def count_tokens(self, text: str) -> int:
        """The length of `text` in the model's tokens, special tokens left out."""
        ...

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests, in order. Raises Cancelled soon after `cancelled()` turns true."""
        ...


class RequestSource(Protocol):
    """Where an engine takes its requests from as it has room for them; any of its threads may ask.
    Requests go by numbers."""

    def take(self) -> tuple[int, GenerateRequest] | None:
        """The next request, if one may begin now. None says nothing of later."""
        ...

    def put(self, number: int, result: GenerateResult) -> None:
        """The answer to a request that was taken."""
        ...

    def wanted(self, number: int) -> bool:
        """Asked again and again while a request is under way: False lets it go without an
        answer."""
        ...


@runtime_checkable
class ServingEngine(Engine, Protocol):
    """An engine that takes requests while others are under way, and answers each as soon as it is
    done."""

    def serve(self, source: RequestSource) -> None:
        """Answers what `source` has, until nothing is under way and it has no more."""
        ...


def serve(engine: Engine, source: RequestSource) -> None:
    """Has any engine answer what `source` has now, and what comes meanwhile if it can."""
    if isinstance(engine, ServingEngine):
        engine.serve(source)
        return
    taken = list(iter(source.take, None))
    if not taken:
        return

    def cancelled() -> bool:
        return not any(source.wanted(number) for number, _ in taken)

    results = engine.generate([request for _, request in taken], cancelled)
    if len(results) != len(taken):
        raise ModelError(f"The engine gave {len(results)} answers to {len(taken)} requests.")
    for (number, _), result in zip(taken, results, strict=True):
        source.put(number, result)


class RequestList:
    """A `RequestSource` of some requests that wait together; whether they are `cancelled` is asked
    each time."""

    def __init__(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> None:
        self._waiting, self._cancelled = iter(enumerate(requests)), cancelled
        self._results: dict[int, GenerateResult] = {}

    def take(self) -> tuple[int, GenerateRequest] | None:
        """The next request. Raises Cancelled."""
        stop_if(self._cancelled)
        return next(self._waiting, None)

    def put(self, number: int, result: GenerateResult) -> None:
        """Keeps an answer."""
        self._results[number] = result

    def wanted(self, _: int) -> bool:
        """True. Raises Cancelled."""
        stop_if(self._cancelled)
        return True

    @property
    def results(self) -> list[GenerateResult]:
        """The answers, in the order of the requests."""
        return [result for _, result in sorted(self._results.items(), key=lambda found: found[0])]
