"""What suppliers promised and kept on the managers’ page, and what of it needs a decision."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.queries import ReportScope, resolve_scope
from navigator.insight.sections import suppliers as section
from navigator.jobs.registry import JOBS
from navigator.people.actor import reporter
from navigator.problems import suppliers, updates
from navigator.problems.inputs import SaidInput, SendInput, StatusInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.actions import reporter as following
from tests.navigator.problems.test_problems import linked, opened
from tests.people import People


def at(day: int, month: int = 6, hour: int = 9) -> None:
    clock.set_to(datetime(2026, month, day, hour, tzinfo=UTC))


@pytest.fixture
def terms(session: Session) -> SupplierTerms:
    fern = session.exec(select(Programme).where(Programme.code == "fern")).one()
    row = SupplierTerms(
        programme_id=fern.id,
        email="desk@fern.example",
        acknowledge_days=[1, 1, 1, 1],
        mend_days=[5, 5, 5, 5],
        owner="Mo",
        review_on=date(2027, 1, 1),
    )
    session.add(row)
    session.flush()
    return row


def send(session: Session, people: People, problem: Problem) -> None:
    suppliers.send(session, people.amina, problem.id, SendInput())


def say(session: Session, people: People, problem: Problem, kind: str, **more: Any) -> None:
    said = SaidInput.model_validate({"kind": kind, "happened_on": clock.today()} | more)
    suppliers.record_said(session, people.amina, problem.id, said)
    session.flush()


@pytest.fixture
def problems(session: Session, people: People, terms: SupplierTerms) -> tuple[Problem, Problem, Problem]:
    """One promise kept and tried, one broken, and one of which the supplier was never told."""
    at(1)
    kept, broken, own = (
        opened(session, people.amina, title=title, severity=2) for title in ("Kept", "Broken", "Own")
    )
    tickets = [linked(session, people, kept) for _ in range(3)]
    for _ in range(6):
        linked(session, people, broken)
    linked(session, people, own)
    send(session, people, kept)
    send(session, people, broken)
    at(2)
    say(session, people, kept, "promised", due_on=date(2026, 6, 5))
    at(3)
    say(session, people, broken, "acknowledged")
    say(session, people, broken, "promised", due_on=date(2026, 6, 4))
    at(5)
    JOBS["missed_promises"].run()
    told = StatusInput(status=ProblemStatus.RELEASED, body="Please try again.")
    updates.change_status(session, people.amina, kept.id, told)
    session.flush()
    at(5, hour=10)
    for ticket in tickets[:2]:
        following.confirm(session, reporter(ticket.number), ticket.number)
    at(9)
    session.flush()
    return kept, broken, own


def scope(session: Session, people: People, **asked: Any) -> ReportScope:
    return resolve_scope(session, people.mo, PeriodFilter.model_validate(asked))


def cells(session: Session, of: ReportScope) -> list[tuple[str, ...]]:
    return [tuple(cell.exact for cell in row.cells) for row in section.table(session, of).rows]


def count(session: Session, query: str) -> int:
    return int(session.execute(text(query)).scalar_one())


def test_each_figure_is_what_plain_sql_counts(
    session: Session, people: People, problems: tuple[Problem, ...]
):
    sent = count(session, "SELECT count(DISTINCT problem_id) FROM supplierentry WHERE kind = 'sent'")
    promised = count(session, "SELECT count(*) FROM supplierentry WHERE kind = 'promised'")
    missed = count(session, "SELECT count(*) FROM supplierentry WHERE kind = 'missed'")
    asked = count(session, "SELECT count(*) FROM event WHERE action = 'update' AND at >= '2026-06-05'")
    works = count(session, "SELECT count(*) FROM event WHERE action = 'confirm' AND at >= '2026-06-05'")
    assert (sent, promised, missed, asked, works) == (2, 2, 1, 3, 2)
    assert cells(session, scope(session, people)) == [
        ("2", "1 of 2 (50%)", "none yet", "1 of 2 (50%)", "1 of 2 (50%)", "2 of 3 (67%)")
    ]
    (row,) = section.table(session, scope(session, people)).rows
    assert (row.label, row.help_text) == ("Fern", "Fern Health")
    assert row.cells[-1].shared == "fewer than 5 of fewer than 5"


def test_it_is_of_the_period_and_the_services_alone(
    session: Session, people: People, problems: tuple[Problem, ...]
):
    earlier = scope(session, people, period="own", since="2026-06-01", until="2026-06-02")
    assert cells(session, earlier) == [("2", "1 of 2 (50%)", "none yet", "none yet", "none yet", "none yet")]
    for problem in problems:
        problem.service_id = people.south
    session.flush()
    assert cells(session, scope(session, people)) == []
    assert list(section.findings(session, scope(session, people))) == []


def test_a_broken_promise_needs_a_decision(session: Session, people: People, problems: tuple[Problem, ...]):
    (found,) = section.findings(session, scope(session, people))
    assert found.sentence == (
        "Fern Health promised to put “Broken” right by Thursday 4 June, and has not: "
        "6 reports, 0 sessions planned without it."
    )
    assert found.shared.endswith("about 5 reports, fewer than 5 sessions planned without it.")
    assert (found.href, found.count) == (f"/problems/{problems[1].id}/supplier", 6)
    say(session, people, problems[1], "promised", due_on=date(2026, 6, 20))
    assert list(section.findings(session, scope(session, people))) == []


def test_without_a_promise_the_contract_counts(
    session: Session, people: People, problems: tuple[Problem, ...]
):
    problems[1].supplier_due_on = None
    session.flush()
    (found,) = section.findings(session, scope(session, people))
    assert "is late with “Broken”: by the contract it was due on Saturday 6 June" in found.sentence


def test_a_fix_that_does_not_help_needs_a_decision(
    session: Session, people: People, problems: tuple[Problem, ...]
):
    kept, broken, _ = problems
    broken.status = ProblemStatus.CLOSED
    ticket = session.execute(
        text("SELECT number FROM ticket WHERE problem_id = :id AND status <> 'closed'"), {"id": kept.id}
    ).scalar_one()
    following.still_broken(session, reporter(ticket), ticket)
    session.flush()
    JOBS["failed_fixes"].run()
    session.expire_all()
    kept.supplier_due_on, kept.severity = None, None
    session.flush()
    (found,) = section.findings(session, scope(session, people))
    assert "What Fern Health released for “Kept” does not help everybody who tried it: 3 reports" in (
        found.sentence
    )
