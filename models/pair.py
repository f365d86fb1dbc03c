"""Two checkpoints as one engine: one summarises, the other translates."""

import dataclasses
from collections.abc import Callable, Sequence

from models.engine import (
    Engine,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    RequestSource,
    Task,
    never,
    serve,
)


class PairEngine:
    """Sends translations to `translator` and everything else to `summarizer`."""

    def __init__(self, summarizer: Engine, translator: Engine) -> None:
        self._summarizer, self._translator = summarizer, translator

    def describe(self) -> EngineDescription:
        """The description of the pair: both ids and revisions, and the summariser's window."""
        first, second = self._summarizer.describe(), self._translator.describe()
        tasks = tuple(task for task in first.tasks if task is not Task.TRANSLATION)
        return dataclasses.replace(
            first,
            id=f"{first.id} + {second.id}",
            revision=f"{first.revision} + {second.revision}",
            family=_join_names(first.family, second.family),
            runtime=_join_names(first.runtime, second.runtime),
            licence=_join_names(first.licence, second.licence),
            tasks=(*tasks, Task.TRANSLATION),
            translator=second.id,
            silent=(
                *(task for task in first.silent if task is not Task.TRANSLATION),
                *(task for task in second.silent if task is Task.TRANSLATION),
            ),
            ignores=(
                *(ignored for ignored in first.ignores if ignored[0] is not Task.TRANSLATION),
                *(ignored for ignored in second.ignores if ignored[0] is Task.TRANSLATION),
            ),
        )

    def count_tokens(self, text: str) -> int:
        """The length of `text` in the summariser's tokens."""
        return self._summarizer.count_tokens(text)

    def serve(self, source: RequestSource) -> None:
        """Answers the requests of `source`, which must all be for one of the two."""
        first = source.take()
        if first is not None:
            _, request = first
            serve(self._engine_for(request), _BegunSource(source, first))

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests, in order, each with the engine for its task."""
        results: dict[int, GenerateResult] = {}
        for engine in (self._summarizer, self._translator):
            places = [
                k for k, request in enumerate(requests) if self._engine_for(request) is engine
            ]
            if places:
                answers = engine.generate([requests[k] for k in places], cancelled)
                results.update(zip(places, answers, strict=True))
        return [results[k] for k in range(len(requests))]

    def _engine_for(self, request: GenerateRequest) -> Engine:
        return self._translator if request.task is Task.TRANSLATION else self._summarizer


class _BegunSource:
    """A source whose first request was taken already."""

    def __init__(self, source: RequestSource, first: tuple[int, GenerateRequest]) -> None:
        self._first = iter([first])
        self._take, self.put, self.wanted = source.take, source.put, source.wanted

    def take(self) -> tuple[int, GenerateRequest] | None:
        """The next request."""
        return next(self._first, None) or self._take()


def _join_names(first: str, second: str) -> str:
    return first if first == second else f"{first} + {second}"
