"""How long patients could not use the programme, recounted by plain SQL; what must be decided of it."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from navigator import clock
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.queries import ReportScope, resolve_scope
from navigator.insight.sections import time_without
from navigator.insight.sections.time_without import findings, table
from navigator.people.actor import reporter
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.time_without import time_without as time_of
from tests.navigator.insight.story import FIXED, NOW, keep_all
from tests.navigator.tickets.report_factory import tell
from tests.people import People

SQL = """
SELECT t.number, t.reported_at, t.resolved_at, t.closed_at FROM ticket t
LEFT JOIN programme p ON p.id = t.programme_id
WHERE t.service_id = :north AND t.status <> 'merged' AND t.blocks = 'yes' AND t.reporter_kind = 'patient'
  AND p.code = 'fern'
"""


def scope(session: Session, people: People, **chosen: str) -> ReportScope:
    return resolve_scope(session, people.mo, PeriodFilter.model_validate(chosen))


def minutes(session: Session, people: People, within: ReportScope) -> list[int]:
    """Of each report of the period, the minutes until it ended, or until now: by rows, and by hand."""
    from sqlmodel.sql.sqltypes import UTCDateTime

    moments = ("reported_at", "resolved_at", "closed_at")
    query = text(SQL).bindparams(north=people.north).columns(**dict.fromkeys(moments, UTCDateTime()))
    days = within.days
    return [
        int(((resolved_at or closed_at or clock.now()) - reported_at).total_seconds()) // 60
        for _, reported_at, resolved_at, closed_at in session.execute(query)
        if days.start_at <= reported_at < days.end_at
    ]


@pytest.mark.parametrize("is_kept", [False, True], ids=["anew", "kept"])
@pytest.mark.parametrize("period", ["week", "month", "quarter"])
def test_it_is_what_the_rows_say(
    session: Session, people: People, is_kept: bool, period: str, lived: None
) -> None:
    if is_kept:
        keep_all(session)
    within = scope(session, people, period=period)
    wanted = minutes(session, people, within)
    assert time_without._sums(session, within)["fern"][0] == (len(wanted), sum(wanted))
    (row,) = (row for row in table(session, within).rows if row.label == "Fern")
    assert row.cells[0].exact == str(len(wanted))
    if period == "month":
        assert len(wanted) > 8
        assert row.cells[2].exact == f"{round(sum(wanted) / 1440):,} days"


def test_its_numbers_open_their_tickets(session: Session, people: People, lived: None) -> None:
    for row in table(session, scope(session, people)).rows:
        for cell in (row.cells[0], row.cells[-1]):
            listed = queue(session, people.mo, Filters(view="counted", **cell.filters), limit=99).rows  # type: ignore[arg-type]
            assert len(listed) == cell.count


def test_what_came_back_goes_on_from_its_report(session: Session, people: People) -> None:
    ticket = tell(session)
    clock.set_to(clock.now() + timedelta(hours=3))
    staff.resolve(session, people.amina, ticket.number, FIXED)
    clock.set_to(clock.now() + timedelta(hours=5))
    assert time_of(ticket) == timedelta(hours=3)
    following.reopen(session, reporter(ticket.number), ticket.number, SayInput(body="Still no way in"))
    assert time_of(ticket) == timedelta(hours=8)
    following.withdraw(session, reporter(ticket.number), ticket.number)
    clock.set_to(clock.now() + timedelta(days=1))
    assert time_of(ticket) == timedelta(hours=8)


def test_what_does_not_stop_it_or_is_no_patients_does_not_count(session: Session, people: People) -> None:
    assert time_of(tell(session, category="notify.too_many")) is None
    assert time_of(tell(session, people.priya, reporter="pwp")) is None
    session.flush()
    assert table(session, scope(session, people)).rows == ()


def test_of_few_people_no_time_leaves_the_service(session: Session, people: People) -> None:
    for _ in range(4):
        tell(session)
    clock.set_to(clock.now() + timedelta(days=3))
    (row,) = table(session, scope(session, people)).rows
    assert [cell.exact for cell in row.cells] == ["4", "3 days", "12 days", "0 hours", "0 hours", "4"]
    assert {cell.shared for cell in row.cells} == {"fewer than 5", "not shown"}
    clock.set_to(NOW)
    tell(session)
    clock.set_to(clock.now() + timedelta(days=3))
    (row,) = table(session, scope(session, people)).rows
    assert row.cells[2].shared == "about 15 days"


def test_whoever_is_without_it_for_a_week_needs_a_decision(session: Session, people: People) -> None:
    tell(session)
    clock.set_to(clock.now() + timedelta(days=7))
    tell(session)
    session.flush()
    assert list(findings(session, scope(session, people))) == []
    clock.set_to(clock.now() + timedelta(minutes=1))
    (finding,) = findings(session, scope(session, people))
    assert finding.sentence == (
        "1 person has not been able to use Fern for more than a week; the first since Tuesday 9 June."
    )
    assert finding.shared == "Fewer than 5 people have not been able to use Fern for more than a week."
    assert (finding.count, finding.section) == (1, table(session, scope(session, people)).name)
    assert finding.href == "/desk?view=counted&figure=still_without&programme=fern"
