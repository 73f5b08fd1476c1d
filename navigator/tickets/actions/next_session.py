"""Appointments from another system: a new next session moves the guards of that person's open tickets.

A code that somebody typed proves nothing. So the date moves the work on every ticket with that code, and is
shown to staff alone, unless the reporter told the same date."""

from dataclasses import replace

from pydantic import Field
from sqlmodel import Session, col, select

from navigator.errors import Forbidden
from navigator.fields import Line
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import Reporter, gave
from navigator.people.user import Role
from navigator.tickets.actions.staff import reschedule
from navigator.tickets.session_date import NextSessionInput
from navigator.tickets.ticket import LIVE, Ticket


class AppointmentInput(NextSessionInput):
    """The next session of the person with a support code; without a date there is none."""

    support_code: Line = Field(min_length=1, title="the support code")


def update_next_session(session: Session, actor: Actor, appointment: AppointmentInput) -> int:
    """Move the next session on every open ticket with that support code; how many there were."""
    service_ids = actor.services(Role.INTAKE, Role.NAVIGATOR)
    if not service_ids:
        raise Forbidden("This key may not tell of appointments.")
    query = (
        select(Ticket)
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .where(gave("support_code", appointment.support_code))
        .where(col(Ticket.service_id).in_(sorted(service_ids)), col(Ticket.status).in_(LIVE))
        .order_by(col(Ticket.number))
    )
    tickets = session.exec(query).all()
    for ticket in tickets:
        is_by_code = ticket.session_is_by_code or ticket.session_on != appointment.next_session
        reschedule(session, replace(SYSTEM, name=actor.name), ticket.number, appointment)
        ticket.session_is_by_code = is_by_code
    return len(tickets)
