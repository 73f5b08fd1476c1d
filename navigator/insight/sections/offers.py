"""What those who are left out were offered instead: given, used, come back, and what is out too long."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from navigator import clock
from navigator.insight.queries import ReportScope
from navigator.insight.table import Bar, Row, Table, count_cell, share_cell
from navigator.tickets.inclusion_offer import USUAL, InclusionOffer
from navigator.tickets.ticket import Ticket

NAME = "offers"


def table(session: Session, scope: ReportScope) -> Table:
    """What was given in the period, by kind, and what became of it until now."""
    offer, is_back = InclusionOffer, col(InclusionOffer.returned_at).is_not(None)
    is_lent = col(offer.due_on).is_not(None)
    is_overdue = (is_lent, ~is_back, col(offer.due_on) < clock.today())
    query = (
        select(
            col(offer.kind),
            func.count().label("given"),
            func.count().filter(col(offer.used_at).is_not(None)).label("used"),
            func.count().filter(is_lent).label("lent"),
            func.count().filter(is_lent, is_back).label("returned"),
            func.count().filter(*is_overdue).label("overdue"),
        )
        .join(Ticket, col(Ticket.number) == col(offer.ticket_number))
        .where(scope.ticket_condition(), scope.days.contains(col(offer.given_at)))
        .group_by(col(offer.kind))
        .order_by(func.count().desc(), col(offer.kind))
    )
    rows = session.execute(query).all()
    return Table(
        name=NAME,
        title="What they were offered",
        help_text="What navigators gave in this period to people who were left out, and what became of it.",
        columns=("Offer", "Given", "Used", "Come back, of those lent", "Overdue"),
        rows=tuple(map(_row, rows)),
        bars=tuple(Bar(USUAL.get(row.kind, row.kind), row.given) for row in rows),
        headline=Row("given in this period", "", (count_cell(sum(row.given for row in rows)),)),
        before_label="",
    )


def _row(counts: Any) -> Row:
    cells = (
        count_cell(counts.given),
        share_cell(counts.used, counts.given),
        share_cell(counts.returned, counts.lent),
        count_cell(counts.overdue),
    )
    return Row(USUAL.get(counts.kind, counts.kind), "", cells)
