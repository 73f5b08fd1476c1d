"""`/metrics`: whoever has the token reads numbers of the desk, by bounded labels and of nobody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import Session
from starlette.testclient import TestClient

from navigator import clock, monitoring
from navigator.jobs.registry import JOBS
from navigator.people.actor import ANONYMOUS
from navigator.scheduler import acquire_lease
from navigator.settings import settings
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from tests.people import People
from web.app import app
from web.kit import observation

TOKEN = "a-token-of-the-monitoring"
BEARER = {"authorization": f"Bearer {TOKEN}"}
RULES = Path(__file__).parents[3] / "docs" / "alert-rules.yml"


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Somebody who asks a desk that is measured."""
    monkeypatch.setenv("NAVIGATOR_METRICS_TOKEN", TOKEN)
    settings.cache_clear()
    monitoring._kept.at = None
    with observation.observing():
        yield TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    monitoring._kept.at = None


def measured(visitor: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    monitoring._kept.at = None
    families = text_string_to_metric_families(visitor.get("/metrics", headers=BEARER).text)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for one in samples}


def test_there_is_none_without_a_token(session: Session) -> None:
    assert TestClient(app).get("/metrics", headers=BEARER).status_code == 404
    assert TestClient(app).get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer no"}, {"authorization": TOKEN}, {"authorization": "Bearer é"}]
)
def test_without_the_token_nobody_reads_it(
    session: Session, visitor: TestClient, headers: dict[str, str]
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = visitor.get("/metrics", headers=raw)
    assert answer.status_code == 401
    assert "navigator_" not in answer.text


def test_requests_are_counted_by_route_method_and_class_of_status(
    people: People, visitor: TestClient
) -> None:
    before = measured(visitor)
    visitor.get("/t/secret-token-of-a-patient")
    visitor.get("/no/such/page/jo.bloggs@example.org")
    visitor.request("JOBLOGGS", "/jo.bloggs")
    after = measured(visitor)
    new = {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}
    counted = {labels: value for (name, labels), value in new.items() if name == "navigator_requests_total"}
    routes = {dict(labels)["route"] for labels in counted}
    assert routes == {"/t/{token}", "(no page)", "/metrics"}
    assert {dict(labels)["method"] for labels in counted} == {"GET", "other"}
    assert counted[("method", "GET"), ("route", "/t/{token}"), ("status", "4xx")] == 1
    assert new["navigator_request_seconds_count", (("route", "/t/{token}"),)] == 1
    assert "bloggs" not in str(after).lower()
    assert "secret" not in str(after)


def test_what_the_desk_waits_for_is_measured(session: Session, people: People, visitor: TestClient) -> None:
    told = {
        "service": "north",
        "text": "I want to end my life",
        "contact": {"route": "email", "email": "a@b.example"},
    }
    staff.report(session, ANONYMOUS, ReportInput.model_validate(told))
    acquire_lease(session, "somebody", clock.now(), None, {"send": clock.now().isoformat()})
    session.flush()
    clock.set_to(clock.now() + clock.JUMP)
    found = measured(visitor)
    assert (
        found["navigator_tickets", (("status", "new"),)] + found["navigator_tickets", (("status", "open"),)]
        == 1
    )
    assert found["navigator_clinical_reviews_unread", ()] == 1
    assert found["navigator_clinical_review_oldest_unread_seconds", ()] == 10
    assert found["navigator_outbox_waiting", ()] >= 1
    assert found["navigator_outbox_oldest_seconds", ()] == 10
    assert (
        found["navigator_job_last_success_seconds", (("job", "send"),)]
        == (clock.now() - clock.JUMP).timestamp()
    )
    assert found["navigator_job_last_success_seconds", (("job", "close"),)] == 0
    assert {
        dict(labels)["job"] for name, labels in found if name == "navigator_job_last_success_seconds"
    } == {*JOBS}
    assert found["navigator_model_info", (("version", "0"),)] == 1
    assert found["navigator_ready", (("check", "database"),)] == 1


def test_alert_rules_name_what_is_measured(session: Session, visitor: TestClient) -> None:
    visitor.get("/healthz")
    names = {name for name, _ in measured(visitor)} | {"navigator_pool_connections", "navigator_pool_size"}
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    assert len(rules) >= 8
    for rule in rules:
        named = set(re.findall(r"navigator_\w+", rule["expr"]))
        assert named or "up{" in rule["expr"]
        assert named <= names, rule["alert"]
        assert {"summary", "description"} <= rule["annotations"].keys()
    jobs = {job for rule in rules for job in re.findall(r'job="(\w+)"', rule["expr"]) if job != "navigator"}
    assert jobs <= {*JOBS}
