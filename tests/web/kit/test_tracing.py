"""Traces: spans that a collector receives by OTLP over HTTP, with routes and no words of anybody."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlmodel import Session
from starlette.testclient import TestClient

from tests.people import People
from web.app import app
from web.kit import observation, tracing


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A stand-in that speaks OTLP over HTTP, with the requests that it got."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            is_zipped = self.headers.get("content-encoding") == "gzip"
            assert self.path == "/v1/traces"
            received.append(gzip.decompress(body) if is_zipped else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        server.server_close()


def test_a_collector_receives_spans_of_requests(
    monkeypatch: pytest.MonkeyPatch, session: Session, people: People
) -> None:
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with collector() as (address, received):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "desk-of-north")
        with observation.observing():
            TestClient(app).get(
                "/t/secret-token?email=jo.bloggs@example.org", headers={"traceparent": caller}
            )
    (request,) = [ExportTraceServiceRequest.FromString(body) for body in received]
    (resource,) = request.resource_spans
    (span,) = resource.scope_spans[0].spans
    names = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert names["service.name"] == "desk-of-north"
    assert span.name == "GET /t/{token}"
    facts = {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
    assert facts == {
        "http.request.method": "GET", "http.route": "/t/{token}", "http.response.status_code": 404,
    }  # fmt: skip
    assert span.trace_id.hex() == caller.split("-")[1]
    assert span.end_time_unix_nano > span.start_time_unix_nano
    assert b"bloggs" not in received[0]
    assert b"secret" not in received[0]


@pytest.mark.parametrize("path", ["/t/secret-token", "/api/v1/tickets/DN-000042"])
def test_what_a_host_watches_all_programs_with_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, session: Session, people: People, path: str
) -> None:
    """219: FastAPI made spans of its own there, with private links in them."""
    told = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(told))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    assert TestClient(app).get(path).status_code in (401, 404)
    assert not told.get_finished_spans()


@pytest.mark.parametrize(
    ("environment", "is_asked_for"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_traces_are_asked_for_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], is_asked_for: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert tracing.is_asked_for() is is_asked_for


def test_without_the_packages_a_line_says_so_and_the_desk_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    with observation.observing():
        assert TestClient(app).get("/healthz").status_code == 200
    assert tracing.start() is None
