"""The managers’ figures, each counted again by plain SQL over a story; and each number’s list of tickets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, event, text
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from navigator import clock
from navigator.errors import Invalid
from navigator.insight.buckets import buckets
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.table import Cell
from navigator.insight.tables import ManagersReport, managers_report
from navigator.people.user import Role
from navigator.tickets.metrics import METRICS, Period
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from tests.navigator.insight.story import NOW, PASSWORD, keep_all
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join

MONTH = Period(date(2026, 5, 13), date(2026, 6, 9))
REPORTED = "reported_at >= :start AND reported_at < :end"
TOLD = "EXISTS (SELECT 1 FROM event WHERE ticket_number = number AND action = 'guard')"
REOPENED = (
    "EXISTS (SELECT 1 FROM event WHERE ticket_number = number AND to_status = 'open'"
    " AND from_status IN ('resolved', 'closed') AND action <> 'take_back')"
)
HANDED = (
    "(SELECT count(*) FROM handover WHERE ticket_number = number"
    " AND opened_at >= :start AND opened_at < :end{})"
)
BAD = HANDED.format(" AND (acknowledged_at IS NULL OR acknowledged_at > read_by_at)")
BY_AMINA = HANDED.format(" AND opened_by = 'Amina Yusuf'")
NOTICED = "(SELECT count(*) FROM handover WHERE ticket_number = number AND opened_by = 'Navigator Desk')"
WROTE = "(SELECT count(*) FROM message WHERE ticket_number = number AND author = 'reporter')"
PLAIN = {
    "all": REPORTED,
    "ours": f"{REPORTED} AND fixability IN ('navigator', 'service')",
    "supplier": f"{REPORTED} AND fixability = 'supplier'",
    "protocol": f"{REPORTED} AND fixability = 'protocol'",
    "divert": f"{REPORTED} AND fixability = 'divert'",
    "nothing": f"{REPORTED} AND fixability = 'none'",
    "unsorted": f"{REPORTED} AND fixability IS NULL",
    "in_time": f"{REPORTED} AND resolved_at <= guard_at AND NOT {TOLD}",
    "no_session": f"{REPORTED} AND session_on IS NULL AND NOT {TOLD}",
    "reopened": f"{REPORTED} AND {REOPENED}",
    "passed_on": f"{REPORTED} AND passed_to IS NOT NULL",
    "touched": TOLD.replace("'guard'", "'guard' AND at >= :start AND at < :end"),
    "handed_over": f"{HANDED.format('')} > 0",
    "missed": f"{BY_AMINA} > 0 AND {NOTICED} = 0 AND {WROTE} > 0",
    "read_in_time": f"{HANDED.format('')} > 0 AND {BAD} = 0",
    "read_late": f"{HANDED.format(' AND acknowledged_at > read_by_at')} > 0"
    f" AND {HANDED.format(' AND acknowledged_at IS NULL')} = 0",
    "unread": f"{HANDED.format(' AND acknowledged_at IS NULL')} > 0",
    "with_supplier": "status = 'waiting_for_supplier'",
}
STOPS = "blocks = 'yes' AND reporter_kind = 'patient'"
BY_PROGRAMME = {
    "without": f"{REPORTED} AND {STOPS}",
    "still_without": f"{STOPS} AND status NOT IN ('resolved', 'closed')",
}
WHOLE = {
    "in_time": f"{REPORTED} AND ({TOLD} OR (guard_at IS NOT NULL AND (resolved_at IS NOT NULL"
    " OR (closed_at IS NULL AND guard_at <= :now))))",
    "no_session": REPORTED,
    "reopened": f"{REPORTED} AND (resolved_at IS NOT NULL OR {REOPENED})",
} | dict.fromkeys(("missed", "read_in_time", "read_late", "unread"), PLAIN["handed_over"])


@pytest.fixture(params=["anew", "kept"])
def found(session: Session, people: People, request: pytest.FixtureRequest, lived: None) -> ManagersReport:
    """What the page says of the four weeks, once the story has happened; its days counted anew, or kept."""
    if request.param == "kept":
        keep_all(session)
    return managers_report(session, people.mo, PeriodFilter())


def numbers(found: ManagersReport) -> Iterator[tuple[str, Cell]]:
    """Every cell that opens tickets, with the row that it is of."""
    for sheet in found.tables.values():
        for row in (found.reported, *sheet.rows):
            yield from ((row.label, cell) for cell in row.cells if cell.filters)


def recount(session: Session, people: People, condition: str, opens: Any) -> int:
    since, until = opens.get("since", "2026-06-01"), opens.get("until", "2026-06-09")
    days = Period(date.fromisoformat(since), date.fromisoformat(until))
    moments = {"start": days.start_at, "end": days.end_at, "now": clock.now()}
    led = f"service_id = {people.north} AND status <> 'merged'"
    query = f"SELECT count(*) FROM ticket WHERE {led} AND {condition}"  # noqa: S608
    used = {name: value for name, value in moments.items() if f":{name}" in query}
    typed = [bindparam(name, type_=UTCDateTime()) for name in used]
    return int(session.execute(text(query).bindparams(*typed), used).scalar_one())


def plain(opens: Any) -> str:
    """The condition of a cell in plain SQL."""
    if opens.get("figure") in BY_PROGRAMME:
        code = "IS NULL" if opens["programme"] == "-" else "IN (SELECT id FROM programme WHERE code = 'fern')"
        return f"{BY_PROGRAMME[opens['figure']]} AND programme_id {code}"
    if "category" not in opens:
        return PLAIN[opens.get("figure", "all")]
    category = "IS NULL" if opens["category"] == "-" else f"= '{opens['category']}'"
    programme = "IS NULL" if opens["programme"] == "-" else "= (SELECT id FROM programme WHERE code = 'fern')"
    return f"{REPORTED} AND category {category} AND programme_id {programme}"


def test_every_number_is_what_plain_sql_counts(
    session: Session, people: People, found: ManagersReport
) -> None:
    counted = 0
    for label, cell in numbers(found):
        said = [int(word) for word in cell.exact.split(" (")[0].split(" of ") if word.isdigit()]
        wanted = [recount(session, people, plain(cell.filters), cell.filters)]
        if len(said) == 2:
            wanted.append(recount(session, people, WHOLE[cell.filters["figure"]], cell.filters))
        if said:
            assert said == wanted, (label, cell)
            counted += sum(said)
    assert counted > 100


def test_every_number_opens_its_tickets(session: Session, people: People, found: ManagersReport) -> None:
    for label, cell in numbers(found):
        rows = queue(session, people.mo, Filters(view="counted", **cell.filters), limit=99).rows  # type: ignore[arg-type]
        assert len(rows) == cell.count, (label, cell)


def test_the_story_tells_a_little_of_everything(found: ManagersReport) -> None:
    """What is compared above is not nothing with nothing."""
    said = {row.label: row.cells[0].exact for sheet in found.tables.values() for row in sheet.rows}
    others = ("had_session", "ended", "with_supplier", "all")  # parts of another row, or of the heading
    figures = {one.label for name, one in METRICS.items() if name not in (*others, *BY_PROGRAMME)}
    assert {label for label in figures if said[label].split()[0] in ("0", "none")} == set()


def test_figures_as_a_person_would_count_them(found: ManagersReport) -> None:
    said = {
        row.label: [cell.exact for cell in row.cells] for sheet in found.tables.values() for row in sheet.rows
    }
    assert said["Put right before the next session"][0] == "1 of 3 (33%)"
    assert said["Sessions touched"][:2] == ["2", "0"]
    assert said["Read in time"][0] == "2 of 5 (40%)"
    assert said["Read late"][0] == "2 of 5 (40%)"
    assert said["Solved without a ticket"] == ["1", "0", "0", "1 more"]
    assert said["Waiting with the supplier now"][0] == "1"
    assert said["Longest wait for the supplier"][0] == "22 days"
    assert said["Assigning, releasing and ordering modules"] == ["2", "0", "0", "2 more", "2", "8 days"]
    assert said["Reading progress in five minutes before a session"] == ["1", "0", "0", "1 more", "0", "–"]
    assert found.table("recurs").rows[0].cells[0].filters["category"] == PASSWORD


def test_a_change_of_a_share_is_in_points(session: Session, people: People, found: ManagersReport) -> None:
    """11.C11: it was told as a change of the count: "2 fewer" of a share that rose."""
    changes = {
        row.label: row.cells[3].exact
        for sheet in found.tables.values()
        for row in sheet.rows
        if len(row.cells) > 3 and "%)" in row.cells[0].exact
    }
    assert changes["Put right before the next session"] == "no earlier figures"
    assert changes["Read in time"] == "no earlier figures"
    assert all("point" in change or "the same" in change or "no " in change for change in changes.values())
    assert any("point" in change for change in changes.values())


def test_nothing_at_all_before_is_no_rise(session: Session, people: People) -> None:
    """11.C11: a desk that has only begun has no figures to compare with, and does not say "1 more"."""
    tell(session)
    report = managers_report(session, people.mo, PeriodFilter())
    compared = [row for sheet in report.tables.values() if "Change" in sheet.columns for row in sheet.rows]
    changes = {row.cells[3].exact for row in (report.reported, *compared)}
    assert changes == {"no earlier figures", "–"}  # or what has no change at all, as a cost that nobody set
    assert {row.cells[3].shared for row in (report.reported, *compared)} == changes


def test_days_of_the_course_add_up(found: ManagersReport) -> None:
    course = found.table("course")
    assert len(course.rows) == 28
    assert sum(bar.now for bar in course.bars) == int(found.reported.cells[0].exact)


def test_it_asks_as_many_questions_however_much_there_is(
    session: Session, people: People, connection: Connection, found: ManagersReport
) -> None:
    asked: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *heard: asked.append(heard[2]))
    managers_report(session, people.mo, PeriodFilter(period="quarter"))
    first = len(asked)
    for category in (PASSWORD, "use.how_to", "notify.too_many", "use.feature_fault"):
        tell(session, category=category)
    session.flush()
    asked.clear()
    managers_report(session, people.mo, PeriodFilter(period="quarter"))
    assert len(asked) == first < 40


@pytest.mark.parametrize("length", [1, 7, 31, 32, 90, 366])
def test_a_period_is_cut_without_gaps(length: int) -> None:
    days = Period(date(2026, 3, 1), date.fromordinal(date(2026, 3, 1).toordinal() + length - 1))
    cut = buckets(days)
    assert (cut[0].first, cut[-1].last) == (days.first, days.last)
    assert all(before.end_at == after.start_at for before, after in pairwise(cut))
    assert len(cut) <= 53


def test_a_day_begins_at_midnight_in_london() -> None:
    assert MONTH.start_at.isoformat() == "2026-05-12T23:00:00+00:00"
    assert MONTH.previous() == Period(date(2026, 4, 15), date(2026, 5, 12))
    assert PeriodFilter().days == MONTH


def test_a_manager_counts_only_what_they_manage(
    session: Session, people: People, found: ManagersReport
) -> None:
    both = join(session, "Bo Both", "bo@north.example", people.north, Role.NAVIGATOR)
    led = join(session, "Lee Led", "lee@south.example", people.south, Role.MANAGER)
    assert managers_report(session, both, PeriodFilter()).reported.cells[0].exact == "0"
    assert managers_report(session, led, PeriodFilter()).reported.cells[0].exact == "1"
    with pytest.raises(Invalid):
        managers_report(session, people.mo, PeriodFilter(service="south"))
    with pytest.raises(Invalid):
        managers_report(session, people.mo, PeriodFilter(programme="oak"))


def test_one_programme_alone(session: Session, people: People, found: ManagersReport) -> None:
    fern = managers_report(session, people.mo, PeriodFilter(programme="fern"))
    without = recount(session, people, f"{REPORTED} AND programme_id IS NULL", fern.reported.cells[0].filters)
    assert without == 2
    assert int(fern.reported.cells[0].exact) == int(found.reported.cells[0].exact) - without
    for _, cell in numbers(fern):
        assert cell.filters["programme"] == "fern"


@pytest.mark.parametrize("kept", [False, True])
def test_reports_of_one_kind_alone(session: Session, people: People, kept: bool, lived: None) -> None:
    """Of patients, of practitioners and of both, whether a day is kept or counted anew."""
    clock.set_to(datetime(2026, 6, 1, 10, tzinfo=UTC))
    tell(session, people.priya, reporter="pwp")
    clock.set_to(NOW)
    tell(session, people.priya, reporter="pwp")
    if kept:
        assert date(2026, 6, 1) in keep_all(session)
    said = {}
    for kind in ("", "patient", "pwp"):
        report = managers_report(session, people.mo, PeriodFilter.model_validate({"reporter": kind}))
        said[kind] = report.reported.cells[0].count
        whose = f" AND reporter_kind = '{kind}'" if kind else ""
        for label, cell in numbers(report):
            assert cell.count == recount(session, people, plain(cell.filters) + whose, cell.filters), label
            rows = queue(session, people.mo, Filters(view="counted", **cell.filters), limit=99).rows  # type: ignore[arg-type]
            assert len(rows) == cell.count, (label, cell)
    assert said["patient"] + said["pwp"] == said[""]
    assert said["pwp"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "own"},
        {"period": "own", "since": "2026-06-01"},
        {"period": "own", "since": "2026-06-02", "until": "2026-06-01"},
        {"period": "own", "since": "2025-06-01", "until": "2026-06-02"},
        {"period": "year"},
        {"reporter": "navigator"},
    ],
)
def test_days_that_cannot_be_meant_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PeriodFilter.model_validate(wrong)
