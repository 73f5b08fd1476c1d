"""What needs a decision: each finding once, with its numbers recounted, what weighs most first."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from navigator import clock
from navigator.insight.finding import Finding
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.queries import PeriodCounts
from navigator.insight.tables import managers_report
from navigator.jobs.deadlines import notify_missed_session
from navigator.people.actor import reporter
from navigator.problems.inputs import NewProblemInput
from navigator.problems.linking import link
from navigator.problems.problem import Problem
from navigator.problems.records import open_problem
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.inputs import LinkInput
from navigator.tickets.ticket import Ticket
from navigator.training import requests
from navigator.training.inputs import TrainingRequestInput
from tests.navigator.insight.story import FIXED, SAID
from tests.navigator.tickets.report_factory import tell
from tests.people import People

NOW = datetime(2026, 6, 9, 9, tzinfo=UTC)
SECTIONS = ("recurs", "problems", "in_time", "training", "safety")
FEATURE = "use.feature_fault"
LABEL = "Forgotten password, username or app PIN"


def findings(session: Session, people: People, **asked: str) -> list[Finding]:
    """What these sections found: others of the page have tests of their own."""
    clock.set_to(NOW)
    session.flush()
    report = managers_report(session, people.mo, PeriodFilter.model_validate(asked))
    return [found for found in report.findings if found.section in SECTIONS]


def sentences(session: Session, people: People, **asked: str) -> list[str]:
    return [found.sentence for found in findings(session, people, **asked)]


def tell_all(session: Session, count: int, month: int, day: int, **told: Any) -> list[Ticket]:
    clock.set_to(datetime(2026, month, day, 10, tzinfo=UTC))
    return [tell(session, **told) for _ in range(count)]


def problem_of(session: Session, people: People, tickets: list[Ticket]) -> Problem:
    """A known problem of these tickets."""
    about = NewProblemInput(
        service="north", programme="fern", category=FEATURE, title="The diary stays blank"
    )
    problem = open_problem(session, people.amina, about)
    for ticket in tickets:
        link(session, people.amina, ticket.number, LinkInput(problem_id=problem.id))
    return problem


def test_nothing_needs_a_decision_where_nothing_stands_out(session: Session, people: People) -> None:
    tell_all(session, 4, 6, 1)
    assert sentences(session, people) == []


@pytest.mark.parametrize(
    ("now", "before", "rises"),
    [(4, 0, False), (5, 0, True), (30, 20, False), (30, 13, True), (9, 4, False), (20, 30, False)],
)
def test_a_rise_is_five_more_and_more_than_chance(now: int, before: int, rises: bool) -> None:
    assert PeriodCounts(now, before).is_rise is rises


def test_a_rise_is_told_with_its_numbers_and_its_tickets(session: Session, people: People) -> None:
    tell_all(session, 1, 4, 1, category=FEATURE)  # so the period before is known to be whole
    tell_all(session, 2, 5, 1)
    tell_all(session, 9, 6, 1)
    (rise,) = findings(session, people)
    assert rise.sentence == f"Fern: “{LABEL}” rises: 9 reports, and 2 in the 28 days before."
    assert rise.shared == f"Fern: “{LABEL}” rises: 10 reports, and fewer than 5 in the 28 days before."
    assert [bar.now for bar in rise.trend] == [0, 2, 9]
    assert "category=access.forgotten_password" in rise.href
    assert "since=2026-05-13" in rise.href


def test_of_a_young_desk_not_all_that_is_reported_rises(session: Session, people: People) -> None:
    tell_all(session, 2, 5, 1)
    tell_all(session, 9, 6, 1)
    assert sentences(session, people) == []


def test_each_kind_is_told_of_before_a_second_of_any(session: Session, people: People) -> None:
    """Three rises, of which the least is about more than what came back: that comes second all the same."""
    tell_all(session, 1, 4, 1, category=FEATURE)
    for ticket in tell_all(session, 5, 5, 20, category="use.lost_answers"):
        staff.resolve(session, people.amina, ticket.number, FIXED)
        following.reopen(session, reporter(ticket.number), ticket.number, SAID)
    for category in ("use.how_to", "access.signed_out", "notify.too_many"):
        tell_all(session, 9, 6, 1, category=category)
    told = [found.section for found in findings(session, people)]
    assert told == ["recurs", "in_time", "recurs", "recurs", "recurs"]


def test_what_is_known_to_have_one_cause_is_told_once(session: Session, people: People) -> None:
    """The rise is of the problem: nobody reads of it twice. The run of days holds four of five reports."""
    tickets = tell_all(session, 1, 5, 20, category=FEATURE)
    tickets += tell_all(session, 6, 6, 1, category=FEATURE, next_session=date(2026, 6, 4))
    tickets += tell_all(session, 3, 6, 2, category=FEATURE)
    clock.set_to(datetime(2026, 6, 3, 12, tzinfo=UTC))
    notify_missed_session(session, clock.now(), tickets[1].number)
    problem = problem_of(session, people, tickets)
    (found,) = findings(session, people)
    assert found.sentence == (
        "Fern: “The diary stays blank”, most on 1 June to 2 June:"
        " 10 reports, 1 session touched; no promise yet."
    )
    assert found.href == f"/problems/{problem.id}"
    linked = text("SELECT count(*) FROM ticket WHERE problem_id = :id")
    counted = session.execute(linked, {"id": problem.id}).scalar_one()
    assert found.count == counted == 10
    problem.supplier_due_on = date(2026, 6, 8)
    assert "promised Monday 8 June, not kept" in sentences(session, people)[0]
    problem.supplier_due_on = date(2026, 12, 3)
    assert "promised Thursday 3 December" in sentences(session, people)[0]


def test_a_problem_that_many_have_and_nobody_promised(session: Session, people: People) -> None:
    before, now = tell_all(session, 7, 5, 1, category=FEATURE), tell_all(session, 7, 6, 1, category=FEATURE)
    problem = problem_of(session, people, before + now)
    assert sentences(session, people) == [
        "Fern: “The diary stays blank”: 7 reports, 0 sessions touched, and no promise of a fix."
    ]
    problem.supplier_due_on = date(2026, 12, 3)
    assert sentences(session, people) == []


def test_words_of_risk_come_first_however_few(session: Session, people: People) -> None:
    tell_all(session, 1, 4, 1, category=FEATURE)
    tell_all(session, 9, 6, 1)
    tell_all(session, 1, 6, 8, text="I want to die", category=FEATURE)
    first, second = sentences(session, people)
    assert first == "Read by no clinician yet: 1 ticket with a clinical review."
    assert "rises" in second


def test_much_that_came_back(session: Session, people: People) -> None:
    for day in (1, 20):  # as many before, so that they do not rise
        for ticket in tell_all(session, 6, 5, day):
            staff.resolve(session, people.amina, ticket.number, FIXED)
            if day == 20 and ticket.number % 6:
                following.reopen(session, reporter(ticket.number), ticket.number, SAID)
    assert sentences(session, people) == ["5 tickets came back of 6 that were put right."]


def test_training_that_many_ask_for(session: Session, people: People) -> None:
    clock.set_to(datetime(2026, 6, 1, 10, tzinfo=UTC))
    for _ in range(5):
        requests.request_training(
            session, people.priya, TrainingRequestInput(service="north", topic="progress")
        )
    (found,) = findings(session, people)
    assert found.sentence == (
        "5 requests for training: “Reading progress in five minutes before a session”."
        " 5 not answered yet, the first for 8 days."
    )


def test_a_manager_of_another_service_reads_nothing_of_it(session: Session, people: People) -> None:
    tell_all(session, 9, 6, 1, service="south")
    assert sentences(session, people) == []
