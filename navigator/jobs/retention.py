"""Retention: a nightly clean-up that deletes expired rows, and statistics for SQLite's query planner."""

from datetime import datetime, time, timedelta

from sqlalchemy import func, text
from sqlmodel import Session, col, delete, select, update

from navigator.bulk.tables import Bulk, BulkItem
from navigator.catalogue import article_answers
from navigator.clock import local, london_time
from navigator.insight import report_mail
from navigator.mail_in import retention as mail_retention
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import audit_intake, expired
from navigator.problems import affected, subscribing
from navigator.records.retention import forget_requests, remove_by_default
from navigator.support_cards import cards
from navigator.tickets import attached_files, notices, repeats
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.device_check import DeviceCheck
from navigator.tickets.held_send import HeldSend
from navigator.tickets.idempotency_key import IdempotencyKey
from navigator.tickets.kept_forms import KEPT_FOR, KeptForm
from navigator.tickets.presence import Presence
from navigator.tickets.reads import TicketRead
from navigator.tickets.reports.idempotency import KEY_LASTS
from navigator.tickets.ticket import LIVE, Status, Ticket
from navigator.training.confidence import forget_confidence
from navigator.usability import asking
from navigator.webhooks.tables import WebhookDelivery

PRESENCE_RETENTION = timedelta(hours=24)
STAGED_FILE_RETENTION = timedelta(days=14)
HELD_SEND_RETENTION = timedelta(hours=1)
OUTBOX_RETENTION = timedelta(days=90)
WEBHOOK_RETENTION = timedelta(days=30)
READ_RETENTION = timedelta(days=30)
BULK_RETENTION = timedelta(days=90)
DEVICE_CHECK_RETENTION = timedelta(days=90)
NOTICE_RETENTION = timedelta(days=90)
REPEAT_RETENTION = timedelta(days=180)
"""Longer than a service looks back for reports of one person: what is offered is not forgotten before."""
CALL_NUMBER_RETENTION = timedelta(days=1)
NIGHTLY_AT = time(3)


def last_night(now: datetime) -> datetime:
    """The slot of nightly jobs: the last 3am in London, so that what was missed while down is done late."""
    today = local(now).date()
    tonight = london_time(today, NIGHTLY_AT)
    return tonight if tonight <= now else london_time(today - timedelta(days=1), NIGHTLY_AT)


def delete_old_rows(session: Session, now: datetime) -> None:
    """Delete rows past their retention period."""
    expired.delete_expired(session, now)
    audit_intake.forget_taken(session, now)
    affected.forget_contacts(session, now)
    subscribing.forget_unconfirmed(session, now)
    cards.delete_unused(session, now)
    remove_by_default(session, now)
    forget_requests(session, now)
    article_answers.forget_answers(session, now)
    asking.forget_who_answered(session, now)
    forget_confidence(session, now)
    session.exec(delete(IdempotencyKey).where(col(IdempotencyKey.created_at) <= now - KEY_LASTS))
    session.exec(delete(KeptForm).where(col(KeptForm.created_at) <= now - KEPT_FOR))
    report_mail.forget_former(session)
    notices.delete_before(session, now - NOTICE_RETENTION)
    repeats.forget(session, now - REPEAT_RETENTION)
    session.exec(delete(Presence).where(col(Presence.seen_at) <= now - PRESENCE_RETENTION))
    session.exec(delete(HeldSend).where(col(HeldSend.leaves_at) <= now - HELD_SEND_RETENTION))
    attached_files.forget_staged(session, now - STAGED_FILE_RETENTION)
    is_over = col(Ticket.status).in_(set(Status) - LIVE)
    over = select(Ticket.number).where(is_over)
    checked_long_ago = col(DeviceCheck.created_at) <= now - DEVICE_CHECK_RETENTION
    session.exec(delete(DeviceCheck).where(checked_long_ago, col(DeviceCheck.ticket_number).in_(over)))
    mail_retention.forget_machines(session, now)
    read_long_ago = col(TicketRead.read_at) <= now - READ_RETENTION
    session.exec(delete(TicketRead).where(read_long_ago, col(TicketRead.ticket_number).in_(over)))
    ended = select(Bulk.id).where(
        func.coalesce(col(Bulk.ended_at), col(Bulk.stopped_at)) <= now - BULK_RETENTION
    )
    session.exec(delete(BulkItem).where(col(BulkItem.bulk_id).in_(ended)))
    session.exec(delete(Bulk).where(col(Bulk.id).in_(ended)))
    ended_call = col(BookedCall.ended_at) <= now - CALL_NUMBER_RETENTION
    session.exec(update(BookedCall).where(ended_call, col(BookedCall.phone) != "").values(phone=""))
    of_webhooks = col(WebhookDelivery.queued_at) <= now - WEBHOOK_RETENTION
    session.exec(delete(WebhookDelivery).where(of_webhooks))
    of_no_ticket = col(OutboxMessage.ticket_number).is_(None)
    session.exec(
        delete(OutboxMessage).where(of_no_ticket, col(OutboxMessage.sent_at) <= now - OUTBOX_RETENTION)
    )


def analyze(session: Session, _: datetime) -> None:
    """Run ANALYZE on SQLite, so that it goes on choosing the right index; PostgreSQL does so by itself."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA analysis_limit = 1000"))  # rows of each index: enough, and soon done
        session.execute(text("ANALYZE"))
