"""Traces (OpenTelemetry): one span a request, and one for each stage of an answer.

Only where the standard's environment variables ask for them, by the extra ``tracing``; otherwise
nothing of it is imported. A caller's trace goes on here (W3C ``traceparent``). No span holds
anything of an enterprise or a client: no path, no query, no header, no message of a fault.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.answer_status import AnswerStatus
from serving.stopwatch import SPAN

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SERVICE = "cargoworthy"
PROTOCOL = "http/protobuf"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PASSED_ON = ("traceparent", "tracestate")
_PATIENCE = 2.0
_LOG = logging.getLogger("cargoworthy.serving")


def provider(environment: Mapping[str, str]) -> "TracerProvider | None":
    """Make what the environment asks for: spans sent by OTLP over HTTP; None where it does not.

    Parameters
    ----------
    environment : mapping
        ``OTEL_EXPORTER_OTLP_ENDPOINT`` or ``OTEL_TRACES_EXPORTER=otlp`` asks for traces,
        ``OTEL_SDK_DISABLED=true`` or ``OTEL_TRACES_EXPORTER=none`` for none. All other variables
        of the standard are the exporter's.
    """
    if not _is_asked(environment):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        _LOG.warning("traces are asked for, but cannot be made: install the extra `tracing`")
        return None
    named = environment.get("OTEL_SERVICE_NAME") or SERVICE
    resource = Resource.create({"service.name": named})
    made = TracerProvider(resource=resource, shutdown_on_exit=False)  # end() does it
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


def end(traces: "TracerProvider") -> None:
    """Send what is left, for two seconds at most: a collector that is away holds up no end."""
    ending = threading.Thread(target=traces.shutdown, name="traces", daemon=True)
    ending.start()
    ending.join(_PATIENCE)


def _is_asked(environment: Mapping[str, str]) -> bool:
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or exporter == "none":
        return False
    if exporter != "otlp" and not any(environment.get(name) for name in _ENDPOINTS):
        return False
    protocol = environment.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environment.get(
        "OTEL_EXPORTER_OTLP_PROTOCOL", PROTOCOL
    )
    if protocol != PROTOCOL:
        _LOG.warning("no traces: expected the protocol %s, found %.40r", PROTOCOL, protocol)
        return False
    return True


class Tracing:
    """ASGI middleware that opens a span for each request.

    Parameters
    ----------
    app : ASGIApp
    traces : TracerProvider
    """

    def __init__(self, app: ASGIApp, traces: "TracerProvider") -> None:
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._app = app
        self._tracer = traces.get_tracer(SERVICE)
        self._extract = TraceContextTextMapPropagator().extract
        self._server = trace.SpanKind.SERVER
        self._failed = trace.Status(trace.StatusCode.ERROR)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within its span."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value for name, value in scope["headers"]}
        told = {n: headers[n].decode("latin-1") for n in _PASSED_ON if n in headers}
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        status = AnswerStatus(send)
        with self._tracer.start_as_current_span(
            method,
            context=self._extract(told),
            kind=self._server,
            attributes={"http.request.method": method, "url.scheme": scope["scheme"]},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            scope.setdefault("state", {})["trace_id"] = f"{span.get_span_context().trace_id:032x}"
            before = SPAN.set(self._stage if span.is_recording() else None)
            try:
                await self._app(scope, receive, status)
            finally:
                SPAN.reset(before)
                if route := getattr(scope.get("route"), "path", ""):
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status.code)
                if status.code >= 500:
                    span.set_attribute("error.type", str(status.code))
                    span.set_status(self._failed)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(self._failed)
                raise
