"""OpenTelemetry spans: one for each POST request, one for each step of its summary.

Imported only where tracing is on. A span holds a route, a status, a request id and times. It never
holds a text, a key, an address or the message of an error.
"""

import os
from collections.abc import Callable, Mapping
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.step_listeners import DONE, Listener

NAME: Final = "breve"
WAITING: Final = "wait"  # The name of the span for the time in the queue.


def exporting_provider() -> TracerProvider:
    """A provider that sends spans to `OTEL_EXPORTER_OTLP_ENDPOINT`, in a thread of its own."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    service_name = os.environ.get("OTEL_SERVICE_NAME", NAME)
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service_name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class Traces:
    """The spans of one application."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider, self._tracer = provider, provider.get_tracer(NAME)

    def request(self, name: str, caller: Context, attributes: Mapping[str, str]) -> Span:
        """Begins the span of a request, within the caller's span if `caller` names one."""
        return self._tracer.start_span(name, caller, SpanKind.SERVER, attributes)

    def steps(self) -> Listener:
        """A listener that makes a span of each step of a summary, until it hears DONE.

        The spans belong to the request that runs now.
        """
        around = trace.set_span_in_context(trace.get_current_span())
        spans = [self._tracer.start_span(WAITING, around)]

        def begin(step: str) -> None:
            if not spans:  # The job was given up, and its thread does not know it yet.
                return
            spans.pop().end()
            if step != DONE:
                spans.append(self._tracer.start_span(step, around))

        return begin

    def close(self) -> None:
        """Sends the spans that have not been sent."""
        self._provider.shutdown()


class Traced:
    """Makes each POST request a span."""

    def __init__(self, app: ASGIApp, traces: Traces, route: Callable[[str], str]) -> None:
        self._app, self._traces, self._route = app, traces, route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        route = self._route(scope["path"])
        attributes = {"http.request.method": "POST", "http.route": route}
        span = self._traces.request(f"POST {route}", _caller(scope), attributes)

        async def note_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                span.set_attribute("http.response.status_code", message["status"])
                span.set_attribute("breve.request_id", scope["state"]["request_id"])
                if message["status"] >= 500:
                    span.set_status(Status(StatusCode.ERROR))
            await send(message)

        with trace.use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ):
            await self._app(scope, receive, note_status)


def _caller(scope: Scope) -> Context:
    """The span of the client, read from its `traceparent` header.

    `tracestate` and `baggage` are left out: they may hold anything.
    """
    parent = Headers(scope=scope).get("traceparent", "")
    return TraceContextTextMapPropagator().extract({"traceparent": parent}, Context())
