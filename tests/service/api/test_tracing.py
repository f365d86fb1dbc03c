"""OpenTelemetry: off by default and then not even imported; on, spans of requests and steps without
any text."""

import subprocess
import sys

import pytest
from click.testing import CliRunner
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from service.api.observing.tracing import Traces
from service.api.step_listeners import DONE
from service.cli.main import main
from service.settings import Settings
from tests.engines import ARTICLE, SECRET, ScriptedEngine, running

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TEXT = f"{ARTICLE} Le projet {SECRET} attend."


class Spans:
    """What was exported."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))

    def all(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def named(self, name: str) -> ReadableSpan:
        (single,) = (span for span in self.all() if span.name == name)
        return single


def test_one_span_for_the_request_and_one_for_each_step() -> None:
    spans = Spans()
    with running(settings=Settings(otel=True), provider=spans.provider) as service:
        headers = {
            "traceparent": CALLER,
            "tracestate": f"a={SECRET}",
            "baggage": f"a={SECRET}",
            "x-request-id": "r-1",
        }
        body = {"text": TEXT, "headline": True, "language": "en"}
        assert service.client.post("/summarize", json=body, headers=headers).status_code == 200
        assert service.client.get(f"/{SECRET}", params={"q": SECRET}).status_code == 404
    request = spans.named("POST /summarize")
    assert request.kind is SpanKind.SERVER
    assert request.context is not None
    assert f"{request.context.trace_id:032x}" == CALLER.split("-")[1]
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == CALLER.split("-")[2]
    assert request.attributes == {
        "http.request.method": "POST", "http.route": "/summarize", "http.response.status_code": 200,
        "breve.request_id": "r-1",
    }  # fmt: skip
    steps = {span.name: span for span in spans.all() if span is not request}
    assert steps.keys() == {"wait", "read", "generate", "choose", "headline", "translate"}
    for span in steps.values():
        assert span.parent is not None
        assert span.parent.span_id == request.context.span_id
        assert span.end_time is not None
        assert request.start_time is not None
        assert span.start_time is not None
        assert request.start_time <= span.start_time <= span.end_time
    written = "".join(span.to_json() for span in spans.all())
    for hidden in (SECRET, "Nuagis", "127.0.0.1"):
        assert hidden not in written


def test_step_that_begins_after_the_end_is_no_span() -> None:
    spans = Spans()
    begin = Traces(spans.provider).steps()
    for step in ("read", DONE, "generate", DONE):
        begin(step)
    assert [span.name for span in spans.all()] == ["wait", "read"]


def test_failed_request_is_an_error_without_its_words() -> None:
    spans = Spans()
    engine = ScriptedEngine(error=RuntimeError(SECRET))
    with running(engine, Settings(otel=True), provider=spans.provider) as service:
        engine.armed = True
        assert service.client.post("/summarize", json={"text": TEXT}).status_code == 500
        assert service.client.post(f"/{SECRET}", json={"text": TEXT}).status_code == 404
    failed = spans.named("POST /summarize")
    assert (failed.status.status_code, failed.events) == (StatusCode.ERROR, ())
    assert spans.named("POST unmatched").status.status_code is StatusCode.UNSET
    assert SECRET not in "".join(span.to_json() for span in spans.all())


def test_off_by_default_and_then_nothing_of_it_is_imported() -> None:
    code = (
        "import sys; from service.api.app import create_app; from service.settings import "
        "Settings; create_app(Settings()); "
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', "
        "'opentelemetry.exporter', "
        "'service.api.observing.tracing'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_frameworks_own_spans_stay_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI would send paths, queries and the words of errors to any provider that it finds."""
    spans = Spans()
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", spans.provider)
    with running() as service:
        assert service.client.post(f"/summarize?q={SECRET}", json={"text": TEXT}).status_code == 200
    assert spans.all() == ()


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "service.api.observing.tracing", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    done = CliRunner(env={"BREVE_OTEL": "true"}).invoke(main, ["serve"])
    assert done.exit_code == 2
    assert "[otel]" in done.output
