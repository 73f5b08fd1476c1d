"""What is past its days goes at night, what is on hold stays, and a dry run says so before."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.record_schemas import RetentionSetting
from navigator.attachments.attachment import Attachment, Kind
from navigator.attachments.storage import new_name
from navigator.catalogue.retention_period import RECORD_CLASSES
from navigator.errors import Invalid
from navigator.jobs.retention import DEVICE_CHECK_RETENTION, delete_old_rows
from navigator.mail_in.tables import Mail, MailState
from navigator.models import metadata
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import SYSTEM
from navigator.people.reporter import Reporter
from navigator.records import holds, retention
from navigator.records.due import RULES
from navigator.records.holds import HoldInput
from navigator.records.tables import RetentionRun
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.device_check import DeviceCheck
from navigator.tickets.repeated_report import RepeatedReport
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.conftest import MOMENT
from tests.navigator.records.planted import plant
from tests.navigator.records.test_requests import closed
from tests.people import People

pytestmark = pytest.mark.both_engines

DAYS = 30


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    keep(session, "ticket")
    return closed(session)


def keep(session: Session, record_class: str, days: int | None = DAYS) -> None:
    decided: dict[str, Any] = {"reason": "Our policy", "owner": "Mo Ali", "review_on": "2027-01-01"}
    setting = RetentionSetting(days=days, **decided)
    apply_change(session, SYSTEM, kind_of("retention"), ("north", record_class), setting)


def run(session: Session, days: int) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=days)):
        retention.run(clock.now())
    session.expire_all()


def bodies(session: Session) -> list[str]:
    return [*session.exec(select(Message.body).order_by(col(Message.id)))]


def test_every_class_that_a_service_sets_has_its_rule() -> None:
    assert RULES.keys() == RECORD_CLASSES.keys()


def test_a_ticket_is_emptied_when_its_days_are_over(session: Session, people: People, ticket: Ticket) -> None:
    run(session, DAYS - 1)
    assert bodies(session) == ["I forgot my password"]
    run(session, DAYS)
    assert bodies(session) == ["[removed]"]
    assert session.get_one(Reporter, ticket.reporter_id).email == ""
    assert session.exec(select(Event.actor_name).where(Event.action == "empty")).one() == SYSTEM.name
    row = session.exec(select(RetentionRun)).one()
    assert (row.service_id, row.counts, row.held) == (people.north, {"ticket": 1}, 0)
    run(session, DAYS + 1)
    assert len(session.exec(select(RetentionRun)).all()) == 1


def test_until_a_service_decides_nothing_goes(session: Session, people: People) -> None:
    closed(session)
    run(session, 20_000)
    assert bodies(session) == ["I forgot my password"]


def test_a_dry_run_counts_and_changes_nothing(session: Session, people: People, ticket: Ticket) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=DAYS)):
        due = retention.dry_run(session, [people.north], clock.now())
    assert {each.record_class: each.count for each in due if each.count} == {"ticket": 1}
    assert bodies(session) == ["I forgot my password"]


@pytest.mark.parametrize("is_of_person", [False, True])
def test_what_is_on_hold_stays_until_it_is_lifted(
    session: Session, people: People, ticket: Ticket, is_of_person: bool
) -> None:
    other = closed(session, text="The same person")
    until_on = clock.today() + timedelta(days=DAYS + 10)
    why: dict[str, Any] = {"reason": "A complaint", "until_on": until_on}
    asked = HoldInput(number=f"DN-{ticket.number}", is_of_person=is_of_person, **why)
    hold = holds.hold(session, people.mo, asked)
    held = {ticket.number, other.number} if is_of_person else {ticket.number}
    assert holds.all_held(session) == held
    run(session, DAYS)
    left = [*session.exec(select(Message.ticket_number).where(Message.body != "[removed]"))]
    assert set(left) == held
    assert session.exec(select(RetentionRun.held)).all()[-1] == len(held)
    holds.lift(session, people.mo, hold.id)
    session.flush()
    run(session, DAYS)
    assert set(bodies(session)) == {"[removed]"}


def test_a_hold_keeps_what_no_service_sets_too(session: Session, people: People, ticket: Ticket) -> None:
    number = ticket.number
    session.add(DeviceCheck(ticket_number=number, origin_number=number))
    bounce = Mail(
        service_id=people.north, fingerprint="1", size=1, state=MailState.BOUNCE, ticket_number=number
    )
    on_no_ticket = Mail(service_id=people.north, fingerprint="2", size=1, state=MailState.AUTOMATIC)
    bounce.subject = on_no_ticket.subject = "Undelivered"
    booked: dict[str, Any] = {"starts_at": clock.now(), "minutes": 15, "voicemail_is_safe": False}
    booked |= {"navigator_id": people.amina.user_id, "phone": "+447700900982", "ended_at": clock.now()}
    call = BookedCall(ticket_number=number, origin_number=number, **booked)
    found: dict[str, Any] = {
        "days": 90,
        "is_by_code": False,
        "found_at": clock.now() - DEVICE_CHECK_RETENTION,
    }
    again = RepeatedReport(ticket_number=number, service_id=people.north, numbers=[number], **found)
    session.add_all([bounce, on_no_ticket, call, again])

    def kept() -> tuple[int, str, str, str]:
        delete_old_rows(session, clock.now() + DEVICE_CHECK_RETENTION)
        session.expire_all()
        rows = [*session.exec(select(DeviceCheck)), *session.exec(select(RepeatedReport))]
        return len(rows), bounce.subject, call.phone, on_no_ticket.subject

    until_on = clock.today() + timedelta(days=300)
    asked = HoldInput(number=str(number), reason="A complaint", until_on=until_on)
    hold = holds.hold(session, people.mo, asked)
    assert kept() == (2, "Undelivered", "+447700900982", "")
    holds.lift(session, people.mo, hold.id)
    assert kept() == (0, "", "", "")


def test_a_letter_of_no_ticket_goes_when_it_was_given_up_too(session: Session, people: People) -> None:
    given_up = OutboxMessage(
        channel="email",
        failed_at=clock.now(),
        template="report_mail",
        recipient="user",
        recipient_id=people.mo.user_id or 0,
    )
    session.add(given_up)
    session.flush()
    delete_old_rows(session, clock.now() + timedelta(days=89))
    assert len(session.exec(select(OutboxMessage)).all()) == 1
    delete_old_rows(session, clock.now() + timedelta(days=90))
    assert not session.exec(select(OutboxMessage)).all()


def test_a_hold_is_over_with_its_day(session: Session, people: People, ticket: Ticket) -> None:
    asked = HoldInput(number=str(ticket.number), reason="A complaint", until_on=clock.today())
    holds.hold(session, people.mo, asked)
    assert holds.all_held(session)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert not holds.all_held(session)


def test_nothing_is_held_until_a_day_that_is_over(session: Session, people: People, ticket: Ticket) -> None:
    """ "It is on hold" was said, and the night deleted it."""
    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        holds.hold(session, people.mo, HoldInput(number=str(ticket.number), reason="x", until_on=yesterday))
    assert refused.value.fields == {"until_on": "That day is over. Enter today or a later day."}


def test_the_same_hold_twice_is_one(session: Session, people: People, ticket: Ticket) -> None:
    """Whoever lifts it lifts it."""
    asked = HoldInput(number=str(ticket.number), reason="A complaint", until_on=clock.today())
    holds.hold(session, people.mo, asked)
    other = holds.hold(session, people.mo, asked.model_copy(update={"reason": "An inquiry"}))
    holds.lift(session, people.mo, holds.hold(session, people.mo, asked).id)
    assert [each for each in holds.list_holds(session, people.mo) if not each.lifted_at] == [other]


def test_nobody_holds_a_ticket_of_another_service(session: Session, people: People, ticket: Ticket) -> None:
    asked = HoldInput(number=str(ticket.number), reason="x", until_on=clock.today())
    for actor in (people.sue, people.sam):
        with pytest.raises(Invalid):
            holds.hold(session, actor, asked)


def test_mail_goes_as_it_always_did_and_as_a_service_decides(session: Session, people: People) -> None:
    closed(session)
    for letter in session.exec(select(OutboxMessage)).all():
        letter.sent_at = clock.now()
    session.flush()
    run(session, 89)
    assert session.exec(select(OutboxMessage)).all()
    keep(session, "mail", 200)
    run(session, 91)
    assert session.exec(select(OutboxMessage)).all()
    run(session, 200)
    assert not session.exec(select(OutboxMessage)).all()


def test_a_ticket_that_a_clinician_read_has_a_period_of_its_own(session: Session, people: People) -> None:
    keep(session, "ticket")
    ticket = closed(session)
    request_review(session, SYSTEM, ticket, ["tried"])
    session.flush()
    run(session, 10 * DAYS)
    keep(session, "review", 2 * DAYS)
    run(session, 10 * DAYS)
    assert bodies(session) == ["I forgot my password"]
    review = session.exec(select(ClinicalReview)).one()
    review.ended_at, review.outcome = clock.now(), "We spoke"
    session.flush()
    run(session, DAYS)
    assert bodies(session) == ["I forgot my password"]
    run(session, 2 * DAYS)
    assert bodies(session) == ["[removed]"]
    assert session.exec(select(ClinicalReview.outcome)).one() == "[removed]"


def with_file_and_call(session: Session, ticket: Ticket) -> Message:
    """The report of a ticket, which has a file, and beside which a call was written down."""
    message = session.exec(select(Message)).one()
    session.add(Attachment(name=new_name(), kind=Kind.PDF, size=1, message_id=message.id))
    said: dict[str, Any] = {
        "audience": "staff",
        "author": "staff",
        "action": "call",
        "body": "We spoke of it",
    }
    session.add(Message(ticket_number=ticket.number, origin_number=ticket.number, **said))
    message.has_attachments = True
    session.flush()
    return message


def test_what_a_clinician_must_still_read_stays(session: Session, people: People) -> None:
    for record_class in RECORD_CLASSES:
        keep(session, record_class, 5)
    ticket = closed(session)
    with_file_and_call(session, ticket)
    request_review(session, SYSTEM, ticket, ["tried"])
    session.flush()
    letters = session.exec(select(OutboxMessage).where(OutboxMessage.ticket_number == ticket.number)).all()
    sent = {letter.id for letter in letters}
    for letter in letters:
        letter.sent_at = clock.now()
    session.flush()
    run(session, 100)
    assert len(session.exec(select(Attachment)).all()) == 1
    assert sent
    assert sent <= set(session.exec(select(OutboxMessage.id)))
    assert bodies(session) == ["I forgot my password", "We spoke of it"]


def test_pictures_and_the_phone_log_may_go_earlier(session: Session, people: People, ticket: Ticket) -> None:
    keep(session, "attachment", 5)
    keep(session, "call", 10)
    message = with_file_and_call(session, ticket)
    run(session, 5)
    assert session.exec(select(Attachment)).all() == []
    assert not session.get_one(Message, message.id).has_attachments
    assert bodies(session) == ["I forgot my password", "We spoke of it"]
    run(session, 10)
    assert bodies(session) == ["I forgot my password", "[removed]"]


HOURS = {"heldsend": 1, "presence": 24, "ticketread": 720, "webhookdelivery": 720, "notice": 2160}
"""By table, by hand."""


def test_what_nobody_sets_goes_when_its_time_is_over_and_not_before(session: Session, people: People) -> None:
    plant(session, people, but=["affectedperson"])
    endpoint = WebhookEndpoint(service_id=people.north, code="x")
    session.add(endpoint)
    session.flush()
    queued = WebhookDelivery(endpoint_id=endpoint.id, event="ticket.reported", body="{}", queued_at=MOMENT)
    session.add(queued)
    session.flush()

    def left() -> set[str]:
        counting = {name: select(func.count()).select_from(metadata.tables[name]) for name in HOURS}
        return {name for name, query in counting.items() if session.scalar(query)}

    for hours in sorted(set(HOURS.values())):
        over = MOMENT + timedelta(hours=hours)
        delete_old_rows(session, over - timedelta(seconds=1))
        assert left() == {name for name, each in HOURS.items() if each >= hours}
        delete_old_rows(session, over)
        assert left() == {name for name, each in HOURS.items() if each > hours}
