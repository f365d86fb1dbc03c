"""An engine that remembers what it answered a short while ago."""

import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from cachetools import TTLCache

from models.engine import Engine, EngineDescription, GenerateRequest, GenerateResult, never

# An editor who reads the French summary asks for the English one within this time.
SECONDS: Final = 60.0
# An answer is a few sentences: with candidates, so many take some two megabytes.
ANSWERS: Final = 512


class RememberingEngine:
    """Answers a repeated request without the inner engine, for some `seconds`.

    An English summary begins with the same request as the French summary of the article. Answers
    are stored by a hash of their request, so that no article is kept. Old ones are dropped with the
    next call. Requests that draw at random are always passed on. As many threads may use this
    engine as may use the inner one.
    """

    def __init__(self, engine: Engine, seconds: float = SECONDS) -> None:
        self._engine = engine
        self._results: TTLCache[bytes, GenerateResult] = TTLCache(ANSWERS, seconds)
        self._lock = threading.Lock()

    def describe(self) -> EngineDescription:
        """The description of the inner engine."""
        return self._engine.describe()

    def count_tokens(self, text: str) -> int:
        """The length of `text` in the inner engine's tokens."""
        return self._engine.count_tokens(text)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests, in order. The inner engine answers only the new ones."""
        keys = [sha256(repr(request).encode()).digest() for request in requests]
        with self._lock:
            self._results.expire()
            results = [self._results.get(key) for key in keys]
        new = [place for place, result in enumerate(results) if result is None]
        if new:
            answers = self._engine.generate([requests[place] for place in new], cancelled)
            with self._lock:
                for place, answer in zip(new, answers, strict=True):
                    results[place] = answer
                    if not requests[place].temperature:
                        self._results[keys[place]] = answer
        return [result for result in results if result is not None]
