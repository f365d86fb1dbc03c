"""Replicas around scripted engines. The processes of Ray import this module."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from models.engine import (
    Cancelled,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    Task,
    never,
)
from service.cluster.replica import Replica
from service.settings import Settings
from tests.engines import SECRET, ScriptedEngine, until

KILLER = "TEST_KILLER"  # The variable with the name of a file: see RevisedEngine.
# A word of articles that are worked on until they are cancelled. The file of this name, in the
# folder of KILLER's, says that one was.
ENDLESS = "Bredouille"
CANCELLED = "cancelled"
KILL_INGRESS = "kill the ingress"  # A command of serve_process.py.
PASS_SECONDS = 0.05
# How each revision of the model begins its English.
BEGINNINGS = {"first": "They say that ", "second": "We hear that "}


class RevisedEngine(ScriptedEngine):
    """A scripted engine of one revision, which takes a moment for each pass.

    A text with SECRET ends its process, once: with the file that KILLER names.
    """

    def __init__(self, revision: str) -> None:
        super().__init__()
        self._revision = revision

    def describe(self) -> EngineDescription:
        """What this engine is."""
        return replace(super().describe(), revision=self._revision)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests."""
        time.sleep(PASS_SECONDS)
        if any(SECRET in request.text for request in requests):
            end_once()
        if any(ENDLESS in request.text for request in requests):
            wait_until_cancelled(cancelled)
        results = super().generate(requests, cancelled)
        return [self._mark(*pair) for pair in zip(requests, results, strict=True)]

    def _mark(self, request: GenerateRequest, result: GenerateResult) -> GenerateResult:
        """A translation with the beginning of the revision."""
        if request.task is not Task.TRANSLATION:
            return result
        beginnings = BEGINNINGS["first"], BEGINNINGS[self._revision]
        candidates = tuple(
            replace(each, text=each.text.replace(*beginnings, 1)) for each in result.candidates
        )
        return replace(result, candidates=candidates)


def end_once() -> None:
    """Ends the process as a crash does, if the file of KILLER is still there."""
    name = os.environ.get(KILLER)
    if name is None:
        return
    try:
        Path(name).unlink()
    except FileNotFoundError:
        return
    os._exit(1)


def wait_until_cancelled(cancelled: Callable[[], bool]) -> None:
    """Raises Cancelled once nobody waits for the answer, and notes that."""
    until(cancelled, 60)
    Path(os.environ[KILLER]).with_name(CANCELLED).touch()
    raise Cancelled


class RevisedReplica(Replica):
    """A replica with an engine whose revision is the model of the settings."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, lambda: RevisedEngine(settings.model))
