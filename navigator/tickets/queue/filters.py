"""Which tickets to show: filters as an address names them, and the condition that each of them asks."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import and_, exists, false, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.catalogue import Fixability, catalogue
from navigator.catalogue.lookups import calendar_of, services
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.fields import Day, Id, Line
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.metrics import METRICS, MetricName, Period, reported
from navigator.tickets.queue.search import matches_text
from navigator.tickets.queue.views import IS_LIVE, Condition, View, view_conditions
from navigator.tickets.ticket import Status, Ticket
from navigator.tickets.visibility import knows_how_to_reach

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]*$", max_length=100)]
WorkingDays = Annotated[int, Field(ge=0, le=20)]
Fixable = Literal["", "yes", "no", "neither", "unknown"]
Need = Literal["", "help", "language", "phone", "text", "email", "link", "unsafe"]
NONE = "-"
"""In place of a programme's code, a category or a person: tickets that have none."""


class Filters(BaseModel):
    """Which tickets to show: what is not named is not asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    view: View = "all"
    service: Code = ""
    programme: Code = ""
    group: Code = ""
    category: Code = ""
    fixable: Fixable = Field(default="", title="who can fix it")
    status: Status | Literal[""] = ""
    assignee: Id | Literal["-"] | None = Field(default=None, title="who has it")
    due: Literal["", "late", "today"] | WorkingDays = Field(default="", title="when it is due")
    due_by: Day | None = Field(default=None, title="the day by which it is due")
    session: WorkingDays | None = Field(default=None, title="the next session")
    need: Need = Field(default="", title="what they need")
    text: Line = Field(default="", title="the words")
    figure: MetricName | Literal[""] = ""
    since: Day | None = None
    until: Day | None = None

    @property
    def days(self) -> Period | None:
        """The days that are asked for: when a ticket was reported, or whatever the figure counts by."""
        if not (self.since or self.until or self.figure):
            return None
        return Period(self.since or date(2000, 1, 1), self.until or clock.today())

    @property
    def named(self) -> dict[str, Any]:
        """What is asked, by the name of the filter."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def query(self) -> str:
        """What is asked as the end of an address: the same for the same filters."""
        return urlencode(self.named)

    @classmethod
    def of(cls, query: str) -> "Filters":
        """The filters that the end of an address names; ValueError when it names anything else."""
        return cls.model_validate(dict(parse_qsl(query)))


def conditions(session: Session, actor: Actor, filters: Filters) -> list[Condition]:
    """The conditions under which a ticket that an actor may see is listed."""
    return [*view_conditions(actor, filters.view), *filter_conditions(session, actor, filters)]


def filter_conditions(session: Session, actor: Actor, filters: Filters) -> list[Condition]:
    """The conditions of all filters but the view."""
    named = {name: getattr(filters, name) for name in _CONDITIONS}
    found = [
        _CONDITIONS[name](session, actor, value) for name, value in named.items() if value not in ("", None)
    ]
    if filters.days and filters.figure:
        found.append(METRICS[filters.figure].condition(filters.days))
    elif filters.days:
        found.append(reported(filters.days))
    return found


def _has_code(table: type[Service] | type[Programme], column: Any, code: str) -> Condition:
    matches: Condition = column.in_(select(col(table.id)).where(col(table.code) == code))
    return matches


def _of_programme(_: Session, _actor: Actor, code: str) -> Condition:
    its = col(Ticket.programme_id)
    return its.is_(None) if code == NONE else _has_code(Programme, its, code)


def _in_group(_: Session, _actor: Actor, group: str) -> Condition:
    return col(Ticket.category).in_([leaf.id for leaf in catalogue().leaves if leaf.group == group])


_FIXABLE = {
    "yes": (Fixability.NAVIGATOR, Fixability.SERVICE),
    "no": (Fixability.SUPPLIER, Fixability.PROTOCOL),
    "neither": (Fixability.DIVERT, Fixability.NONE),
}


def _is_fixable(_: Session, _actor: Actor, answer: Fixable) -> Condition:
    its = col(Ticket.fixability)
    return its.is_(None) if answer == "unknown" else its.in_(_FIXABLE[answer])


def _is_due(session: Session, actor: Actor, when: str | int) -> Condition:
    """That a ticket is due by then; what is late already is due by any day."""
    if when == "late":
        return and_(IS_LIVE, col(Ticket.due_at) < clock.now())
    if when == "today":
        return _is_due_by(session, actor, clock.today())
    return _within(session, int(when), lambda last: _is_due_by(session, actor, last))


def _is_due_by(_: Session, _actor: Actor, day: date) -> Condition:
    return and_(IS_LIVE, col(Ticket.due_at) < Period(day, day).end_at)


def _has_session(session: Session, _: Actor, days: int) -> Condition:
    return _within(session, days, lambda last: col(Ticket.session_on).between(clock.today(), last))


def _within(session: Session, days: int, by: Callable[[date], Condition]) -> Condition:
    """That something comes within so many working days, as the ticket's own service counts them."""
    of_day: dict[date, list[int]] = {}
    for service in services(session):
        last = calendar_of(service).working_day_after(clock.today(), days)
        of_day.setdefault(last, []).append(service.id)
    return or_(false(), *(and_(col(Ticket.service_id).in_(ids), by(last)) for last, ids in of_day.items()))


_NEEDS: Mapping[str, Condition] = MappingProxyType(
    {
        "help": col(Reporter.needs) != "",
        "language": col(Reporter.language) != "",
        "phone": col(Reporter.contact_method) == ContactMethod.PHONE,
        "text": col(Reporter.contact_method) == ContactMethod.TEXT,
        "email": col(Reporter.contact_method) == ContactMethod.EMAIL,
        "link": col(Reporter.contact_method) == ContactMethod.NONE,
        "unsafe": col(Reporter.is_safe_to_contact).is_(False),
    }
)


def _needs(_: Session, actor: Actor, need: Need) -> Condition:
    """That a reporter needs this, for those alone who may know it."""
    theirs = exists().where(col(Reporter.id) == col(Ticket.reporter_id), _NEEDS[need])
    return and_(knows_how_to_reach(actor), theirs)


_CONDITIONS: Mapping[str, Callable[[Session, Actor, Any], Condition]] = MappingProxyType(
    {
        "service": lambda _, _actor, code: _has_code(Service, col(Ticket.service_id), code),
        "programme": _of_programme,
        "group": _in_group,
        "category": lambda _, _actor, id: col(Ticket.category).is_not_distinct_from(_or_none(id)),
        "fixable": _is_fixable,
        "status": lambda _, _actor, status: col(Ticket.status) == status,
        "assignee": lambda _, _actor, who: col(Ticket.assignee_id).is_not_distinct_from(_or_none(who)),
        "due": _is_due,
        "due_by": _is_due_by,
        "session": _has_session,
        "need": _needs,
        "text": matches_text,
    }
)


def _or_none(value: str | int) -> str | int | None:
    return None if value == NONE else value
