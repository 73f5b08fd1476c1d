"""News of a next session from another system: the guards of that person's open tickets move."""

from dataclasses import replace
from datetime import date

from pydantic import Field
from sqlmodel import Session, col, select

from navigator.errors import Forbidden
from navigator.fields import Input, Line
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import Reporter
from navigator.people.user import Role
from navigator.tickets.actions.staff import reschedule
from navigator.tickets.inputs import RescheduleInput
from navigator.tickets.ticket import LIVE, Ticket


class AppointmentInput(Input):
    """Whose next session is when; without a date there is none."""

    support_code: Line = Field(min_length=1, title="the support code")
    next_session: date | None = Field(default=None, title="the date of the next session")
    session_is_weekly: bool = False


def update_next_session(session: Session, actor: Actor, what: AppointmentInput) -> int:
    """Move the next session on every open ticket with that support code; how many there were."""
    own = actor.services(Role.INTAKE, Role.NAVIGATOR)
    if not own:
        raise Forbidden("This key may not tell of appointments.")
    query = (
        select(Ticket.number)
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .where(Reporter.support_code == what.support_code)
        .where(col(Ticket.service_id).in_(sorted(own)), col(Ticket.status).in_(LIVE))
        .order_by(col(Ticket.number))
    )
    told = RescheduleInput(next_session=what.next_session, session_is_weekly=what.session_is_weekly)
    numbers = session.exec(query).all()
    for number in numbers:
        reschedule(session, replace(SYSTEM, name=actor.name), number, told)
    return len(numbers)
