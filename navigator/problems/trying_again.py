"""Trying again: who was asked to after a release, who says that it works, and who that it is still broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_
from sqlmodel import Session, col, exists, select

from navigator.people.actor import Actor
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.action_rules import Action
from navigator.tickets.ticket import LIVE, Event, Status, Ticket
from navigator.tickets.visibility import visible_to

_ENDED = (Status.RESOLVED, Status.CLOSED)
_SAYS_NO = or_(
    col(Event.action) == Action.STILL_BROKEN,
    and_(col(Event.action) == Action.REOPEN, col(Event.from_status).in_(_ENDED)),
)
_COUNTS = or_(col(Event.action).in_((Action.UPDATE, Action.CONFIRM)), _SAYS_NO)


@dataclass(frozen=True)
class TriedAgain:
    """How many were asked to try again, and what those who answered say last."""

    asked: int = 0
    works: int = 0
    fails: int = 0


def tried_again(session: Session, actor: Actor, problem: Problem) -> TriedAgain:
    """What came of the last release, of the tickets that the actor may see."""
    if problem.released_at is None:
        return TriedAgain()
    query = (
        select(Event.ticket_number, Event.action)
        .join(Ticket, col(Ticket.number) == col(Event.ticket_number))
        .where(Ticket.problem_id == problem.id, visible_to(actor), Ticket.status != Status.MERGED)
        .where(Event.created_at >= problem.released_at, _COUNTS)
    )
    said: dict[int, list[str]] = {}
    for number, action in session.exec(query.order_by(col(Event.id))):
        said.setdefault(number, []).append(action)
    answers = [_last(actions) for actions in said.values() if Action.UPDATE in actions]
    works = answers.count(Action.CONFIRM)
    return TriedAgain(len(answers), works, len(answers) - works - answers.count(Action.UPDATE))


def _last(actions: Sequence[str]) -> str:
    """What somebody answered last, or that they were asked."""
    return next((action for action in reversed(actions) if action != Action.UPDATE), Action.UPDATE)


def is_asked(session: Session, ticket: Ticket) -> bool:
    """Whether the reporter of a ticket that goes on was asked to try again, and has not answered."""
    if ticket.problem_id is None or ticket.status not in LIVE:
        return False
    problem = session.get_one(Problem, ticket.problem_id)
    if problem.status != ProblemStatus.RELEASED or problem.released_at is None:
        return False
    since = (Event.ticket_number == ticket.number, Event.created_at >= problem.released_at)
    actions = session.exec(select(Event.action).where(*since, _COUNTS)).all()
    return Action.UPDATE in actions and _last(actions) == Action.UPDATE


def failed_releases(_now: datetime) -> Select[Any]:
    """Released problems of which somebody says since then that it is still broken."""
    says_so = (
        exists()
        .where(
            col(Ticket.problem_id) == col(Problem.id),
            col(Event.ticket_number) == col(Ticket.number),
            col(Event.created_at) > col(Problem.released_at),
            _SAYS_NO,
        )
        .correlate(Problem)
    )
    return select(Problem.id).where(Problem.status == ProblemStatus.RELEASED, says_so)
