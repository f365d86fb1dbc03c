"""An engine without a model, so that everything around it can be tested fast.

`running` is the real service around it, in a thread, on a free port.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider

from models.engine import (
    Cancelled,
    Candidate,
    Engine,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    Task,
    never,
)
from service.api.app import create_app
from service.api.server import Server, configured
from service.api.work.worker import Worker
from service.settings import Settings

ARTICLE = (
    "L'hébergeur français Nuagis ouvre mardi une nouvelle région à Lille, a annoncé sa directrice, "
    "Anne Leroy. "
    "Le site compte 1 200 serveurs et a coûté 45 millions d'euros. Les équipements sont refroidis "
    "à l'eau de pluie. "
    "L'entreprise emploie 320 personnes et vise les administrations, qui cherchent à quitter les "
    "fournisseurs américains."
)
ENGLISH_TEXT = (
    "The hosting company opens a new region in Lille this week. "
    "The site has more than a thousand servers today."
)
SECRET = "Zorglub"  # A word of a text that must not appear in errors and logs.
ENGLISH = {
    "hébergeur": "hosting company", "français": "French", "ouvre": "opens", "mardi": "on Tuesday",
    "une": "a", "nouvelle": "new",
    "région": "region", "à": "in", "a": "has", "annoncé": "announced", "sa": "its",
    "directrice": "director", "et": "and",
    "le": "the", "les": "the", "site": "site", "compte": "counts", "serveurs": "servers",
    "coûté": "cost",
    "équipements": "machines", "sont": "are", "refroidis": "cooled", "de": "of", "pluie": "rain",
    "eau": "water",
    "entreprise": "company", "emploie": "employs", "personnes": "people",
}  # fmt: skip
WINDOW = 200
POLL_SECONDS = 0.005


class ScriptedEngine:
    """Implements `models.engine.Engine`.

    Summaries are the first sentences of the text, headlines its first words. Translations are word
    by word, with an English beginning. Generation begins once the event `wait_for` is set, and asks
    `cancelled` meanwhile, as a model does. It raises `error`. Both only count once `armed` is set,
    so that the warm-up passes.
    """

    def __init__(
        self, wait_for: threading.Event | None = None, error: BaseException | None = None
    ) -> None:
        self.wait_for, self.error = wait_for, error
        self.armed = False
        self.calls: list[GenerateRequest] = []
        self.pass_sizes: list[int] = []
        self.running = threading.Event()
        self.was_cancelled = threading.Event()

    def describe(self) -> EngineDescription:
        """What this engine is."""
        return EngineDescription(
            "scripted", "r1", "scripted", "python", tuple(Task), WINDOW, "Apache-2.0"
        )

    def count_tokens(self, text: str) -> int:
        """A token is a word."""
        return len(text.split())

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests."""
        self.calls += requests
        self.pass_sizes.append(len(requests))
        if self.armed:
            self._wait(cancelled)
            if self.error is not None:
                raise self.error
        return [self._result(request) for request in requests]

    def texts(self) -> str:
        """All texts of its requests, to look for a text in."""
        return "\n".join(call.text for call in self.calls)

    def _wait(self, cancelled: Callable[[], bool]) -> None:
        self.running.set()
        while self.wait_for is not None and not self.wait_for.is_set():
            if cancelled():
                self.was_cancelled.set()
                raise Cancelled
            time.sleep(POLL_SECONDS)

    def _result(self, request: GenerateRequest) -> GenerateResult:
        tokens = self.count_tokens(request.text)
        answers = [self._answer(request, k) for k in range(request.candidates)]
        candidates = tuple(
            Candidate(text, len(text.split()), -0.1 * k, True) for k, text in enumerate(answers, 1)
        )
        return GenerateResult(candidates, tokens, min(tokens, WINDOW))

    @staticmethod
    def _answer(request: GenerateRequest, rank: int) -> str:
        lines = request.text.split("\n")
        if request.task is Task.HEADLINE:
            return " ".join(lines[-1].split()[: 8 + rank]).rstrip(",.")
        if request.task is Task.TRANSLATION:
            text = re.sub(r"\b[lL]['’]", "the ", request.text)
            return "They say that " + re.sub(
                r"\w+", lambda word: ENGLISH.get(word[0].lower(), word[0]), text
            )
        sentences = re.split(r"(?<=[.!?])\s+", lines[-1])
        return " ".join(sentences[rank : rank + 2])


class ForgetfulEngine(ScriptedEngine):
    """Keeps no calls: where memory is measured, it grows by the service's own only."""

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests."""
        results = super().generate(requests, cancelled)
        self.calls.clear()
        self.pass_sizes.clear()
        return results


@dataclass(frozen=True)
class Service:
    """A running service and a client for it."""

    url: str
    client: httpx.Client
    engine: ScriptedEngine
    app: FastAPI
    server: Server

    @property
    def worker(self) -> Worker:
        """The service's worker."""
        worker: Worker = self.app.state.parts.worker
        return worker

    def state(self) -> str:
        """What /readyz says."""
        body = self.client.get("/readyz").json()
        return str(body.get("code") or body["status"])


def until(is_true: Callable[[], bool], seconds: float = 10) -> None:
    """Waits for a condition to become true."""
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(POLL_SECONDS)


@contextmanager
def running(
    engine: ScriptedEngine | None = None,
    settings: Settings | None = None,
    load: Callable[[], Engine] | None = None,
    grace: int = 5,
    provider: TracerProvider | None = None,
) -> Iterator[Service]:
    """The service, ready unless `load` is given."""
    engine = engine or ScriptedEngine()
    settings = settings or Settings()
    app = create_app(settings, load or (lambda: engine), provider)
    server = Server(configured(app, settings, port=0, grace=grace), app.state.parts.worker)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with httpx.Client(base_url=url, timeout=60) as client:
        service = Service(url, client, engine, app, server)
        try:
            if load is None:
                until(lambda: service.state() == "ready")
            yield service
        finally:
            server.should_exit = True
            if engine.wait_for is not None:
                engine.wait_for.set()
    thread.join(timeout=20)
    assert not thread.is_alive()
