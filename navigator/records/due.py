"""What is past its days: for each class of record, the query of its rows, and how these are removed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlmodel import Session, col

from navigator.attachments.attachment import Attachment
from navigator.mail_in import retention as mail_in
from navigator.mail_in.tables import Mail, MailState
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import SYSTEM
from navigator.records.empty import empty_tickets
from navigator.search_words import index_words
from navigator.tickets.action_rules import Action
from navigator.tickets.redaction import REMOVED
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import ClinicalReview, Event, Message, Status, Ticket

Keys = Sequence[Any]


@dataclass(frozen=True)
class Rule:
    """How rows of a class come to be due, the first column their key, the second the ticket; how they go."""

    due: Callable[[int, datetime], Any]
    remove: Callable[[Session, Keys, datetime], None]


_NUMBER = col(Ticket.number)
_HAS_REVIEW = exists().where(
    or_(col(ClinicalReview.ticket_number) == _NUMBER, col(ClinicalReview.origin_number) == _NUMBER)
)
_REVIEW_STANDS = _HAS_REVIEW.where(col(ClinicalReview.ended_at).is_(None))
"""Nothing of it goes before: a clinician reads it as it was written, and reaches whoever reported."""
_IS_EMPTY = exists().where(
    col(Event.ticket_number) == _NUMBER,
    col(Event.action) == Action.EMPTY,
    col(Event.created_at) >= col(Ticket.updated_at),
)

_MAIL_WAITS = exists().where(
    col(Mail.ticket_number) == _NUMBER, col(Mail.state).in_((MailState.WAITING, MailState.UNSORTED))
)
"""Whoever sorts it reads the ticket that it seems to belong to."""


def _is_over(service_id: int, before: datetime) -> ColumnElement[bool]:
    """That a ticket ended before then; one that was merged, when it was."""
    closed = and_(col(Ticket.status) == Status.CLOSED, col(Ticket.closed_at) <= before)
    merged = and_(col(Ticket.status) == Status.MERGED, col(Ticket.updated_at) <= before)
    return and_(col(Ticket.service_id) == service_id, or_(closed, merged))


def _tickets(service_id: int, before: datetime) -> Any:
    return select(_NUMBER, _NUMBER).where(
        _is_over(service_id, before), ~_HAS_REVIEW, ~_IS_EMPTY, ~_MAIL_WAITS
    )


def _reviewed(service_id: int, before: datetime) -> Any:
    ended_late = _HAS_REVIEW.where(col(ClinicalReview.ended_at) > before)
    is_due = (
        _is_over(service_id, before),
        _HAS_REVIEW,
        ~_REVIEW_STANDS,
        ~ended_late,
        ~_IS_EMPTY,
        ~_MAIL_WAITS,
    )
    return select(_NUMBER, _NUMBER).where(*is_due)


def _empty(session: Session, keys: Keys, _: datetime) -> None:
    empty_tickets(session, SYSTEM, keys)


def _files(service_id: int, before: datetime) -> Any:
    query = select(col(Attachment.id), _NUMBER).join(Message, col(Message.id) == col(Attachment.message_id))
    query = query.join(Ticket, col(Message.ticket_number) == _NUMBER)
    return query.where(_is_over(service_id, before), ~_REVIEW_STANDS)


def _delete_files(session: Session, keys: Keys, _: datetime) -> None:
    messages = select(col(Attachment.message_id)).where(col(Attachment.id).in_(keys))
    ids = session.scalars(messages).all()
    session.execute(delete(Attachment).where(col(Attachment.id).in_(keys)))
    left = exists().where(col(Attachment.message_id) == col(Message.id))
    session.execute(update(Message).where(col(Message.id).in_(ids), ~left).values(has_attachments=False))


def _calls(service_id: int, before: datetime) -> Any:
    query = select(col(Message.id), _NUMBER).join(Ticket, col(Message.ticket_number) == _NUMBER)
    is_call = (col(Message.action) == Action.CALL, col(Message.body).not_in(("", REMOVED)))
    return query.where(_is_over(service_id, before), ~_REVIEW_STANDS, *is_call)


def _empty_calls(session: Session, keys: Keys, _: datetime) -> None:
    messages = Message.__table__  # type: ignore[attr-defined]
    words = {"body": REMOVED, "search_words": index_words(REMOVED)}
    session.execute(messages.update().where(messages.c.id.in_(keys)).values(**words))


def _mail(service_id: int, before: datetime) -> Any:
    query = select(col(OutboxMessage.id), _NUMBER).join(Ticket, col(OutboxMessage.ticket_number) == _NUMBER)
    done_at = func.coalesce(col(OutboxMessage.sent_at), col(OutboxMessage.failed_at))
    return query.where(col(Ticket.service_id) == service_id, done_at <= before, ~_REVIEW_STANDS)


def _delete_mail(session: Session, keys: Keys, _: datetime) -> None:
    session.execute(delete(OutboxMessage).where(col(OutboxMessage.id).in_(keys)))


def _mails(service_id: int, before: datetime) -> Any:
    on_waiting = select(_NUMBER).where(col(Mail.ticket_number) == _NUMBER, _REVIEW_STANDS).exists()
    return mail_in.decided_before(service_id, before).where(~on_waiting)


def _forget_mails(session: Session, keys: Keys, _: datetime) -> None:
    mail_in.forget(session, keys)


def _drafts(service_id: int, before: datetime) -> Any:
    query = select(_NUMBER, _NUMBER).join(ReplyDraft, col(ReplyDraft.ticket_number) == _NUMBER)
    is_old = col(ReplyDraft.updated_at) <= before
    return query.where(col(Ticket.service_id) == service_id, is_old).distinct()


def _delete_drafts(session: Session, keys: Keys, before: datetime) -> None:
    is_old = (col(ReplyDraft.ticket_number).in_(keys), col(ReplyDraft.updated_at) <= before)
    session.execute(delete(ReplyDraft).where(*is_old))


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "ticket": Rule(_tickets, _empty),
        "review": Rule(_reviewed, _empty),
        "attachment": Rule(_files, _delete_files),
        "call": Rule(_calls, _empty_calls),
        "mail_in": Rule(_mails, _forget_mails),
        "mail": Rule(_mail, _delete_mail),
        "draft": Rule(_drafts, _delete_drafts),
    }
)
"""By class of record."""
