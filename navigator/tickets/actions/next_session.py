"""Appointments from another system: a new next session moves the guards of that person's open tickets."""

from dataclasses import replace

from pydantic import Field
from sqlmodel import Session, col, select

from navigator.errors import Forbidden
from navigator.fields import Line
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import Reporter
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
        select(Ticket.number)
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .where(Reporter.support_code == appointment.support_code)
        .where(col(Ticket.service_id).in_(sorted(service_ids)), col(Ticket.status).in_(LIVE))
        .order_by(col(Ticket.number))
    )
    numbers = session.exec(query).all()
    for number in numbers:
        reschedule(session, replace(SYSTEM, name=actor.name), number, appointment)
    return len(numbers)
