"""Outages: reports alike that come within an hour are put together under one problem, and later ones join."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col, exists

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.inputs import LinkInput, OpenInput, OutageInput
from navigator.problems.linking import link
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.records import open_problem, visible
from navigator.problems.similar_tickets import LIKE_ENOUGH, likely_about
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import LIVE, Action, Event, Ticket
from navigator.tickets.visibility import find, visible_to

ENOUGH = 3
WITHIN = timedelta(hours=1)
LOOKS_BACK = timedelta(days=3)
MOST = 200
"""So many of the newest are looked at, on every page of the queue; of more, the rest are offered next."""

_COLUMNS = (
    Ticket.number, Ticket.programme_id, Ticket.category, Ticket.category_probabilities, Ticket.triaged_at,
    Ticket.suggestion_is_hidden, Ticket.reported_at, Programme.code, Programme.name,
)  # fmt: skip
_IS_OVER = (ProblemStatus.RELEASED, ProblemStatus.CLOSED)

Kind = tuple[int, str]
"""A programme's id and the category that reports are likely of."""


@dataclass(frozen=True)
class SuggestedOutage:
    """Reports alike that nobody has linked yet: to be made one outage of, or to join the one there is."""

    programme: str
    programme_name: str
    category: str
    numbers: Sequence[int]
    outage: Problem | None


def suggested_outages(session: Session, actor: Actor) -> list[SuggestedOutage]:
    """What a navigator may put together in one click, the newest reports first."""
    found = _unlinked(session, actor) if actor.has(Role.NAVIGATOR) else {}
    outages = {(one.programme_id, one.category): one for one in _going_on(session, actor)} if found else {}
    made = [_offer(rows, kind, outages) for kind, rows in found.items()]
    return sorted((one for one in made if one.numbers), key=lambda one: -one.numbers[-1])


def _unlinked(session: Session, actor: Actor) -> Mapping[Kind, list[Row[Any]]]:
    """Live reports of the last days whose problem nobody has named yet, by kind, oldest first."""
    decided = exists().where(col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.LINK)
    query = select(*_COLUMNS).join(Programme, col(Programme.id) == col(Ticket.programme_id))  # type: ignore[call-overload]
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
        about = likely_about(row)
        likeliest = max(about, key=lambda leaf: about[leaf], default=None)
        if likeliest and about[likeliest] >= LIKE_ENOUGH:
            kinds[row.programme_id, likeliest].append(row)
    return kinds


def _going_on(session: Session, actor: Actor) -> Iterable[Problem]:
    query = select(Problem).where(
        visible(actor), col(Problem.is_outage), col(Problem.status).not_in(_IS_OVER)
    )
    return session.execute(query.order_by(col(Problem.id))).scalars()


def _offer(rows: Sequence[Row[Any]], kind: Kind, outages: Mapping[Kind, Problem]) -> SuggestedOutage:
    outage = outages.get(kind)
    joining = [row.number for row in rows if outage and row.reported_at > outage.opened_at - WITHIN]
    return SuggestedOutage(rows[0].code, rows[0].name, kind[1], joining if outage else _bunched(rows), outage)


def _bunched(rows: Sequence[Row[Any]]) -> list[int]:
    """The numbers of those reports that came with two others within an hour."""
    lots = (rows[n : n + ENOUGH] for n in range(len(rows) - ENOUGH + 1))
    near = [lot for lot in lots if lot[-1].reported_at - lot[0].reported_at <= WITHIN]
    return sorted({row.number for lot in near for row in lot})


def open_outage(session: Session, actor: Actor, what: OutageInput) -> Problem:
    """Link what is offered to one outage, begun if there is none; doing it twice does no more than once."""
    # One at a time for each programme. Not the strongest lock: reports of it need not wait.
    alone = select(col(Programme.id)).where(col(Programme.code) == what.programme)
    session.execute(alone.with_for_update(key_share=True))
    found = (
        one
        for one in suggested_outages(session, actor)
        if (one.programme, one.category) == (what.programme, what.category)
    )
    if (offer := next(found, None)) is None:
        return _already(session, actor, what)
    outage = offer.outage or _begin(session, actor, offer)
    for number in offer.numbers:
        ticket = find(session, actor, number, lock=True)
        if ticket.problem_id is None and ticket.status in LIVE:  # since we looked
            link(session, actor, number, LinkInput(problem_id=outage.id))
    return outage


def _already(session: Session, actor: Actor, what: OutageInput) -> Problem:
    for outage in _going_on(session, actor):
        programme = session.get_one(Programme, outage.programme_id).code
        if (programme, outage.category) == (what.programme, what.category):
            return outage
    raise Conflict("There are no such reports any more. Somebody has seen to them.")


def _begin(session: Session, actor: Actor, offer: SuggestedOutage) -> Problem:
    first = session.get_one(Ticket, offer.numbers[0])
    what = OpenInput(
        service=session.get_one(Service, first.service_id).code,
        programme=offer.programme,
        category=offer.category,
        title=catalogue().category(offer.category).staff_label,
    )
    outage = open_problem(session, actor, what)
    outage.is_outage = True
    session.flush()
    return outage
