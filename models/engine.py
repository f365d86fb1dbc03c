"""The contract of a model: requests in, candidates out. Standard library only.

The rest of the program uses models through this module alone. An `Engine` answers requests; each
runtime implements it once. A `ServingEngine` also takes further requests while it works, from a
`RequestSource`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from models.wording import WordedError


class ModelError(WordedError):
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

    An engine may be unable to honour some fields: its description names them
    (`EngineDescription.ignores`).

    - `max_tokens`: the longest answer, in tokens.
    - `words`: the wished length of a summary, in words. The model follows it loosely.
    - `candidates`: how many different answers are wanted, best first.
    - `facts`: a text. The answer may hold only its numbers and names (see `models/constraint.py`).
      If it is empty, there is no such rule.
    - `uncopied`: the answer may not copy the text's own words: no run of two or more of them in
      lower case. This is for a second try, after a translation left its sentence in French.
    - `temperature`: above 0, all candidates but the first are drawn at random. The higher it is,
      the more often are unlikely tokens drawn. The first candidate takes the likeliest token each
      time. A runtime that cannot draw searches as usual.
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
    """One answer.

    `tokens` is its length and `score` the mean log-probability of its tokens. `finished` is False
    if it was cut.
    """

    text: str
    tokens: int
    score: float
    finished: bool


@dataclass(frozen=True)
class GenerateResult:
    """The answers to one request, best first.

    `tokens` is the length of the request's text, `used_tokens` how many of them the model read.
    """

    candidates: tuple[Candidate, ...]
    tokens: int
    used_tokens: int


@dataclass(frozen=True)
class Weights:
    """How much of a model's weights a pass uses, to estimate its time.

    - `step_bytes`: bytes that are read for each new token, those of the output layer among them.
    - `prompt_parameters`: parameters that each token of a prompt is multiplied with.
    - `output_parameters`: parameters of the output layer. Only new tokens are multiplied with them.

    Input embeddings are not counted: a token needs one row of them.
    """

    step_bytes: int
    prompt_parameters: int
    output_parameters: int


@dataclass(frozen=True)
class EngineDescription:
    """What an engine is, and what it can do.

    - `window`: the longest text that it reads in one pass, in tokens.
    - `mixes`: requests with different numbers of candidates and tokens share its passes, without
      padding.
    - `draws`: it honours the temperature of a request.
    - `weights`: None if the engine does not know.
    - `translator`: the id of a second checkpoint, which translates into English.
    - `silent`: the tasks for which it checks only between batches, not between two tokens, whether
      the answers are still wanted.
    - `ignores`: the fields of a request that it does not honour, each with the task concerned.
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
    """The cancellation test for work that is never cancelled."""
    return False


def stop_if(cancelled: Callable[[], bool]) -> None:
    """Raises Cancelled if the caller no longer wants the result."""
    if cancelled():
        raise Cancelled


class Engine(Protocol):
    """A loaded model. One thread may use it at a time.

    `count_tokens` is the exception: any thread may call it, also while another one generates.
    `models.batching` lets many threads share one engine.
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
    """Gives an engine requests as it has room for them.

    Requests are known by numbers. Any of the engine's threads may call these methods.
    """

    def take(self) -> tuple[int, GenerateRequest] | None:
        """The next request and its number; None if none may begin now, but one may come later."""
        ...

    def put(self, number: int, result: GenerateResult) -> None:
        """Receives the answer to a request that was taken."""
        ...

    def wanted(self, number: int) -> bool:
        """False if nobody waits for a request any more: the engine then drops it.

        The engine asks this again and again while the request is under way.
        """
        ...


@runtime_checkable
class ServingEngine(Engine, Protocol):
    """An engine that takes further requests while it works, and answers each as soon as it can."""

    def serve(self, source: RequestSource) -> None:
        """Answers the requests of `source`, until none is under way and it has no more."""
        ...


def serve(engine: Engine, source: RequestSource) -> None:
    """Lets any engine answer the requests of `source`.

    A ServingEngine also takes requests that come meanwhile. Raises ModelError if the numbers of
    answers and requests differ.
    """
    if isinstance(engine, ServingEngine):
        engine.serve(source)
        return
    taken = list(iter(source.take, None))
    if not taken:
        return
    numbers = [number for number, _ in taken]
    requests = [request for _, request in taken]

    def cancelled() -> bool:
        return not any(source.wanted(number) for number in numbers)

    results = engine.generate(requests, cancelled)
    if len(results) != len(requests):
        raise ModelError(
            "The engine gave {answers} answers to {requests} requests.",
            answers=len(results),
            requests=len(requests),
        )
    for number, result in zip(numbers, results, strict=True):
        source.put(number, result)


class RequestList:
    """A `RequestSource` of requests that are all wanted, or all cancelled.

    `cancelled` is asked at each `take` and `wanted`, which raise Cancelled when it turns true.
    """

    def __init__(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> None:
        self._waiting = iter(enumerate(requests))
        self._cancelled = cancelled
        self._results: dict[int, GenerateResult] = {}

    def take(self) -> tuple[int, GenerateRequest] | None:
        """The next request and its place in the list."""
        stop_if(self._cancelled)
        return next(self._waiting, None)

    def put(self, number: int, result: GenerateResult) -> None:
        """Keeps an answer."""
        self._results[number] = result

    def wanted(self, _: int) -> bool:
        """True, unless it raises Cancelled."""
        stop_if(self._cancelled)
        return True

    @property
    def results(self) -> list[GenerateResult]:
        """The answers, in the order of the requests."""
        return [self._results[number] for number in sorted(self._results)]
