"""Appointments from another system: a new next session moves the guards of that person's open tickets.

A code that somebody typed proves nothing. So the date moves the work on every ticket with that code, and is
shown to staff alone, unless the reporter told the same date."""

from dataclasses import replace

from pydantic import Field
from sqlmodel import Session, col, select

from navigator.catalogue.service import Service
from navigator.errors import Forbidden
from navigator.fields import Line
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import Reporter, gave
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.inputs import RescheduleInput
from navigator.tickets.lifecycle import act
from navigator.tickets.session_date import NextSessionInput
from navigator.tickets.ticket import LIVE, Ticket
from navigator.tickets.triage import recompute_session


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


def reschedule(session: Session, actor: Actor, number: int, news: NextSessionInput) -> Ticket:
    """Move the next session: the guard moves with it, and nothing else becomes due later."""
    version = news.version if isinstance(news, RescheduleInput) else None
    ticket = act(session, actor, Action.RESCHEDULE, number, version, session_on=str(news.next_session))
    ticket.session_on, ticket.session_is_by_code = news.next_session, False
    if news.session_is_weekly is not None:
        ticket.session_is_weekly = news.session_is_weekly
    recompute_session(ticket, session.get_one(Service, ticket.service_id))
    return ticket
