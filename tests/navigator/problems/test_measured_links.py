"""The measurement of suggested problems: as each ticket arrived, beside what became of it."""

from datetime import timedelta

from sqlmodel import Session
from typer.testing import CliRunner

from navigator import clock
from navigator.cli_triage import commands
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput
from navigator.problems.linking import link
from navigator.problems.measured_links import Suggestion, measured_links
from navigator.tickets.actions import staff
from navigator.tickets.enums import Resolution
from navigator.tickets.inputs import LinkInput, ResolveInput
from tests.navigator.tickets.report_factory import tell
from tests.people import People

PROBLEM = NewProblemInput(
    service="north", programme="fern", category="access.forgotten_password", title="It forgets"
)


def lived_through(session: Session, people: People) -> None:
    """Three linked, then one put right otherwise; one was reported before the problem, one waits still."""
    tell(session)
    clock.set_to(clock.now() + timedelta(hours=1))
    problem = records.open_problem(session, people.amina, PROBLEM)
    for _ in range(3):
        link(session, people.amina, tell(session).number, LinkInput(problem_id=problem.id))
        clock.set_to(clock.now() + timedelta(hours=1))
    other = tell(session)
    staff.resolve(
        session, people.amina, other.number, ResolveInput(resolution=Resolution.FIXED, body="It works.")
    )
    tell(session)
    session.flush()


def test_each_ticket_is_seen_as_it_arrived_and_judged_by_what_became_of_it(
    session: Session, people: People
) -> None:
    """11.A4: only reports of before it speak for a problem, and its own link does not."""
    lived_through(session, people)
    found, linked = measured_links(session)
    assert linked == 3
    assert [one.is_right for one in found] == [True, True, True, False]
    shares = [one.share for one in found]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert 0.5 < shares[1] < 0.7 < shares[3] < 1
    assert Suggestion(0.0, True) in found


def test_the_command_tells_how_many_were_right(session: Session, people: People) -> None:
    """11.A4: a service measures on its own links."""
    lived_through(session, people)
    told = CliRunner().invoke(commands, ["links"])
    assert told.exit_code == 0, told.output
    assert "right from 0.7 (in use)" in told.output
    assert "linked tickets reached from 0.7" in told.output


def test_where_nothing_was_linked_there_is_nothing_to_tell(session: Session, people: People) -> None:
    assert measured_links(session) == ([], 0)
    assert CliRunner().invoke(commands, ["links"]).output.strip() == "No ticket was linked to a problem yet."
