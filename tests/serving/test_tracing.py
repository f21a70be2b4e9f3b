"""Traces: a span a request and a stage, the caller's trace goes on, nothing personal in any."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from serving.app import create_app
from serving.metrics import STAGES
from serving.scores.scoring import Scorer
from serving.settings import Settings
from serving.tracing import provider
from tests.serving.conftest import NOW, STRONG, UNKNOWN, served, until

ROOT = Path(__file__).parents[2]
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
ATTRIBUTES = {
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "url.scheme",
    "error.type",
}


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traced(settings: Settings, spans: InMemorySpanExporter) -> Iterator[httpx.Client]:
    traces = TracerProvider(shutdown_on_exit=False)
    traces.add_span_processor(SimpleSpanProcessor(spans))
    with served(create_app(settings, clock=lambda: NOW, traces=traces)) as client:
        yield client


def tree(spans: InMemorySpanExporter) -> tuple[ReadableSpan, list[ReadableSpan]]:
    """The one request's span, and those of its stages."""
    until(lambda: any(span.kind is SpanKind.SERVER for span in spans.get_finished_spans()))
    found = spans.get_finished_spans()
    (request,) = [span for span in found if span.kind is SpanKind.SERVER]
    return request, [span for span in found if span is not request]


def ask(client: httpx.Client, who: str = STRONG, flags: str = "01") -> httpx.Response:
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-{flags}", "X-Request-Id": f"of-{STRONG}"}
    body = {"enterprise_id": who, "client_reference": "loan-1"}
    return client.post("/v1/scores?who=" + STRONG, json=body, headers=headers)


def test_each_stage_is_a_span_of_the_callers_trace(
    traced: httpx.Client, spans: InMemorySpanExporter
) -> None:
    assert ask(traced).status_code == 200
    request, stages = tree(spans)
    assert request.name == "POST /v1/scores"
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == PARENT
    assert dict(request.attributes or {}) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/v1/scores",
        "url.scheme": "http",
    }
    assert {span.name for span in stages} == set(STAGES)
    for span in (request, *stages):
        assert span.context is not None
        assert f"{span.context.trace_id:032x}" == TRACE
    for span in stages:
        assert span.parent is not None
        assert span.parent.span_id == request.context.span_id  # type: ignore[union-attr]
        assert request.start_time <= span.start_time <= span.end_time <= request.end_time  # type: ignore[operator]


def test_nothing_of_an_enterprise_stands_in_any_span(
    traced: httpx.Client, spans: InMemorySpanExporter
) -> None:
    ask(traced)
    ask(traced, "not-a-code")
    traced.get(f"/v1/enterprises/{STRONG}/profile")
    traced.get(f"/none/{STRONG}")
    traced.request("BREW", f"/v1/scores/{STRONG}")
    until(lambda: sum(s.kind is SpanKind.SERVER for s in spans.get_finished_spans()) == 5)
    found = spans.get_finished_spans()
    for span in found:
        assert STRONG not in span.to_json()
        assert "loan-1" not in span.to_json()
        assert set(span.attributes or {}) <= ATTRIBUTES
        assert not span.events


def test_a_call_without_a_trace_begins_one_and_the_log_names_it(
    traced: httpx.Client, spans: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "cargoworthy.requests"):
        traced.get("/healthz")
        request, stages = tree(spans)
        # The line is written after the answer was sent.
        until(lambda: any(record.name == "cargoworthy.requests" for record in caplog.records))
    assert (request.name, request.parent, stages) == ("GET /healthz", None, [])
    (line,) = [record for record in caplog.records if record.name == "cargoworthy.requests"]
    assert request.context is not None
    assert line.fields["trace_id"] == f"{request.context.trace_id:032x}"  # type: ignore[attr-defined]


def test_a_trace_that_its_caller_does_not_record_is_not_recorded_here(
    traced: httpx.Client, spans: InMemorySpanExporter
) -> None:
    assert ask(traced, flags="00").status_code == 200
    assert spans.get_finished_spans() == ()


def test_a_fault_is_told_by_its_kind_alone(
    traced: httpx.Client, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError(f"of {STRONG}")

    monkeypatch.setattr(Scorer, "_marks", fails)
    monkeypatch.setattr("serving.scores.scoring.evaluate", fails)
    assert ask(traced).status_code == 500
    request, stages = tree(spans)
    assert request.status.status_code is StatusCode.ERROR
    assert dict(request.attributes or {})["error.type"] == "500"
    (failed,) = [span for span in stages if span.status.status_code is StatusCode.ERROR]
    assert dict(failed.attributes or {}) == {"error.type": "ZeroDivisionError"}
    assert all(not span.status.description and not span.events for span in (request, failed))


def test_a_batch_has_no_more_spans_than_one_can_look_at(
    traced: httpx.Client, spans: InMemorySpanExporter
) -> None:
    rows = [{"enterprise_id": STRONG}, {"enterprise_id": UNKNOWN}] * 100
    assert traced.post("/v1/scores:batch", json={"requests": rows}).status_code == 200
    _, stages = tree(spans)
    assert len(stages) == 64


class Collector(BaseHTTPRequestHandler):
    """Takes what an exporter sends."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((self.path, self.headers["x-key"], sent))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_spans_are_sent_where_the_standards_variables_say(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        collector.taken = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=collector.serve_forever, daemon=True)
        thread.start()
        told = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
            "OTEL_EXPORTER_OTLP_HEADERS": "x-key=k1",
            "OTEL_SERVICE_NAME": "scores-at-the-port",
        }
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        traces = provider(os.environ)
        with served(create_app(settings, clock=lambda: NOW, traces=traces)) as client:
            assert ask(client).status_code == 200
        collector.shutdown()
        thread.join(10)
        (path, key, sent), *_ = collector.taken  # type: ignore[attr-defined]
    assert (path, key) == ("/v1/traces", "k1")
    (resource,) = ExportTraceServiceRequest.FromString(sent).resource_spans
    names = {attribute.key: attribute.value for attribute in resource.resource.attributes}
    assert names["service.name"].string_value == "scores-at-the-port"
    assert {span.name for span in resource.scope_spans[0].spans} == {"POST /v1/scores", *STAGES}


def test_a_collector_that_is_away_holds_up_neither_answers_nor_the_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    with served(create_app(settings, clock=lambda: NOW, traces=provider(os.environ))) as client:
        assert ask(client).status_code == 200
        begun = time.monotonic()
    assert time.monotonic() - begun < 6  # the exporter itself tries for ten seconds


def test_the_frameworks_own_spans_stay_off(
    settings: Settings, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hold paths and queries; whoever sets up traces for the whole process gets none."""
    traces = TracerProvider(shutdown_on_exit=False)
    traces.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: traces)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        assert ask(client).status_code == 200
    assert spans.get_finished_spans() == ()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
        {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    ],
)
def test_nothing_is_traced_unless_it_is_asked_for(environment: dict[str, str]) -> None:
    assert provider(environment) is None


def test_without_the_extra_the_service_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    assert provider({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}) is None
    assert "install the extra" in caplog.text


def test_where_nothing_is_traced_nothing_of_it_is_loaded(settings: Settings) -> None:
    code = "import sys; from serving.app import from_environment as f; f(); print(*sys.modules)"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    kept["CARGOWORTHY_SERVING"] = settings.model_dump_json()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=kept, capture_output=True, text=True, check=True
    )
    assert "serving.tracing" in done.stdout.split()
    loaded = [name for name in done.stdout.split() if name.startswith("opentelemetry.")]
    assert not [name for name in loaded if name.split(".")[1] in ("sdk", "exporter", "proto")]
