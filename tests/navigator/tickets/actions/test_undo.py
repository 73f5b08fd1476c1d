"""Undoing: what was just done is taken back whole, and nothing that left the desk is said to be."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.problems.linking import link
from navigator.problems.problem import Problem
from navigator.tickets.actions import staff
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.actions.undo import undo, undoable_event
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import Resolution
from navigator.tickets.inputs import AssignInput, LinkInput, ResolveInput, SayInput, SnoozeInput, TriageInput
from navigator.tickets.ticket import Event, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

Do = Callable[[Session, People, Ticket], object]
CHANGES_WITH_ALL = {"last_activity", "last_activity_at", "version", "updated_at"}


def is_offered(session: Session, actor: Actor, ticket: Ticket) -> bool:
    session.flush()
    return undoable_event(actor, ticket_detail(session, actor, ticket.number)) is not None


def problem(session: Session, ticket: Ticket, workaround: str = "") -> int:
    row = Problem(
        service_id=ticket.service_id,
        programme_id=ticket.programme_id or 0,
        category="access.forgotten_password",
        title="Log in",
        workaround=workaround,
    )
    session.add(row)
    session.flush()
    return row.id


def _claim(session: Session, people: People, ticket: Ticket) -> None:
    staff.claim(session, people.amina, ticket.number)


def _assign(session: Session, people: People, ticket: Ticket) -> None:
    staff.assign(session, people.amina, ticket.number, AssignInput(assignee_id=people.tom.user_id))


def _snooze(session: Session, people: People, ticket: Ticket) -> None:
    snooze(session, people.amina, ticket.number, SnoozeInput(until="morning"))


def _triage(session: Session, people: People, ticket: Ticket) -> None:
    what = {"category": "use.feature_fault", "impact": 2, "workaround": "On paper"}
    staff.triage(session, people.amina, ticket.number, TriageInput.model_validate(what))


def _link(session: Session, people: People, ticket: Ticket) -> None:
    link(session, people.amina, ticket.number, LinkInput(problem_id=problem(session, ticket)))


TRUE: list[Do] = [_claim, _assign, _snooze, _triage, _link]


@pytest.mark.parametrize("do", TRUE)
@pytest.mark.parametrize("category", ["access.forgotten_password", None])
def test_all_is_as_it_was(session: Session, people: People, do: Do, category: str | None) -> None:
    ticket = tell(session, category=category, text="It does not do what it did")
    if do is _triage:
        staff.claim(session, people.amina, ticket.number)  # somebody who sorts has begun
    before = _facts(ticket)
    do(session, people, ticket)
    assert is_offered(session, people.amina, ticket)
    assert _facts(ticket) != before
    undo(session, people.amina, ticket.number, ticket.version)
    session.flush()
    assert _facts(ticket) == before
    last = session.exec(select(Event).order_by(col(Event.id).desc())).first()
    assert last
    assert last.details["undone"]
    assert not is_offered(session, people.amina, ticket)


def _facts(ticket: Ticket) -> dict[str, Any]:
    return {name: value for name, value in ticket.model_dump().items() if name not in CHANGES_WITH_ALL}


@pytest.mark.parametrize("do", TRUE)
def test_it_is_refused_when_somebody_did_something_since(session: Session, people: People, do: Do) -> None:
    ticket = tell(session)
    do(session, people, ticket)
    seen = ticket.version
    staff.note(session, people.tom, ticket.number, SayInput(body="I am on it"))
    assert not is_offered(session, people.amina, ticket)
    before = _facts(ticket)
    with pytest.raises(Conflict, match="something else was done"):
        undo(session, people.amina, ticket.number, seen)
    assert _facts(ticket) == before


def test_nobody_undoes_what_another_did(session: Session, people: People) -> None:
    ticket = tell(session)
    _assign(session, people, ticket)
    assert not is_offered(session, people.tom, ticket)
    with pytest.raises(Conflict):
        undo(session, people.tom, ticket.number, ticket.version)


def _reply(session: Session, people: People, ticket: Ticket) -> None:
    staff.reply(session, people.amina, ticket.number, SayInput(body="Hello"))


def _wait(session: Session, people: People, ticket: Ticket) -> None:
    staff.wait(session, people.amina, ticket.number, SayInput(body="Which?"))


def _park(session: Session, people: People, ticket: Ticket) -> None:
    staff.park(session, people.amina, ticket.number, SayInput(body="They know"))


def _resolve(session: Session, people: People, ticket: Ticket) -> None:
    fixed = ResolveInput(resolution=Resolution.FIXED, body="It works")
    staff.resolve(session, people.amina, ticket.number, fixed)


def _link_and_tell(session: Session, people: People, ticket: Ticket) -> None:
    what = LinkInput(problem_id=problem(session, ticket, "Use the website"), tell=True, body="Use the web")
    link(session, people.amina, ticket.number, what)


def _pass_on(session: Session, people: People, ticket: Ticket) -> None:
    staff.triage(session, people.amina, ticket.number, TriageInput(category="divert.clinical"))


def _wake(session: Session, people: People, ticket: Ticket) -> None:
    snooze(session, people.tom, ticket.number, SnoozeInput(until="morning"))
    staff.claim(session, people.amina, ticket.number)


@pytest.mark.parametrize("do", [_reply, _wait, _park, _resolve, _link_and_tell, _pass_on, _wake])
def test_what_left_the_desk_or_did_more_is_not_offered(session: Session, people: People, do: Do) -> None:
    ticket = tell(session)
    do(session, people, ticket)
    assert not is_offered(session, people.amina, ticket)


def test_words_that_somebody_wrote_for_the_reporter_are_not_lost_by_undoing(
    session: Session, people: People
) -> None:
    ticket = tell(session)
    _triage(session, people, ticket)
    staff.triage(session, people.amina, ticket.number, TriageInput(category="access.forgotten_password"))
    assert not is_offered(session, people.amina, ticket)
