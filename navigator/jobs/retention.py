"""What is swept once a night: what need not be kept is forgotten, and SQLite counts what it holds."""

from datetime import datetime, time, timedelta

from sqlalchemy import func, text
from sqlmodel import Session, col, delete, select

from navigator.bulk.bulk import Bulk, BulkItem
from navigator.clock import LONDON, local
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import expired
from navigator.tickets.idempotency_key import IdempotencyKey
from navigator.tickets.presence import Presence
from navigator.tickets.reply_draft import ReplyDraft

IDEMPOTENCY_KEYS_LAST = timedelta(hours=24)
REPLY_DRAFTS_LAST = timedelta(days=14)
OUTBOX_LASTS = timedelta(days=90)
BULKS_LAST = timedelta(days=90)
NIGHT = time(3)


def last_night(now: datetime) -> datetime:
    """The last 3 in the morning in London: what was missed while the desk was down is done when it is up."""
    tonight = datetime.combine(local(now).date(), NIGHT, LONDON)
    return tonight if tonight <= now else datetime.combine(tonight - timedelta(days=1), NIGHT, LONDON)


def delete_old_rows(session: Session, now: datetime) -> None:
    """Delete what has run out."""
    expired.delete_expired(session, now)
    session.exec(delete(IdempotencyKey).where(col(IdempotencyKey.created_at) <= now - IDEMPOTENCY_KEYS_LAST))
    session.exec(delete(Presence).where(col(Presence.seen_at) <= now - IDEMPOTENCY_KEYS_LAST))
    session.exec(delete(ReplyDraft).where(col(ReplyDraft.updated_at) <= now - REPLY_DRAFTS_LAST))
    ended = select(Bulk.id).where(func.coalesce(col(Bulk.ended_at), col(Bulk.stopped_at)) <= now - BULKS_LAST)
    session.exec(delete(BulkItem).where(col(BulkItem.bulk_id).in_(ended)))
    session.exec(delete(Bulk).where(col(Bulk.id).in_(ended)))
    session.exec(delete(OutboxMessage).where(col(OutboxMessage.sent_at) <= now - OUTBOX_LASTS))


def analyze(session: Session, _: datetime) -> None:
    """Let SQLite look how its tables have grown, so that it goes on choosing the right index.

    PostgreSQL does this by itself.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA analysis_limit = 1000"))  # rows of each index: enough, and soon done
        session.execute(text("ANALYZE"))
