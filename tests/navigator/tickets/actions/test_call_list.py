"""The calls to make: the same as the view lists, each with why, by which number, and what is best next."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.people.reporter import Reporter
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions.call_list import CallToMake, calls_to_make
from navigator.tickets.actions.calls import next_tries
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import AssignInput, CallInput, SayInput
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

CALL_ME = {"route": "phone", "phone": "01632 960 001"}


def london(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=clock.LONDON)


def mine(session: Session, people: People, **told: Any) -> Ticket:
    ticket = tell(session, **told)
    staff.assign(session, people.amina, ticket.number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    return ticket


def called(session: Session, people: People, ticket: Ticket, came: CallOutcome, **more: object) -> None:
    what = CallInput.model_validate({"came": came, "body": "Try it again", **more})
    calls.call(session, people.amina, ticket.number, what)
    session.flush()


def only(session: Session, people: People) -> CallToMake:
    (found,) = calls_to_make(session, people.amina)
    numbers = [row.number for row in queue(session, people.amina, Filters(view="calls")).rows]
    assert numbers == [found.ticket.number]
    return found


def test_who_wants_a_call_is_called(session: Session, people: People) -> None:
    mine(session, people, contact=CALL_ME, support_code="FERN-7")
    found = only(session, people)
    assert (found.who, found.phone) == ("A patient, FERN-7", "+441632960001")
    assert (found.why, found.next_step) == (["Wants a call"], "Call them now.")


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        (CallOutcome.NO_ANSWER, "No answer at 10am. Try another time of day."),
        (CallOutcome.NOT_FREE, "They could not talk then. Try another time of day."),
        (CallOutcome.LEFT_MESSAGE, "You left a message. Call again if they do not call back."),
        (CallOutcome.WRONG_NUMBER, "The number was wrong. Ask their practitioner for another."),
    ],
)
def test_who_was_not_reached_is_tried_again(
    session: Session, people: People, outcome: CallOutcome, step: str
) -> None:
    ticket = mine(session, people, contact=CALL_ME)
    called(session, people, ticket, outcome)
    assert (only(session, people).why, only(session, people).next_step) == (["Wants a call: try 2"], step)
    called(session, people, ticket, outcome, next_on="2026-06-10")
    assert only(session, people).why == ["Not reached: try 3"]
    called(session, people, ticket, outcome)
    assert only(session, people).next_step == "Not reached 3 times. Ask their practitioner how to reach them."


def test_after_they_spoke_only_what_was_agreed_or_said_since_counts(session: Session, people: People) -> None:
    ticket = mine(session, people, contact=CALL_ME)
    called(session, people, ticket, CallOutcome.NO_ANSWER)
    called(session, people, ticket, CallOutcome.SPOKE)
    assert calls_to_make(session, people.amina) == []
    clock.set_to(london(9, 11))
    staff.reply(session, people.amina, ticket.number, SayInput(body="News"))
    session.flush()
    assert only(session, people).why == ["Wants a call"]
    called(session, people, ticket, CallOutcome.SPOKE, next_on="2026-06-11")
    found = only(session, people)
    assert (found.why, found.next_step) == (["Another call was agreed"], "Call them as you agreed.")


def test_who_is_not_safe_is_not_called(session: Session, people: People) -> None:
    ticket = mine(session, people, contact=CALL_ME)
    called(session, people, ticket, CallOutcome.NO_ANSWER, next_on="2026-06-10")
    session.get_one(Reporter, ticket.reporter_id).is_safe_to_contact = False
    session.flush()
    found = only(session, people)
    assert (found.phone, found.is_unsafe) == ("", True)
    assert found.next_step.startswith("Do not call: it is not safe.")


def test_a_practitioner_whom_nobody_can_write_to_is_phoned(session: Session, people: People) -> None:
    ticket = mine(session, people, next_session=date(2026, 6, 11), practitioner="Priya")
    clock.set_to(london(9, 12))
    ticket.session_warning_sent_at = clock.now()
    session.flush()
    found = only(session, people)
    assert (found.who, found.phone) == ("Priya", "")
    assert found.why == ["Priya must hear by phone: plan Thursday 11 June without the online part"]
    assert found.next_step == "Look up their number in your service, and tell them."
    ticket.practitioner_name_given = ""
    assert found.who == "Their practitioner"


def test_nobody_sees_the_calls_of_others(session: Session, people: People) -> None:
    mine(session, people, contact=CALL_ME)
    for actor in (people.tom, people.mo, people.sam, people.priya, people.cole):
        assert calls_to_make(session, actor) == []


@pytest.mark.parametrize(
    ("now", "tries"),
    [
        (london(9, 10), "09 morning, 09 afternoon, 10 morning, 10 afternoon, 16 morning, 16 afternoon"),
        (london(9, 18), "10 morning, 10 afternoon, 11 morning, 11 afternoon, 16 morning, 16 afternoon"),
        (london(12, 14), "12 afternoon, 15 morning, 15 afternoon, 19 morning, 19 afternoon"),
    ],
)
def test_the_next_tries_are_parts_of_working_days(
    session: Session, people: People, now: datetime, tries: str
) -> None:
    clock.set_to(now)
    found = next_tries(calendar_of(session.get_one(Service, people.north)))
    assert ", ".join(f"{clock.local(one.starts_at):%d} {one.part}" for one in found) == tries
