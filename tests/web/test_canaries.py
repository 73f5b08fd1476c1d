"""Canaries: what a patient and staff write is in no log line, address, error, metric or audit entry."""

import json
import subprocess
import sys
from urllib.parse import quote

import pytest
import structlog
from sqlmodel import Session, select
from starlette.testclient import TestClient

from navigator import safe_logging
from navigator.people import audit_intake
from navigator.people.audit_log import AuditEntry
from navigator.settings import settings
from tests.people import People, token_of
from web.app import app
from web.desk import ticket as ticket_pages
from web.kit import observation

CANARIES = (
    "Zebedee",
    "Quackenbush",
    "zebedee@canary.example",
    "07700 900982",
    "7700900982",
    "tin of sardines",
    "1HDR62",
)
TOLD = {
    "service": "north",
    "programme": "fern",
    "text": "Zebedee Quackenbush here: a tin of sardines fell on my phone",
    "contact": {"route": "email", "email": "zebedee@canary.example"},
}
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, session: Session, people: People) -> TestClient:
    monkeypatch.setenv("NAVIGATOR_METRICS_TOKEN", "monitoring")
    settings.cache_clear()
    cookies = {"desk_log_in": token_of(session, people.amina)}
    return TestClient(app, headers=OURS, cookies=cookies, raise_server_exceptions=False)


def lived(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A report, answers, wrong input, a search, an error; every address that was asked for or led to."""
    addresses: list[str] = []

    def ask(method: str, path: str, **options: object) -> object:
        answer = client.request(method, path, **options)  # type: ignore[arg-type]
        addresses.extend(str(each.url.raw_path) for each in (*answer.history, answer))
        return answer

    told = client.post("/api/v1/reports", json=TOLD)
    number = int(told.json()["reference"].removeprefix("DN-"))
    ask("GET", f"/tickets/{number}")
    ask("POST", f"/tickets/{number}/replies", data={"body": "Dear Zebedee, was it a tin of sardines?"})
    ask("POST", f"/tickets/{number}/replies", data={"body": "Zebedee " * 2000})
    ask("POST", "/search", data={"text": "Zebedee Quackenbush"})
    client.post("/log-in", data={"email": "zebedee@canary.example", "password": "tin of sardines"})
    client.post(
        "/api/v1/reports", json=TOLD | {"contact": {"route": "email", "email": "Zebedee Quackenbush"}}
    )
    client.post(
        "/api/v1/reports",
        content=json.dumps(TOLD)[:-9].encode(),
        headers={"content-type": "application/json"},
    )
    client.get(f"/{quote('Zebedee Quackenbush')}?email=zebedee@canary.example")
    client.get("/api/v1/tickets/1", headers={"authorization": "Bearer Zebedee"})

    def fails(*_: object) -> None:
        raise RuntimeError("Zebedee Quackenbush, zebedee@canary.example")

    with monkeypatch.context() as patch:
        patch.setattr(ticket_pages, "similar_tickets", fails)
        page = client.get(f"/tickets/{number}")
    assert page.status_code == 500
    assert not found_in(page.text)
    return addresses


def found_in(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary.lower() in text.lower()]


def test_no_canary_is_in_a_log_an_address_a_metric_or_the_audit_log(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = structlog.get_config()
    safe_logging.configure("debug", "json")
    try:
        with observation.observing():
            addresses = lived(client, monkeypatch)
            metrics = client.get("/metrics", headers={"authorization": "Bearer monitoring"}).text
    finally:
        structlog.configure(**before)
    audit_intake.take_spool()
    written = "".join(capfd.readouterr())
    assert '"status": 500' in written
    assert "navigator_requests_total" in metrics
    audit = str([row.model_dump() for row in session.exec(select(AuditEntry))])
    assert "opened_ticket" in audit
    assert "log_in_failed" in audit
    for text in (written, metrics, audit, *addresses):
        assert found_in(text) == []


def test_the_command_line_notes_no_word_that_was_typed(session: Session, people: People) -> None:
    words = [
        "user",
        "add",
        "--service",
        "north",
        "--role",
        "pwp",
        "--name",
        "Zebedee",
        "--email",
        "zebedee@canary.example",
    ]
    program = f"import sys; sys.argv[1:] = {words!r}; from navigator.cli import app; app()"
    subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    (spooled,) = [file.read_text() for file in (settings().data_dir / "audit-spool").glob("*.jsonl")]
    assert json.loads(spooled)["title"] == "navigator user add"
    assert found_in(spooled) == []
