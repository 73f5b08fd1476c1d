"""Webhooks on an administrator's pages: made, given a secret, tested, paused and sent again."""

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.people.audit_log import AuditEntry
from navigator.webhooks.claims import Outcome, claim, write_down
from navigator.webhooks.signing import live_secrets
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    """Ada, logged in."""
    return enter("ada")


@pytest.fixture
def endpoint(visitor: Visitor, session: Session) -> WebhookEndpoint:
    visitor.get("/settings/webhook/north/new")
    visitor.press(
        "Look at the change",
        name="Records",
        url="https://hooks.example.nhs.uk/desk",
        events=["ticket.reported", "ticket.closed"],
        is_active="yes",
        owner="ada@north.example",
        **{"review_on-day": "1", "review_on-month": "3", "review_on-year": "2027"},
    )
    assert "a report came in" in visitor.text, "what was ticked is read again in words"
    visitor.press("Save this change", events=["ticket.reported", "ticket.closed"])  # each is hidden there
    assert visitor.path == "/settings/webhooks/north"
    return session.exec(select(WebhookEndpoint)).one()


def test_a_webhook_is_made_and_stands_in_the_audit_log(
    visitor: Visitor, session: Session, endpoint: WebhookEndpoint
) -> None:
    assert "It has no secret" in visitor.text
    assert endpoint.events == ["ticket.closed", "ticket.reported"]
    assert session.exec(select(AuditEntry.subject)).all()[-1] == "webhook"


def test_a_secret_is_shown_once_and_the_older_one_ended_later(
    visitor: Visitor, session: Session, endpoint: WebhookEndpoint
) -> None:
    page = f"/settings/webhooks/endpoints/{endpoint.id}"
    visitor.get(page)
    visitor.press("Make a secret")
    assert "whsec_" in visitor.text
    visitor.get(page)
    assert "whsec_" not in visitor.text
    visitor.press("Make a secret")
    assert len(live_secrets(session, endpoint.id)) == 2
    visitor.get(page)
    assert "Make a secret" not in visitor.text
    (older, newer) = live_secrets(session, endpoint.id)
    visitor.post(f"{page}/secret/{older.id}/end")
    assert [row.id for row in live_secrets(session, endpoint.id)] == [newer.id]


def test_what_was_given_up_is_seen_and_sent_again_with_the_same_id(
    visitor: Visitor, session: Session, endpoint: WebhookEndpoint
) -> None:
    page = f"/settings/webhooks/endpoints/{endpoint.id}"
    visitor.get(page)
    visitor.press("Make a secret")
    tell(session)
    claimed = claim(endpoint.id)
    assert claimed is not None
    write_down(claimed, Outcome(410))
    session.expire_all()
    visitor.get(page)
    assert "Paused: it says that it is gone" in visitor.text
    assert "Given up" in visitor.text
    assert "410" in visitor.text
    assert "Send again" not in visitor.text
    for deed in (f"{page}/deliveries/{claimed.id}/again", f"{page}/again"):
        sent = {"since-day": "1", "since-month": "1", "since-year": "2026"}
        assert visitor.post(deed, data=sent).status_code == 422, "while it is paused nothing is sent"
        assert "Have it go on first" in visitor.text
    visitor.get(page)
    visitor.press("Have it go on")
    visitor.get(f"{page}?show=failed")
    today = clock.today()
    parts = {"since-day": today.day, "since-month": today.month, "since-year": today.year}
    visitor.press("Send them again", **{name: str(part) for name, part in parts.items()})
    assert "Sent again: 1." in visitor.text
    again = claim(endpoint.id)
    assert again is not None
    assert again.message_id == claimed.message_id


def test_a_test_is_sent_and_one_that_arrived_can_be_sent_again(
    visitor: Visitor, session: Session, endpoint: WebhookEndpoint
) -> None:
    page = f"/settings/webhooks/endpoints/{endpoint.id}"
    visitor.get(page)
    visitor.press("Make a secret")
    visitor.get(page)
    visitor.press("Send a test")
    row = session.exec(select(WebhookDelivery)).one()
    assert row.event == "desk.test"
    claimed = claim(endpoint.id)
    assert claimed is not None
    write_down(claimed, Outcome(200))
    visitor.get(page)
    assert "Arrived" in visitor.text
    visitor.post(f"{page}/deliveries/{row.id}/again")
    session.expire_all()
    assert session.get_one(WebhookDelivery, row.id).sent_at is None


def test_another_service_is_nobodys_business(
    visitor: Visitor, session: Session, people: People, endpoint: WebhookEndpoint
) -> None:
    endpoint.service_id = people.south
    session.flush()
    page = f"/settings/webhooks/endpoints/{endpoint.id}"
    assert visitor.get(page).status_code == 404
    for deed in ("secret", "test", "going-on", "again", "secret/1/end", "deliveries/1/again"):
        assert visitor.post(f"{page}/{deed}").status_code in (404, 422), deed
    assert visitor.get("/settings/webhooks/south").status_code == 404


def test_an_address_inside_is_refused_in_words(visitor: Visitor) -> None:
    visitor.get("/settings/webhook/north/new")
    visitor.press("Look at the change", name="Records", url="https://169.254.169.254/latest")
    assert "Write the name of a host on the internet" in visitor.text
