"""Appointments from another system: a new next session moves the guards of that person's open tickets.

A code that somebody typed proves nothing. So the date moves the work on every ticket with that code, and is
shown to staff alone, unless the reporter told the same date."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pydantic import Field
from sqlmodel import Session, col, or_, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.errors import Forbidden
from navigator.fields import Line
from navigator.people import card_codes
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import Reporter, gave
from navigator.people.support_card import card_by_code
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.inputs import RescheduleInput
from navigator.tickets.lifecycle import act
from navigator.tickets.session_date import NextSessionInput
from navigator.tickets.ticket import LIVE, Ticket
from navigator.tickets.triage import recompute_session
from navigator.tickets.visibility import find, lock_tickets


class AppointmentInput(NextSessionInput):
    """The next session of the person with a support code; without a date there is none."""

    support_code: Line = Field(min_length=1, title="the support code")


@dataclass(frozen=True)
class MovedSession:
    """What a new date of a session moved: how many open tickets, and how many support cards."""

    tickets: int
    cards: int


def update_next_session(session: Session, actor: Actor, appointment: AppointmentInput) -> MovedSession:
    """Move the next session on the card with that support code, and on every open ticket with it."""
    service_ids = actor.services(Role.INTAKE, Role.NAVIGATOR)
    if not service_ids:
        raise Forbidden("This key may not tell of appointments.")
    lock_tickets(session, SYSTEM, _open_by_code(session, service_ids, appointment))  # before their card
    card = card_by_code(session, appointment.support_code, lock=True)
    is_theirs = card is not None and card.service_id in service_ids
    if card and is_theirs:
        card.session_on, card.used_at = appointment.next_session, clock.now()
        card.session_is_weekly = _told_or(appointment, card.session_is_weekly)
    return MovedSession(_move_tickets(session, actor, service_ids, appointment), cards=int(is_theirs))


def _told_or(news: NextSessionInput, before: bool) -> bool:
    """Whether it is every week, as it is told; else as it was."""
    return before if news.session_is_weekly is None else news.session_is_weekly


def _as_kept(typed: str) -> Collection[str]:
    """A support code as it may be kept: as it was typed, or as the code of a card, which may have ended."""
    return {typed, card_codes.canonical(typed) or typed}


def _open_by_code(
    session: Session, service_ids: Collection[int], appointment: AppointmentInput
) -> Sequence[int]:
    query = (
        select(Ticket.number)
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .where(or_(*(gave("support_code", code) for code in _as_kept(appointment.support_code))))
        .where(col(Ticket.service_id).in_(sorted(service_ids)), col(Ticket.status).in_(LIVE))
        .order_by(col(Ticket.number))
    )
    return session.exec(query).all()


def _move_tickets(
    session: Session, actor: Actor, service_ids: Collection[int], appointment: AppointmentInput
) -> int:
    numbers = _open_by_code(session, service_ids, appointment)
    for number in numbers:
        ticket = find(session, SYSTEM, number)
        is_by_code = ticket.session_is_by_code or ticket.session_on != appointment.next_session
        reschedule(session, replace(SYSTEM, name=actor.name), number, appointment)
        ticket.session_is_by_code = is_by_code
    return len(numbers)


def reschedule(session: Session, actor: Actor, number: int, news: NextSessionInput) -> Ticket:
    """Move the next session: the guard moves with it, and nothing else becomes due later."""
    version = news.version if isinstance(news, RescheduleInput) else None
    ticket = act(session, actor, Action.RESCHEDULE, number, version, session_on=str(news.next_session))
    ticket.session_on, ticket.session_is_by_code = news.next_session, False
    ticket.session_is_weekly = _told_or(news, ticket.session_is_weekly)
    recompute_session(ticket, session.get_one(Service, ticket.service_id))
    return ticket
