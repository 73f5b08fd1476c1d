"""How-to questions that recur, by practitioner and by topic: a session is worth more than one more answer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from navigator import clock
from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.metrics import IS_COUNTED
from navigator.tickets.ticket import Message, Ticket
from navigator.tickets.visibility import visible_to
from navigator.training.requests import OPEN_STATUSES
from navigator.training.tables import Attendance, SeatState, TrainingRequest, TrainingSession
from navigator.training.topics import HOW_TO, topic_of

RECUR_WITHIN = timedelta(days=30)
OWN_QUESTIONS = 3
"""So often within 30 days is a pattern of one person: the second may be the first one told again."""
TOPIC_QUESTIONS, TOPIC_PEOPLE = 5, 2
"""So many of at least two people within 30 days make a session: for one person alone there is one to one."""


@dataclass(frozen=True)
class Question:
    """A how-to question: whose, in which service, and what it is probably about."""

    service_id: int
    user_id: int
    topic: str


@dataclass(frozen=True)
class Recurring:
    """A topic that is asked about again and again, and the session to come about it, if there is one."""

    service_id: int
    topic: str
    questions: int
    people: int
    session: TrainingSession | None


def recurring_of(session: Session, actor: Actor, user_id: int) -> list[Recurring]:
    """The topics that one practitioner keeps asking about, and neither asked nor booked training on."""
    theirs = col(Ticket.reporter_user_id) == user_id
    found = _recurring(session, _questions(session, actor, theirs), OWN_QUESTIONS, people=1)
    settled = _settled(session, user_id) if found else set()
    return [one for one in found if (one.service_id, one.topic) not in settled]


def recurring_topics(session: Session, actor: Actor, service_ids: Collection[int]) -> list[Recurring]:
    """The topics that several practitioners of these services keep asking about, most asked first."""
    of_services = col(Ticket.service_id).in_(sorted(service_ids))
    return _recurring(session, _questions(session, actor, of_services), TOPIC_QUESTIONS, TOPIC_PEOPLE)


def _questions(session: Session, actor: Actor, condition: ColumnElement[bool]) -> list[Question]:
    """The how-to questions of practitioners in the last 30 days, by the index of a service and a category."""
    first = and_(
        col(Message.ticket_number) == col(Ticket.number),
        col(Message.origin_number) == col(Ticket.number),
        col(Message.action) == Action.REPORT,
    )
    query = (
        select(Ticket.service_id, Ticket.reporter_user_id, Message.body)
        .outerjoin(Message, first)
        .where(visible_to(actor), IS_COUNTED, condition, col(Ticket.reporter_user_id).is_not(None))
        .where(col(Ticket.service_id).in_(sorted(actor.services())), Ticket.category == HOW_TO)
        .where(col(Ticket.reported_at) >= clock.now() - RECUR_WITHIN)
    )
    rows = session.exec(query)
    return [Question(service_id, user_id or 0, topic_of(body or "")) for service_id, user_id, body in rows]


def _recurring(
    session: Session, questions: Iterable[Question], at_least: int, people: int
) -> list[Recurring]:
    askers: dict[tuple[int, str], list[int]] = defaultdict(list)
    for question in questions:
        askers[question.service_id, question.topic].append(question.user_id)
    often = {
        key: users for key, users in askers.items() if len(users) >= at_least and len(set(users)) >= people
    }
    coming = _sessions_to_come(session, {service_id for service_id, _ in often})
    found = [Recurring(*key, len(users), len(set(users)), coming.get(key)) for key, users in often.items()]
    return sorted(found, key=lambda one: (-one.questions, one.topic, one.service_id))


def _sessions_to_come(
    session: Session, service_ids: Collection[int]
) -> dict[tuple[int, str], TrainingSession]:
    """The next session of each service and topic."""
    query = (
        select(TrainingSession)
        .where(col(TrainingSession.service_id).in_(sorted(service_ids)))
        .where(col(TrainingSession.held_at).is_(None), col(TrainingSession.cancelled_at).is_(None))
        .where(col(TrainingSession.starts_at) > clock.now())
        .order_by(col(TrainingSession.starts_at).desc(), col(TrainingSession.id))
    )
    rows: Sequence[TrainingSession] = session.exec(query).all() if service_ids else []
    return {(one.service_id, one.topic): one for one in rows}


def _settled(session: Session, user_id: int) -> set[tuple[int, str]]:
    """What somebody has asked or booked training on, or had within the days that are looked at."""
    asked = select(TrainingRequest.service_id, TrainingRequest.topic).where(
        TrainingRequest.asked_by == user_id, col(TrainingRequest.status).in_(OPEN_STATUSES)
    )
    had_lately = col(TrainingSession.held_at) >= clock.now() - RECUR_WITHIN
    seat = and_(
        col(Attendance.session_id) == col(TrainingSession.id),
        Attendance.user_id == user_id,
        Attendance.state != SeatState.LEFT,
    )
    is_theirs = or_(
        and_(col(TrainingSession.held_at).is_(None), col(TrainingSession.cancelled_at).is_(None)),
        and_(had_lately, col(Attendance.attended).is_(True)),
    )
    booked = select(TrainingSession.service_id, TrainingSession.topic).join(Attendance, seat).where(is_theirs)
    return {(service_id, topic) for query in (asked, booked) for service_id, topic in session.exec(query)}
