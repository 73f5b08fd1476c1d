"""The date of a next session: today or later, within two years, refused in words at every door."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from sqlmodel import Session, col, select

from navigator import clock
from navigator.people.actor import reporter
from navigator.tickets.actions import next_session
from navigator.tickets.actions.next_session import AppointmentInput
from navigator.tickets.actions.split import split
from navigator.tickets.inputs import RescheduleInput, SplitInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from web.desk.new_report import StaffReport
from web.public.report_forms import SessionAnswer

DOORS: dict[type[BaseModel], dict[str, Any]] = {
    ReportInput: {"service": "north", "text": "x"},
    StaffReport: {"service": "north", "text": "x", "who": "me"},
    SessionAnswer: {"known": "yes"},
    RescheduleInput: {},
    AppointmentInput: {"support_code": "RTT-77"},
}
"""Every model by which a date of a session comes in, with what else it needs."""


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("on", "says"),
    [
        ("2026-06-08", "today or later"),
        ("2024-06-18", "today or later"),
        ("0001-01-01", "today or later"),
        ("2028-06-10", "within the next two years"),
        ("2206-06-18", "within the next two years"),
        ("9999-12-31", "within the next two years"),
    ],
)
def test_what_no_session_can_be_is_refused_in_words(door: type[BaseModel], on: str, says: str):
    """11.C7: dates of the past and of 2206 were taken, and dropped without a word."""
    with pytest.raises(ValidationError) as refused:
        door.model_validate(DOORS[door] | {"next_session": on})
    (error,) = refused.value.errors()
    assert error["loc"] == ("next_session",)
    assert says in error["msg"]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("on", ["2026-06-09", "2028-06-09"])
def test_today_and_two_years_from_today_are_taken(door: type[BaseModel], on: str):
    """11.C7."""
    taken = door.model_validate(DOORS[door] | {"next_session": on})
    assert str(getattr(taken, "next_session", None)) == on


def test_two_years_from_a_day_that_comes_in_leap_years_alone():
    """11.C7."""
    clock.set_to(clock.now().replace(year=2028, month=2, day=29))
    RescheduleInput(next_session=date(2030, 2, 28))
    with pytest.raises(ValidationError):
        RescheduleInput(next_session=date(2030, 3, 1))


def test_a_date_that_does_not_count_because_it_is_not_known_is_not_judged():
    """11.C7: who typed something and then chose “I don’t know” is not stopped by it."""
    for typed in ("2024-01-01", "nonsense"):
        answer = SessionAnswer.model_validate({"known": "no", "next_session": typed})
        assert answer.next_session is None


def test_another_date_keeps_every_week(session: Session, people: People):
    """11.C7: nobody who said only a date said that it is not weekly any more."""
    ticket = tell(session, next_session="2026-06-18", session_is_weekly=True)
    news = RescheduleInput(next_session=date(2026, 6, 19))
    next_session.reschedule(session, reporter(ticket.number), ticket.number, news)
    assert (ticket.session_on, ticket.session_is_weekly) == (date(2026, 6, 19), True)
    no_more = RescheduleInput(next_session=date(2026, 6, 19), session_is_weekly=False)
    next_session.reschedule(session, people.amina, ticket.number, no_more)
    assert not ticket.session_is_weekly


@pytest.mark.parametrize(("is_weekly", "expected"), [(False, None), (True, date(2026, 6, 25))])
def test_a_ticket_whose_session_is_past_can_be_split(
    session: Session, people: People, is_weekly: bool, expected: date | None
):
    """11.C7: what was accepted before is not refused when it is used again."""
    first = tell(session, next_session="2026-06-18", session_is_weekly=is_weekly)
    clock.set_to(clock.now() + timedelta(days=11))
    split(session, people.amina, first.number, SplitInput(body="The app is slow too"))
    second = session.exec(select(Ticket).order_by(col(Ticket.number).desc())).first()
    assert second
    assert second.number != first.number
    assert second.session_on == expected
