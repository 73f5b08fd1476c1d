"""Canaries where the desk meets other machines and keeps records: in no log, call, address or error."""

from datetime import date

import pytest
import structlog
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from navigator import safe_logging, standby
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.webhook_schema import WebhookSetting
from navigator.mail_in.tables import Mail
from navigator.people import audit_intake
from navigator.people.actor import SYSTEM
from navigator.people.audit_log import AuditEntry
from navigator.settings import settings
from navigator.webhooks import signing
from navigator.webhooks.events import EVENTS
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.navigator.mail_in.mails import arrive, give_mailbox, letter, many
from tests.openid.provider import set_up
from tests.people import People, token_of
from tests.web.test_canaries import CANARIES, OURS, TOLD, found_in
from web.app import app

WHO = "zebedee@canary.example"
WORDS = "Zebedee Quackenbush here: a tin of sardines fell on my phone, 07700 900982"


def joined(session: Session, people: People) -> None:
    """A webhook, a mailbox and a log-in provider, none of which answers."""
    hook = WebhookSetting(
        name="Records",
        url="https://hooks.canary-free.example/desk",
        events=[*EVENTS],
        owner="ada@north.example",
        review_on=date(2027, 1, 1),
    )
    apply_change(session, SYSTEM, kind_of("webhook"), ("north", "records"), hook)
    signing.make_secret(session, session.exec(select(WebhookEndpoint.id)).one())
    give_mailbox(session, people)
    set_up(session, "https://id.canary-free.example")
    session.flush()


def mail(session: Session, people: People) -> list[Mail]:
    """Mail of somebody who is known, of a stranger, and some that nobody can read."""
    odd = many(("Content-Type: text/html; charset=x-zebedee", f"<p>{WORDS}"), ("Content-Type: \0", WORDS))
    sent = (
        letter(WORDS, sender=f"Zebedee Quackenbush <{WHO}>", subject="A tin of sardines"),
        letter(WORDS, sender="Zebedee", head={"Auto-Submitted": "auto-replied"}),
        odd.replace(b"pat@home.example", WHO.encode()),
    )
    return [arrive(session, people, each) for each in sent]


def records(session: Session, people: People) -> list[str]:
    """Look for somebody, with what is right and wrong; every address that was asked for or led to."""
    client = TestClient(app, headers=OURS, cookies={"desk_log_in": token_of(session, people.mo)})
    asked = [
        client.post("/records", data={"who": WHO}),
        client.post("/records", data={"who": "Zebedee Quackenbush"}),
        client.post("/records", data={"who": "Zebedee " * 500}),
        client.get("/records"),
    ]
    return [str(each.url.raw_path) for answer in asked for each in (*answer.history, answer)]


def provider(client: TestClient) -> list[str]:
    """What a provider, or somebody who pretends to be one, sends back."""
    answers = [
        client.get("/log-in/with/works"),
        client.post("/log-in/with/works/answer", data={"error": "Zebedee", "state": WORDS}),
        client.post("/log-in/with/works/answer", data={"code": "tin of sardines", "iss": WHO}),
        client.post("/log-in", data={"email": WHO, "password": "Quackenbush"}),
    ]
    return [answers[1].text, answers[2].text]


def test_no_canary_leaves_by_what_is_joined(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = structlog.get_config()
    safe_logging.configure("debug", "json")
    client = TestClient(app, headers=OURS, raise_server_exceptions=False)
    try:
        joined(session, people)
        client.post("/api/v1/reports", json=TOLD)
        landed = mail(session, people)
        shown = [*records(session, people), *provider(client)]
    finally:
        structlog.configure(**before)
    audit_intake.take_spool()
    written = "".join(capfd.readouterr())
    called = [row.body for row in session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id)))]
    audit = str([row.model_dump() for row in session.exec(select(AuditEntry))])
    assert landed
    assert called
    assert "log_in_failed" in audit
    assert "log-in by a provider failed" in written
    assert len(CANARIES) > 5
    for text in (written, audit, *called, *shown):
        assert [line for line in text.splitlines() if found_in(line)] == []


@pytest.mark.only_on("postgresql")
def test_a_standby_that_does_not_answer_is_told_without_its_address(
    people: People, session: Session, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its address holds a password."""
    away = "postgresql+psycopg://zebedee:quackenbush@127.0.0.1:1/sardines?password=quackenbush"
    monkeypatch.setenv("NAVIGATOR_READ_URL", away)
    settings.cache_clear()
    before = structlog.get_config()
    safe_logging.configure("debug", "json")
    try:
        client = TestClient(app, headers=OURS, cookies={"desk_log_in": token_of(session, people.mo)})
        shown = [client.get(path).text for path in ("/readyz", "/insight", "/home")]
    finally:
        structlog.configure(**before)
        standby.close()
    assert "copy of the database" in "".join(shown)
    for text in ("".join(capfd.readouterr()), *shown):
        assert found_in(text) == []
