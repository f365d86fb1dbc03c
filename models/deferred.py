"""An engine that is loaded when it is first asked to write."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from models.cpu.processors import in_thread_of_its_own
from models.engine import Engine, EngineDescription, GenerateRequest, GenerateResult, never


class DeferredEngine:
    """Loads its engine with `load` for the first request. Until then `description` describes it.

    `count_tokens` counts without the engine. If it is None, counting loads the engine too. If the
    engine cannot be loaded, all requests raise the same error.
    """

    def __init__(
        self,
        description: EngineDescription,
        load: Callable[[], Engine],
        count_tokens: Callable[[str], int] | None = None,
    ) -> None:
        self._description, self._load, self._count_tokens = description, load, count_tokens
        self._loading: Future[Engine] | None = None

    def describe(self) -> EngineDescription:
        """The description that is known before the engine is loaded."""
        return self._description

    def count_tokens(self, text: str) -> int:
        """The length of `text` in the engine's tokens."""
        return self._count_tokens(text) if self._count_tokens else self._loaded().count_tokens(text)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """The engine's answers. Raises ModelError if it cannot be loaded."""
        return self._loaded().generate(requests, cancelled)

    def _loaded(self) -> Engine:
        if self._loading is None:
            self._loading = in_thread_of_its_own(self._load, "breve-loading")
        return self._loading.result()
