"""How long people wait: the tables’ steps are those of the waits that plain SQL finds, one by one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, text
from sqlmodel import Session, delete
from sqlmodel.sql.sqltypes import UTCDateTime

from navigator import clock
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.tables import managers_report
from navigator.insight.waits import ANSWER_STEPS, BEYOND, END_STEPS, in_words, step_of, within
from navigator.people.actor import reporter
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.day_counts import CountedDay
from navigator.tickets.inputs import SayInput
from navigator.tickets.metrics import Period
from tests.navigator.insight.story import FIXED, NOW, PASSWORD, at, keep_all
from tests.navigator.tickets.report_factory import tell
from tests.people import People

KINDS = {
    "All reports": "1 = 1",
    "Reports of patients": "reporter_kind = 'patient'",
    "Reports of practitioners": "reporter_kind = 'pwp'",
    "What is ours to put right": "fixability IN ('navigator', 'service')",
    "What is the supplier’s": "fixability = 'supplier'",
    "Anything else": "(fixability IS NULL OR fixability NOT IN ('navigator', 'service', 'supplier'))",
}
IS_LIVE = "status IN ('new', 'open', 'waiting_for_reporter', 'waiting_for_supplier')"
MONTHS = [Period(date(2026, 5, 13), date(2026, 6, 9))]
MONTHS += [MONTHS[0].previous(), MONTHS[0].previous().previous()]
HOLIDAYS = {date(2026, 5, 4), date(2026, 5, 25)}


def _waits_of_many(session: Session, people: People) -> None:
    """Reports over two months that wait for anything from minutes to weeks, of both kinds of reporters."""
    for n in range(40):
        at(14 + n % 15, 4 + n % 2, 6 + n % 13)
        ticket = tell(session, category="use.outage_or_error" if n % 3 else PASSWORD)
        ticket.reporter_kind = "pwp" if n % 4 == 0 else "patient"
        clock.set_to(clock.now() + timedelta(minutes=7 * n * n))
        if n % 5 < 3:
            staff.reply(session, people.amina, ticket.number, SayInput(body="Try this."))
        if n % 5 < 2:
            staff.resolve(session, people.amina, ticket.number, FIXED)
        elif n % 5 == 4 and n % 2:
            following.withdraw(session, reporter(ticket.number), ticket.number)
    clock.set_to(NOW)
    session.flush()


def _minutes_open(start: datetime, end: datetime) -> int:
    """How many minutes a service is open from nine to five, Monday to Friday, counted one by one."""
    minutes, local = 0, clock.local(start)
    while local + timedelta(minutes=1) <= clock.local(end):
        is_open = time(9) <= local.time() < time(17) and local.weekday() < 5 and local.date() not in HOLIDAYS
        minutes, local = minutes + is_open, local + timedelta(minutes=1)
    return minutes


def _rows(session: Session, people: People, condition: str, days: Period) -> list[Any]:
    query = (
        "SELECT reported_at, first_replied_at, resolved_at FROM ticket WHERE status <> 'merged'"  # noqa: S608
        f" AND service_id = {people.north} AND reported_at >= :start AND reported_at < :end AND {condition}"
    )
    typed = [bindparam(name, type_=UTCDateTime()) for name in ("start", "end")]
    rows = session.execute(text(query).bindparams(*typed), {"start": days.start_at, "end": days.end_at})
    return [[as_moment(value) for value in row] for row in rows]


def as_moment(value: Any) -> Any:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at and (at if at.tzinfo else at.replace(tzinfo=UTC))


def _ranked(waits: Sequence[int], share: float) -> int:
    return sorted(waits)[max(0, -int(-len(waits) * share // 1) - 1)]


@pytest.fixture(params=["anew", "kept"])
def _lived(session: Session, people: People, request: pytest.FixtureRequest, lived: None) -> None:
    _waits_of_many(session, people)
    if request.param == "kept":
        keep_all(session)


@pytest.mark.usefixtures("_lived")
@pytest.mark.parametrize("name", ["first_answers", "time_to_end"])
def test_waits_are_those_of_plain_sql(session: Session, people: People, name: str) -> None:
    is_answer = name == "first_answers"
    steps = ANSWER_STEPS if is_answer else END_STEPS
    table = managers_report(session, people.mo, PeriodFilter()).table(name)
    counted = 0
    for row in table.rows:
        waits: list[list[int]] = []
        for days in MONTHS:
            ended = [
                (row[0], row[1 if is_answer else 2]) for row in _rows(session, people, KINDS[row.label], days)
            ]
            spans = [(a, b) for a, b in ended if b]
            waits.append(
                [_minutes_open(a, b) if is_answer else int((b - a).total_seconds()) // 60 for a, b in spans]
            )
        says = [
            in_words(step_of(_ranked(waits[n], share), steps), steps) if waits[n] else "none yet"
            for n, share in ((0, 0.5), (1, 0.5), (2, 0.5), (0, 0.9), (1, 0.9))
        ]
        column = "first_replied_at" if is_answer else "resolved_at"
        waiting = _rows(session, people, f"{KINDS[row.label]} AND {column} IS NULL AND {IS_LIVE}", MONTHS[0])
        wanted = [str(len(waits[0])), *says, str(len(waiting))]
        assert [cell.exact for cell in row.cells] == wanted, row.label
        counted += len(waits[0]) + len(waiting)
        if row.label == "All reports":
            within_day = [wait for wait in waits[0] if wait <= table_mark(name)]
            assert table.bars[0].now == len(within_day)
    assert counted > 60


def table_mark(name: str) -> int:
    return 60 if name == "first_answers" else 24 * 60


def test_kept_waits_are_those_counted_anew(session: Session, people: People, lived: None) -> None:
    _waits_of_many(session, people)
    keep_all(session)
    kept = managers_report(session, people.mo, PeriodFilter(period="quarter", programme="fern"))
    session.execute(delete(CountedDay))
    anew = managers_report(session, people.mo, PeriodFilter(period="quarter", programme="fern"))
    for name in ("first_answers", "time_to_end"):
        assert kept.table(name) == anew.table(name)


def test_a_wait_is_told_by_the_step_that_it_lay_within() -> None:
    assert [step_of(minutes, ANSWER_STEPS) for minutes in (0, 15, 16, 4800, 4801)] == [
        15,
        15,
        30,
        4800,
        BEYOND,
    ]
    assert in_words(15, ANSWER_STEPS) == "15 minutes"
    assert in_words(1440, ANSWER_STEPS) == "24 hours"  # of opening hours: three days, and not one
    assert in_words(1440, END_STEPS) == "1 day"
    assert in_words(BEYOND, END_STEPS) == "over 90 days"


@pytest.mark.parametrize(
    ("counts", "tenths", "step"),
    [
        ({}, 5, None),
        ({15: 1}, 9, 15),
        ({15: 5, 30: 5}, 5, 15),
        ({15: 5, 30: 6}, 5, 30),
        ({15: 9, 60: 1}, 9, 15),
    ],
)
def test_ranks_are_the_nearest(counts: dict[int, int], tenths: int, step: int | None) -> None:
    assert within(counts, tenths) == step


def test_the_wait_of_few_does_not_leave(session: Session, people: People, lived: None) -> None:
    row = managers_report(session, people.mo, PeriodFilter()).table("time_to_end").rows[0]
    assert row.cells[1].exact != row.cells[1].shared == "not shown"
