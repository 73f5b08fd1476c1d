"""Decides what a rise is: an outage or a problem with its tickets, or nothing, for a reason that is kept."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import ColumnElement, false
from sqlmodel import Session, col, or_, select

from navigator import clock
from navigator.dates_in_words import day
from navigator.errors import Conflict
from navigator.fields import Input, YesNo
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.inputs import NewProblemInput
from navigator.problems.linking import link
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import find, open_problem
from navigator.problems.rise import DismissalReason, Rise
from navigator.problems.rises import (
    OfferedRise,
    count_of,
    find_rise,
    known_as,
    list_rises,
    rise_visible_to,
    tickets_of,
)
from navigator.tickets.action_rules import Action
from navigator.tickets.inputs import LinkInput
from navigator.tickets.ticket import Event, Ticket

SEEN_TO = "Somebody has seen to this rise already."
DISMISSALS: Mapping[DismissalReason, str] = MappingProxyType(
    {
        DismissalReason.EXPECTED: "We expected it",
        DismissalReason.ONE_SOURCE: "One person or place reported many times",
        DismissalReason.NOT_ALIKE: "The reports have nothing in common",
        DismissalReason.WRONG_CATEGORY: "They were sorted wrongly",
    }
)
"""Each reason to dismiss a rise in words."""


class RiseInput(Input):
    """Whether a rise becomes an outage, which every new report of its kind is offered to join."""

    is_outage: YesNo = False


class DismissalInput(Input):
    """Why a rise is nothing to act on."""

    reason: DismissalReason


def dismiss(session: Session, actor: Actor, id: int, dismissal: DismissalInput) -> Rise:
    """Dismiss a rise: its rate is usual from now on, until it has risen further than that."""
    rise = find_rise(session, actor, id).rise
    session.refresh(rise, with_for_update={"key_share": True})
    if rise.is_decided:
        raise Conflict(SEEN_TO)
    rise.dismissed_as, rise.dismissed_by, rise.ended_at = dismissal.reason, actor.user_id, clock.now()
    return rise


def make_problem(session: Session, actor: Actor, id: int, rise_input: RiseInput) -> Problem:
    """Write a rise down as a problem or an outage and link its tickets; nobody is written to; idempotent.

    The same rise in other services of the actor becomes the same problem. Where a manager decided so, a
    navigator who does the same links the tickets.
    """
    offered = find_rise(session, actor, id)
    rises = _lock_alike(session, actor, offered.rise)
    if offered.rise.problem_id is not None:
        known = find(session, actor, offered.rise.problem_id)
        _link_tickets(session, actor, offered.rise, known)
        return known
    if offered.rise.is_decided:
        raise Conflict(SEEN_TO)
    problem = _problem(session, actor, offered, rise_input)
    for rise in rises:
        rise.problem_id = problem.id
        _link_tickets(session, actor, rise, problem)
    session.flush()
    return problem


def _lock_alike(session: Session, actor: Actor, rise: Rise) -> Sequence[Rise]:
    """The undecided rises of the same kind in all services of the actor, locked in one order.

    This one is locked and read again even if somebody ended it meanwhile: else it would look undecided.
    """
    is_alike = (col(Rise.programme_id) == rise.programme_id, col(Rise.category) == rise.category)
    is_meant = or_(col(Rise.ended_at).is_(None), col(Rise.id) == rise.id)
    query = select(Rise).where(rise_visible_to(actor), *is_alike, is_meant)
    query = query.order_by(col(Rise.id)).with_for_update(key_share=True)
    rises = session.exec(query.execution_options(populate_existing=True)).all()
    return [each for each in rises if not each.is_decided]


def _problem(session: Session, actor: Actor, offered: OfferedRise, rise_input: RiseInput) -> Problem:
    """The problem that somebody opened meanwhile, or a new one."""
    if (known := known_as(session, offered.rise)) is not None:
        return find(session, actor, known)
    problem = open_problem(session, actor, _problem_input(offered))
    problem.is_outage = rise_input.is_outage
    return problem


def _problem_input(offered: OfferedRise) -> NewProblemInput:
    """What is known of it without a count: staff of other services and the supplier may read it."""
    return NewProblemInput(
        service=offered.service.code,
        programme=offered.programme.code,
        category=offered.rise.category,
        title=offered.label,
        known=f"Rising since {day(offered.rise.began_on)}: {offered.times} as many reports as usual.",
    )


def left_to_link(session: Session, actor: Actor, problem: Problem) -> Sequence[tuple[OfferedRise, int]]:
    """The rises that became a problem, each with how many tickets of it a navigator has still to link."""
    if problem.status in IS_OVER or not actor.has(Role.NAVIGATOR):
        return ()
    rises = list_rises(session, actor, col(Rise.problem_id) == problem.id)
    counted = ((each, count_of(session, actor, each.rise, *_is_free(actor, each.rise))) for each in rises)
    return [(each, tickets) for each, tickets in counted if tickets]


def _link_tickets(session: Session, actor: Actor, rise: Rise, problem: Problem) -> None:
    """Link what nobody has linked or unlinked, while the problem is not over."""
    if problem.status in IS_OVER:
        return
    for ticket in reversed(tickets_of(session, actor, rise, *_is_free(actor, rise))):
        link(session, actor, ticket.number, LinkInput(problem_id=problem.id, tell=False))


def _is_free(actor: Actor, rise: Rise) -> tuple[ColumnElement[bool], ...]:
    """The condition of tickets that nobody has linked or unlinked, to a navigator: only they link tickets."""
    if rise.service_id not in actor.services(Role.NAVIGATOR):
        return (false(),)
    decided = select(Event.id).where(
        col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.LINK
    )
    return (col(Ticket.problem_id).is_(None), ~decided.exists())
