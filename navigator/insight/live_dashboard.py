"""Live dashboard for managers: what waits now, the navigators' workload, and the next training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.lookups import services
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.tickets.queue.filters import Filters, conditions
from navigator.tickets.queue.views import IS_LIVE, view_conditions
from navigator.tickets.ticket import ClinicalReview, Ticket
from navigator.tickets.visibility import visible_to
from navigator.training import session_list
from navigator.training.tables import TrainingSession


class DashboardMetric(NamedTuple):
    """One metric of the dashboard: its label, what it means, and the filters that list its tickets."""

    label: str
    help_text: str
    filters: Filters


DASHBOARD_METRICS: Mapping[str, DashboardMetric] = MappingProxyType(
    {
        "late": DashboardMetric("Late", "It was due before now.", Filters(view="late")),
        "unclaimed": DashboardMetric(
            "Nobody has it, for too long",
            "Nobody took it in the time that your service sets.",
            Filters(view="unclaimed"),
        ),
        "guards": DashboardMetric(
            "Needed for a session soon",
            "The time to plan without it comes today, or by midday tomorrow.",
            Filters(view="guards"),
        ),
        "unassigned": DashboardMetric(
            "Nobody has it", "No navigator has taken it yet.", Filters(view="unassigned")
        ),
        "open": DashboardMetric("To do", "Everything that has not ended and was not passed on.", Filters()),
        "with_supplier": DashboardMetric(
            "Waiting for the supplier",
            "Only the company that makes the programme can go on.",
            Filters(view="counted", figure="with_supplier"),
        ),
    }
)


@dataclass(frozen=True)
class NavigatorLoad:
    """A navigator's workload in a service: how many tickets they carry, and their capacity."""

    user_id: int
    name: str
    is_away: bool
    open_tickets: int
    capacity: int

    @property
    def share(self) -> int | None:
        """The workload in percent of the capacity; None for a navigator without any."""
        return round(100 * self.open_tickets / self.capacity) if self.capacity else None


@dataclass(frozen=True)
class LiveDashboard:
    """One service now: ticket counts by metric, unread clinical reviews, workload, the next training."""

    service: Service
    counts: Mapping[str, int]
    unread_reviews: int
    navigators: Sequence[NavigatorLoad]
    next_training: TrainingSession | None

    @property
    def can_assign(self) -> bool:
        """Whether any navigator could be assigned a new ticket."""
        return any(navigator.capacity and not navigator.is_away for navigator in self.navigators)


@clock.one_moment()
def live_dashboards(session: Session, actor: Actor, reviews: Sequence[ClinicalReview]) -> list[LiveDashboard]:
    """The dashboard of every service that the actor manages, the one with the most that is urgent first."""
    service_ids = sorted(actor.services(Role.MANAGER))
    counts, loads = _counts(session, actor), _navigator_loads(session, actor, service_ids)
    trainings = [t for t in session_list.upcoming_sessions(session, actor) if t.starts_at > clock.now()]
    unread = [review.service_id for review in reviews if review.acknowledged_at is None]
    dashboards = [
        LiveDashboard(
            service=service,
            counts=counts.get(service.id, dict.fromkeys(DASHBOARD_METRICS, 0)),
            unread_reviews=unread.count(service.id),
            navigators=[load for service_id, load in loads if service_id == service.id],
            next_training=next((t for t in trainings if t.service_id == service.id), None),
        )
        for service in sorted(services(session), key=lambda each: each.name)
        if service.id in service_ids
    ]
    return sorted(dashboards, key=_urgency)


def _urgency(dashboard: LiveDashboard) -> tuple[int, ...]:
    """Unread clinical reviews first, then the metrics in their order; less than nothing comes first."""
    return -dashboard.unread_reviews, *(-dashboard.counts[name] for name in DASHBOARD_METRICS)


def _counts(session: Session, actor: Actor) -> dict[int, Mapping[str, int]]:
    """How many tickets each metric counts, by service: by the same filters as the lists that it opens."""
    service_id = col(Ticket.service_id)
    columns = [
        func.count().filter(*conditions(session, actor, metric.filters)).label(name)
        for name, metric in DASHBOARD_METRICS.items()
    ]
    # Not narrowed to the services that are led: their index holds all that has ended, this one what is live.
    query = select(service_id, *columns).where(IS_LIVE, visible_to(actor)).group_by(service_id)
    return {row.service_id: row._asdict() for row in session.execute(query)}


def _navigator_loads(
    session: Session, actor: Actor, service_ids: Sequence[int]
) -> list[tuple[int, NavigatorLoad]]:
    """The navigators of each service by id, those with the highest workload for their capacity first."""
    rows = _count_open_tickets(session, actor, service_ids)
    open_tickets = {(row.service_id, row.assignee_id): row.carried for row in rows}
    query = (
        select(Membership, User, col(Service.full_time_hours))
        .join(User, col(User.id) == col(Membership.user_id))
        .join(Service, col(Service.id) == col(Membership.service_id))
        .where(col(Membership.service_id).in_(service_ids), col(Membership.role) == Role.NAVIGATOR)
        .where(col(User.is_active))
        .order_by(col(User.name), col(User.id))
    )
    loads = [
        (
            row.service_id,
            _navigator_load(row, user, open_tickets.get((row.service_id, user.id), 0), full_time),
        )
        for row, user, full_time in session.execute(query)
    ]
    return sorted(loads, key=lambda load: -(load[1].share or 0))


def _navigator_load(membership: Membership, user: User, open_tickets: int, full_time: float) -> NavigatorLoad:
    capacity = membership.effective_capacity(full_time)
    return NavigatorLoad(user.id, user.name, user.is_away, open_tickets, capacity)


def _count_open_tickets(session: Session, actor: Actor, service_ids: Sequence[int]) -> Sequence[Row[Any]]:
    group = (col(Ticket.service_id), col(Ticket.assignee_id))
    query = select(*group, func.count().label("carried")).group_by(*group)
    query = query.where(visible_to(actor), col(Ticket.service_id).in_(service_ids))
    return session.execute(query.where(*view_conditions(actor, "carried"))).all()
