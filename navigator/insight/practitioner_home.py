"""What stands between a practitioner and their next sessions, and what they asked to learn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, or_, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to
from navigator.training import requests, sessions
from navigator.training.tables import TrainingRequest, TrainingSession

TOP = 20
NEWEST = 5


@dataclass(frozen=True)
class PractitionerHome:
    """The open problems of somebody's patients, and their own training requests with what is planned."""

    patients: Sequence[Row[Any]]
    requests: Sequence[TrainingRequest]
    planned: Mapping[int, TrainingSession]


def practitioner_home(session: Session, actor: Actor) -> PractitionerHome:
    """What a practitioner must know before their sessions."""
    return PractitionerHome(
        patients=_before_sessions(session, actor),
        requests=requests.own(session, actor)[:NEWEST],
        planned={one.id: one for one in sessions.upcoming(session, actor)},
    )


def _before_sessions(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Soonest session first; a session that is past or not known comes last."""
    columns: tuple[Any, ...] = (
        Ticket.number, Ticket.status, Ticket.category, Ticket.fixability, Ticket.session_on,
        Ticket.session_deadline_at, Ticket.workaround, Ticket.has_open_review, Ticket.reporter_kind,
    )  # fmt: skip
    on = col(Ticket.session_on)
    query = (
        select(*columns, col(Programme.name).label("programme"))
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(visible_to(actor), col(Ticket.service_id).in_(sorted(actor.services(Role.PWP))))
        .where(IS_LIVE, col(Ticket.pwp_id) == actor.user_id, col(Ticket.practitioner_is_confirmed))
        .order_by(case((or_(on.is_(None), on < clock.today()), 1), else_=0), on, col(Ticket.due_at))
    )
    return session.execute(query.order_by(col(Ticket.number)).limit(TOP)).all()
