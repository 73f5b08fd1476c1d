"""Filters of the queue: query parameters of its address, and the SQL condition of each."""

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
from navigator.people.reporter import ContactMethod, Reporter, ReporterKind
from navigator.tickets.metrics import METRICS, MetricName, Period, reported_in
from navigator.tickets.queue.order import Sort
from navigator.tickets.queue.search import matches_text
from navigator.tickets.queue.views import IS_LIVE, TOMORROW, Condition, View, is_late, view_conditions
from navigator.tickets.ticket import Status, Ticket
from navigator.tickets.visibility import may_see_reporter

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]*$", max_length=100)]
WorkingDays = Annotated[int, Field(ge=0, le=20)]
Fixable = Literal["", "yes", "no", "neither", "unknown"]
Need = Literal["", "help", "language", "phone", "text", "email", "link", "unsafe"]
NONE = "-"
"""In place of a programme's code, a category or a person: tickets that have none."""


class Filters(BaseModel):
    """Which tickets to show, by query parameters: what is not named does not filter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    view: View = "all"
    service: Code = ""
    programme: Code = ""
    group: Code = ""
    category: Code = ""
    fixable: Fixable = Field(default="", title="who can fix it")
    status: Status | Literal[""] = ""
    assignee: Id | Literal["-"] | None = Field(default=None, title="who has it")
    practitioner: Id | Literal["-"] | None = Field(default=None, title="the practitioner")
    due: Literal["", "late", "today"] | WorkingDays = Field(default="", title="when it is due")
    due_by: Day | None = Field(default=None, title="the day by which it is due")
    session: WorkingDays | None = Field(default=None, title="the next session")
    need: Need = Field(default="", title="what they need")
    reporter: ReporterKind | Literal[""] = Field(default="", title="who reported")
    text: Line = Field(default="", title="the words")
    figure: MetricName | Literal[""] = ""
    since: Day | None = None
    until: Day | None = None
    sort: Sort = ""

    @property
    def period(self) -> Period | None:
        """The period that is asked for: when a ticket was reported, or whatever the metric counts by."""
        if not (self.since or self.until or self.figure):
            return None
        return Period(self.since or date(2000, 1, 1), self.until or clock.today())

    @property
    def is_fixed(self) -> bool:
        """Whether its conditions for somebody are the same at any time: none asks the database, the
        catalogue or which day it is before it is run."""
        asking = (self.group, self.session, self.text, self.figure, self.since, self.until)
        return all(value in ("", None) for value in asking) and not isinstance(self.due, int)

    @property
    def is_of_tickets_alone(self) -> bool:
        """Whether what it finds changes with tickets alone, and not with how somebody is reached."""
        return self.view != "calls" and not self.need

    @property
    def parameters(self) -> dict[str, Any]:
        """The filters that are set, by name."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def query(self) -> str:
        """The filters as a query string: the same for the same filters."""
        return urlencode(self.parameters)

    @classmethod
    def from_query(cls, query: str) -> "Filters":
        """The filters of a query string; ValueError when it names anything else."""
        return cls.model_validate(dict(parse_qsl(query)))


def conditions(session: Session, actor: Actor, filters: Filters) -> list[Condition]:
    """The conditions under which a ticket that an actor may see is listed."""
    return [*view_conditions(actor, filters.view), *filter_conditions(session, actor, filters)]


def filter_conditions(session: Session, actor: Actor, filters: Filters) -> list[Condition]:
    """The conditions of all filters but the view."""
    values = {name: getattr(filters, name) for name in _CONDITIONS}
    active = [
        _CONDITIONS[name](session, actor, value) for name, value in values.items() if value not in ("", None)
    ]
    if filters.period and filters.figure:
        active.append(METRICS[filters.figure].condition(filters.period))
    elif filters.period:
        active.append(reported_in(filters.period))
    return active


def _has_code(table: type[Service] | type[Programme], column: Any, code: str) -> Condition:
    matches: Condition = column.in_(select(col(table.id)).where(col(table.code) == code))
    return matches


def _of_programme(_: Session, _actor: Actor, code: str) -> Condition:
    column = col(Ticket.programme_id)
    return column.is_(None) if code == NONE else _has_code(Programme, column, code)


def _in_group(_: Session, _actor: Actor, group: str) -> Condition:
    return col(Ticket.category).in_([leaf.id for leaf in catalogue().leaves if leaf.group == group])


_FIXABLE = {
    "yes": (Fixability.NAVIGATOR, Fixability.SERVICE),
    "no": (Fixability.SUPPLIER, Fixability.PROTOCOL),
    "neither": (Fixability.DIVERT, Fixability.NONE),
}


def _is_fixable(_: Session, _actor: Actor, answer: Fixable) -> Condition:
    column = col(Ticket.fixability)
    return column.is_(None) if answer == "unknown" else column.in_(_FIXABLE[answer])


def _has_practitioner(_: Session, _actor: Actor, who: int | str) -> Condition:
    """That this is the practitioner whom somebody confirmed; or that nobody is."""
    is_confirmed = col(Ticket.practitioner_is_confirmed).is_(True)
    return ~is_confirmed if who == NONE else and_(is_confirmed, col(Ticket.pwp_id) == who)


def _is_due(session: Session, actor: Actor, due: str | int) -> Condition:
    """That a ticket is due by then; what is late already is due by any day."""
    if due == "late":
        return is_late()
    if due == "today":
        return and_(IS_LIVE, col(Ticket.due_at) < TOMORROW)
    return _within(session, int(due), lambda _, last: _is_due_by(session, actor, last))


def _is_due_by(_: Session, _actor: Actor, day: date) -> Condition:
    return and_(IS_LIVE, col(Ticket.due_at) < Period(day, day).end_at)


def _has_session(session: Session, _: Actor, days: int) -> Condition:
    return _within(session, days, lambda today, last: col(Ticket.session_on).between(today, last))


def _within(session: Session, days: int, condition: Callable[[date, date], Condition]) -> Condition:
    """That something comes within so many working days, as the ticket's own service counts them."""
    today, services_by_day = clock.today(), dict[date, list[int]]()
    for service in services(session):
        last = calendar_of(service).working_day_after(today, days)
        services_by_day.setdefault(last, []).append(service.id)
    return or_(
        false(),
        *(
            and_(col(Ticket.service_id).in_(ids), condition(today, last))
            for last, ids in services_by_day.items()
        ),
    )


_NEEDS: Mapping[str, Condition] = MappingProxyType(
    {
        "help": col(Reporter.needs) != "",
        "language": col(Reporter.language) != "",
        "phone": col(Reporter.contact_method) == ContactMethod.PHONE,
        "text": col(Reporter.contact_method) == ContactMethod.TEXT,
        "email": col(Reporter.contact_method) == ContactMethod.EMAIL,
        "link": col(Reporter.contact_method).is_(None) | (col(Reporter.contact_method) == ContactMethod.NONE),
        "unsafe": col(Reporter.is_safe_to_contact).is_(False),
    }
)


def _needs(_: Session, actor: Actor, need: Need) -> Condition:
    """That a reporter needs this, for those alone who may know it."""
    has_need = exists().where(col(Reporter.id) == col(Ticket.reporter_id), _NEEDS[need])
    return and_(may_see_reporter(actor), has_need)


_CONDITIONS: Mapping[str, Callable[[Session, Actor, Any], Condition]] = MappingProxyType(
    {
        "service": lambda _, _actor, code: _has_code(Service, col(Ticket.service_id), code),
        "programme": _of_programme,
        "group": _in_group,
        "category": lambda _, _actor, id: col(Ticket.category).is_not_distinct_from(_or_none(id)),
        "fixable": _is_fixable,
        "status": lambda _, _actor, status: col(Ticket.status) == status,
        "assignee": lambda _, _actor, who: col(Ticket.assignee_id).is_not_distinct_from(_or_none(who)),
        "practitioner": _has_practitioner,
        "due": _is_due,
        "due_by": _is_due_by,
        "session": _has_session,
        "need": _needs,
        "reporter": lambda _, _actor, kind: col(Ticket.reporter_kind) == kind,
        "text": matches_text,
    }
)


def _or_none(value: str | int) -> str | int | None:
    return None if value == NONE else value
