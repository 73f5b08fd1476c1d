"""Traces by OpenTelemetry, where its environment names a collector: a span a request, by route, and no more.

Neither path nor query, nor what anybody typed, nor the words of an error are in a span. The packages are an
optional extra (`pip install navigator-desk[otel]`), imported only where OTEL_EXPORTER_OTLP_ENDPOINT or
OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set; OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER and others count as usual.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

import structlog

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

log = structlog.get_logger("desk.traces")

Trace = Callable[[str, str, int, tuple[int, int], Mapping[str, str]], None]
"""Makes a span: method, route, status, when it began and ended in nanoseconds, the headers that came."""


def is_asked_for() -> bool:
    """Whether the environment names a collector."""
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not is_off and any(os.environ.get(name) for name in ENDPOINTS)


def start() -> tuple[Trace, Callable[[], None]] | None:
    """What makes a span of a request, and what sends the last ones; None, with a line, if it cannot be."""
    try:
        from opentelemetry import propagate, trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.error(
            "traces are asked for, but OpenTelemetry is not installed: pip install navigator-desk[otel]"
        )
        return None
    name = os.environ.get("OTEL_SERVICE_NAME", "navigator-desk")
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("navigator")

    def make_span(
        method: str, route: str, status: int, times: tuple[int, int], headers: Mapping[str, str]
    ) -> None:
        facts: dict[str, Any] = {"http.request.method": method, "http.route": route}
        span = tracer.start_span(
            f"{method} {route}",
            context=propagate.extract(headers),
            kind=trace.SpanKind.SERVER,
            attributes=facts | {"http.response.status_code": status},
            start_time=times[0],
        )
        if status >= 500:
            span.set_status(trace.StatusCode.ERROR)
        span.end(times[1])

    return make_span, provider.shutdown
