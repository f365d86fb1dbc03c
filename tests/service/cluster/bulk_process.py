"""The command line with scripted engines in the actors of `breve bulk`."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import models.loading
from models.engine import GenerateRequest, GenerateResult, ModelError, never
from service.cli.batch import bulk
from service.cli.main import main as breve
from tests.engines import SECRET, ScriptedEngine

PASS_SECONDS = 0.2


class SlowEngine(ScriptedEngine):
    """Takes a moment for each pass, so that a run can be killed in its midst.

    A text with SECRET ends the thread of the engine.
    """

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests."""
        time.sleep(PASS_SECONDS)
        if any(SECRET in request.text for request in requests):
            raise SystemExit
        return super().generate(requests, cancelled)


def load_engine(name: str, *_: Any) -> SlowEngine:
    """In the place of `models.loading.load_engine`."""
    if name == "missing":
        raise ModelError("There is no model {name}.", name=name)
    return SlowEngine()


def load_answerer(*arguments: Any) -> Any:
    """In the place of `bulk._load`. In an actor it calls that one, which is there."""
    vars(models.loading).update(load_engine=load_engine)
    return bulk._load(*arguments)


def main() -> None:
    """Runs the command."""
    vars(bulk).update(_load=load_answerer)
    breve()
