"""Reading the desk: the queue in its one order, its counts, and one ticket with everything at hand."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.categories import Fixability, catalogue
from navigator.catalogue.place import Programme, Service
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.people.person import User
from navigator.tickets.counted import FIGURES, Days, FigureName, reported
from navigator.tickets.inputs import Day, Id
from navigator.tickets.ticket import Status, Ticket
from navigator.tickets.views import IS_LIVE, View, in_view
from navigator.tickets.visibility import visible_to

PAGE = 50
ORDER = (col(Ticket.due_at), col(Ticket.priority), col(Ticket.reported_at), col(Ticket.number))
_FIXABLE = {
    "yes": (Fixability.NAVIGATOR, Fixability.SERVICE),
    "no": (Fixability.SUPPLIER, Fixability.PROTOCOL),
    "neither": (Fixability.DIVERT, Fixability.NONE),
}
_PLACE = TypeAdapter(tuple[AwareDatetime, Id, AwareDatetime, Id])
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]*$", max_length=100)]
NONE = "-"
"""In place of a programme's code or a category: tickets that have none."""


class Filters(BaseModel):
    """Which tickets to show: what is not named is not asked."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    view: View = "all"
    service: Code = ""
    programme: Code = ""
    group: Code = ""
    category: Code = ""
    fixable: Literal["", "yes", "no", "neither", "unknown"] = ""
    status: Status | Literal[""] = ""
    assignee: Id | None = None
    figure: FigureName | Literal[""] = ""
    since: Day | None = None
    until: Day | None = None

    @property
    def days(self) -> Days | None:
        """The days that are asked for: when a ticket was reported, or whatever the figure counts by."""
        if not (self.since or self.until or self.figure):
            return None
        return Days(self.since or date(2000, 1, 1), self.until or clock.today())


@dataclass(frozen=True)
class Page:
    """Some rows of the queue, and the cursor of those that follow, if there are any."""

    rows: Sequence[Row[Any]]
    next: str | None


def queue(
    session: Session, actor: Actor, filters: Filters, after: str | None = None, limit: int = PAGE
) -> Page:
    """One page of the tickets an actor may see, in the desk's one order."""
    query = _listed(actor, filters)
    if after:
        query = query.where(tuple_(*ORDER) > tuple_(*_position(after)))
    rows = session.execute(query.order_by(*ORDER).limit(limit + 1)).all()
    more = len(rows) > limit
    return Page(rows[:limit], _cursor(rows[limit - 1]) if more else None)


def _listed(actor: Actor, filters: Filters) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Ticket.number, Ticket.status, Ticket.category, Ticket.fixability, Ticket.priority, Ticket.due_at,
        Ticket.target_at, Ticket.guard_at, Ticket.guard_told_at, Ticket.session_on, Ticket.reported_at,
        Ticket.service_id, Ticket.programme_id, Ticket.assignee_id, Ticket.reporter_kind,
        Ticket.hand_over_is_open, Ticket.passed_to, Ticket.version, Ticket.snoozed_until_at,
    )  # fmt: skip
    return (
        select(*columns, col(User.name).label("assignee"), col(Programme.name).label("programme"))
        .outerjoin(User, col(User.id) == col(Ticket.assignee_id))
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(visible_to(actor), *holding(actor, filters))
    )


def holding(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions under which a ticket that an actor may see is listed."""
    return [*in_view(actor, filters.view), *_asked(filters)]


def _asked(filters: Filters) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if filters.service:
        asked.append(_has_code(Service, col(Ticket.service_id), filters.service))
    if filters.programme:
        has_it = _has_code(Programme, col(Ticket.programme_id), filters.programme)
        asked.append(col(Ticket.programme_id).is_(None) if filters.programme == NONE else has_it)
    if filters.group:
        asked.append(col(Ticket.category).in_([leaf.id for leaf in catalogue().in_group(filters.group)]))
    if filters.category:
        category = None if filters.category == NONE else filters.category
        asked.append(col(Ticket.category).is_not_distinct_from(category))
    if filters.fixable == "unknown":
        asked.append(col(Ticket.fixability).is_(None))
    elif filters.fixable:
        asked.append(col(Ticket.fixability).in_(_FIXABLE[filters.fixable]))
    if filters.status:
        asked.append(col(Ticket.status) == filters.status)
    if filters.assignee:
        asked.append(col(Ticket.assignee_id) == filters.assignee)
    if filters.days:
        asked.append(
            FIGURES[filters.figure].holds(filters.days) if filters.figure else reported(filters.days)
        )
    return asked


def _has_code(table: type[Service] | type[Programme], column: Any, code: str) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = column.in_(select(col(table.id)).where(col(table.code) == code))
    return matches


def counts(session: Session, actor: Actor, filters: Filters) -> dict[View, int]:
    """How many tickets each view holds under the other filters; each query has its own partial index."""
    shown: tuple[View, ...] = ("all", "mine", "unassigned", "today", "waiting", "snoozed", "passed_on")
    each = [func.count().filter(*in_view(actor, view)).label(view) for view in shown]
    mine = (visible_to(actor), *_asked(filters))
    live = session.execute(select(*each).select_from(Ticket).where(IS_LIVE, *mine)).one()
    handed = select(func.count()).select_from(Ticket).where(*in_view(actor, "handed_over"), *mine)
    return dict(zip(shown, live, strict=True)) | {"handed_over": session.execute(handed).scalar_one()}


def _cursor(row: Row[Any]) -> str:
    place = [row.due_at.isoformat(), row.priority, row.reported_at.isoformat(), row.number]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[datetime, int, datetime, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        due, priority, reported, number = _PLACE.validate_json(base64.urlsafe_b64decode(padded))
        return due.astimezone(UTC), priority, reported.astimezone(UTC), number
    except (ValueError, OverflowError):
        raise Invalid("There is a problem", {"after": "This page of the list does not exist."}) from None
