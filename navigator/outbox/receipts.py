"""Delivery receipts: what became of a letter that was sent, as its carrier says afterwards.

GOV.UK Notify says it once a text, by a callback, and asks again where it is not answered with a 2xx. What did
not arrive for now is sent again, and after that, as what never will, it has failed: it goes by the next
way of its reader’s plan, or staff are asked to call.
"""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete

from navigator import clock
from navigator.errors import Unavailable
from navigator.outbox.contact_plan import NEXT_WAY
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage, Recipient
from navigator.people.private_links import address_hash
from navigator.people.reporter import ContactMethod, Reporter
from navigator.phone_numbers import e164

MOST_COME_BACKS = 2
"""So often a text that did not arrive for now is sent again."""
AGAIN_AFTER = timedelta(hours=1)
CAME_BACK = "it came back"


class Receipt(BaseModel):
    """A receipt as Notify sends it; what else stands in it is not read, the number least of all."""

    id: str = Field(min_length=1, max_length=100)
    reference: str = Field(default="", max_length=100)
    status: Literal["delivered", "permanent-failure", "temporary-failure", "technical-failure"]


def note_receipt(session: Session, receipt: Receipt) -> None:
    """Note what became of a text, once; a receipt of another desk, or of an earlier try, changes nothing.

    That it arrived counts late, too: then it is not sent again, neither so nor by another way.
    """
    letter = letter_of(session, receipt.reference)
    if letter is None or letter.channel != DeliveryChannel.TEXT or letter.delivered_at:
        return
    if is_being_sent(letter):
        raise Unavailable("This text is being sent at this moment.")  # whoever asks again finds it
    if not letter.provider_id or letter.provider_id != receipt.id:
        return
    if receipt.status == "delivered":
        _arrived(session, letter)
    elif letter.sent_at is None:
        return  # it was said before
    elif receipt.status == "permanent-failure":
        come_back(letter)
    else:
        _try_again(letter)


def letter_of(session: Session, reference: str) -> OutboxMessage | None:
    """The letter that a carrier names, locked; None where it names none of ours."""
    is_id = reference.isascii() and reference.isdecimal() and len(reference) < 10
    return session.get(OutboxMessage, int(reference), with_for_update=True) if is_id else None


def is_being_sent(letter: OutboxMessage) -> bool:
    """Whether somebody holds it now, to send it."""
    claimed_until = letter.claimed_until_at
    is_held = claimed_until is not None and claimed_until > clock.now()
    return letter.sent_at is None and letter.failed_at is None and is_held


def _arrived(session: Session, letter: OutboxMessage) -> None:
    letter.delivered_at = clock.now()
    letter.sent_at, letter.failed_at, letter.last_error = letter.sent_at or letter.delivered_at, None, ""
    is_to_reporter = letter.recipient == Recipient.REPORTER
    reporter = session.get(Reporter, letter.recipient_id) if is_to_reporter else None
    if reporter and letter.sent_to_hash == address_hash(e164(reporter.phone)):
        reporter.not_arriving_since_at = None
        if reporter.contact_method == ContactMethod.TEXT:
            reporter.other_way_since_at = None
    session.exec(delete(OutboxMessage).where(*_goes_again(letter)))


def _goes_again(letter: OutboxMessage) -> tuple[ColumnElement[bool], ...]:
    """The letter that waits to say the same by another way; a worker that has claimed it looks once more."""
    same = col(OutboxMessage.dedupe_key) == NEXT_WAY.format(letter.id)
    return (same, col(OutboxMessage.sent_at).is_(None))


def come_back(letter: OutboxMessage) -> None:
    """A letter came back for good: as if it had been refused, and the jobs that look for that do the rest."""
    if letter.failed_at is None:
        letter.sent_at, letter.failed_at, letter.last_error = None, clock.now(), CAME_BACK


def _try_again(letter: OutboxMessage) -> None:
    """Send it again after a while, to where its reader is reached then; too often, and it has failed."""
    if letter.came_back >= MOST_COME_BACKS:
        come_back(letter)
        return
    letter.came_back += 1
    letter.sent_at, letter.claimed_until_at = None, None
    letter.send_at, letter.last_error = clock.now() + AGAIN_AFTER, "it did not arrive for now"
