"""Booked calls: who holds them, that nobody books twice, and who hears of a change."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import reporter
from navigator.people.reporter import Reporter
from navigator.people.user import Membership, Role, User
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import sending, staff
from navigator.tickets.actions.booked_calls import NoBooking, cancel_call, move_call, why_not
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.actions.calls import call
from navigator.tickets.actions.undo_send import own_held_send, take_back, time_to_undo
from navigator.tickets.assignment.free_navigators import free_times
from navigator.tickets.booked_call import BookedQuarter, live_call
from navigator.tickets.booking_inputs import CallTimeInput
from navigator.tickets.enums import CallOutcome, NextStep
from navigator.tickets.inputs import AssignInput, CallInput, SendInput
from navigator.tickets.ticket import Event, Ticket
from tests.navigator.tickets.booking import asks, book, london, offer_calls
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join

pytestmark = pytest.mark.both_engines

AT = london("2026-06-10", "13:00")
LATER = london("2026-06-10", "13:30")


@pytest.fixture(autouse=True)
def _offered(session: Session, people: People) -> None:
    offer_calls(session, people.north)


def given_to(session: Session, people: People, who: str = "amina", **told: Any) -> Ticket:
    """A ticket that somebody has."""
    ticket = tell(session, **told)
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=getattr(people, who).user_id))
    session.flush()
    return ticket


def letters(session: Session) -> list[str]:
    session.flush()
    rows = session.exec(
        select(OutboxMessage).where(OutboxMessage.recipient == "reporter").order_by(col(OutboxMessage.id))
    )
    return [row.template for row in rows if row.template.startswith("call_")]


def test_whoever_has_the_ticket_holds_the_call(session: Session, people: People):
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    assert booked.navigator_id == ticket.assignee_id == people.amina.user_id
    assert ticket.next_call_at == AT
    assert letters(session) == ["call_booked"]
    events = session.exec(
        select(Event.action).where(Event.ticket_number == ticket.number).order_by(col(Event.id))
    ).all()
    assert events[-1] == "book_call"


def test_a_ticket_that_nobody_has_goes_to_whoever_holds_its_call(session: Session, people: People):
    session.get_one(Service, people.north).assigns_at_once = False
    ticket = tell(session)
    assert ticket.assignee_id is None
    booked = book(session, ticket.number, AT)
    assert ticket.assignee_id == booked.navigator_id
    assert ticket.assign_by_at is None


def test_of_several_who_are_free_the_one_with_the_most_room_holds_it(session: Session, people: People):
    given_to(session, people, "amina")
    ticket = tell(session)
    staff.assign(session, people.mo, ticket.number, AssignInput())
    assert book(session, ticket.number, AT).navigator_id == people.tom.user_id


def test_only_the_free_times_of_whoever_has_it_are_offered(session: Session, people: People):
    book(session, given_to(session, people).number, AT)
    ticket = given_to(session, people)
    free = free_times(session, ticket)
    assert AT not in free
    assert LATER in free
    assert {one.user_id for who in free.values() for one in who} == {people.amina.user_id}


def test_where_they_have_none_the_others_times_are(session: Session, people: People):
    session.get_one(User, people.amina.user_id).away_from_on = date(2026, 6, 9)
    ticket = given_to(session, people)
    free = free_times(session, ticket)
    assert {one.user_id for who in free.values() for one in who} == {people.tom.user_id}


def test_nobody_is_offered_on_a_day_on_which_they_are_away(session: Session, people: People):
    amina = session.get_one(User, people.amina.user_id)
    amina.away_from_on = amina.away_until_on = date(2026, 6, 10)
    free = free_times(session, given_to(session, people))
    days = {clock.local(at).date() for at in free}
    assert date(2026, 6, 10) not in days
    assert date(2026, 6, 11) in days


def test_who_is_away_today_may_hold_a_call_when_they_are_back(session: Session, people: People):
    for actor in (people.amina, people.tom):
        user = session.get_one(User, actor.user_id)
        user.away_from_on = user.away_until_on = date(2026, 6, 9)
    ticket = tell(session)
    staff.assign(session, people.mo, ticket.number, AssignInput())
    free = free_times(session, ticket)
    assert min(free) == AT


def test_a_time_is_booked_once(session: Session, people: People):
    book(session, given_to(session, people).number, AT)
    with pytest.raises(Conflict, match="not free any more"):
        book(session, given_to(session, people).number, AT)


@pytest.mark.parametrize(
    "at", [AT + timedelta(minutes=5), AT - timedelta(days=2), london("2026-06-10", "03:00")]
)
def test_what_is_no_free_time_is_refused(session: Session, people: People, at: datetime):
    with pytest.raises(Conflict):
        book(session, given_to(session, people).number, at)


def test_the_database_refuses_what_overlaps_whatever_the_length(session: Session, people: People):
    """Two services may set another length, or one another than before."""
    booked = book(session, given_to(session, people).number, AT)
    quarter = AT + timedelta(minutes=15)
    session.expunge_all()
    session.add(BookedQuarter(navigator_id=booked.navigator_id, starts_at=quarter, call_id=booked.id))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_longer_call_does_not_begin_within_a_shorter_one(session: Session, people: People):
    book(session, given_to(session, people).number, LATER)
    offer_calls(session, people.north, call_minutes=60)
    assert AT not in free_times(session, given_to(session, people))


def test_a_navigator_of_two_services_is_booked_once(session: Session, people: People):
    nora = join(session, "Nora", "nora@north.example", people.north, Role.NAVIGATOR)
    session.add(Membership(user_id=nora.user_id or 0, service_id=people.south, role=Role.NAVIGATOR))
    offer_calls(session, people.south)
    ticket = tell(session)
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=nora.user_id))
    book(session, ticket.number, AT)
    other = tell(session, service="south")
    other.assignee_id = nora.user_id
    assert AT not in free_times(session, other)


def test_one_live_call_for_each_ticket(session: Session, people: People):
    ticket = given_to(session, people)
    book(session, ticket.number, AT)
    with pytest.raises(Conflict, match="You have a call booked already"):
        book(session, ticket.number, LATER)


def test_after_one_that_nobody_logged_another_can_be_booked(session: Session, people: People):
    ticket = given_to(session, people)
    first = book(session, ticket.number, AT)
    clock.set_to(AT + timedelta(minutes=31))
    second = book(session, ticket.number, london("2026-06-11", "13:00"))
    assert not first.is_live
    assert not first.is_cancelled
    assert live_call(session, ticket.number) is second


@pytest.mark.parametrize("who", ["other", "joined", "staff"])
def test_nobody_else_books(session: Session, people: People, who: str):
    number = given_to(session, people).number
    actor = {
        "other": reporter(number + 1),
        "joined": reporter(number, is_joined=True),
        "staff": people.amina,
    }[who]
    with pytest.raises(NotFound if who == "other" else Forbidden):
        book(session, number, AT, actor)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"is_safe_to_contact": False}, NoBooking.UNSAFE),
        ({"is_unsent": True}, NoBooking.UNSAFE),
        ({"contact_method": "none"}, NoBooking.NO_CONTACT),
        ({"contact_method": "text"}, None),
    ],
)
def test_nobody_books_who_is_not_to_be_phoned(
    session: Session, people: People, changed: dict[str, object], why: NoBooking | None
):
    ticket = given_to(session, people)
    person = session.get_one(Reporter, ticket.reporter_id)
    for name, value in changed.items():
        setattr(person, name, value)
    assert why_not(session.get_one(Service, people.north), ticket, person) == why
    if why:
        with pytest.raises(Conflict):
            book(session, ticket.number, AT)


def test_a_service_without_hours_for_calls_takes_none(session: Session, people: People):
    ticket = given_to(session, people)
    session.get_one(Service, people.north).call_hours = {}
    with pytest.raises(Conflict):
        book(session, ticket.number, AT)


def test_moved_by_its_reporter_its_old_time_is_free(session: Session, people: People):
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    move_call(session, reporter(ticket.number), ticket.number, asks(LATER, phone="01632 960001"))
    assert (booked.starts_at, booked.sequence, booked.phone) == (LATER, 1, "+441632960001")
    assert ticket.next_call_at == LATER
    assert letters(session) == ["call_booked", "call_moved"]
    other = given_to(session, people)
    assert AT in free_times(session, other)
    assert LATER not in free_times(session, other)


def test_moved_by_half_its_length_it_may_overlap_its_own_time(session: Session, people: People):
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    offer_calls(session, people.north, opens="13:15")
    move_call(session, people.amina, ticket.number, CallTimeInput(starts_at=AT + timedelta(minutes=15)))
    assert booked.starts_at == AT + timedelta(minutes=15)


def test_moved_by_staff_its_number_stays_and_its_reporter_is_told(session: Session, people: People):
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    move_call(session, people.tom, ticket.number, CallTimeInput(starts_at=LATER))
    assert booked.phone == "+447700900982"
    assert ticket.next_call_at == LATER
    assert letters(session) == ["call_booked", "call_moved"]


def test_who_cannot_be_written_to_is_phoned_about_a_change_by_staff(session: Session, people: People):
    ticket = given_to(session, people, contact={"route": "phone", "phone": "01632 960002"})
    book(session, ticket.number, AT)
    move_call(session, people.amina, ticket.number, CallTimeInput(starts_at=LATER))
    assert letters(session) == []
    assert ticket.next_call_at == clock.now()
    listed = calls_to_make(session, people.amina)[0]
    assert listed.why == ["Tell them by phone: the call that they booked is moved"]
    assert listed.phone == "+447700900982"
    call(session, people.amina, ticket.number, CallInput(came=CallOutcome.NO_ANSWER))
    assert ticket.next_call_at == clock.now(), "they do not know yet"
    call(session, people.amina, ticket.number, CallInput(came=CallOutcome.SPOKE, body="They know"))
    assert ticket.next_call_at == LATER, "and then the booked call is ahead"
    cancel_call(session, people.amina, ticket.number)
    session.flush()
    assert (
        calls_to_make(session, people.amina)[0].why[0]
        == "Tell them by phone: the call that they booked is off"
    )


def test_whoever_holds_it_hears_of_each_change_that_is_not_theirs(session: Session, people: People):
    ticket = given_to(session, people)
    book(session, ticket.number, AT)
    move_call(session, people.amina, ticket.number, CallTimeInput(starts_at=LATER))
    move_call(session, people.tom, ticket.number, CallTimeInput(starts_at=AT))
    cancel_call(session, reporter(ticket.number), ticket.number)
    session.flush()
    told = session.exec(
        select(OutboxMessage).where(OutboxMessage.template == "call_for_you").order_by(col(OutboxMessage.id))
    ).all()
    assert [letter.recipient_id for letter in told] == [people.amina.user_id] * 3
    assert [letter.context["change"] for letter in told] == ["booked", "moved", "cancelled"]


def test_moved_to_a_colleague_who_held_it_before_hears_that_too(session: Session, people: People):
    ticket = given_to(session, people)
    book(session, ticket.number, AT)
    session.get_one(User, people.amina.user_id).away_from_on = date(2026, 6, 9)
    move_call(session, reporter(ticket.number), ticket.number, asks(LATER))
    session.flush()
    told = session.exec(
        select(OutboxMessage).where(OutboxMessage.template == "call_for_you").order_by(col(OutboxMessage.id))
    ).all()
    assert [(one.recipient_id, one.context["change"], one.context["at"]) for one in told[1:]] == [
        (people.amina.user_id, "not yours any more", AT.isoformat()),
        (people.tom.user_id, "booked", LATER.isoformat()),
    ]


def test_cancelled_by_its_reporter(session: Session, people: People):
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    cancel_call(session, reporter(ticket.number), ticket.number)
    assert booked.is_cancelled
    assert ticket.next_call_at is None
    assert letters(session) == ["call_booked", "call_cancelled"]
    assert session.exec(select(BookedQuarter)).all() == []
    with pytest.raises(Conflict):
        cancel_call(session, reporter(ticket.number), ticket.number)
    book(session, ticket.number, AT)


def test_what_has_begun_is_neither_moved_nor_cancelled(session: Session, people: People):
    ticket = given_to(session, people)
    book(session, ticket.number, AT)
    clock.set_to(AT)
    with pytest.raises(Conflict):
        cancel_call(session, people.amina, ticket.number)
    with pytest.raises(Conflict):
        move_call(session, reporter(ticket.number), ticket.number, asks(LATER))


@pytest.mark.parametrize("looks", range(1, 13))
def test_cancelled_as_it_begins_it_is_off_and_told_or_refused(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch, looks: int
):
    """The clock runs, and shows the call's time at the given look at it."""
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    times = count(-looks)
    monkeypatch.setattr(clock, "machine_time", lambda: AT + timedelta(seconds=next(times)))
    clock.set_to(None)
    try:
        cancel_call(session, reporter(ticket.number), ticket.number)
    except Conflict:
        return
    assert booked.is_cancelled
    assert "call_cancelled" in letters(session)


def test_nobody_books_and_cancels_without_end(session: Session, people: People):
    ticket = given_to(session, people)
    for _ in range(10):
        book(session, ticket.number, AT)
        cancel_call(session, reporter(ticket.number), ticket.number)
    with pytest.raises(TooMany):
        book(session, ticket.number, AT)


def test_the_list_of_calls_says_when_and_by_which_number(session: Session, people: People):
    ticket = given_to(session, people)
    book(session, ticket.number, AT, voicemail_is_safe=True)
    listed = calls_to_make(session, people.amina)
    assert [(one.ticket.number, one.phone, one.why) for one in listed] == [
        (ticket.number, "+447700900982", ["They booked a call for 1pm on Wednesday 10 June"])
    ]
    assert listed[0].next_step == "They keep 30 minutes free."
    assert listed[0].number_from is live_call(session, ticket.number)
    clock.set_to(AT + timedelta(hours=1))
    assert "log what came of it" in calls_to_make(session, people.amina)[0].next_step


def test_logged_at_its_time_it_is_over(session: Session, people: People):
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    clock.set_to(AT - timedelta(minutes=10))
    call(session, people.amina, ticket.number, CallInput(came=CallOutcome.NO_ANSWER))
    assert not booked.is_live
    assert not booked.is_cancelled
    assert ticket.next_call_at is None


@pytest.mark.parametrize("is_logged_again", [False, True])
def test_a_log_that_is_taken_back_leaves_the_call_to_be_held(
    session: Session, people: People, is_logged_again: bool
):
    """Unless somebody logged it since."""
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    clock.set_to(AT)
    words = SendInput(body="I could not reach you.", follow_up=NextStep.CALL_AGAIN)
    with time_to_undo(session, people.amina, Action.REPLY, ticket.number, words):
        sending.reply(session, people.amina, ticket.number, words)
    session.flush()
    assert not booked.is_live
    clock.set_to(AT + timedelta(seconds=3))
    if is_logged_again:
        call(session, people.amina, ticket.number, CallInput(came=CallOutcome.SPOKE, body="They rang back"))
    held = own_held_send(session, people.amina, ticket)
    assert held
    take_back(session, people.amina, ticket.number, held.id)
    session.flush()
    assert booked.is_live == (not is_logged_again)
    assert ticket.next_call_at == (None if is_logged_again else AT)
    assert len(session.exec(select(BookedQuarter)).all()) == (0 if is_logged_again else 2)


def test_a_call_that_is_logged_long_before_leaves_it(session: Session, people: People):
    ticket = given_to(session, people)
    booked = book(session, ticket.number, AT)
    call(session, people.amina, ticket.number, CallInput(came=CallOutcome.SPOKE, body="They asked something"))
    assert booked.is_live
    assert ticket.next_call_at == AT
    tomorrow = CallInput(came=CallOutcome.NO_ANSWER, next_on=date(2026, 6, 11))
    with pytest.raises(Invalid):
        call(session, people.amina, ticket.number, tomorrow)


def test_no_word_of_it_stands_in_events(session: Session, people: People):
    ticket = given_to(session, people)
    book(session, ticket.number, AT)
    events = session.exec(
        select(Event).where(Event.ticket_number == ticket.number).order_by(col(Event.id))
    ).all()
    assert "900982" not in str([event.details for event in events])
