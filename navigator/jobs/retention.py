"""Retention: a nightly clean-up that deletes expired rows, and statistics for SQLite's query planner."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, text
from sqlmodel import Session, col, delete, select, update

from navigator.attachments.attachment import Attachment
from navigator.bulk.tables import Bulk, BulkItem
from navigator.catalogue import article_answers
from navigator.clock import local, london_time
from navigator.insight import report_mail
from navigator.mail_in import retention as mail_retention
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import audit_intake, expired
from navigator.problems import affected, subscribing
from navigator.records.holds import all_held
from navigator.records.retention import forget_requests
from navigator.support_cards import cards
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.device_check import DeviceCheck
from navigator.tickets.held_send import HeldSend
from navigator.tickets.idempotency_key import IdempotencyKey
from navigator.tickets.kept_forms import KEPT_FOR, KeptForm
from navigator.tickets.notice import Notice
from navigator.tickets.presence import Presence
from navigator.tickets.reads import TicketRead
from navigator.tickets.repeated_report import RepeatedReport
from navigator.tickets.reports.idempotency import KEY_LASTS
from navigator.tickets.ticket import LIVE, Status, Ticket
from navigator.training.confidence import forget_confidence
from navigator.usability import asking
from navigator.webhooks.tables import WebhookDelivery

DEVICE_CHECK_RETENTION = timedelta(days=90)
REPEAT_RETENTION = timedelta(days=180)
"""Longer than a service looks back for reports of one person: what is offered is not forgotten before."""
CALL_NUMBER_RETENTION = timedelta(days=1)
NIGHTLY_AT = time(3)


@dataclass(frozen=True)
class Passing:
    """Rows that are deleted a while after something; with `held_by`, not while that ticket is on hold."""

    table: Any
    since: Any
    kept_for: timedelta
    only: ColumnElement[bool] | None = None
    held_by: Any = None


def _is_over(ticket_number: Any) -> ColumnElement[bool]:
    return col(ticket_number).in_(select(Ticket.number).where(col(Ticket.status).in_(set(Status) - LIVE)))


_BULK_ENDED_AT = func.coalesce(col(Bulk.ended_at), col(Bulk.stopped_at))
_ITEM_ENDED_AT = select(_BULK_ENDED_AT).where(col(Bulk.id) == col(BulkItem.bulk_id)).scalar_subquery()
_LETTER_ENDED_AT = func.coalesce(col(OutboxMessage.sent_at), col(OutboxMessage.failed_at))

PASSING: Sequence[Passing] = (
    Passing(IdempotencyKey, col(IdempotencyKey.created_at), KEY_LASTS),
    Passing(KeptForm, col(KeptForm.created_at), KEPT_FOR),
    Passing(HeldSend, col(HeldSend.leaves_at), timedelta(hours=1)),
    Passing(Presence, col(Presence.seen_at), timedelta(hours=24)),
    Passing(Attachment, col(Attachment.created_at), timedelta(days=14), col(Attachment.user_id).is_not(None)),
    Passing(TicketRead, col(TicketRead.read_at), timedelta(days=30), _is_over(TicketRead.ticket_number)),
    Passing(WebhookDelivery, col(WebhookDelivery.queued_at), timedelta(days=30)),
    Passing(Notice, col(Notice.created_at), timedelta(days=90)),
    Passing(BulkItem, _ITEM_ENDED_AT, timedelta(days=90)),
    Passing(Bulk, _BULK_ENDED_AT, timedelta(days=90)),
    Passing(OutboxMessage, _LETTER_ENDED_AT, timedelta(days=90), col(OutboxMessage.ticket_number).is_(None)),
    Passing(
        DeviceCheck,
        col(DeviceCheck.created_at),
        DEVICE_CHECK_RETENTION,
        _is_over(DeviceCheck.ticket_number),
        held_by=col(DeviceCheck.ticket_number),
    ),
    Passing(
        RepeatedReport,
        col(RepeatedReport.found_at),
        REPEAT_RETENTION,
        held_by=col(RepeatedReport.ticket_number),
    ),
)
"""What nobody sets, in the order in which it goes: what stands on other rows before these."""


def last_night(now: datetime) -> datetime:
    """The slot of nightly jobs: the last 3am in London, so that what was missed while down is done late."""
    today = local(now).date()
    tonight = london_time(today, NIGHTLY_AT)
    return tonight if tonight <= now else london_time(today - timedelta(days=1), NIGHTLY_AT)


def delete_old_rows(session: Session, now: datetime) -> None:
    """Delete rows past their retention period."""
    for forget in FORGETTING:
        forget(session, now)
    held = all_held(session)
    mail_retention.forget_machines(session, now, held)
    _forget_numbers(session, now, held)
    for each in PASSING:
        query = delete(each.table).where(each.since <= now - each.kept_for)
        query = query if each.only is None else query.where(each.only)
        session.exec(query if each.held_by is None else query.where(each.held_by.not_in(held)))


def _forget_numbers(session: Session, now: datetime, held: Collection[int]) -> None:
    is_over = (col(BookedCall.ended_at) <= now - CALL_NUMBER_RETENTION, col(BookedCall.phone) != "")
    is_free = col(BookedCall.ticket_number).not_in(held)
    session.exec(update(BookedCall).where(*is_over, is_free).values(phone=""))


FORGETTING: Sequence[Callable[[Session, datetime], object]] = (
    expired.delete_expired,
    audit_intake.forget_taken,
    affected.forget_contacts,
    subscribing.forget_unconfirmed,
    cards.delete_unused,
    forget_requests,
    article_answers.forget_answers,
    asking.forget_who_answered,
    forget_confidence,
    report_mail.forget_former,
)
"""What goes by more than its age."""


def analyze(session: Session, _: datetime) -> None:
    """Run ANALYZE on SQLite, so that it goes on choosing the right index; PostgreSQL does so by itself."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA analysis_limit = 1000"))  # rows of each index: enough, and soon done
        session.execute(text("ANALYZE"))
