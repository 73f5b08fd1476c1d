"""The phone log: what came of a call, when to try next, and which tickets wait for one."""

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session

from navigator import clock
from navigator.errors import Invalid
from navigator.people.actor import reporter
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.merge import merge
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import CallOutcome, PartOfDay, Resolution
from navigator.tickets.inputs import CallInput, MergeInput, ResolveInput, SayInput
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

CALL_ME = {"route": "phone", "phone": "01632 960 001"}
TUESDAY = date(2026, 6, 9)


@pytest.fixture(autouse=True)
def _on_tuesday_at_ten() -> None:
    clock.set_to(london(9, 10))


def london(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=clock.LONDON)


def mine(session: Session, people: People, **told: Any) -> Ticket:
    ticket = tell(session, **told)
    ticket.assignee_id = people.amina.user_id
    staff.note(session, people.amina, ticket.number, SayInput(body="mine"))
    session.flush()
    return ticket


def called(session: Session, people: People, ticket: Ticket, came: CallOutcome, **more: object) -> Ticket:
    what = CallInput.model_validate({"came": came, "body": "Try it again", **more})
    calls.call(session, people.amina, ticket.number, what)
    session.flush()
    return ticket


def to_call(session: Session, people: People, limit: int = 50) -> list[int]:
    found, after = [], None
    while True:
        page = queue(session, people.amina, Filters(view="calls"), after, limit)
        found += [row.number for row in page.rows]
        if (after := page.next_cursor) is None:
            return found


@pytest.mark.parametrize(
    ("on", "part", "from_at"),
    [
        (date(2026, 6, 10), "morning", london(10, 9)),
        (date(2026, 6, 10), "afternoon", london(10, 12)),
        (date(2026, 6, 13), "morning", london(15, 9)),  # a Saturday
        (TUESDAY, "morning", london(9, 9)),  # it has begun, and is not over
        (TUESDAY, "afternoon", london(9, 12)),
    ],
)
def test_the_next_try_is_in_the_working_time_of_the_service(
    session: Session, people: People, on: date, part: PartOfDay, from_at: datetime
) -> None:
    ticket = called(session, people, mine(session, people), CallOutcome.NO_ANSWER, next_on=on, next_part=part)
    assert ticket.next_call_at == from_at


@pytest.mark.parametrize(
    ("hour", "on", "part"),
    [
        (13, TUESDAY, "morning"),
        (18, TUESDAY, "afternoon"),
        (10, date(2026, 6, 8), "afternoon"),
        (10, date(2026, 9, 9), "morning"),
    ],
)
def test_what_is_past_or_far_away_is_refused(
    session: Session, people: People, hour: int, on: date, part: PartOfDay
) -> None:
    ticket = mine(session, people)
    clock.set_to(london(9, hour))
    with pytest.raises(Invalid) as refused:
        called(session, people, ticket, CallOutcome.NO_ANSWER, next_on=on, next_part=part)
    assert set(refused.value.fields) == {"next_on"}


def test_what_was_said_is_asked_for_only_when_they_spoke() -> None:
    assert CallInput(came=CallOutcome.NO_ANSWER).body == ""
    with pytest.raises(ValidationError, match="what was agreed"):
        CallInput(came=CallOutcome.SPOKE)


@pytest.mark.parametrize("minutes", [0, 241])
def test_minutes_are_those_of_a_call(minutes: int) -> None:
    with pytest.raises(ValidationError):
        CallInput(came=CallOutcome.NO_ANSWER, minutes=minutes)


def test_a_ticket_waits_for_a_call_until_somebody_was_reached(session: Session, people: People) -> None:
    ticket = mine(session, people, contact=CALL_ME)
    assert to_call(session, people) == [ticket.number]
    for came in set(CallOutcome) - {CallOutcome.SPOKE}:
        called(session, people, ticket, came)
        assert to_call(session, people) == [ticket.number], came
    called(session, people, ticket, CallOutcome.SPOKE)
    assert to_call(session, people) == []


def test_a_ticket_that_ended_waits_for_no_call(session: Session, people: People) -> None:
    ticket = mine(session, people, contact=CALL_ME)
    called(session, people, ticket, CallOutcome.NO_ANSWER, next_on=date(2026, 6, 10))
    fixed = ResolveInput(resolution=Resolution.FIXED, body="It works.")
    staff.resolve(session, people.amina, ticket.number, fixed)
    session.flush()
    assert to_call(session, people) == []
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="It does not"))
    assert ticket.next_call_at is None


def test_a_try_that_was_agreed_is_a_call_to_make_whoever_it_is(session: Session, people: People) -> None:
    ticket = mine(session, people)
    assert to_call(session, people) == []
    called(session, people, ticket, CallOutcome.SPOKE, next_on=date(2026, 6, 10))
    assert to_call(session, people) == [ticket.number]
    called(session, people, ticket, CallOutcome.SPOKE)
    assert to_call(session, people) == []


@pytest.mark.parametrize("limit", [1, 50])
def test_calls_stand_by_when_to_make_them(session: Session, people: People, limit: int) -> None:
    later, never, soon = (mine(session, people, contact=CALL_ME) for _ in range(3))
    called(session, people, later, CallOutcome.NO_ANSWER, next_on=date(2026, 6, 12))
    called(session, people, soon, CallOutcome.NO_ANSWER, next_on=date(2026, 6, 10), next_part="afternoon")
    assert to_call(session, people, limit) == [never.number, soon.number, later.number]


def test_calls_go_with_a_ticket_that_is_merged(session: Session, people: People) -> None:
    first, second = mine(session, people), mine(session, people)
    called(session, people, first, CallOutcome.NO_ANSWER, next_on=date(2026, 6, 10))
    merge(session, people.amina, first.number, MergeInput(into=second.number))
    session.flush()
    case = ticket_detail(session, people.amina, second.number)
    assert [one.outcome for one in case.calls] == [CallOutcome.NO_ANSWER]
    assert second.next_call_at == london(10, 9)


def test_the_reporter_sees_no_calls(session: Session, people: People) -> None:
    ticket = called(session, people, mine(session, people), CallOutcome.SPOKE)
    assert ticket_detail(session, reporter(ticket.number), ticket.number).calls == []
