"""Practitioner's home page: their patients' open tickets before the next sessions, and their training."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, or_, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.people.user import Role
from navigator.tickets.queue.held_rows import as_reader_knows
from navigator.tickets.queue.queue import Said, said_on
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import may_see_reporter, visible_to
from navigator.training import requests, session_list
from navigator.training.recurring import Recurring, recurring_of
from navigator.training.tables import TrainingRequest, TrainingSession

MAX_PATIENTS = 20
MAX_REQUESTS = 5


@dataclass(frozen=True)
class PractitionerHome:
    """The open tickets of a practitioner's patients, which patients, and their training.

    `recurring` is what they keep asking how to do, and could book or ask a session on.
    """

    patient_tickets: Sequence[Row[Any]]
    patients: Mapping[int, str]
    said: Mapping[int, Said]
    requests: Sequence[TrainingRequest]
    upcoming_sessions: Mapping[int, TrainingSession]
    recurring: Sequence[Recurring]


def practitioner_home(session: Session, actor: Actor) -> PractitionerHome:
    """What a practitioner must know before their sessions."""
    tickets = as_reader_knows(session, actor, _patient_tickets(session, actor))
    numbers = [ticket.number for ticket in tickets]
    return PractitionerHome(
        patient_tickets=tickets,
        patients=patients_of(session, actor, numbers) if numbers else {},
        said=said_on(session, actor, numbers) if numbers else {},
        requests=requests.list_own(session, actor)[:MAX_REQUESTS],
        upcoming_sessions={one.id: one for one in session_list.upcoming_sessions(session, actor)},
        recurring=recurring_of(session, actor, actor.user_id or 0),
    )


def _patient_tickets(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Soonest session first; a session that is past or not known comes last."""
    columns: tuple[Any, ...] = (
        Ticket.number, Ticket.status, Ticket.category, Ticket.fixability, Ticket.session_on,
        Ticket.session_deadline_at, Ticket.session_is_too_soon, Ticket.workaround, Ticket.has_open_review,
        Ticket.reporter_kind, Ticket.reported_at, Ticket.blocks_session,
    )  # fmt: skip
    session_on = col(Ticket.session_on)
    is_not_ahead = case((or_(session_on.is_(None), session_on < clock.today()), 1), else_=0)
    query = (
        select(*columns, col(Programme.name).label("programme"))
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(visible_to(actor), col(Ticket.service_id).in_(sorted(actor.services(Role.PWP))))
        .where(IS_LIVE, col(Ticket.pwp_id) == actor.user_id, col(Ticket.practitioner_is_confirmed))
        .order_by(is_not_ahead, session_on, col(Ticket.due_at), col(Ticket.number))
    )
    return session.execute(query.limit(MAX_PATIENTS)).all()


def patients_of(session: Session, actor: Actor, numbers: Collection[int]) -> dict[int, str]:
    """Which patient each ticket is about, as its practitioner knows them: their own words, and a code."""
    columns = (Ticket.number, Reporter.known_as, Reporter.support_code)
    query = select(*columns).join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))  # type: ignore[call-overload]
    rows = session.execute(
        query.where(may_see_reporter(actor), col(Ticket.number).in_(sorted(numbers)))
    ).all()
    return {
        number: " · ".join(filter(None, (label, code and f"code {code}"))) for number, label, code in rows
    }
