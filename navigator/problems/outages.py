"""Outages: reports alike that come within an hour are put together under one problem, and later ones join."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col, exists

from navigator import clock
from navigator.catalogue.categories import catalogue
from navigator.catalogue.place import Programme, Service
from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.people.person import Role
from navigator.problems.alike import LIKE_ENOUGH, likely_about
from navigator.problems.inputs import LinkInput, OpenInput, OutageInput
from navigator.problems.linking import link
from navigator.problems.records import begin, visible
from navigator.tickets.problem import Problem, ProblemStatus
from navigator.tickets.ticket import LIVE, Action, Event, Ticket
from navigator.tickets.views import IS_LIVE
from navigator.tickets.visibility import find, visible_to

ENOUGH = 3
WITHIN = timedelta(hours=1)
LOOKS_BACK = timedelta(days=3)
MOST = 500

_IS_OVER = (ProblemStatus.RELEASED, ProblemStatus.CLOSED)

Kind = tuple[int, str]
"""A programme's id and the category that reports are likely of."""


@dataclass(frozen=True)
class Offer:
    """Reports alike that nobody has linked yet: to be made one outage of, or to join the one there is."""

    programme: Programme
    category: str
    numbers: Sequence[int]
    outage: Problem | None


def offers(session: Session, actor: Actor) -> list[Offer]:
    """What a navigator may put together in one click, the newest reports first."""
    found = _unlinked(session, actor)
    outages = {(one.programme_id, one.category): one for one in _going_on(session, actor)} if found else {}
    made = [_offer(rows, kind, outages) for kind, rows in found.items()]
    return sorted((one for one in made if one.numbers), key=lambda one: -one.numbers[-1])


def _unlinked(session: Session, actor: Actor) -> Mapping[Kind, list[Row[Any]]]:
    """Live reports of the last days whose problem nobody has named yet, by kind, oldest first."""
    decided = exists().where(col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.LINK)
    query = select(Ticket, Programme).join(Programme, col(Programme.id) == col(Ticket.programme_id))
    query = query.where(
        IS_LIVE,
        visible_to(actor),
        col(Ticket.service_id).in_(sorted(actor.services(Role.NAVIGATOR))),
        col(Ticket.reported_at) > clock.now() - LOOKS_BACK,
        col(Ticket.problem_id).is_(None),
        ~decided,
    )
    kinds: dict[Kind, list[Row[Any]]] = defaultdict(list)
    newest = session.execute(
        query.order_by(col(Ticket.reported_at).desc(), col(Ticket.number).desc()).limit(MOST)
    ).all()
    for row in reversed(newest):
        about = likely_about(row.Ticket)
        likeliest = max(about, key=lambda leaf: about[leaf], default=None)
        if likeliest and about[likeliest] >= LIKE_ENOUGH:
            kinds[row.Programme.id, likeliest].append(row)
    return kinds


def _going_on(session: Session, actor: Actor) -> Iterable[Problem]:
    query = select(Problem).where(
        visible(actor), col(Problem.is_outage), col(Problem.status).not_in(_IS_OVER)
    )
    return session.execute(query.order_by(col(Problem.id))).scalars()


def _offer(rows: Sequence[Row[Any]], kind: Kind, outages: Mapping[Kind, Problem]) -> Offer:
    tickets, outage = [row.Ticket for row in rows], outages.get(kind)
    joining = [one.number for one in tickets if outage and one.reported_at > outage.opened_at - WITHIN]
    return Offer(rows[0].Programme, kind[1], joining if outage else _bunched(tickets), outage)


def _bunched(tickets: Sequence[Ticket]) -> list[int]:
    """The numbers of those reports that came with two others within an hour."""
    lots = (tickets[n : n + ENOUGH] for n in range(len(tickets) - ENOUGH + 1))
    return sorted(
        {one.number for lot in lots if lot[-1].reported_at - lot[0].reported_at <= WITHIN for one in lot}
    )


def gather(session: Session, actor: Actor, what: OutageInput) -> Problem:
    """Link what is offered to one outage, begun if there is none; doing it twice does no more than once."""
    # One at a time for each programme. Not the strongest lock: reports of it need not wait.
    alone = select(col(Programme.id)).where(col(Programme.code) == what.programme)
    session.execute(alone.with_for_update(key_share=True))
    found = (one for one in offers(session, actor) if _is_of(one.programme, one.category, what))
    if (offer := next(found, None)) is None:
        return _already(session, actor, what)
    outage = offer.outage or _begin(session, actor, offer)
    for number in offer.numbers:
        ticket = find(session, actor, number, lock=True)
        if ticket.problem_id is None and ticket.status in LIVE:  # since we looked
            link(session, actor, number, LinkInput(problem_id=outage.id))
    return outage


def _is_of(programme: Programme, category: str, what: OutageInput) -> bool:
    return (programme.code, category) == (what.programme, what.category)


def _already(session: Session, actor: Actor, what: OutageInput) -> Problem:
    for outage in _going_on(session, actor):
        if _is_of(session.get_one(Programme, outage.programme_id), outage.category, what):
            return outage
    raise Conflict("There are no such reports any more. Somebody has seen to them.")


def _begin(session: Session, actor: Actor, offer: Offer) -> Problem:
    first = session.get_one(Ticket, offer.numbers[0])
    what = OpenInput(
        service=session.get_one(Service, first.service_id).code,
        programme=offer.programme.code,
        category=offer.category,
        title=catalogue().category(offer.category).staff_label,
    )
    outage = begin(session, actor, what)
    outage.is_outage = True
    session.flush()
    return outage
