"""Rises: found by a job, offered to their own service, made a problem or outage, or dismissed and learned."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import Conflict, NotFound
from navigator.people.reporter import Reporter
from navigator.people.user import Membership, Role
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput, StatusInput
from navigator.problems.linking import link
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.rise import DismissalReason, Rise
from navigator.problems.rise_decisions import DismissalInput, RiseInput, dismiss, make_problem
from navigator.problems.rise_evidence import _most, evidence
from navigator.problems.rises import as_one, find_rise, offered_rises, report_counts, reports_by_day
from navigator.problems.updates import change_status
from navigator.tickets.actions import staff
from navigator.tickets.device_check import Aspect, Finding, attach_check
from navigator.tickets.inputs import LinkInput, TriageInput
from navigator.tickets.ticket import Message, Ticket
from tests.conftest import MOMENT
from tests.navigator.problems.rise_factory import REMINDERS, look, reports, risen
from tests.navigator.tickets.report_factory import tell
from tests.people import People, actor_of, join

EXPECTED = DismissalInput(reason=DismissalReason.EXPECTED)


@pytest.fixture
def numbers(session: Session, people: People) -> list[int]:
    """The tickets of a rise of three days in North."""
    return risen(session, 3, 4, 4)


@pytest.fixture
def rise(session: Session, numbers: list[int]) -> Rise:
    """That rise, once the job has found it."""
    assert look(session) == 1
    return session.exec(select(Rise)).one()


def offered(session: Session, people: People) -> list[int]:
    session.flush()
    session.expire_all()
    return [each.rise.count for each in offered_rises(session, people.amina)]


def test_it_is_found_once_with_what_is_usual(session: Session, people: People, rise: Rise) -> None:
    assert look(session) == 0
    (offer,) = offered_rises(session, people.amina)
    assert (offer.rise.id, offer.programme.name, offer.service.code) == (rise.id, "Fern", "north")
    assert (rise.count, rise.began_on, rise.last_on) == (11, MOMENT.date() - timedelta(days=2), MOMENT.date())
    assert 1 < rise.expected < 3
    counted = session.execute(
        text("SELECT count(*) FROM ticket WHERE category = :category AND reported_at >= :since"),
        {"category": REMINDERS, "since": clock.london_time(rise.began_on, MOMENT.time().min)},
    ).scalar_one()
    assert counted == report_counts(session, people.amina, [rise])[0] == 11
    by_day = reports_by_day(session, people.amina, rise)
    assert [*by_day.values()][-3:] == [3, 4, 4]
    assert len(by_day) == 31


def test_three_reports_and_what_is_usual_are_none(session: Session, people: People) -> None:
    reports(session, 0, 3)
    assert look(session) == 0
    risen(session, 1, 0)
    assert look(session) == 0
    assert offered_rises(session, people.amina) == []


def test_what_comes_next_joins_it_and_when_nothing_does_it_ends(
    session: Session, people: People, rise: Rise
) -> None:
    clock.set_to(MOMENT + timedelta(days=1))
    reports(session, -1, 5)
    clock.set_to(MOMENT + timedelta(days=1))
    assert look(session) == 0
    assert offered(session, people) == [16]
    clock.set_to(MOMENT + timedelta(days=12))
    assert look(session) == 1
    assert offered(session, people) == []
    assert session.get_one(Rise, rise.id).ended_at == clock.now()


def test_only_who_works_there_sees_it(session: Session, people: People, rise: Rise) -> None:
    south = risen(session, 3, 4, 4, service="south")
    assert look(session) == 1
    assert {each.service.code for each in offered_rises(session, people.mo)} == {"north"}
    assert {each.service.code for each in offered_rises(session, people.sam)} == {"south"}
    for nobody in (people.priya, people.cole, people.ada):
        assert offered_rises(session, nobody) == []
    with pytest.raises(NotFound):
        find_rise(session, people.sam, rise.id)
    with pytest.raises(NotFound):
        make_problem(session, people.sam, rise.id, RiseInput())
    with pytest.raises(NotFound):
        dismiss(session, people.sam, rise.id, EXPECTED)
    assert south
    assert report_counts(session, people.sam, [rise]) == [0]


@pytest.mark.parametrize("is_outage", [True, False])
def test_it_becomes_a_problem_with_its_tickets_and_nobody_is_written_to(
    session: Session, people: People, numbers: list[int], rise: Rise, is_outage: bool
) -> None:
    other = records.open_problem(session, people.amina, _other_problem())
    link(session, people.amina, numbers[0], LinkInput(problem_id=other.id))
    link(session, people.amina, numbers[1], LinkInput(problem_id=other.id))
    link(session, people.amina, numbers[1], LinkInput(problem_id=None))
    said = len(session.exec(select(Message.id)).all())
    problem = make_problem(session, people.amina, rise.id, RiseInput(is_outage=is_outage))
    assert (problem.is_outage, problem.category, problem.service_id) == (is_outage, REMINDERS, people.north)
    assert problem.known.startswith("Rising since Sunday 7 June: ")
    assert "11" not in problem.known  # staff elsewhere read it
    linked = [session.get_one(Ticket, number).problem_id for number in numbers]
    assert linked == [other.id, None, *[problem.id] * 9]
    assert len(session.exec(select(Message.id)).all()) == said
    assert offered(session, people) == []
    assert make_problem(session, people.tom, rise.id, RiseInput()).id == problem.id
    with pytest.raises(Conflict):
        dismiss(session, people.tom, rise.id, EXPECTED)
    assert look(session) == 0


def test_a_manager_makes_a_problem_and_links_none(
    session: Session, people: People, numbers: list[int], rise: Rise
) -> None:
    problem = make_problem(session, people.mo, rise.id, RiseInput())
    assert problem.opened_by == people.mo.user_id
    assert {session.get_one(Ticket, number).problem_id for number in numbers} == {None}


def test_the_same_rise_elsewhere_is_the_same_problem(session: Session, people: People, rise: Rise) -> None:
    risen(session, 3, 4, 4, service="south")
    look(session)
    problem = make_problem(session, people.amina, rise.id, RiseInput(is_outage=True))
    assert look(session) == 0
    (south,) = session.exec(select(Rise).where(Rise.service_id == people.south)).all()
    assert south.problem_id == problem.id  # the open problem is known there
    assert offered_rises(session, people.sam) == []


def test_while_its_problem_is_open_it_is_not_offered_again(
    session: Session, people: People, rise: Rise
) -> None:
    problem = make_problem(session, people.amina, rise.id, RiseInput())
    clock.set_to(MOMENT + timedelta(days=20))
    look(session)
    _rise_again(session, 20)
    assert look(session) == 1
    assert offered(session, people) == []
    change_status(
        session, people.amina, problem.id, StatusInput(status=ProblemStatus.CLOSED, body="It is over.")
    )
    clock.set_to(MOMENT + timedelta(days=40))
    look(session)
    _rise_again(session, 40)
    assert look(session) == 1
    assert offered(session, people) == [15]


def _rise_again(session: Session, days: int) -> None:
    for day in (days - 2, days - 1, days):
        reports(session, -day, 5)
    clock.set_to(MOMENT + timedelta(days=days))


def test_dismissed_it_is_usual_until_it_rises_further(session: Session, people: People, rise: Rise) -> None:
    dismiss(session, people.amina, rise.id, EXPECTED)
    assert offered(session, people) == []
    reports(session, 0, 1)
    assert look(session) == 0
    kept = session.get_one(Rise, rise.id)
    assert (kept.dismissed_as, kept.dismissed_by) == ("expected", people.amina.user_id)
    assert kept.ended_at == clock.now()
    with pytest.raises(Conflict):
        dismiss(session, people.tom, rise.id, EXPECTED)
    with pytest.raises(Conflict):
        make_problem(session, people.tom, rise.id, RiseInput())
    reports(session, 0, 25)
    assert look(session) == 1
    (again,) = offered_rises(session, people.amina)
    assert again.rise.id != rise.id
    assert again.rise.count >= 30


def test_what_is_sorted_elsewhere_counts_no_more(
    session: Session, people: People, numbers: list[int], rise: Rise
) -> None:
    for number in numbers[1:]:
        staff.triage(session, people.amina, number, TriageInput(category="use.lost_answers"))
    look(session)
    session.expire_all()
    assert [each.rise.category for each in offered_rises(session, people.amina)] == ["use.lost_answers"]


def test_a_rise_of_what_is_not_technical_is_none(session: Session, people: People) -> None:
    risen(session, 3, 4, 4)
    for ticket in session.exec(select(Ticket)):
        staff.triage(session, people.amina, ticket.number, TriageInput(category="divert.clinical"))
    assert look(session) == 0


def _other_problem() -> NewProblemInput:
    return NewProblemInput(service="north", programme="fern", title="Other", category="use.lost_answers")


def test_a_problem_of_the_day_takes_it(session: Session, people: People, numbers: list[int]) -> None:
    """Somebody wrote it down before the job came by: one idea, not two."""
    problem = Problem(service_id=people.north, programme_id=1, category=REMINDERS, title="Reminders")
    problem.programme_id = session.get_one(Ticket, numbers[0]).programme_id or 0
    session.add(problem)
    assert look(session) == 1
    assert offered_rises(session, people.amina) == []
    assert session.exec(select(Rise.problem_id)).one() == problem.id


def test_what_breaks_everywhere_is_found_where_it_stands_out(session: Session, people: People) -> None:
    """Six in each of two services are no news in either, and are in both together."""
    risen(session, 1, 1, 2, 2)
    assert look(session) == 0
    risen(session, 1, 1, 2, 2, service="south")
    assert look(session) == 2
    (found,) = offered_rises(session, people.amina)
    assert found.rise.count == 5  # those of the last three days stand out most


def test_whoever_works_in_both_sees_one_rise(session: Session, people: People, rise: Rise) -> None:
    risen(session, 2, 2, 4, service="south")
    look(session)
    both = join(session, "Bo", "bo@north.example", people.north, Role.NAVIGATOR)
    session.add(Membership(user_id=both.user_id or 0, service_id=people.south, role=Role.NAVIGATOR))
    session.flush()
    bo = actor_of(session, both.user_id or 0)
    (one,) = as_one(offered_rises(session, bo))
    assert (one.reports, one.services) == (19, "North Talking Therapies and South Talking Therapies")
    problem = make_problem(session, bo, rise.id, RiseInput(is_outage=True))
    assert offered_rises(session, bo) == offered_rises(session, people.sam) == []
    assert len(session.exec(select(Ticket).where(Ticket.problem_id == problem.id)).all()) == 19


def test_what_its_reports_say_of_versions_is_counted(session: Session, people: People) -> None:
    said = (
        "It broke after the update to 4.2",
        "Since version 4.2 it pings, version 4.2!",
        "My iPhone 12.1 pings",
        "",
    )
    tickets = [tell(session, category=REMINDERS, text=text) for text in said]
    browser = Finding(Aspect.BROWSER, "Chrome 96", "Chrome 109", is_fault=True)
    reporter = session.get_one(Reporter, tickets[0].reporter_id)
    attach_check(session, tickets[0].number, [browser], tickets[0].number, reporter)
    session.flush()
    found = evidence(session, tickets)
    assert (found.reports, found.after_update) == (4, 2)
    assert (found.versions, found.browsers) == ([("4.2", 2)], [("Chrome 96", 1)])


def test_a_problem_that_somebody_opens_meanwhile_takes_it_at_once(
    session: Session, people: People, rise: Rise
) -> None:
    known = _other_problem().model_copy(update={"category": REMINDERS})
    problem = records.open_problem(session, people.amina, known)
    assert offered(session, people) == []
    assert make_problem(session, people.tom, rise.id, RiseInput()).id == problem.id


def test_what_as_many_reports_name_is_told_by_name() -> None:
    """Which three of five versions were told, and in what order, was another in each process."""
    found = [(1, version) for version in ("5.1", "3.0", "4.2", "1.9", "2.7")]
    assert _most([*found, (2, "4.2")]) == [("4.2", 2), ("1.9", 1), ("2.7", 1)]
