"""Letters of a notice: one to each subscriber of its programme, queued in pieces, each once."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, exists, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.outbox.enclosures import Enclosure, encloses
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage, Recipient
from navigator.outbox.urls import LEAVE_NOTICES, absolute_url
from navigator.people.notice_subscriber import LEAVE, NoticeSubscriber, subscriber_token
from navigator.problems.notice import ProblemNotice
from navigator.problems.problem import Problem
from navigator.problems.status_list import notice_of

LETTER, CONFIRM_LETTER = "notice", "notice_confirm"
PIECE = 100
"""So few letters in one transaction that others can write in between."""
TEXTS_FROM, TEXTS_UNTIL = time(8), time(20)
"""Nobody’s phone is woken at night by a notice: a text waits until the morning, London’s time."""


def notices_to_queue(now: datetime) -> Select[Any]:
    """The published notices of which not every subscriber has a letter yet."""
    is_due = (col(ProblemNotice.published_at) <= now, col(ProblemNotice.letters_ended_at).is_(None))
    return select(ProblemNotice.id).where(*is_due).order_by(col(ProblemNotice.id))


def queue_letters(session: Session, now: datetime, notice_id: int) -> None:
    """Queue the next piece of letters, in one transaction with how far it came."""
    notice = session.get_one(ProblemNotice, notice_id)
    programme = _programme(session, notice)
    waiting = (
        NoticeSubscriber.programme_id == programme.id,
        col(NoticeSubscriber.confirmed_at) <= notice.published_at,
        col(NoticeSubscriber.id) > notice.queued_to,
    )
    query = select(NoticeSubscriber.id).where(*waiting).order_by(col(NoticeSubscriber.id)).limit(PIECE)
    ids = session.exec(query).all()
    for id in ids:
        _queue(session, now, notice, programme, id)
        notice.queued_to = id
    if len(ids) < PIECE:
        notice.letters_ended_at = now


def _queue(session: Session, now: datetime, notice: ProblemNotice, programme: Programme, id: int) -> None:
    letter = enqueue(
        session,
        LETTER,
        Recipient.SUBSCRIBER,
        id,
        context={"notice": notice.id, "programme": programme.code},
        dedupe_key=f"notice {notice.id} {id}",
    )
    if letter is not None and letter.channel == DeliveryChannel.TEXT:
        letter.send_at = by_day(now)


def by_day(at: datetime) -> datetime:
    """This moment, or the next morning if it is night."""
    local = clock.local(at)
    if TEXTS_FROM <= local.time() < TEXTS_UNTIL:
        return at
    return clock.london_time(local.date() + timedelta(days=local.time() >= TEXTS_UNTIL), TEXTS_FROM)


def _programme(session: Session, notice: ProblemNotice) -> Programme:
    return session.get_one(Programme, session.get_one(Problem, notice.problem_id).programme_id)


@encloses(LETTER)
def notice_facts(session: Session, message: OutboxMessage) -> Enclosure | None:
    """What a notice says, looked up when it is sent; none to whoever left, no text that is out of date.

    Nobody is sent what was taken from the status page meanwhile.
    """
    notice = session.get(ProblemNotice, message.context["notice"])
    subscriber = session.get(NoticeSubscriber, message.recipient_id)
    if notice is None or subscriber is None:
        return None
    if message.channel == DeliveryChannel.TEXT and _is_out_of_date(session, notice):
        return None
    problem, programme = session.get_one(Problem, notice.problem_id), _programme(session, notice)
    if not problem.is_public:
        return None
    leave = _leave_url(subscriber)
    facts = {
        "notice": notice_of(notice),
        "title": problem.title,
        "programme_name": programme.name,
        "leave": leave,
    }
    return Enclosure(facts, headers=_headers(leave), text_ending=leave)


@encloses(CONFIRM_LETTER)
def confirm_facts(session: Session, message: OutboxMessage) -> Enclosure | None:
    """The programme of which somebody asked for notices."""
    subscriber = session.get(NoticeSubscriber, message.recipient_id)
    if subscriber is None:
        return None
    programme = session.get_one(Programme, subscriber.programme_id)
    leave = _leave_url(subscriber)
    return Enclosure({"programme_name": programme.name, "leave": leave}, headers=_headers(leave))


def _leave_url(subscriber: NoticeSubscriber) -> str:
    return absolute_url(LEAVE_NOTICES, token=subscriber_token(LEAVE, subscriber))


def _headers(leave: str) -> dict[str, str]:
    """The headers by which a mail program offers to end it by one press (RFC 8058)."""
    return {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _is_out_of_date(session: Session, notice: ProblemNotice) -> bool:
    newer = (col(ProblemNotice.problem_id) == notice.problem_id, col(ProblemNotice.id) > notice.id)
    published = col(ProblemNotice.published_at).is_not(None)
    return session.exec(select(exists().where(*newer, published))).one()
