"""Calls, session warnings and clinical reviews by day: what is kept is what plain SQL counts of the rows."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import bindparam, text
from sqlmodel import Session, delete
from sqlmodel.sql.sqltypes import UTCDateTime

from navigator import clock
from navigator.insight import queries
from navigator.insight.event_counts import event_counts_by_service
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.phone_minutes import CallCounts, call_counts
from navigator.insight.queries import PeriodCounts, ReportScope
from navigator.people.reporter import ReporterKind
from navigator.people.user import Membership, Role
from navigator.tickets.day_counts import DayCall, DayEvent
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose
from navigator.tickets.metrics import Period
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import ClinicalReview, Event, Ticket
from tests.navigator.insight.story import keep_all
from tests.navigator.tickets.report_factory import tell
from tests.people import People, actor_of, join

NOW = datetime(2026, 6, 9, 9, 30, tzinfo=UTC)
FILTERS = (
    PeriodFilter(period="week"),
    PeriodFilter(),
    PeriodFilter(period="quarter"),
    PeriodFilter(period="quarter", service="south"),
    PeriodFilter(period="month", programme="fern"),
    PeriodFilter(reporter=ReporterKind.PWP),
)
_REVIEW = "SELECT 1 FROM handover WHERE ticket_number = number AND opened_at >= :start AND opened_at < :end"
_LATE = "acknowledged_at > read_by_at"
_SCREENED = "SELECT 1 FROM handover WHERE ticket_number = number AND opened_by = 'Navigator Desk'"
PLAIN = {
    "touched": "EXISTS (SELECT 1 FROM event WHERE ticket_number = number AND action = 'guard'"
    " AND at >= :start AND at < :end)",
    "handed_over": f"EXISTS ({_REVIEW})",
    "missed": f"EXISTS ({_REVIEW} AND opened_by <> 'Navigator Desk') AND NOT EXISTS ({_SCREENED})",
    "read_in_time": f"EXISTS ({_REVIEW}) AND NOT EXISTS ({_REVIEW} AND (acknowledged_at IS NULL OR {_LATE}))",
    "read_late": f"EXISTS ({_REVIEW} AND {_LATE}) AND NOT EXISTS ({_REVIEW} AND acknowledged_at IS NULL)",
    "unread": f"EXISTS ({_REVIEW} AND acknowledged_at IS NULL)",
}
CALLS = (
    "SELECT count(*), count(minutes), coalesce(sum(minutes), 0),"
    " count(CASE WHEN started_by = 'us' THEN 1 END),"
    " count(CASE WHEN started_by = 'us' AND came = 'spoke' THEN 1 END)"
    " FROM phonecall JOIN ticket ON number = ticket_number WHERE responsibility = '{purpose}'"
    " AND at >= :start AND at < :end"
)


@pytest.fixture
def scopes(session: Session, people: People) -> list[ReportScope]:
    """Fifty reports of a hundred days, to each of which things happened once, twice and again."""
    joined = join(session, "Bo Both", "bo@north.example", people.north, Role.MANAGER)
    session.add(Membership(user_id=joined.user_id or 0, service_id=people.south, role=Role.MANAGER))
    session.flush()
    both = actor_of(session, joined.user_id or 0)
    rng = Random(7)  # noqa: S311 - no secret
    for n in range(50):
        clock.set_to(NOW - timedelta(hours=rng.randrange(24 * 100)))
        where: dict[str, Any] = {"service": "south"} if n % 3 == 0 else {}
        where |= {"programme": None} if n % 4 == 1 else {}
        told: dict[str, Any] = {"actor": people.priya, "reporter": "pwp"} if n % 5 == 4 and n % 3 else {}
        ticket = tell(session, **(where | told))
        for _ in range(rng.randrange(7)):
            _happen(session, rng, ticket)
    clock.set_to(NOW)
    session.flush()
    return [queries.resolve_scope(session, both, chosen) for chosen in FILTERS]


def _happen(session: Session, rng: Random, ticket: Ticket) -> None:
    """Something of each kind, at a moment since the report; many on one day or at its edges in London."""
    since = int((NOW - ticket.reported_at).total_seconds())
    at = ticket.reported_at + timedelta(seconds=rng.randrange(max(since, 1)))
    if rng.random() < 0.3:
        at = max(at.replace(hour=rng.choice((22, 23)), minute=30), ticket.reported_at)
    by = rng.choice(("Navigator Desk", "Amina Yusuf"))
    read = rng.choice((None, timedelta(minutes=5), timedelta(hours=3)))
    review = ClinicalReview(
        ticket_number=ticket.number,
        origin_number=ticket.number,
        service_id=ticket.service_id,
        requested_by=by,
        opened_at=at,
        acknowledge_by_at=at + timedelta(hours=1),
        acknowledged_at=at + read if read else None,
    )
    call = PhoneCall(
        ticket_number=ticket.number,
        created_at=at,
        outcome=rng.choice([*CallOutcome]),
        purpose=rng.choice([*CallPurpose]),
        direction=rng.choice([*CallDirection]),
        minutes=rng.choice((None, 0, 7, 20)),
    )
    warning = Event(
        ticket_number=ticket.number,
        action="guard",
        actor_name="Navigator Desk",
        created_at=at,
        version=99,
        to_status="open",
    )
    session.add_all(rng.sample([review, call, warning], rng.randrange(1, 4)))


def _plainly(session: Session, scope: ReportScope, query: str, days: Period) -> tuple[int, ...]:
    """What a query counts of the tickets of a scope."""
    typed = [bindparam(name, type_=UTCDateTime()) for name in ("start", "end")]
    chosen = "status <> 'merged'"
    if scope.programme:
        chosen += f" AND programme_id = {scope.programmes[scope.programme].id}"
    if scope.reporter:
        chosen += f" AND reporter_kind = '{scope.reporter}'"
    asked = text(f"{query} AND {chosen}").bindparams(*typed)
    return tuple(session.execute(asked, {"start": days.start_at, "end": days.end_at}).one())


@pytest.mark.parametrize(
    "kept",
    [pytest.param("anew", marks=pytest.mark.slow), "kept", pytest.param("half", marks=pytest.mark.slow)],
)
def test_events_and_calls_are_what_plain_sql_counts(
    session: Session, scopes: list[ReportScope], kept: str
) -> None:
    if kept != "anew":
        assert len(keep_all(session)) > 80
    if kept == "half":
        session.execute(
            text("UPDATE countedday SET holds_until_at = '2026-01-01' WHERE reported_on < '2026-05-20'")
        )
    counted = 0
    for scope in scopes:
        ids = [one.id for code, one in scope.services.items() if scope.service in ("", code)]
        events = event_counts_by_service(session, scope)
        for id in ids:
            of_service = f"AND service_id = {id}"
            for name, condition in PLAIN.items():
                query = f"SELECT count(*) FROM ticket WHERE {condition} {of_service}"  # noqa: S608
                wanted = PeriodCounts(*(_plainly(session, scope, query, days)[0] for days in scope.periods))
                assert events[id][name] == wanted, (name, scope.days)  # type: ignore[index]
                counted += sum(wanted)
        calls = {(one.period, one.service_id, one.purpose): one for one in call_counts(session, scope)}
        for n, days in enumerate(scope.periods):
            for id in ids:
                for purpose in CallPurpose:
                    query = f"{CALLS.format(purpose=purpose)} AND service_id = {id}"
                    found = calls.get((n, id, purpose), CallCounts(n, id, purpose, 0, 0, 0, 0, 0))
                    assert found[3:] == _plainly(session, scope, query, days), (n, id, purpose)
                    counted += found.calls
    assert counted > 400


@pytest.mark.slow
def test_what_is_kept_is_read(session: Session, scopes: list[ReportScope]) -> None:
    """What is compared above is not a count with itself."""
    keep_all(session)
    for table in (DayCall, DayEvent):
        session.execute(delete(table))
    for scope in scopes:
        assert [one for one in call_counts(session, scope) if one.period] == []
        for counts in event_counts_by_service(session, scope).values():
            assert {(each.before, each.earlier) for each in counts.values()} == {(0, 0)}
