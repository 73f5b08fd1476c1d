"""Webhooks: what is told to whom, how it is signed, when it is tried again, when it is paused."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from navigator import clock
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.webhook_schema import WebhookSetting
from navigator.errors import Conflict, Invalid
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outgoing import Answer
from navigator.people.actor import SYSTEM
from navigator.settings import settings
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ResolveInput, SayInput
from navigator.tickets.ticket import Resolution
from navigator.webhooks import claims, deliver, events, signing
from navigator.webhooks.claims import DELAYS, Outcome, claim, endpoints_due, retry_delay, write_down
from navigator.webhooks.events import BY_ACTION, EVENTS, queue
from navigator.webhooks.hosts import NOT_NAMED, check_address, may_be_private, refusal_of
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.navigator.tickets.report_factory import tell
from tests.people import People

CANARIES = ("canary", "wren", "07700", "RTT-77", "Amina", "example.org", "/t/")
SETTING = WebhookSetting(
    name="Records",
    url="https://hooks.example.nhs.uk/desk",
    events=[*EVENTS],
    owner="ada@north.example",
    review_on=date(2027, 1, 1),
)


@pytest.fixture
def endpoint(session: Session, people: People) -> WebhookEndpoint:
    apply_change(session, SYSTEM, kind_of("webhook"), ("north", "records"), SETTING)
    row = session.exec(select(WebhookEndpoint)).one()
    signing.make_secret(session, row.id)
    return row


def queued(session: Session) -> list[WebhookDelivery]:
    session.flush()
    return list(session.exec(select(WebhookDelivery).order_by(WebhookDelivery.id)))  # type: ignore[arg-type]


def test_every_event_is_of_an_action_and_is_described() -> None:
    assert BY_ACTION.keys() <= set(Action)
    assert set(BY_ACTION.values()) == EVENTS.keys()


def test_what_is_told_is_thin(session: Session, people: People, endpoint: WebhookEndpoint) -> None:
    """T5 and T12 of the peers."""
    contact = {"route": "email", "email": "canary@wren.example.org", "needs": "canary needs"}
    told: dict[str, Any] = {
        "text": "canary words 07700 900982",
        "support_code": "RTT-77",
        "found_by": "canary",
    }
    number = tell(session, contact=contact, practitioner="canary", **told).number
    staff.note(session, people.amina, number, SayInput(body="canary note"))
    staff.reply(session, people.amina, number, SayInput(body="canary reply"))
    end = ResolveInput(resolution=Resolution.FIXED, body="canary end")
    staff.resolve(session, people.amina, number, end)
    rows = queued(session)
    assert [row.event for row in rows] == [
        "ticket.reported",
        "ticket.assigned",
        "ticket.replied",
        "ticket.resolved",
    ]
    payload = json.loads(rows[-1].body)
    assert payload == {
        "type": "ticket.resolved",
        "timestamp": "2026-06-09T09:00:00Z",
        "data": {"number": number, "reference": f"DN-{number:06d}", "status": "resolved"},
    }
    assert not [word for row in rows for word in CANARIES if word in row.body]


def test_that_a_clinician_must_read_it_is_told_to_nobody(
    session: Session, people: People, endpoint: WebhookEndpoint
) -> None:
    ticket = tell(session, text="I want to end my life")
    assert ticket.has_open_review
    assert "review" not in str([row.body for row in queued(session)])
    assert {row.event for row in queued(session)} <= {"ticket.reported", "ticket.assigned"}


def test_another_service_is_told_nothing(session: Session, people: People, endpoint: WebhookEndpoint) -> None:
    tell(session, service="south")
    assert queued(session) == []


def test_a_report_is_taken_though_an_endpoint_is_deleted_meanwhile(
    session: Session, people: People, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = {(people.north, "ticket.reported"): (endpoint.id, endpoint.id + 1)}
    monkeypatch.setattr(events, "kept", lambda *_: read)  # as it was read before somebody deleted one
    tell(session)
    assert [each.endpoint_id for each in queued(session)] == [endpoint.id]


def test_only_what_was_asked_for_and_nothing_while_off(
    session: Session, people: People, endpoint: WebhookEndpoint
) -> None:
    endpoint.events = ["ticket.assigned"]
    session.flush()
    tell(session)
    assert [row.event for row in queued(session)] == ["ticket.assigned"]
    endpoint.is_active = False
    session.flush()
    tell(session)
    assert len(queued(session)) == 1


def test_the_published_library_believes_it_by_either_secret(
    session: Session, endpoint: WebhookEndpoint
) -> None:
    second = signing.make_secret(session, endpoint.id)
    body, now = b'{"type":"desk.test"}', int(datetime.now(UTC).timestamp())
    keys = signing.opened_secrets(session, endpoint.id)
    header = signing.signature(keys, "msg_1", now, body)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(now), "webhook-signature": header}
    for key in (second, keys[0]):
        assert Webhook(key).verify(body, headers) == {"type": "desk.test"}
    with pytest.raises(WebhookVerificationError):
        Webhook(second).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(second).verify(body, headers | {"webhook-id": "msg_2"})


def test_two_secrets_at_most_and_one_at_least(session: Session, endpoint: WebhookEndpoint) -> None:
    (first,) = signing.live_secrets(session, endpoint.id)
    with pytest.raises(Conflict):
        signing.end_secret(session, endpoint.id, first.id)
    signing.make_secret(session, endpoint.id)
    with pytest.raises(Conflict):
        signing.make_secret(session, endpoint.id)
    signing.end_secret(session, endpoint.id, first.id)
    assert len(signing.opened_secrets(session, endpoint.id)) == 1


def test_a_secret_stands_in_no_table(session: Session, endpoint: WebhookEndpoint) -> None:
    secret = signing.make_secret(session, endpoint.id)
    rows = signing.live_secrets(session, endpoint.id)
    assert secret.removeprefix("whsec_") not in str([row.model_dump() for row in rows])


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://hooks.example.nhs.uk/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
        ),
        *(
            "https://localhost/",
            "https://desk.local/",
            "https://user:word@hooks.example/",
            "file:///etc/passwd",
        ),
        *("https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/"),
        *("https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/"),
    ],
)
def test_an_address_that_is_no_named_host_of_the_internet_is_refused(url: str) -> None:
    """T16 of the peers."""
    with pytest.raises(ValueError, match=r"https://|host"):
        check_address(url)


def test_the_hosts_of_the_setting_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "webhook_hosts", "hooks.example.nhs.uk, bus.trust.local")
    assert check_address("https://bus.trust.local/in")
    assert may_be_private("https://bus.trust.local/in")
    assert refusal_of("https://elsewhere.example/") == NOT_NAMED


def test_an_owner_is_an_administrator_of_the_service(session: Session, people: People) -> None:
    setting = SETTING.model_copy(update={"owner": "amina@north.example"})
    with pytest.raises(Invalid) as refused:
        apply_change(session, SYSTEM, kind_of("webhook"), ("north", "records"), setting)
    assert "owner" in refused.value.fields


# How it goes


def attempt(session: Session, outcome: Outcome) -> WebhookDelivery:
    """Claim what is due and have it go so."""
    (id,) = endpoints_due()
    claimed = claim(id)
    assert claimed is not None
    write_down(claimed, outcome)
    session.expire_all()
    return session.get_one(WebhookDelivery, claimed.id)


def letters(session: Session, template: str) -> set[int]:
    rows = session.exec(select(OutboxMessage.recipient_id).where(OutboxMessage.template == template))
    return set(rows)


def test_what_arrived_is_not_sent_again(session: Session, people: People, endpoint: WebhookEndpoint) -> None:
    endpoint.events = ["ticket.reported"]
    tell(session)
    assert attempt(session, Outcome(204)).sent_at is not None
    assert endpoints_due() == []


def test_what_failed_is_tried_for_days_and_then_given_up_loudly(
    session: Session, people: People, endpoint: WebhookEndpoint
) -> None:
    endpoint.events = ["ticket.reported"]
    tell(session)
    waits = []
    for _ in DELAYS:
        row = attempt(session, Outcome(500))
        assert endpoints_due() == []
        waits.append(row.send_at - clock.now())
        endpoint.failing_since_at = None  # others arrive meanwhile
        session.flush()
        clock.set_to(row.send_at)
    for wait, delay in zip(waits, DELAYS, strict=True):
        assert delay * 0.8 <= wait <= delay * 1.2
    assert timedelta(days=3) < sum(DELAYS, timedelta()) < timedelta(days=4)
    row = attempt(session, Outcome(500))
    assert (row.failed_at, row.attempts, row.response_status) == (clock.now(), 10, 500)
    assert letters(session, "webhook_given_up") == {people.ada.user_id}


def test_delays_differ() -> None:
    assert len({retry_delay(4) for _ in range(20)}) > 10


def test_an_endpoint_that_asks_for_time_gets_it(
    session: Session, people: People, endpoint: WebhookEndpoint
) -> None:
    tell(session)
    row = attempt(session, Outcome(503, retry_after=timedelta(hours=1)))
    assert row.send_at - clock.now() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("says", "hours"), [("", None), ("soon", None), ("3600", 1), ("9" * 14, 24), ("9" * 5000, 24), ("0", 0)]
)
def test_whatever_it_says_of_when_to_come_again_its_answer_is_read(says: str, hours: int | None) -> None:
    outcome = deliver._outcome(Answer(503, "", "https://x.example", retry_after=says))
    assert outcome.retry_after == (None if hours is None else timedelta(hours=hours))


def test_one_that_is_gone_is_paused_at_once_and_its_owner_told(
    session: Session, people: People, endpoint: WebhookEndpoint
) -> None:
    tell(session)
    assert attempt(session, Outcome(410)).failed_at is not None
    assert endpoint.paused_because == "gone"
    assert endpoints_due() == []
    assert letters(session, "webhook_paused") == {people.ada.user_id}


def test_days_without_success_pause_it_and_what_happens_is_kept(
    session: Session, people: People, endpoint: WebhookEndpoint
) -> None:
    tell(session)
    attempt(session, Outcome(None, "There is no answer (ConnectError)."))
    clock.set_to(clock.now() + claims.PAUSED_AFTER)
    attempt(session, Outcome(None, "There is no answer (ConnectError)."))
    assert endpoint.paused_because == "fails"
    kept = len(queued(session))
    tell(session)
    assert len(queued(session)) > kept
    assert endpoints_due() == []


def test_success_forgets_that_it_failed(session: Session, people: People, endpoint: WebhookEndpoint) -> None:
    tell(session)
    row = attempt(session, Outcome(500))
    assert endpoint.failing_since_at == clock.now()
    clock.set_to(row.send_at)
    attempt(session, Outcome(200))
    assert endpoint.failing_since_at is None


def test_nothing_leaves_a_demonstration(session: Session, people: People, endpoint: WebhookEndpoint) -> None:
    from navigator.catalogue.service import Service

    session.get_one(Service, people.north).is_demonstration = True
    session.flush()
    tell(session)
    assert queued(session) == [], "nothing is kept for it either"
    queue(session, endpoint.id, "ticket.reported", {"number": 1})  # of before it was one
    session.flush()
    assert endpoints_due() == []


def test_a_claim_that_lapsed_is_of_no_use_any_more(
    session: Session, people: People, endpoint: WebhookEndpoint
) -> None:
    endpoint.events = ["ticket.reported"]
    tell(session)
    first = claim(endpoint.id)
    assert first is not None
    assert claim(endpoint.id) is None
    clock.set_to(clock.now() + claims.CLAIM_LASTS)
    second = claim(endpoint.id)
    assert second is not None
    assert (second.message_id, second.body) == (first.message_id, first.body)
    write_down(first, Outcome(500))
    session.expire_all()
    assert queued(session)[0].response_status is None
