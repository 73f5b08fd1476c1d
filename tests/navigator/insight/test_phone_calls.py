"""What managers see of the phone log: by what calls were for, never by who made them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.table import Row, minutes_cell
from navigator.insight.tables import managers_report
from navigator.tickets.actions import calls as phone
from navigator.tickets.inputs import CallInput
from tests.navigator.tickets.report_factory import tell
from tests.people import People

TO_PAT = {"came": "no_answer", "responsibility": "access"}


@pytest.fixture(autouse=True)
def _a_week() -> Iterator[None]:
    clock.set_to(datetime(2026, 6, 9, 10, tzinfo=clock.LONDON))
    yield
    clock.set_to(None)


def log(session: Session, people: People, at: datetime, **call: Any) -> None:
    now = clock.now()
    clock.set_to(at)
    where = call.pop("service", "north")
    who = people.amina if where == "north" else people.sam
    phone.call(session, who, tell(session, service=where).number, CallInput.model_validate(TO_PAT | call))
    clock.set_to(now)
    session.flush()


def test_calls_are_counted_by_what_they_were_for(session: Session, people: People) -> None:
    now, before = (datetime(2026, 6, day, 10, tzinfo=clock.LONDON) for day in (8, 1))
    log(session, people, now, came="spoke", body="It works", minutes=20)
    log(session, people, now, minutes=45)
    log(session, people, now, started_by="them", minutes=1)
    log(session, people, before, minutes=5)
    log(session, people, now, responsibility="feedback")
    log(session, people, now, service="south", minutes=100)
    sheet = managers_report(session, people.mo, PeriodFilter(period="week")).table("calls")
    assert [(row.label, *(cell.exact for cell in row.cells)) for row in sheet.rows] == [
        ("Access", "3", "1", "0", "2 more", "1 h 6 min", "5 min"),
        ("Engagement", "0", "0", "0", "the same", "0 min", "0 min"),
        ("Technology", "0", "0", "0", "the same", "0 min", "0 min"),
        ("Feedback", "1", "0", "0", "1 more", "0 min", "0 min"),
        ("Reached", "1 of 3 (33%)", "0 of 1 (0%)", "none yet", "33 points higher", "–", "–"),
    ]
    assert sheet.rows[0].cells[4].shared == "not shown"  # of three calls alone


def test_without_calls_there_is_nothing_to_show(session: Session, people: People) -> None:
    assert managers_report(session, people.mo, PeriodFilter()).table("calls").rows == ()


@pytest.mark.parametrize(
    ("spent", "calls", "shared"),
    [(61, 5, "1 h 0 min"), (63, 5, "1 h 5 min"), (300, 4, "not shown"), (4, 5, "not shown")],
)
def test_minutes_of_few_calls_are_not_shared(spent: int, calls: int, shared: str) -> None:
    assert Row("", "", (minutes_cell(spent, calls),)).cells[0].shared == shared
