"""Queueing: who may be written to, and only once under one key."""

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.contact import Contact, ContactKind
from navigator.catalogue.service import Service
from navigator.outbox.addresses import address_of, is_demonstration, services_of
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import Reporter
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from tests.people import People, join


def reporter(session: Session, **facts: object) -> int:
    row = Reporter(contact_method="email", email="pat@home.example", phone="07700 900982")
    for name, value in facts.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row.id


def test_a_letter_is_queued_with_ids_and_no_words(session: Session):
    id = reporter(session)
    letter = enqueue(session, "answered", Recipient.REPORTER, id, ticket_number=7, context={"days": 3})
    assert letter is not None
    assert (letter.template, letter.channel, letter.recipient_id) == ("answered", "email", id)
    assert (letter.ticket_number, letter.context, letter.send_at) == (7, {"days": 3}, clock.now())
    assert "pat@home.example" not in str(letter)


@pytest.mark.parametrize(
    ("facts", "channel"),
    [
        ({}, "email"),
        ({"contact_method": "text"}, "text"),
        ({"contact_method": "phone"}, None),
        ({"contact_method": "none"}, None),
        ({"email": ""}, None),
        ({"contact_method": "text", "phone": ""}, None),
        ({"is_safe_to_contact": False}, None),
        ({"contact_method": "text", "is_safe_to_contact": False}, None),
    ],
)
def test_a_reporter_is_written_to_by_their_route_and_only_if_it_is_safe(
    session: Session, facts: dict[str, object], channel: str | None
):
    letter = enqueue(session, "answered", Recipient.REPORTER, reporter(session, **facts), ticket_number=7)
    assert (letter.channel if letter else None) == channel
    assert len(session.exec(select(OutboxMessage)).all()) == (channel is not None)


def test_only_active_staff_are_written_to(session: Session, people: People):
    assert people.amina.user_id
    assert enqueue(session, "assigned", Recipient.USER, people.amina.user_id, ticket_number=7)
    session.get_one(User, people.amina.user_id).is_active = False
    assert enqueue(session, "assigned", Recipient.USER, people.amina.user_id, ticket_number=7) is None
    assert enqueue(session, "assigned", Recipient.USER, 999, ticket_number=7) is None


def test_a_contact_is_written_to_if_there_is_an_address(session: Session, people: People):
    manager = contact(session, people.north)
    assert enqueue(session, "overdue", Recipient.CONTACT, manager.id, ticket_number=7)
    manager.email = ""
    assert enqueue(session, "overdue", Recipient.CONTACT, manager.id, ticket_number=7) is None


def contact(session: Session, service_id: int) -> Contact:
    kind = (col(Contact.service_id) == service_id, col(Contact.kind) == ContactKind.MANAGER)
    return session.exec(select(Contact).where(*kind)).one()


def test_a_letter_is_queued_once_under_its_key(session: Session):
    id = reporter(session)
    first = enqueue(session, "answered", Recipient.REPORTER, id, ticket_number=7, dedupe_key="one")
    again = enqueue(session, "answered", Recipient.REPORTER, id, ticket_number=7, dedupe_key="one")
    other = enqueue(session, "answered", Recipient.REPORTER, id, ticket_number=7, dedupe_key="two")
    assert (first is None, again is None, other is None) == (False, True, False)
    for _ in range(2):
        assert enqueue(session, "answered", Recipient.REPORTER, id, ticket_number=7)
    assert len(session.exec(select(OutboxMessage)).all()) == 4


def test_a_letter_that_nobody_wrote_is_refused_at_once(session: Session):
    with pytest.raises(LookupError):
        enqueue(session, "no_such_letter", Recipient.REPORTER, reporter(session))


def test_an_address_does_not_print_itself(session: Session):
    address = address_of(session, Recipient.REPORTER, reporter(session))
    assert address is not None
    assert address.to == "pat@home.example"
    assert "pat@home.example" not in f"{address} {address!r}"


def test_letters_of_a_demonstration_stay_here(session: Session, people: People):
    north, south = session.get_one(Service, people.north), session.get_one(Service, people.south)
    assert people.amina.user_id
    assert people.sam.user_id
    both = join(session, "Bo", "bo@both.example", people.north, Role.PWP)
    session.add(Membership(user_id=both.user_id or 0, service_id=people.south, role=Role.PWP))
    session.flush()
    ticket = staff.report(session, ANONYMOUS, ReportInput(service="north", text="It is broken")).ticket
    letters = {
        "ticket": OutboxMessage(
            template="x", recipient="reporter", recipient_id=1, ticket_number=ticket.number
        ),
        "contact": OutboxMessage(
            template="x", recipient="contact", recipient_id=contact(session, people.north).id
        ),
        "user": OutboxMessage(template="x", recipient="user", recipient_id=people.amina.user_id),
        "in both": OutboxMessage(template="x", recipient="user", recipient_id=both.user_id or 0),
        "southern": OutboxMessage(template="x", recipient="user", recipient_id=people.sam.user_id),
    }
    session.add_all(letters.values())
    north.is_demonstration = True
    session.flush()
    staying = {name for name, letter in letters.items() if is_demonstration(services_of(session, letter))}
    assert staying == {"ticket", "contact", "user"}
    south.is_demonstration, north.is_demonstration = True, False
    assert {name for name, letter in letters.items() if is_demonstration(services_of(session, letter))} == {
        "southern"
    }
