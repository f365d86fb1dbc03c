"""What is counted, for Prometheus. Labels are routes, statuses, steps and codes: never a text, a
key or an address."""

import time
from collections.abc import Iterable
from typing import Final, Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.batching import Pass
from service.api.observing import logs
from service.facts.fact import FactKind
from service.summary import Summary
from service.warning import WARNINGS

UNMATCHED: Final = "unmatched"  # the route of requests that have none
STEPS: Final = ("read", "generate", "choose", "headline", "translate")
CANCELLED: Final = ("left", "deadline")
PROBLEMS: Final = (
    "article", "batch_too_long", "consent_only", "dead", "deadline", "empty_article", "failed",
    "fetch_failed",
    "fetch_timeout", "forbidden_url", "internal", "invalid_body", "loading", "malformed_json",
    "method_not_allowed",
    "not_acceptable", "not_found", "not_french", "not_supported", "paywall_only", "queue_full",
    "rate_limited",
    "slow_body", "small_pieces", "stopped", "stuck", "text_too_long", "too_large", "too_many_tags",
    "too_many_values",
    "too_short", "unauthorized", "unknown_model", "unsupported_media_type", "urls_disabled",
    "wrong_host",
)  # fmt: skip
ORIGINS: Final = ("hit", "joined", "miss")
SECONDS: Final = (0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160)
ROWS: Final = (1, 2, 4, 8, 16, 32, 64)


class Line(Protocol):
    """A queue whose length is shown."""

    jobs: int
    tokens: int


class Metrics:
    """The numbers of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._routes: set[str] = set()
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Counter(
            "breve_requests", "Requests answered.", ["route", "status"], registry=registry
        )
        self.request_seconds = Histogram(
            "breve_request_seconds",
            "Time to answer a request.",
            ["route"],
            buckets=SECONDS,
            registry=registry,
        )
        self.ready = Gauge("breve_ready", "1 if the worker takes work.", registry=registry)
        self.queue_jobs = Gauge("breve_queue_jobs", "Articles that wait.", registry=registry)
        self.queue_tokens = Gauge(
            "breve_queue_tokens", "Estimated tokens of the articles that wait.", registry=registry
        )
        self.running = Gauge(
            "breve_running_jobs", "Articles that are worked on.", registry=registry
        )
        self.queue_wait = Histogram(
            "breve_queue_wait_seconds", "Time in the queue.", buckets=SECONDS, registry=registry
        )
        self.pass_rows = Histogram(
            "breve_pass_rows", "Texts in one pass of the model.", buckets=ROWS, registry=registry
        )
        self.pass_callers = Histogram(
            "breve_pass_articles", "Articles in one pass.", buckets=ROWS, registry=registry
        )
        self.pass_seconds = Histogram(
            "breve_pass_seconds", "Time of one pass.", buckets=SECONDS, registry=registry
        )
        self.tokens = Counter(
            "breve_tokens",
            "Tokens read and written by the model.",
            ["direction"],
            registry=registry,
        )
        self.padded_tokens = Counter(
            "breve_padded_tokens",
            "Tokens of passes with answers, padding and beams counted.",
            registry=registry,
        )
        self.step_seconds = Histogram(
            "breve_step_seconds", "Time of a step.", ["step"], buckets=SECONDS, registry=registry
        )
        self.warnings = Counter(
            "breve_warnings",
            "Warnings in summaries; repaired: unsupported sentences were left out.",
            ["code"],
            registry=registry,
        )
        self.unsupported = Counter(
            "breve_unsupported_facts",
            "Facts of generated sentences that the article does not support: left out or, in the "
            "translation, marked.",
            ["kind"],
            registry=registry,
        )
        self.cancelled = Counter(
            "breve_cancelled",
            "Requests whose client left or whose deadline passed.",
            ["reason"],
            registry=registry,
        )
        self.problems = Counter(
            "breve_problems",
            "Problems, also those within streams and batches, which are answered 200; probes are "
            "left out.",
            ["code"],
            registry=registry,
        )
        self.answers = Counter(
            "breve_answers", "Answers by where they came from.", ["origin"], registry=registry
        )
        self.body_bytes = Gauge(
            "breve_body_bytes", "Bytes of request bodies that are held.", registry=registry
        )
        self.cache_bytes = Gauge(
            "breve_cache_bytes", "Bytes in the cache of answers.", registry=registry
        )
        self._begin()

    def _begin(self) -> None:
        """Makes all series be there from the start: a rate over a series that appears late misses
        its first events."""
        for counter, values in (
            (self.warnings, tuple(WARNINGS)),
            (self.problems, PROBLEMS),
            (self.cancelled, CANCELLED),
            (self.answers, ORIGINS),
        ):
            for value in values:
                counter.labels(value)
        for kind in FactKind:
            self.unsupported.labels(kind.value)
        for step in STEPS:
            self.step_seconds.labels(step)
        for direction in ("in", "out"):
            self.tokens.labels(direction)

    def expect(self, route: str, statuses: Iterable[str]) -> None:
        """Makes the series of a route be there from the start."""
        self._routes.add(route)
        self.request_seconds.labels(route)
        for status in statuses:
            self.requests.labels(route, status)

    def route(self, path: str) -> str:
        """The label for a path: itself if it is one of ours (none has a variable part), else
        UNMATCHED."""
        return path if path in self._routes else UNMATCHED

    def watch(self, queue: Line) -> None:
        """Shows the length of the queue."""
        self.queue_jobs.set_function(lambda: queue.jobs)
        self.queue_tokens.set_function(lambda: queue.tokens)

    def observe_pass(self, done: Pass) -> None:
        """Counts one pass of the model."""
        self.pass_rows.observe(done.rows)
        self.pass_callers.observe(done.callers)
        self.pass_seconds.observe(done.seconds)
        self.tokens.labels("in").inc(done.tokens)
        self.tokens.labels("out").inc(done.answer_tokens)
        self.padded_tokens.inc(done.padded_tokens)

    def observe_summary(self, summary: Summary) -> None:
        """Counts the steps and the warnings of one summary."""
        for step, milliseconds in summary.timings_ms.items():
            if step != "total":
                self.step_seconds.labels(step).observe(milliseconds / 1000)
        for warning in summary.warnings:
            self.warnings.labels(warning.code).inc()
        marked = (fact for sentence in summary.sentences for fact in sentence.unsupported)
        for fact in (*summary.caught, *marked):
            self.unsupported.labels(fact.kind.value).inc()

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)


class Measured:
    """Counts each request, by its route and its status, times and logs it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        route, start, status = self._metrics.route(scope["path"]), time.perf_counter(), 499

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            seconds = time.perf_counter() - start
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.request_seconds.labels(route).observe(seconds)
            for code in logs.noted(scope) if route not in logs.FREQUENT else ():
                self._metrics.problems.labels(code).inc()
            logs.request_answered(scope, route, status, seconds)
