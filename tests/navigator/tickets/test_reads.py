"""What each person has read of a ticket: by what they do to it, or have before them."""

from datetime import timedelta

from sqlmodel import Session, select

from navigator import clock
from navigator.jobs.retention import delete_old_rows
from navigator.people.actor import reporter
from navigator.tickets.actions import staff
from navigator.tickets.actions.reporter import answer, withdraw
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import SayInput
from navigator.tickets.presence import mark_read_page
from navigator.tickets.reads import TicketRead, first_unread_id, last_read_at
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People

LATER = MOMENT + timedelta(hours=1)


def test_whoever_does_something_has_read_it(session: Session, people: People) -> None:
    number = tell(session).number
    assert last_read_at(session, people.amina, number) is None
    staff.note(session, people.amina, number, SayInput(body="Hm"))
    assert last_read_at(session, people.amina, number) == MOMENT
    assert last_read_at(session, people.tom, number) is None
    with clock.stopped_at(LATER):
        staff.note(session, people.amina, number, SayInput(body="Hm"))
    assert last_read_at(session, people.amina, number) == LATER


def test_an_open_page_reads_only_what_it_shows(session: Session, people: People) -> None:
    ticket = tell(session)
    mark_read_page(session, people.amina, ticket.number, ticket.version)
    with clock.stopped_at(LATER):
        shown = ticket.version
        answer(session, reporter(ticket.number), ticket.number, SayInput(body="Still locked"))
        session.flush()
        mark_read_page(session, people.amina, ticket.number, shown)
        assert last_read_at(session, people.amina, ticket.number) == MOMENT
        mark_read_page(session, people.amina, ticket.number, ticket.version)
        assert last_read_at(session, people.amina, ticket.number) == LATER


def test_what_others_wrote_since_is_new(session: Session, people: People) -> None:
    number = tell(session).number
    messages = ticket_detail(session, people.amina, number).messages
    assert first_unread_id(session, people.amina, number, messages) is None
    staff.note(session, people.amina, number, SayInput(body="Mine"))
    with clock.stopped_at(LATER):
        answer(session, reporter(number), number, SayInput(body="Theirs"))
        answer(session, reporter(number), number, SayInput(body="And more"))
    session.flush()
    messages = ticket_detail(session, people.amina, number).messages
    new = first_unread_id(session, people.amina, number, messages)
    assert [message.body for message in messages if message.id == new] == ["Theirs"]
    assert first_unread_id(session, people.tom, number, messages) is None


def test_who_read_what_is_over_is_forgotten_after_a_month(session: Session, people: People) -> None:
    over, live = tell(session).number, tell(session).number
    for number in (over, live):
        staff.note(session, people.amina, number, SayInput(body="Hm"))
    withdraw(session, reporter(over), over)
    session.flush()
    delete_old_rows(session, MOMENT + timedelta(days=29))
    assert len(session.exec(select(TicketRead)).all()) == 2
    delete_old_rows(session, MOMENT + timedelta(days=31))
    assert [row.ticket_number for row in session.exec(select(TicketRead)).all()] == [live]
