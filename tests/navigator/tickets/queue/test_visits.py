"""Who comes and what waits for them is one question, by the roles of the visit before and of now."""

from sqlmodel import Session, col, delete

from navigator import database
from navigator.people.actor import ANONYMOUS
from navigator.people.ended_sessions import end
from navigator.people.user import Membership, Role
from navigator.people.user_session import UserSession
from navigator.tickets.actions import staff
from navigator.tickets.queue.visits import visit
from navigator.tickets.report_input import ReportInput
from tests.people import People, token_of


def due(token: str) -> int:
    with database.reading() as session:
        return visit(session, token).answers_due


def report(session: Session, service: str) -> None:
    staff.report(session, ANONYMOUS, ReportInput(service=service, text="it is slow"))
    session.flush()


def test_each_visit_counts_anew(session: Session, people: People):
    token, strangers = token_of(session, people.mo), token_of(session, people.sam)
    report(session, "north")
    assert (due(token), due(token), due(strangers), due(strangers)) == (1, 1, 0, 0)
    report(session, "north")
    report(session, "south")
    assert (due(token), due(strangers)) == (2, 1)


def test_roles_given_and_taken_count_at_once(session: Session, people: People):
    """By the roles of the visit before, two of another service were counted."""
    token = token_of(session, people.mo)
    report(session, "north")
    report(session, "south")
    assert due(token) == 1
    session.add(Membership(user_id=people.mo.user_id or 0, service_id=people.south, role=Role.MANAGER))
    session.flush()
    assert due(token) == 2
    session.exec(delete(Membership).where(col(Membership.user_id) == people.mo.user_id))
    session.flush()
    assert due(token) == 0


def test_whose_session_ended_is_nobody(session: Session, people: People):
    token = token_of(session, people.mo)
    assert due(token) == 0
    end(session, "", col(UserSession.user_id) == people.mo.user_id)
    with database.reading() as reading:
        assert visit(reading, token).standing is None
