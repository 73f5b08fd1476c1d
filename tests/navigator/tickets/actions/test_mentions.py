"""Who is named in a note is told, and nobody else; where it is not clear who, nothing is done."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Invalid
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import SYSTEM, Actor
from navigator.people.user import Membership, Role
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.inputs import SayInput
from navigator.tickets.notice import Notice
from navigator.tickets.notices import acknowledge, notices_on, unread_notices
from navigator.tickets.ticket import Event, Message, Ticket
from tests.cases import each_case
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    return tell(session)


def note(session: Session, actor: Actor, ticket: Ticket, body: str) -> None:
    staff.note(session, actor, ticket.number, SayInput(body=body))
    session.flush()


def named(session: Session) -> set[int]:
    return set(session.exec(select(Notice.user_id).where(Notice.kind == "mentioned")))


def mailed(session: Session) -> list[int]:
    query = select(OutboxMessage.recipient_id).where(OutboxMessage.template == "mentioned")
    return sorted(session.exec(query))


@each_case(
    ("body", "who"),
    [
        ("@Tom can you look?", {"tom"}),
        ("@tom baker, can you look?", {"tom"}),
        ("(@Tom Baker)", {"tom"}),
        ("@TOM\u00a0BAKER", {"tom"}),
        ("@Tom Bakerloo station", {"tom"}),  # his first name alone
        ("@Tom and @Mo Ali. @Tom!", {"tom", "mo"}),
        ("@Amina", set()),  # oneself
        ("write to tom@north.example or pay @ 9, not @9am", set()),
        ("tom", set()),
    ],
)
def test_who_is_named_is_told_once(
    session: Session, people: People, ticket: Ticket, body: str, who: set[str]
) -> None:
    note(session, people.amina, ticket, body)
    ids = {getattr(people, one).user_id for one in who}
    assert named(session) == ids
    assert mailed(session) == sorted(ids)


@each_case(
    ("body", "words"),
    [
        ("@Tom and @Zoe", "Nobody here is called “Zoe”"),
        ("@Tom-Tom", "Nobody here is called “Tom-Tom”"),
        ("@Priya look", "Priya Shah may not read notes on this ticket"),
        ("@Dr Cole look", "Dr Cole may not read notes"),
        ("@Sam Stranger", "Nobody here is called “Sam”"),  # of another service: not even that they exist
        ("@home", "Nobody here is called “home”"),
    ],
)
def test_who_cannot_be_told_is_said_and_nothing_is_done(
    session: Session, people: People, ticket: Ticket, body: str, words: str
) -> None:
    before = len(session.exec(select(Event)).all())
    with pytest.raises(Invalid) as refused, session.begin_nested():
        staff.note(session, people.amina, ticket.number, SayInput(body=body))
    assert words in refused.value.fields["body"]
    assert not named(session)
    assert not mailed(session)
    assert len(session.exec(select(Event)).all()) == before
    assert not session.exec(select(Message).where(Message.action == "note")).all()


def test_a_note_of_names_alone_is_refused(session: Session, people: People, ticket: Ticket) -> None:
    note(session, people.amina, ticket, "@Tom " * 20)
    assert mailed(session) == [people.tom.user_id]
    with pytest.raises(Invalid) as refused:
        staff.note(session, people.amina, ticket.number, SayInput(body="@Tom " * 1000))
    assert "no more than 20 people" in refused.value.fields["body"]


def test_two_with_one_first_name_are_told_apart_by_the_whole(
    session: Session, people: People, ticket: Ticket
) -> None:
    other = join(session, "Tom Taylor", "t2@north.example", people.north, Role.NAVIGATOR)
    with pytest.raises(Invalid) as refused:
        staff.note(session, people.amina, ticket.number, SayInput(body="@Tom"))
    assert "Tom Baker or Tom Taylor. Write the whole name" in refused.value.fields["body"]
    note(session, people.amina, ticket, "@Tom Taylor")
    assert named(session) == {other.user_id}


def test_two_of_one_whole_name_are_not_guessed_at(session: Session, people: People, ticket: Ticket) -> None:
    join(session, "Tom Baker", "t2@north.example", people.north, Role.NAVIGATOR)
    with pytest.raises(Invalid) as refused:
        staff.note(session, people.amina, ticket.number, SayInput(body="@Tom Baker"))
    assert "one of 2 people called Tom Baker" in refused.value.fields["body"]


def test_a_clinician_and_a_practitioner_are_told_where_they_read_notes(
    session: Session, people: People, ticket: Ticket
) -> None:
    request_review(session, SYSTEM, ticket, ["tried"])
    ticket.pwp_id, ticket.practitioner_is_confirmed = people.priya.user_id, True
    note(session, people.amina, ticket, "@Dr Cole @Priya")
    assert named(session) == {people.cole.user_id, people.priya.user_id}


def test_a_practitioner_is_not_told_of_notes_on_their_own_report(session: Session, people: People) -> None:
    own = tell(session, people.priya, reporter="pwp")
    with pytest.raises(Invalid, match="problem"):
        staff.note(session, people.amina, own.number, SayInput(body="@Priya"))
    assert not named(session)


def test_who_left_is_nobody_here(session: Session, people: People, ticket: Ticket) -> None:
    row = session.exec(select(Membership).where(Membership.user_id == people.tom.user_id)).one()
    session.delete(row)
    session.flush()
    with pytest.raises(Invalid):
        staff.note(session, people.amina, ticket.number, SayInput(body="@Tom"))


def test_the_list_empties_by_saying_so(session: Session, people: People, ticket: Ticket) -> None:
    note(session, people.amina, ticket, "@Tom")
    (told,) = unread_notices(session, people.tom)
    assert (told.number, told.actor_name, told.kind) == (ticket.number, "Amina Yusuf", "mentioned")
    acknowledge(session, people.mo, ticket.number)
    assert unread_notices(session, people.tom)
    acknowledge(session, people.tom, ticket.number)
    assert not unread_notices(session, people.tom)
    assert not unread_notices(session, people.amina)


def test_the_list_empties_by_any_deed(session: Session, people: People, ticket: Ticket) -> None:
    note(session, people.amina, ticket, "@Tom")
    clock.set_to(MOMENT + timedelta(minutes=1))
    note(session, people.amina, ticket, "one's own deed is no reading of theirs")
    assert unread_notices(session, people.tom)
    note(session, people.tom, ticket, "I will")
    assert not unread_notices(session, people.tom)
    clock.set_to(MOMENT + timedelta(minutes=2))
    note(session, people.amina, ticket, "@Tom again")
    assert len(unread_notices(session, people.tom)) == 1
    assert len(notices_on(session, people.tom, ticket)[0]) == 1


def test_what_one_may_not_see_any_more_is_not_listed(
    session: Session, people: People, ticket: Ticket
) -> None:
    ticket.pwp_id, ticket.practitioner_is_confirmed = people.priya.user_id, True
    note(session, people.amina, ticket, "@Priya")
    assert unread_notices(session, people.priya)
    ticket.pwp_id = None
    session.flush()
    assert not unread_notices(session, people.priya)


def test_the_letter_says_no_word_of_the_note(session: Session, people: People, ticket: Ticket) -> None:
    note(session, people.amina, ticket, "@Tom the password is hunter2")
    row = session.exec(select(OutboxMessage).where(col(OutboxMessage.template) == "mentioned")).one()
    assert (row.ticket_number, row.context) == (ticket.number, {})
