"""The questions asked of the database: each one query, of the services that the actor manages alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.insight.period_filter import PeriodFilter
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.metrics import METRICS, MetricName, Period, led_by, reported
from navigator.tickets.report_draft import Deflection
from navigator.tickets.ticket import Action, Event, Ticket
from navigator.tickets.visibility import visible_to
from navigator.training.requests import OPEN
from navigator.training.tables import TrainingRequest

TOP = 10
BY_DAY = 31
"""Up to so many days a picture has a column for each; beyond that for each week."""

BY_REPORT: tuple[MetricName, ...] = (
    "all", "ours", "supplier", "protocol", "divert", "nothing", "unsorted",
    "had_session", "in_time", "no_session", "ended", "reopened", "passed_on",
)  # fmt: skip
BY_EVENT: tuple[MetricName, ...] = ("touched", "handed_over", "missed", "read_in_time", "read_late", "unread")


class Both(NamedTuple):
    """A count of the period, and of as many days before."""

    now: int
    before: int


@dataclass(frozen=True)
class Scope:
    """Whose tickets of which days: `services` and `programmes`, by code, are what may be chosen from."""

    actor: Actor
    days: Period
    services: Mapping[str, Service]
    programmes: Mapping[str, Programme]
    service: str = ""
    programme: str = ""

    @property
    def periods(self) -> tuple[Period, Period]:
        """The period and the one before."""
        return self.days, self.days.before()

    @property
    def all_days(self) -> Period:
        """Both periods together."""
        return Period(self.days.before().first, self.days.last)

    def tickets(self) -> ColumnElement[bool]:
        """That a ticket is one to count, on whatever day."""
        return and_(visible_to(self.actor), led_by(self.actor), self.of(Ticket))

    def of(self, table: Any) -> ColumnElement[bool]:
        """That a row belongs to the chosen service and programme."""
        chosen = [self.service] if self.service else self.services
        its = col(table.service_id).in_([self.services[code].id for code in chosen])
        if not self.programme:
            return its
        return and_(its, col(table.programme_id) == self.programmes[self.programme].id)


def scope(session: Session, actor: Actor, asked: PeriodFilter) -> Scope:
    """What was asked, among the services that the actor manages and their programmes."""
    led = sorted(actor.services(Role.MANAGER))
    services = session.scalars(select(Service).where(col(Service.id).in_(led)).order_by(col(Service.name)))
    offered = select(col(ServiceProgramme.programme_id)).where(col(ServiceProgramme.service_id).in_(led))
    query = select(Programme).where(col(Programme.id).in_(offered)).order_by(col(Programme.name))
    found = Scope(
        actor=actor,
        days=asked.days,
        services={one.code: one for one in services},
        programmes={one.code: one for one in session.scalars(query)},
        service=asked.service,
        programme=asked.programme,
    )
    if asked.service and asked.service not in found.services:
        raise Invalid("There is a problem", {"service": "Choose a service that you manage."})
    if asked.programme and asked.programme not in found.programmes:
        raise Invalid("There is a problem", {"programme": "Choose a programme from the list."})
    return found


def recurring(session: Session, of: Scope) -> Sequence[Row[Any]]:
    """What is reported most: category, programme, and how many now and before."""
    now, before = (func.count().filter(reported(days)) for days in of.periods)
    what = (col(Ticket.category), col(Programme.code), col(Programme.name))
    return session.execute(
        select(*what, now.label("now"), before.label("before"))
        .select_from(Ticket)
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(of.tickets(), reported(of.all_days))
        .group_by(*what)
        .having(now > 0)
        .order_by(now.desc(), before.desc(), *what)
        .limit(TOP)
    ).all()


def figures(session: Session, of: Scope) -> tuple[dict[MetricName, Both], dict[Period, int]]:
    """How many of the tickets reported belong to each figure; and how many were reported day by day."""
    steps = buckets(of.days)
    columns = [
        func.count().filter(METRICS[name].condition(days)) for name in BY_REPORT for days in of.periods
    ]
    columns += [func.count().filter(reported(days)) for days in steps]
    row = session.execute(select(*columns).where(of.tickets(), reported(of.all_days))).one()
    counted = 2 * len(BY_REPORT)
    return _paired(BY_REPORT, row[:counted]), dict(zip(steps, row[counted:], strict=True))


def _paired(names: Sequence[MetricName], row: Sequence[int]) -> dict[MetricName, Both]:
    return {name: Both(*row[2 * n : 2 * n + 2]) for n, name in enumerate(names)}


def buckets(days: Period) -> list[Period]:
    """A period cut into days, or into weeks that end with its last day."""
    step = 1 if days.length <= BY_DAY else 7
    lasts = [days.last - timedelta(days=n) for n in range(0, days.length, step)]
    return [Period(max(days.first, last - timedelta(days=step - 1)), last) for last in reversed(lasts)]


def happened(session: Session, of: Scope) -> dict[MetricName, Both]:
    """How many tickets of any age belong to each figure that counts by what happened in the period."""
    columns = [func.count().filter(METRICS[name].condition(days)) for name in BY_EVENT for days in of.periods]
    any_of_it = or_(*(METRICS[name].condition(of.all_days) for name in ("touched", "handed_over")))
    return _paired(BY_EVENT, session.execute(select(*columns).where(of.tickets(), any_of_it)).one())


def with_supplier(session: Session, of: Scope) -> tuple[int, datetime | None]:
    """How many tickets wait for the supplier now, and since when the oldest of them does."""
    waits = METRICS["with_supplier"].condition(of.days)
    parked = (
        select(col(Ticket.number), func.max(col(Event.created_at)).label("at"))
        .outerjoin(
            Event, and_(col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.PARK)
        )
        .where(of.tickets(), waits)
        .group_by(col(Ticket.number))
        .subquery()
    )
    count, since = session.execute(select(func.count(), func.min(parked.c.at)).select_from(parked)).one()
    return count, since


def solved_without(session: Session, of: Scope) -> Both:
    """How often a known fix helped before a ticket was made."""
    columns = [func.count().filter(days.hold(col(Deflection.created_at))) for days in of.periods]
    query = select(*columns).where(of.of(Deflection), of.all_days.hold(col(Deflection.created_at)))
    return Both(*session.execute(query).one())


def training(session: Session, of: Scope) -> Sequence[Row[Any]]:
    """Which training was asked for, how often, how many still wait, and since when the first of them does."""
    waits = col(TrainingRequest.status).in_(OPEN)
    now, before = (func.count().filter(days.hold(col(TrainingRequest.asked_at))) for days in of.periods)
    waiting = func.count().filter(waits)
    return session.execute(
        select(
            col(TrainingRequest.topic),
            now.label("now"),
            before.label("before"),
            waiting.label("waiting"),
            func.min(col(TrainingRequest.asked_at)).filter(waits).label("since"),
        )
        .where(of.of(TrainingRequest), or_(of.all_days.hold(col(TrainingRequest.asked_at)), waits))
        .group_by(col(TrainingRequest.topic))
        .having(or_(now > 0, waiting > 0))
        .order_by(now.desc(), waiting.desc(), col(TrainingRequest.topic))
    ).all()
