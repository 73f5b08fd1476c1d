"""Navigators' hours: how long they are there on a day, as far as the desk knows."""

from collections.abc import Callable
from datetime import date

from sqlmodel import Session, col, select

from navigator.catalogue.business_hours import WEEKDAYS
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.insight.queries import ReportScope, once
from navigator.people.user import Membership, Role, User

HoursOn = Callable[[date], float]


@once
def hours_on(session: Session, scope: ReportScope) -> HoursOn:
    """The hours of all navigators of the scope's services on a day.

    Those of a week, their own or full time, are spread over the days on which the service opens; nobody is
    there on a day on which it is closed, or on which they are away.
    """
    codes = [scope.service] if scope.service else scope.services
    chosen = {service.id: service for service in (scope.services[code] for code in codes)}
    query = select(Membership, User).join(User, col(User.id) == col(Membership.user_id))
    query = query.where(Membership.role == Role.NAVIGATOR, col(User.is_active))
    team = session.exec(query.where(col(Membership.service_id).in_(sorted(chosen)))).all()
    there = [(chosen[membership.service_id], membership, user) for membership, user in team]
    return lambda day: sum(_hours(*each, day) for each in there)


def _hours(service: Service, membership: Membership, user: User, day: date) -> float:
    if user.is_away_on(day) or not calendar_of(service).is_working_day(day):
        return 0.0
    week = service.full_time_hours if membership.hours is None else membership.hours
    return week / max(1, sum(bool(service.hours.get(name)) for name in WEEKDAYS))
