"""Cancelling outbox messages: what waits for an address that is no longer right is not sent."""

from sqlmodel import Session, col, delete, select

from navigator.outbox.outbox_message import OutboxMessage, Recipient


def cancel_waiting(session: Session, recipient: Recipient, recipient_id: int) -> None:
    """Delete what is queued for a recipient and was not sent."""
    waiting = (col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.failed_at).is_(None))
    of_recipient = (
        col(OutboxMessage.recipient) == recipient,
        col(OutboxMessage.recipient_id) == recipient_id,
    )
    by_id = select(OutboxMessage.id).where(*of_recipient, *waiting).order_by(col(OutboxMessage.id))
    ids = session.exec(by_id.with_for_update()).all()  # as the courier locks them
    session.exec(delete(OutboxMessage).where(col(OutboxMessage.id).in_(ids), *waiting))
