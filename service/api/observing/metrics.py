"""The metrics of the service, for Prometheus.

Labels are routes, statuses, steps and codes: never a text, a key or an address.
"""

import re
import time
from collections.abc import Iterable, Sequence
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

PREFIX: Final = "breve_"  # Begins the name of every metric.
UNMATCHED: Final = "unmatched"  # The label of requests for paths that are no route.
STEPS: Final = ("read", "generate", "choose", "headline", "translate")
CANCELLED: Final = ("left", "deadline")
PROBLEMS: Final = (
    "article",
    "batch_too_long",
    "consent_only",
    "dead",
    "deadline",
    "empty_article",
    "failed",
    "fetch_failed",
    "fetch_timeout",
    "forbidden_url",
    "internal",
    "invalid_body",
    "loading",
    "malformed_json",
    "method_not_allowed",
    "no_article",
    "not_acceptable",
    "not_found",
    "not_french",
    "not_supported",
    "paywall_only",
    "queue_full",
    "rate_limited",
    "slow_body",
    "small_pieces",
    "stopped",
    "stuck",
    "text_too_long",
    "too_large",
    "too_many_tags",
    "too_many_values",
    "too_short",
    "unauthorized",
    "unknown_model",
    "unsupported_media_type",
    "urls_disabled",
    "wrong_host",
)
ORIGINS: Final = ("hit", "joined", "miss")
DIRECTIONS: Final = ("in", "out")  # Of tokens: read, and written.
SECONDS: Final = (0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160)
ROWS: Final = (1, 2, 4, 8, 16, 32, 64)


class Queue(Protocol):
    """A queue whose length is shown."""

    jobs: int
    tokens: int


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._routes: dict[str, re.Pattern[str]] = {}
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._define_requests()
        self._define_queue()
        self._define_passes()
        self._define_summaries()
        self._create_series()

    def _define_requests(self) -> None:
        self.requests = self._counter("requests", "Requests answered.", "route", "status")
        self.request_seconds = self._histogram(
            "request_seconds", "Time to answer a request.", SECONDS, "route"
        )
        self.problems = self._counter(
            "problems",
            "Problems, also those within streams and batches, which are answered 200; probes are "
            "left out.",
            "code",
        )
        self.cancelled = self._counter(
            "cancelled", "Requests whose client left or whose deadline passed.", "reason"
        )
        self.body_bytes = self._gauge("body_bytes", "Bytes of request bodies that are held.")

    def _define_queue(self) -> None:
        self.ready = self._gauge("ready", "1 if the worker takes work.")
        self.queue_jobs = self._gauge("queue_jobs", "Articles that wait.")
        self.queue_tokens = self._gauge(
            "queue_tokens", "Estimated tokens of the articles that wait."
        )
        self.running = self._gauge("running_jobs", "Articles that are worked on.")
        self.queue_wait = self._histogram("queue_wait_seconds", "Time in the queue.", SECONDS)

    def _define_passes(self) -> None:
        self.pass_rows = self._histogram("pass_rows", "Texts in one pass of the model.", ROWS)
        self.pass_callers = self._histogram("pass_articles", "Articles in one pass.", ROWS)
        self.pass_seconds = self._histogram("pass_seconds", "Time of one pass.", SECONDS)
        self.tokens = self._counter("tokens", "Tokens read and written by the model.", "direction")
        self.padded_tokens = self._counter(
            "padded_tokens", "Tokens of passes with answers, padding and beams counted."
        )

    def _define_summaries(self) -> None:
        self.step_seconds = self._histogram("step_seconds", "Time of a step.", SECONDS, "step")
        self.warnings = self._counter(
            "warnings",
            "Warnings in summaries; repaired: unsupported sentences were left out.",
            "code",
        )
        self.unsupported = self._counter(
            "unsupported_facts",
            "Facts of generated sentences that the article does not support: left out or, in the "
            "translation, marked.",
            "kind",
        )
        self.answers = self._counter("answers", "Answers by where they came from.", "origin")
        self.cache_bytes = self._gauge("cache_bytes", "Bytes in the cache of answers.")

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}{name}", meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"{PREFIX}{name}", meaning, registry=self.registry)

    def _histogram(
        self, name: str, meaning: str, buckets: Sequence[float], *labels: str
    ) -> Histogram:
        return Histogram(
            f"{PREFIX}{name}", meaning, labels, buckets=buckets, registry=self.registry
        )

    def _create_series(self) -> None:
        """Creates all series at the start.

        A rate over a series that appears late would miss its first events.
        """
        for counter, values in (
            (self.warnings, tuple(WARNINGS)),
            (self.problems, PROBLEMS),
            (self.cancelled, CANCELLED),
            (self.answers, ORIGINS),
            (self.unsupported, tuple(kind.value for kind in FactKind)),
            (self.tokens, DIRECTIONS),
        ):
            for value in values:
                counter.labels(value)
        for step in STEPS:
            self.step_seconds.labels(step)

    def expect(self, route: str, statuses: Iterable[str]) -> None:
        """Creates the series of a route, one for each status that it may answer."""
        # OpenAPI does not say whether a parameter may have slashes: hub ids have.
        pattern = re.sub(r"\\{\w+\\}", ".+", re.escape(route))
        self._routes[route] = re.compile(pattern)
        self.request_seconds.labels(route)
        for status in statuses:
            self.requests.labels(route, status)

    def route(self, path: str) -> str:
        """The label for a path: the route that it belongs to, else UNMATCHED.

        A route with a variable part keeps its placeholder: `/v1/models/{model}`.
        """
        matching = (route for route, pattern in self._routes.items() if pattern.fullmatch(path))
        return next(matching, UNMATCHED)

    def watch(self, queue: Queue) -> None:
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
        """All metrics, in the text format of Prometheus."""
        return generate_latest(self.registry)


class Measured:
    """Counts, times and logs each request, by its route and its status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = logs.CLIENT_LEFT  # Unless an answer begins.

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            self._count(scope, status, time.perf_counter() - start)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._metrics.route(scope["path"])
        self._metrics.requests.labels(route, str(status)).inc()
        self._metrics.request_seconds.labels(route).observe(seconds)
        if route not in logs.FREQUENT:
            for code in logs.noted_problems(scope):
                self._metrics.problems.labels(code).inc()
        logs.log_request(scope, route, status, seconds)
