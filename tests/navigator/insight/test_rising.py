"""What is new or rising, for managers: each number recounted in plain SQL, and small ones hidden outside."""

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from navigator import clock
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.queries import ReportScope, resolve_scope
from navigator.insight.rise_counts import families
from navigator.insight.sections.rising import findings, table
from navigator.problems.rise import DismissalReason, Rise
from navigator.problems.rise_decisions import DismissalInput, RiseInput, dismiss, make_problem
from navigator.problems.spikes import ALL_DAYS
from tests.conftest import MOMENT
from tests.navigator.insight.story import keep_all
from tests.navigator.problems.rise_factory import REMINDERS, look, risen
from tests.people import People


@pytest.fixture
def rise(session: Session, people: People) -> Rise:
    risen(session, 3, 4, 4)
    risen(session, 3, 4, 4, service="south")
    assert look(session) == 2
    return session.exec(select(Rise).where(Rise.service_id == people.north)).one()


def scope_of(session: Session, people: People, **chosen: str) -> ReportScope:
    session.flush()
    return resolve_scope(session, people.mo, PeriodFilter.model_validate(chosen))


def test_it_tells_what_rises_in_own_services(session: Session, people: People, rise: Rise) -> None:
    sheet = table(session, scope_of(session, people))
    (row,) = sheet.rows
    assert sheet.first_number
    assert [cell.exact for cell in sheet.first_number.cells] == ["1"]
    counted = session.execute(
        text(
            "SELECT count(*) FROM ticket WHERE category = :category AND service_id = :north"
            " AND status <> 'merged' AND reported_at >= :since"
        ),
        {
            "category": REMINDERS,
            "north": people.north,
            "since": clock.london_time(rise.began_on, MOMENT.time().min),
        },
    ).scalar_one()
    assert [cell.exact for cell in row.cells] == [
        "Sunday 7 June", "11", "2", "7 times", "Nobody has decided yet",
    ]  # fmt: skip
    assert row.cells[1].count == counted == 11
    assert row.cells[1].shared == "10"
    assert row.cells[2].shared == "fewer than 5"
    assert row.cells[1].filters["since"] == "2026-06-07"
    assert row.help_text == "Fern"


def test_the_finding_says_what_to_do(session: Session, people: People, rise: Rise) -> None:
    (finding,) = findings(session, scope_of(session, people))
    assert "rises at North Talking Therapies since Sunday 7 June: 11 reports" in finding.sentence
    assert finding.sentence.endswith("11 reports, where about 2 are usual.")
    assert finding.shared.endswith(": 10 reports, where fewer than 5 are usual.")
    assert [bar.now for bar in finding.trend] == [4, 14, 21]
    assert (finding.href, finding.count) == (f"/problems/rises/{rise.id}", 11)


def test_what_became_of_it_is_told_and_reasons_are_counted(
    session: Session, people: People, rise: Rise
) -> None:
    dismiss(session, people.amina, rise.id, DismissalInput(reason=DismissalReason.ONE_SOURCE))
    scope = scope_of(session, people)
    sheet = table(session, scope)
    assert sheet.rows[0].cells[-1].exact == "Dismissed: one person or place reported many times"
    assert sheet.help_text.endswith("Dismissed: one person or place reported many times (1).")
    assert [*findings(session, scope)] == []


def test_a_problem_is_named(session: Session, people: People, rise: Rise) -> None:
    problem = make_problem(session, people.amina, rise.id, RiseInput())
    scope = scope_of(session, people)
    assert table(session, scope).rows[0].cells[-1].exact == f"Known problem {problem.id}"
    assert [*findings(session, scope)] == []


def test_only_the_days_and_the_programme_that_are_chosen(
    session: Session, people: People, rise: Rise
) -> None:
    own = {"period": "own", "since": "2026-05-01", "until": "2026-06-06"}
    assert table(session, scope_of(session, people, **own)).rows == ()
    assert len(table(session, scope_of(session, people, programme="fern")).rows) == 1


def test_kept_counts_and_fresh_ones_are_the_same_series(session: Session, people: People, rise: Rise) -> None:
    def counts() -> list[int]:
        series = {kind: list(one.counts) for kind, one in families(session)[people.north].series.items()}
        (one,) = series.values()
        return one

    before = counts()
    assert len(keep_all(session)) >= ALL_DAYS - 2
    assert counts() == before
    assert (
        sum(before)
        == session.execute(
            text("SELECT count(*) FROM ticket WHERE service_id = :north"), {"north": people.north}
        ).scalar_one()
    )
