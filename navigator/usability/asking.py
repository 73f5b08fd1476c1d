"""Asking: who is asked what, and an answer that is kept apart from whoever gave it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, delete, select

from navigator import clock, database
from navigator.catalogue.lookups import programme_of, service_of
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.people.reporter import ReporterKind
from navigator.people.support_card import SupportCard
from navigator.tickets.ticket import Status, Ticket
from navigator.tickets.visibility import find
from navigator.usability.sus import SusAnswers, score
from navigator.usability.tables import AnsweredQuestion, Question, UsabilityAnswer, UsabilitySetting

KEPT_FOR = timedelta(days=400)
"""That somebody has answered is forgotten after so long: longer than their private link lasts, or a round."""


@dataclass(frozen=True)
class Asked:
    """What the reporter of a ticket is asked now: of its fix, and of their programme."""

    service: Service
    of_fix: bool
    of_programme: bool


def asked_of_reporter(session: Session, ticket: Ticket) -> Asked:
    """What the reporter of a ticket is asked: nothing before it has ended."""
    of_fix, of_programme = is_asked_of_fix(session, ticket), round_for(session, ticket) is not None
    return Asked(service_of(session, ticket.service_id), of_fix, of_programme)


def is_asked_of_fix(session: Session, ticket: Ticket) -> bool:
    """Whether its reporter is asked if it was put right in a way that worked for them.

    Before, while it waits to be confirmed, they are asked if it works at all.
    """
    is_over = ticket.status == Status.CLOSED and ticket.resolved_at is not None and not ticket.diverted_to
    setting = session.get(UsabilitySetting, ticket.service_id) if is_over else None
    if setting is None or not setting.asks_after_fix:
        return False
    return not _has_answered(session, _who(ticket), Question.FIX)


def answer_fix(session: Session, actor: Actor, number: int, worked: bool) -> None:
    """Keep if a fix worked for its reporter: once a report."""
    ticket = find(session, actor, number)
    if not is_asked_of_fix(session, ticket):
        raise Conflict("You have answered this, or it is not asked any more.")
    _keep(session, _who(ticket), Question.FIX, ticket, 100.0 if worked else 0.0, Question.FIX)


def is_asked_by_card(session: Session) -> bool:
    """Whether any service asks about programmes now."""
    today = clock.today()
    return any(setting.round_of(today) for setting in session.exec(select(UsabilitySetting)))


def round_for(session: Session, ticket: Ticket) -> date | None:
    """The round in which the reporter of a ticket is asked of their programme; None where they are not."""
    is_over = ticket.status == Status.CLOSED
    if not is_over or ticket.programme_id is None or ticket.reporter_kind != ReporterKind.PATIENT:
        return None
    return _open_round(session, ticket.service_id, _who(ticket))


def round_for_card(session: Session, card: SupportCard) -> date | None:
    """The round in which whoever has a card is asked of their programme; None where they are not."""
    return _open_round(session, card.service_id, _who_has(card))


def answer_of_reporter(session: Session, actor: Actor, number: int, sus: SusAnswers) -> None:
    """Keep the score that a reporter gives their programme: once a round."""
    ticket = find(session, actor, number)
    _keep_score(session, round_for(session, ticket), _who(ticket), ticket, sus)


def answer_by_card(session: Session, card: SupportCard, sus: SusAnswers) -> None:
    """Keep the score that whoever has a card gives their programme: once a round."""
    _keep_score(session, round_for_card(session, card), _who_has(card), card, sus)


def _open_round(session: Session, service_id: int, who: str) -> date | None:
    setting = session.get(UsabilitySetting, service_id)
    begun_on = setting.round_of(clock.today()) if setting else None
    if begun_on is None or _has_answered(session, who, f"{Question.PROGRAMME} {begun_on}"):
        return None
    return begun_on


def _keep_score(
    session: Session, begun_on: date | None, who: str, of: Ticket | SupportCard, sus: SusAnswers
) -> None:
    if begun_on is None:
        raise Conflict("You have answered this, or it is not asked any more.")
    _keep(session, who, f"{Question.PROGRAMME} {begun_on}", of, score(sus.answers), Question.PROGRAMME)


def _keep(
    session: Session, who: str, asked: str, of: Ticket | SupportCard, points: float, question: Question
) -> None:
    """Keep that somebody answered, and apart from it what: no row leads from one to the other."""
    month = clock.today().replace(day=1)  # by the day, the only answer of a quiet day would be somebody’s
    mark = {"who": who, "question": asked, "answered_on": month}
    row = database.insert(session, AnsweredQuestion).values(mark).on_conflict_do_nothing()
    if session.scalars(row.returning(AnsweredQuestion.who)).first() is None:
        return  # pressed twice at once
    programme = programme_of(session, of.programme_id)
    session.add(
        UsabilityAnswer(
            question=question,
            service_id=of.service_id,
            programme_id=of.programme_id,
            version=programme.version if programme else "",
            answered_on=clock.today(),
            score=points,
        )
    )


def _has_answered(session: Session, who: str, asked: str) -> bool:
    return session.get(AnsweredQuestion, (who, asked)) is not None


def _who(ticket: Ticket) -> str:
    return f"reporter {ticket.reporter_id}"


def _who_has(card: SupportCard) -> str:
    return f"card {card.id}"


def forget_who_answered(session: Session, now: datetime) -> None:
    """Delete that somebody answered, once they will not be asked the same again."""
    before = clock.local(now - KEPT_FOR).date()
    session.exec(delete(AnsweredQuestion).where(col(AnsweredQuestion.answered_on) < before))
