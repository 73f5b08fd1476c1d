"""Invitations, read back as a calendar reads them (RFC 5545, RFC 5546), from the letters that are sent."""

from datetime import time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import Session, col, select

from navigator import clock
from navigator.outbox.addresses import address_of
from navigator.outbox.enclosures import _ENCLOSE, enclosure_of
from navigator.outbox.enqueue import TEMPLATES
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.render import render
from navigator.outbox.rendered_message import RenderedMessage, to_email
from navigator.outbox.urls import link_for
from navigator.training import seats, sessions
from navigator.training.tables import TrainingSession
from tests.conftest import MOMENT
from tests.navigator.training.test_seats import book, change, colleagues
from tests.navigator.training.test_training import plan
from tests.people import People

STARTS_AT = MOMENT.replace(hour=13) + timedelta(days=7)


def sent(session: Session) -> list[EmailMessage]:
    """The letters that are still to be sent, as a mail server gets them; each is sent once."""
    mails = []
    waiting = select(OutboxMessage).where(col(OutboxMessage.sent_at).is_(None))
    for message in session.exec(waiting.order_by(col(OutboxMessage.id))).all():
        message.sent_at = clock.now()
        address = address_of(session, message.recipient, message.recipient_id)
        enclosure = enclosure_of(session, message)
        if address is None or enclosure is None:
            continue
        facts = {
            **message.context,
            **enclosure.facts,
            "link": link_for(session, message, address.channel, "").url,
        }
        content = render(message.template, facts)
        mail = to_email(
            RenderedMessage(1, message.template, MOMENT, address, content, False, files=enclosure.files)
        )
        parsed = message_from_bytes(mail.as_bytes(), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        mails.append(parsed)
    return mails


def calendars(mail: EmailMessage) -> list[tuple[str, str, Calendar]]:
    """Each calendar in a letter: its media type, the method that the letter names, and what it holds."""
    return [
        (part.get_content_type(), str(part.get_param("method")), Calendar.from_ical(_bytes(part)))
        for part in mail.walk()
        if part.get_content_type() in ("text/calendar", "application/ics")
    ]


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def event_of(mail: EmailMessage) -> tuple[str, dict[str, Any]]:
    """The method and the one event of a letter, once all that the standards ask of it is there."""
    (inline, file) = calendars(mail)
    assert (inline[0], file[0]) == ("text/calendar", "application/ics")
    calendar = inline[2]
    assert calendar.to_ical() == file[2].to_ical()
    assert inline[1] == str(calendar["METHOD"]), "RFC 6047: the part names the method that the calendar has"
    assert str(calendar["VERSION"]) == "2.0"
    assert calendar["PRODID"]
    assert calendar.errors == []
    (event,) = calendar.walk("VEVENT")
    assert event.errors == []
    needed = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ORGANIZER", "ATTENDEE", "SUMMARY", "STATUS"}
    assert needed <= set(event.keys())
    stamp: Any = event["DTSTAMP"]
    assert stamp.to_ical().endswith(b"Z")
    assert str(event["ORGANIZER"]).startswith("mailto:")
    assert mail["From"].addresses[0].addr_spec == str(event["ORGANIZER"]).removeprefix("mailto:")
    assert mail["To"].addresses[0].addr_spec == str(event["ATTENDEE"]).removeprefix("mailto:")
    return str(calendar["METHOD"]), {name: event.decoded(name) for name in event if name != "ATTENDEE"}


def key(event: dict[str, Any]) -> tuple[Any, Any]:
    return event["UID"], event["SEQUENCE"]


def test_a_place_comes_with_an_invitation(session: Session, people: People) -> None:
    planned = plan(session, people.amina, venue="Room 2", minutes=45)
    book(session, people.priya, planned)
    (mail,) = sent(session)
    method, event = event_of(mail)
    assert method == "REQUEST"
    assert event["DTSTART"] == planned.starts_at == STARTS_AT
    assert event["DTEND"] == STARTS_AT + timedelta(minutes=45)
    assert (event["SUMMARY"], event["LOCATION"], event["STATUS"]) == ("Assigning", "Room 2", "CONFIRMED")
    assert event["SEQUENCE"] == 0
    body = mail.get_body(("plain",))
    assert body
    assert "Tue 16 Jun, 2pm" in body.get_content()
    assert f"/training/sessions/{planned.id}" in body.get_content()
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "multipart/alternative", "application/ics",
    ]  # fmt: skip


def test_moved_it_is_the_same_event_one_further(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    book(session, people.priya, planned)
    first = event_of(sent(session)[0])[1]
    clock.set_to(MOMENT + timedelta(hours=1))
    change(session, people, planned, at=time(16))
    method, moved = event_of(sent(session)[0])
    assert method == "REQUEST"
    assert (moved["UID"], moved["SEQUENCE"]) == (first["UID"], 1)
    assert moved["DTSTAMP"] > first["DTSTAMP"]
    assert moved["DTSTART"] == STARTS_AT + timedelta(hours=2)


def test_cancelled_it_is_the_same_event_that_is_off(session: Session, people: People) -> None:
    planned = plan(session, people.amina, places=1)
    (waits,) = colleagues(session, people, 1)
    book(session, people.priya, planned)
    book(session, waits, planned)
    first = event_of(sent(session)[0])[1]
    sessions.cancel_session(session, people.amina, planned.id)
    to_place, to_waiting = sent(session)
    method, event = event_of(to_place)
    assert (method, event["STATUS"], key(event)) == ("CANCEL", "CANCELLED", (first["UID"], 1))
    assert calendars(to_waiting) == [], "there is nothing in their calendar"


def test_taken_off_and_booked_again_each_is_newer_than_the_last(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    told = []
    book(session, people.priya, planned)
    told += [event_of(mail) for mail in sent(session)]
    seats.take_off(session, people.amina, planned.id, people.priya.user_id or 0)
    told += [event_of(mail) for mail in sent(session)]
    book(session, people.priya, planned)
    told += [event_of(mail) for mail in sent(session)]
    assert [method for method, _ in told] == ["REQUEST", "CANCEL", "REQUEST"]
    assert len({event["UID"] for _, event in told}) == 1
    numbers = [int(str(event["SEQUENCE"])) for _, event in told]
    assert numbers == sorted(set(numbers)), "a calendar takes what has a higher number"


def test_what_is_overtaken_is_not_sent(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    book(session, people.priya, planned)
    seats.leave(session, people.priya, planned.id)
    (only,) = sent(session)
    assert event_of(only)[0] == "CANCEL"


def test_an_invitation_names_nobody_else(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    for one in (people.priya, people.mo):
        book(session, one, planned)
    for mail in sent(session):
        others = {"priya@north.example", "mo@north.example"} - {mail["To"].addresses[0].addr_spec}
        assert not any(other in mail.as_string() for other in others)


@pytest.mark.parametrize("title", ["Modules\r\nATTENDEE:mailto:x@example.org", "A; b, c \\ “d”", "é" * 90])
def test_no_title_breaks_the_file(session: Session, people: People, title: str) -> None:
    planned = plan(session, people.amina)
    planned.title = title
    book(session, people.priya, planned)
    _, event = event_of(sent(session)[0])
    assert event["SUMMARY"] == title.replace("\r\n", "\n")


def test_every_letter_about_a_place_says_what_goes_with_it() -> None:
    assert {name for name in TEMPLATES if name.startswith("training")} - {"training_answered"} <= set(
        _ENCLOSE
    )


def test_a_letter_from_before_is_still_sent(session: Session, people: People) -> None:
    message = OutboxMessage(
        template="training_planned", recipient=Recipient.USER, recipient_id=people.priya.user_id or 0
    )
    session.add(message)
    session.flush()
    (mail,) = sent(session)
    assert calendars(mail) == []
    assert session.exec(select(TrainingSession)).all() == []
