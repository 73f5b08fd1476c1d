"""How somebody is reached, asked once: kept, followed by texts, audited, never shown by a card."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from sqlmodel import Session, col, select

from navigator import clock, languages
from navigator.jobs.registry import JOBS
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import ANONYMOUS, reporter
from navigator.people.quiet_hours import quiet_until, quiet_words
from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard
from navigator.tickets.actions import staff
from navigator.tickets.actions.how_reached import change_how_reached
from navigator.tickets.contact_inputs import HowReachedInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Event, Ticket
from tests.navigator.support_cards.card_factory import make
from tests.people import People

LONDON = ZoneInfo("Europe/London")


def told(session: Session, route: str = "text", **more: object) -> Ticket:
    contact = {"route": route, "phone": "07700 900982", "email": "pat@home.example", "is_safe": True}
    facts = {"service": "north", "text": "no way in", "contact": contact} | more
    ticket = staff.report(session, ANONYMOUS, ReportInput.model_validate(facts)).ticket
    session.flush()
    return ticket


def change(session: Session, ticket: Ticket, **values: object) -> Reporter:
    own = reporter(ticket.number, reads=frozenset({ticket.number}))
    change_how_reached(session, own, HowReachedInput.model_validate(values))
    session.flush()
    return session.get_one(Reporter, ticket.reporter_id)


@pytest.mark.parametrize(
    ("begins", "ends", "at", "until"),
    [
        (22, 8, (6, 9, 23), (6, 10, 8)),
        (22, 8, (6, 10, 7), (6, 10, 8)),
        (22, 8, (6, 10, 8), None),
        (9, 17, (6, 9, 9), (6, 9, 17)),
        (9, 17, (6, 9, 17), None),
        (9, 9, (6, 9, 9), None),
        (None, None, (6, 9, 9), None),
        (22, 8, (10, 24, 23), (10, 25, 8)),  # the clocks go back in that night
        (22, 0, (6, 9, 23), (6, 10, 0)),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(
    begins: int | None, ends: int | None, at: tuple[int, int, int], until: tuple[int, int, int] | None
) -> None:
    person = Reporter(quiet_from_hour=begins, quiet_until_hour=ends)
    expected = datetime(2026, *until, tzinfo=LONDON) if until else None
    assert quiet_until(person, datetime(2026, *at, tzinfo=LONDON)) == expected


def test_a_text_waits_for_the_end_and_then_goes_and_a_mail_does_not(session: Session, people: People) -> None:
    ticket = told(session)
    person = change(session, ticket, quiet_from_hour=22, quiet_until_hour=8)
    assert quiet_words(person) == "Not between 22:00 and 8:00"
    clock.set_to(datetime(2026, 6, 9, 23, tzinfo=LONDON))
    for template in ("waiting_for_you", "link_again"):
        enqueue(session, template, Recipient.REPORTER, person.id, ticket_number=ticket.number)
    session.flush()
    JOBS["send"].run()
    session.expire_all()
    sent = {
        each.template: each
        for each in session.exec(
            select(OutboxMessage).where(
                OutboxMessage.recipient_id == person.id, OutboxMessage.recipient == "reporter"
            )
        )
    }
    assert sent["link_again"].sent_at, "what they asked for does not wait"
    assert sent["waiting_for_you"].sent_at is None
    assert sent["waiting_for_you"].send_at == datetime(2026, 6, 10, 8, tzinfo=LONDON)
    assert sent["waiting_for_you"].attempts == 0
    person.contact_method = "email"
    enqueue(session, "answered", Recipient.REPORTER, person.id, ticket_number=ticket.number)
    session.flush()
    JOBS["send"].run()
    clock.set_to(datetime(2026, 6, 10, 8, tzinfo=LONDON))
    JOBS["send"].run()
    session.expire_all()
    waiting = select(OutboxMessage.template).where(
        col(OutboxMessage.sent_at).is_(None), OutboxMessage.recipient == "reporter"
    )
    assert session.exec(waiting).all() == []


def test_a_change_is_an_event_that_names_what_changed_and_no_value(session: Session, people: People) -> None:
    ticket = told(session)
    person = change(session, ticket, quiet_from_hour=21, quiet_until_hour=9, access_needs=["large_print"])
    assert person.wants_large_print
    event = session.exec(select(Event).where(Event.action == "contact")).one()
    assert event.details["changed"] == ["access_needs", "quiet_from_hour", "quiet_until_hour"]
    assert "21" not in str(event.details)


def test_what_patients_are_not_asked_stays(session: Session, people: People) -> None:
    ticket = told(session)
    session.get_one(Reporter, ticket.reporter_id).access_needs = ["large_print", "no_device"]
    assert change(session, ticket).access_needs == ["no_device"]


def test_of_a_card_nothing_is_taken_away_by_whoever_has_its_code(session: Session, people: People) -> None:
    card = make(session, people.priya)
    row = session.exec(select(SupportCard)).one()
    row.quiet_from_hour, row.quiet_until_hour, row.access_needs = 20, 10, ["large_print"]
    session.flush()
    ticket = told(session, contact={}, support_code=card.code)
    person = session.get_one(Reporter, ticket.reporter_id)
    assert (person.quiet_from_hour, person.quiet_until_hour) == (20, 10)
    person = change(session, ticket)
    assert (person.quiet_from_hour, person.access_needs) == (20, ["large_print"])
    assert change(session, ticket, quiet_from_hour=22, quiet_until_hour=8).quiet_from_hour == 22


@pytest.mark.parametrize(
    "values",
    [
        {"quiet_from_hour": 22},
        {"quiet_until_hour": 8},
        {"quiet_from_hour": 8, "quiet_until_hour": 8},
        {"quiet_from_hour": 24, "quiet_until_hour": 1},
        {"page_language": "xx"},
        {"page_language": "pl"},
        {"access_needs": ["rocket"]},
    ],
)
def test_odd_choices_are_refused(values: dict[str, object]) -> None:
    languages.offer({})  # what another test’s desk offers is known in this process
    with pytest.raises(ValidationError) as refused:
        HowReachedInput.model_validate(values)
    assert all(error["loc"] for error in refused.value.errors()), "each stands beside its field"
    if "quiet_from_hour" in values or "quiet_until_hour" in values:
        with pytest.raises(ValidationError):
            ContactInput.model_validate(values)
