"""How long a patient could not use their programme: from one report until it was put right."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, literal
from sqlmodel import col

from navigator import clock
from navigator.catalogue.catalogue import Blocks
from navigator.people.reporter import ReporterKind
from navigator.tickets.ticket import LIVE, Ticket

STOPS_PROGRAMME: ColumnElement[bool] = and_(
    col(Ticket.blocks_session) == literal(Blocks.YES.value, literal_execute=True),
    col(Ticket.reporter_kind) == literal(ReporterKind.PATIENT.value, literal_execute=True),
)
"""That a patient could not use their programme for it: what it is normally stops the online part."""


def still_without(_: object) -> ColumnElement[bool]:
    """That somebody cannot use their programme now, whenever they reported it."""
    return and_(STOPS_PROGRAMME, col(Ticket.status).in_(LIVE))


def time_without(ticket: Any) -> timedelta | None:
    """The time until a ticket, or its row in a list, was put right or ended, or until now.

    None if it does not stop the programme, or is a practitioner’s own, as `STOPS_PROGRAMME` says.
    """
    if ticket.blocks_session != Blocks.YES or ticket.reporter_kind != ReporterKind.PATIENT:
        return None
    ended_at = getattr(ticket, "resolved_at", None) or getattr(ticket, "closed_at", None)
    passed: timedelta = (ended_at or clock.now()) - ticket.reported_at
    return passed


def time_of_all(tickets: Iterable[Ticket], since: datetime) -> timedelta:
    """How long one person could not use it since then, by several reports: what overlaps counts once."""
    total, until = timedelta(), since
    for ticket in sorted(tickets, key=lambda each: each.reported_at):
        if passed := time_without(ticket):
            start, end = max(ticket.reported_at, until), ticket.reported_at + passed
            total, until = total + max(end - start, timedelta()), max(end, until)
    return total
