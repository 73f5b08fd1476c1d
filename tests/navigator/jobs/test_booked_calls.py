"""What becomes of a booked call whose ticket ends or changes hands, or whose navigator is away; reminders."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.jobs import retention
from navigator.jobs.registry import JOBS
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.render import render
from navigator.people.absence import Absence, set_absence
from navigator.people.accounts import DepartureInput
from navigator.people.actor import reporter
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.actions import contact, leavers, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.booked_calls import cancel_call, move_call
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.not_safe import stop_all_contact
from navigator.tickets.actions.split import split
from navigator.tickets.actions.undo_merge import undo_merge
from navigator.tickets.booked_call import BookedCall, BookedQuarter, live_call
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.inputs import AssignInput, MergeInput, ResolveInput, SplitInput, UnmergeInput
from navigator.tickets.ticket import Event, Resolution, Ticket
from tests.navigator.tickets.booking import asks, book, london, offer_calls
from tests.navigator.tickets.report_factory import tell
from tests.people import People

AT = london("2026-06-11", "13:00")
SAID = {"resolution": Resolution.FIXED, "body": "It works now."}


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    """A ticket that Amina has, with a call booked for Thursday."""
    offer_calls(session, people.north)
    ticket = tell(session)
    give(session, people, ticket, "amina")
    book(session, ticket.number, AT)
    return ticket


def give(session: Session, people: People, ticket: Ticket, who: str) -> None:
    user_id = getattr(people, who).user_id if who else None
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=user_id))
    session.flush()


def settle(session: Session) -> int:
    """Run the job; how many calls it settled. What is settled stays so."""
    session.flush()
    done, again = JOBS["booked_calls"].run(), JOBS["booked_calls"].run()
    session.expire_all()
    assert again == 0
    return done


def letters(session: Session) -> list[str]:
    rows = session.exec(
        select(OutboxMessage).where(OutboxMessage.recipient == "reporter").order_by(col(OutboxMessage.id))
    )
    return [row.template for row in rows if row.template.startswith("call_")][1:]


def navigators_told(session: Session) -> list[tuple[int, str]]:
    """Whom of the navigators a letter told what became of a call, since it was booked."""
    rows = session.exec(
        select(OutboxMessage).where(OutboxMessage.template == "call_for_you").order_by(col(OutboxMessage.id))
    )
    return [(row.recipient_id, row.context["change"]) for row in rows][1:]


def the_call(session: Session) -> BookedCall:
    return session.exec(select(BookedCall)).one()


def test_a_call_that_can_be_held_stays(session: Session, ticket: Ticket):
    assert settle(session) == 0
    assert the_call(session).is_live


def test_handed_over_it_goes_to_whoever_has_the_ticket(session: Session, people: People, ticket: Ticket):
    give(session, people, ticket, "tom")
    assert settle(session) == 1
    call = the_call(session)
    assert call.navigator_id == people.tom.user_id
    assert {row.navigator_id for row in session.exec(select(BookedQuarter))} == {people.tom.user_id}
    assert call.sequence == 0
    assert letters(session) == [], "that somebody else phones is no news"
    assert navigators_told(session) == [
        (people.amina.user_id, "not yours any more"),
        (people.tom.user_id, "booked"),
    ], "each has it in a diary of their own"


def test_handed_over_to_somebody_with_another_call_it_is_cancelled_and_told(
    session: Session, people: People, ticket: Ticket
):
    other = tell(session)
    give(session, people, other, "tom")
    book(session, other.number, AT)
    give(session, people, ticket, "tom")
    assert settle(session) == 1
    call = session.exec(select(BookedCall).where(BookedCall.ticket_number == ticket.number)).one()
    assert call.is_off
    assert ticket.next_call_at is None
    assert letters(session) == ["call_booked", "call_cancelled"]
    assert live_call(session, other.number)


def test_put_back_into_the_queue_somebody_who_is_free_gets_it(
    session: Session, people: People, ticket: Ticket
):
    give(session, people, ticket, "")
    assert settle(session) == 1
    call = the_call(session)
    assert call.is_live
    assert ticket.assignee_id == call.navigator_id


def away(session: Session, people: People, who: str, on: str) -> None:
    actor = getattr(people, who)
    days = Absence(away_from_on=date.fromisoformat(on), away_until_on=date.fromisoformat(on))
    set_absence(session, actor, actor.user_id, days)


def test_of_who_is_away_then_somebody_else_takes_call_and_ticket(
    session: Session, people: People, ticket: Ticket
):
    away(session, people, "amina", "2026-06-11")
    assert settle(session) == 1
    assert the_call(session).navigator_id == ticket.assignee_id == people.tom.user_id
    assert letters(session) == []


def test_away_on_another_day_changes_nothing(session: Session, people: People, ticket: Ticket):
    away(session, people, "amina", "2026-06-10")
    assert settle(session) == 0
    assert the_call(session).navigator_id == people.amina.user_id


def test_when_everybody_is_away_it_is_cancelled_and_told(session: Session, people: People, ticket: Ticket):
    away(session, people, "amina", "2026-06-11")
    away(session, people, "tom", "2026-06-11")
    assert settle(session) == 1
    assert the_call(session).is_off
    assert letters(session) == ["call_cancelled"]


def test_who_leaves_hands_over_their_calls(session: Session, people: People, ticket: Ticket):
    leavers.deactivate(session, people.ada, people.amina.user_id or 0, DepartureInput())
    assert settle(session) == 1
    assert the_call(session).navigator_id == people.tom.user_id == ticket.assignee_id


@pytest.mark.parametrize("way", ["resolved", "confirmed", "withdrawn"])
def test_a_ticket_that_ends_needs_no_call(session: Session, people: People, ticket: Ticket, way: str):
    if way == "resolved":
        staff.resolve(session, people.amina, ticket.number, ResolveInput.model_validate(SAID))
    elif way == "confirmed":
        following.confirm(session, reporter(ticket.number), ticket.number)
    else:
        following.withdraw(session, reporter(ticket.number), ticket.number)
    assert settle(session) == 1
    assert the_call(session).is_off
    assert session.exec(select(BookedQuarter)).all() == []
    assert letters(session) == ["call_cancelled"]


def test_of_a_call_that_was_to_be_no_letter_says_that_it_is_off(
    session: Session, people: People, ticket: Ticket
):
    clock.set_to(AT + timedelta(hours=2))
    staff.resolve(session, people.amina, ticket.number, ResolveInput.model_validate(SAID))
    assert settle(session) == 1
    assert not the_call(session).is_cancelled
    assert letters(session) == []


def test_reopened_before_it_was_settled_it_stays(session: Session, people: People, ticket: Ticket):
    staff.resolve(session, people.amina, ticket.number, ResolveInput.model_validate(SAID))
    following.reopen(session, reporter(ticket.number), ticket.number)
    assert settle(session) == 0
    assert ticket.next_call_at == AT


@pytest.mark.parametrize(
    "said",
    [
        {"route": ContactMethod.EMAIL, "email": "pat@example.org", "is_safe": False},
        {"route": ContactMethod.NONE, "is_safe": True},
    ],
)
def test_when_contact_is_not_safe_or_not_wanted_any_more_nobody_calls_or_writes(
    session: Session, ticket: Ticket, said: dict[str, Any]
):
    contact.change_contact(session, reporter(ticket.number), ticket.number, ChangeContactInput(**said))
    assert settle(session) == 1
    assert the_call(session).is_off
    assert letters(session) == []
    assert ticket.next_call_at is None
    told = session.exec(
        select(OutboxMessage).where(OutboxMessage.template == "call_for_you").order_by(col(OutboxMessage.id))
    ).all()
    assert [letter.context["change"] for letter in told] == ["booked", "cancelled"], (
        "Amina has it in her diary"
    )


@pytest.mark.parametrize(
    ("booked_by", "route", "called"),
    [
        ("01632 960001", "phone", "+447700900983"),
        ("07700 900982", "phone", "+447700900982"),
        ("01632 960001", "text", "+441632960001"),
    ],
)
def test_who_gives_a_new_number_is_not_called_on_the_old_one(
    session: Session, people: People, ticket: Ticket, booked_by: str, route: str, called: str
):
    """A number that they gave for the call alone stays; one for texts is none to call."""
    session.get_one(Reporter, ticket.reporter_id).phone = "+441632960001"
    moved = asks(AT + timedelta(minutes=30), phone=booked_by, voicemail_is_safe=True)
    move_call(session, reporter(ticket.number), ticket.number, moved)
    session.flush()
    new = ChangeContactInput(route=ContactMethod(route), phone="07700 900983", is_safe=True)
    contact.change_contact(session, reporter(ticket.number), ticket.number, new)
    call = the_call(session)
    assert call.phone == called
    assert call.voicemail_is_safe == (called != "+447700900983"), "that was said of the old number"


def test_who_cannot_be_written_to_is_phoned(session: Session, people: People, ticket: Ticket):
    person = session.get_one(Reporter, ticket.reporter_id)
    person.contact_method, person.phone = "phone", "+441632960001"
    away(session, people, "amina", "2026-06-11")
    away(session, people, "tom", "2026-06-11")
    assert settle(session) == 1
    assert letters(session) == []
    assert ticket.next_call_at == clock.now()


def duplicate(session: Session, people: People) -> Ticket:
    """Another report with the same address, which Amina has."""
    other = tell(session)
    give(session, people, other, "amina")
    return other


def test_merged_into_another_ticket_it_is_held_from_there(session: Session, people: People, ticket: Ticket):
    target = duplicate(session, people)
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    assert settle(session) == 0
    call = the_call(session)
    assert (call.ticket_number, call.origin_number) == (target.number, ticket.number)
    assert target.next_call_at == AT


def test_after_a_merge_whoever_booked_it_can_cancel_it(session: Session, people: People, ticket: Ticket):
    """Not proven to be one person, they see their own call on their own page, and nobody else does."""
    target = duplicate(session, people)
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    session.flush()
    with pytest.raises(Conflict), session.begin_nested():
        cancel_call(session, reporter(target.number, is_joined=True), target.number)
    cancel_call(session, reporter(ticket.number, is_joined=True), ticket.number)
    session.flush()
    assert the_call(session).is_off
    assert target.next_call_at is None
    events = session.exec(
        select(Event.action).where(Event.ticket_number == target.number).order_by(col(Event.id))
    ).all()
    assert events[-1] == "cancel_call"


def test_after_a_merge_one_press_that_it_is_not_safe_cancels_it_at_once(
    session: Session, people: People, ticket: Ticket
):
    target = duplicate(session, people)
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    session.flush()
    stop_all_contact(session, reporter(ticket.number, is_joined=True))
    session.flush()
    assert the_call(session).is_off
    assert letters(session) == []


def test_of_two_that_are_merged_the_sooner_call_stays(session: Session, people: People, ticket: Ticket):
    target = duplicate(session, people)
    book(session, target.number, AT + timedelta(days=1))
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    session.flush()
    live = live_call(session, target.number)
    assert live
    assert live.starts_at == AT
    assert letters(session) == ["call_booked", "call_cancelled"]
    told = session.exec(
        select(OutboxMessage).where(OutboxMessage.template == "call_for_you").order_by(col(OutboxMessage.id))
    ).all()
    assert [letter.context["change"] for letter in told] == ["booked", "booked", "cancelled"]


def test_a_call_that_is_to_come_stays_before_one_that_nobody_logged(
    session: Session, people: People, ticket: Ticket
):
    """And no letter says that one is off whose time is over."""
    clock.set_to(AT + timedelta(hours=1))
    target = duplicate(session, people)
    to_come = book(session, target.number, AT + timedelta(days=1))
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    session.flush()
    assert live_call(session, target.number) == to_come
    assert target.next_call_at == to_come.starts_at
    assert letters(session) == ["call_booked"]


def test_after_that_the_list_and_whoever_booked_both_know_the_one_that_stays(
    session: Session, people: People, ticket: Ticket
):
    target = duplicate(session, people)
    book(session, target.number, AT + timedelta(days=1))
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    session.flush()
    [to_make] = calls_to_make(session, people.amina)
    assert to_make.booked == live_call(session, target.number)
    assert to_make.why == ["They booked a call for 1pm on Thursday 11 June"]
    both = reporter(target.number, reads=frozenset({ticket.number, target.number}))
    cancel_call(session, both, target.number)
    session.flush()
    assert live_call(session, target.number) is None


def test_a_merge_that_is_undone_gives_it_back(session: Session, people: People, ticket: Ticket):
    target = duplicate(session, people)
    give(session, people, target, "tom")
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    assert settle(session) == 1, "Tom holds it now"
    undo_merge(session, people.amina, target.number, UnmergeInput(merged=ticket.number))
    assert settle(session) == 1
    call = the_call(session)
    assert (call.ticket_number, call.navigator_id) == (ticket.number, people.amina.user_id)
    assert (ticket.next_call_at, target.next_call_at) == (AT, None)


def test_a_merge_that_is_undone_leaves_the_call_that_it_ended_off(
    session: Session, people: People, ticket: Ticket
):
    """Its reporter was told so; nobody need phone them about it."""
    target = duplicate(session, people)
    book(session, target.number, AT + timedelta(days=1))
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    session.flush()
    undo_merge(session, people.amina, target.number, UnmergeInput(merged=ticket.number))
    session.flush()
    assert (ticket.next_call_at, target.next_call_at) == (AT, None)
    assert [one.ticket.number for one in calls_to_make(session, people.amina)] == [ticket.number]


@pytest.mark.parametrize("is_undone", [False, True])
def test_whose_call_a_merge_ends_is_phoned_where_nobody_can_write_to_them(
    session: Session, people: People, ticket: Ticket, is_undone: bool
):
    target = duplicate(session, people)
    book(session, target.number, AT + timedelta(days=1))
    for each in (ticket, target):
        person = session.get_one(Reporter, each.reporter_id)
        person.contact_method, person.phone = "phone", "+441632960001"
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    session.flush()
    assert target.next_call_at == clock.now()
    if is_undone:
        undo_merge(session, people.amina, target.number, UnmergeInput(merged=ticket.number))
        session.flush()
        assert target.next_call_at == clock.now()
        told = calls_to_make(session, people.amina)[0]
        assert told.why == ["Tell them by phone: the call that they booked is off"]
    assert ticket.next_call_at == AT


def test_after_a_split_it_stays_with_the_first(session: Session, people: People, ticket: Ticket):
    split(session, people.amina, ticket.number, SplitInput(body="The videos have no sound"))
    assert settle(session) == 0
    assert the_call(session).ticket_number == ticket.number


def remind(session: Session) -> int:
    session.flush()
    done, again = JOBS["call_reminders"].run(), JOBS["call_reminders"].run()
    session.expire_all()
    assert again == 0
    return done


def test_they_are_reminded_once_as_the_service_opens_the_day_before(session: Session, ticket: Ticket):
    clock.set_to(london("2026-06-10", "08:59"))
    assert remind(session) == 0
    clock.set_to(london("2026-06-10", "09:00"))
    assert remind(session) == 1
    assert letters(session) == ["call_reminder"]
    letter = session.exec(select(OutboxMessage).where(OutboxMessage.template == "call_reminder")).one()
    assert render(letter.template, {**letter.context, "reference": "DN-1", "link": "LINK"}).subject == (
        "DN-1: reminder of your call, Thu 11 Jun, 1pm"
    )


def test_they_are_reminded_by_whoever_takes_it_over_just_then(
    session: Session, people: People, ticket: Ticket
):
    away(session, people, "amina", "2026-06-11")
    clock.set_to(london("2026-06-10", "09:00"))
    assert remind(session) == 1
    assert the_call(session).navigator_id == people.tom.user_id
    assert letters(session) == ["call_reminder"]


@pytest.mark.parametrize("changed", [{"is_safe_to_contact": False}, {"contact_method": "phone"}])
def test_nobody_is_reminded_who_is_not_written_to(session: Session, ticket: Ticket, changed: dict[str, Any]):
    person = session.get_one(Reporter, ticket.reporter_id)
    for name, value in changed.items():
        setattr(person, name, value)
    clock.set_to(london("2026-06-10", "09:00"))
    assert remind(session) == 0
    assert "call_reminder" not in letters(session)


@pytest.mark.parametrize("changed", [{"closed_days": ["2026-06-11"]}, {"hours": {"mon": ["09:00", "17:00"]}}])
def test_a_service_that_closes_then_tells_it_without_waiting_for_the_reminder(
    session: Session, people: People, ticket: Ticket, changed: dict[str, Any]
):
    """There may be none: the service sends no reminders, or it was booked too late for one."""
    for name, value in changed.items():
        setattr(session.get_one(Service, people.north), name, value)
    the_call(session).remind_at = None
    session.flush()
    assert JOBS["calls_ahead"].run() == 1
    assert JOBS["calls_ahead"].run() == 0
    session.expire_all()
    assert letters(session) == ["call_cancelled"]
    assert navigators_told(session) == [(people.amina.user_id, "cancelled")]


def test_a_call_that_can_be_held_is_left_alone(session: Session, ticket: Ticket):
    assert JOBS["calls_ahead"].run() == 0
    assert the_call(session).is_live


def test_a_service_that_closes_that_day_tells_it_the_day_before(
    session: Session, people: People, ticket: Ticket
):
    session.get_one(Service, people.north).closed_days = ["2026-06-11"]
    clock.set_to(london("2026-06-10", "09:00"))
    assert remind(session) == 0
    assert letters(session) == ["call_cancelled"]
    assert the_call(session).is_off


def test_a_day_after_its_end_its_number_is_gone(session: Session, people: People, ticket: Ticket):
    following.withdraw(session, reporter(ticket.number), ticket.number)
    settle(session)
    retention.delete_old_rows(session, clock.now() + timedelta(hours=23))
    session.expire_all()
    assert the_call(session).phone
    retention.delete_old_rows(session, clock.now() + timedelta(hours=25))
    session.expire_all()
    assert the_call(session).phone == ""


def test_each_change_has_its_event(session: Session, people: People, ticket: Ticket):
    give(session, people, ticket, "tom")
    settle(session)
    following.withdraw(session, reporter(ticket.number), ticket.number)
    settle(session)
    events = session.exec(
        select(Event.action).where(Event.ticket_number == ticket.number).order_by(col(Event.id))
    ).all()
    assert [action for action in events if action.endswith("_call")] == [
        "book_call",
        "move_call",
        "cancel_call",
    ]
