"""An engine that is loaded for its first request."""

from collections.abc import Callable, Sequence

from models.engine import Engine, EngineDescription, GenerateRequest, GenerateResult, never


class DeferredEngine:
    """Loads its engine with `load` when it is first asked for tokens or answers.

    Until then it is described by `description`.
    """

    def __init__(self, description: EngineDescription, load: Callable[[], Engine]) -> None:
        self._description, self._load = description, load
        self._engine: Engine | None = None

    def describe(self) -> EngineDescription:
        """What the engine is, as far as it is known."""
        return self._engine.describe() if self._engine else self._description

    def count_tokens(self, text: str) -> int:
        """The length of `text` in the engine's tokens."""
        return self._loaded().count_tokens(text)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """The engine's answers. Raises ModelError if it cannot be loaded."""
        return self._loaded().generate(requests, cancelled)

    def _loaded(self) -> Engine:
        if self._engine is None:
            self._engine = self._load()
        return self._engine
