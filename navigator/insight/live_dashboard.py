"""The desk as it stands now, for whoever manages it: what waits, who carries it, and what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.tickets.queue.filters import Filters, conditions
from navigator.tickets.queue.views import IS_LIVE, view_conditions
from navigator.tickets.ticket import ClinicalReview, Ticket
from navigator.tickets.visibility import visible_to
from navigator.training import sessions
from navigator.training.tables import TrainingSession


class Figure(NamedTuple):
    """A number of tickets: what it is called, what that means, and the filters that list them."""

    label: str
    means: str
    opens: Filters


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "open": Figure("To do", "Everything that has not ended and was not passed on.", Filters()),
        "unassigned": Figure("Nobody has it", "No navigator has taken it yet.", Filters(view="unassigned")),
        "unclaimed": Figure(
            "Nobody has it, for too long",
            "Nobody took it in the time that your service sets.",
            Filters(view="unclaimed"),
        ),
        "late": Figure("Late", "It was due before now.", Filters(view="late")),
        "guards": Figure(
            "Needed for a session soon",
            "The time to plan without it comes today, or by midday tomorrow.",
            Filters(view="guards"),
        ),
        "with_supplier": Figure(
            "Waiting for the supplier",
            "Only the company that makes the programme can go on.",
            Filters(view="counted", figure="with_supplier"),
        ),
    }
)


@dataclass(frozen=True)
class NavigatorLoad:
    """A navigator of a service: how many tickets they carry, of how many that they can."""

    user_id: int
    name: str
    is_away: bool
    carried: int
    capacity: int

    @property
    def share(self) -> int | None:
        """What they carry in percent of what they can; None for somebody who can carry nothing."""
        return round(100 * self.carried / self.capacity) if self.capacity else None


@dataclass(frozen=True)
class LiveDashboard:
    """One service now: counts by figure, hand-overs that nobody has read, navigators, the next training."""

    service: Service
    counts: Mapping[str, int]
    unread: int
    carriers: Sequence[NavigatorLoad]
    training: TrainingSession | None

    @property
    def takes_tickets(self) -> bool:
        """Whether any navigator could be given a new ticket."""
        return any(one.capacity and not one.is_away for one in self.carriers)


def live_dashboards(
    session: Session, actor: Actor, hand_overs: Sequence[ClinicalReview]
) -> list[LiveDashboard]:
    """Every service that the actor manages, by name."""
    led = sorted(actor.services(Role.MANAGER))
    counted, carriers = _counts(session, actor), _carriers(session, actor, led)
    planned = [one for one in sessions.upcoming(session, actor) if one.starts_at > clock.now()]
    unread = [one.service_id for one in hand_overs if one.acknowledged_at is None]
    query = select(Service).where(col(Service.id).in_(led)).order_by(col(Service.name))
    return [
        LiveDashboard(
            service=service,
            counts=counted.get(service.id, dict.fromkeys(FIGURES, 0)),
            unread=unread.count(service.id),
            carriers=[one for where, one in carriers if where == service.id],
            training=next((one for one in planned if one.service_id == service.id), None),
        )
        for service in session.scalars(query)
    ]


def _counts(session: Session, actor: Actor) -> dict[int, Mapping[str, int]]:
    """How many tickets belong to each figure, by service: asked as the lists ask that the numbers open."""
    its = col(Ticket.service_id)
    each = [
        func.count().filter(*conditions(session, actor, one.opens)).label(name)
        for name, one in FIGURES.items()
    ]
    # Not narrowed to the services that are led: their index holds all that has ended, this one what is live.
    query = select(its, *each).where(IS_LIVE, visible_to(actor)).group_by(its)
    return {row.service_id: row._asdict() for row in session.execute(query)}


def _carriers(session: Session, actor: Actor, led: Sequence[int]) -> list[tuple[int, NavigatorLoad]]:
    """The navigators of each service, those who carry most of what they can first."""
    carried = {(row.service_id, row.assignee_id): row.carried for row in _carried(session, actor, led)}
    query = (
        select(Membership, User, col(Service.full_time_hours))
        .join(User, col(User.id) == col(Membership.user_id))
        .join(Service, col(Service.id) == col(Membership.service_id))
        .where(col(Membership.service_id).in_(led), col(Membership.role) == Role.NAVIGATOR)
        .where(col(User.is_active))
        .order_by(col(User.name), col(User.id))
    )
    found = [
        (one.service_id, _carrier(one, user, carried.get((one.service_id, user.id), 0), full_time))
        for one, user, full_time in session.execute(query)
    ]
    return sorted(found, key=lambda one: -(one[1].share or 0))


def _carrier(one: Membership, user: User, carried: int, full_time: float) -> NavigatorLoad:
    return NavigatorLoad(user.id, user.name, user.is_away, carried, one.effective_capacity(full_time))


def _carried(session: Session, actor: Actor, led: Sequence[int]) -> Sequence[Row[Any]]:
    where = (col(Ticket.service_id), col(Ticket.assignee_id))
    query = select(*where, func.count().label("carried")).group_by(*where)
    return session.execute(
        query.where(visible_to(actor), *view_conditions(actor, "carried"), col(Ticket.service_id).in_(led))
    ).all()
