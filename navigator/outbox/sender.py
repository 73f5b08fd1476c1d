"""The courier: takes each waiting letter once, writes it out, and carries it; what fails is tried again.

A letter is claimed in one transaction, written out in a second, carried in none and marked in a third. If the
courier dies in between, its claim lapses: a letter goes out at least once, never lost and at worst doubled.
"""

from navigator import database
from navigator.outbox import claims, file_backend, govuk_notify, smtp
from navigator.outbox.addresses import address_of, is_demonstration
from navigator.outbox.claims import OutboxClaim
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage
from navigator.outbox.render import render
from navigator.outbox.rendered_message import Backend, BackendUnavailable, DeliveryRefused, RenderedMessage
from navigator.outbox.urls import link_for
from navigator.people.reporter import reference
from navigator.safe_logging import exception_location
from navigator.settings import settings

BATCH = 50
"""So few letters that a process which is asked to stop soon can."""


def send_waiting() -> int:
    """Send letters whose time has come, and say how many were tried; a closed channel waits for next time."""
    closed: set[str] = set()
    for tried in range(BATCH):
        if (claim := claims.claim(closed)) is None:
            return tried
        try:
            _send(claim)
        except BackendUnavailable as failure:
            closed.add(claim.channel)
            claims.retry_later(claim, str(failure))
    return BATCH


def _send(claim: OutboxClaim) -> None:
    try:
        parcel = _pack(claim)
        if parcel is None:
            claims.discard(claim)
            return
        _carrier_for(parcel)(parcel)
    except BackendUnavailable:
        raise
    except DeliveryRefused as refusal:
        refused = claims.mark_failed if refusal.for_good else claims.retry_later
        refused(claim, str(refusal))
    except Exception as fault:
        claims.retry_later(claim, exception_location(fault))
    else:
        claims.mark_sent(claim)


def _pack(claim: OutboxClaim) -> RenderedMessage | None:
    """A claimed letter written out; None if its recipient is not to be written to any more."""
    with database.writing() as session:
        letter = session.get_one(OutboxMessage, claim.letter_id)
        address = address_of(session, letter.recipient, letter.recipient_id)
        if address is None:
            return None
        letter.channel = address.channel
        number = letter.ticket_number
        facts = {
            **letter.context,
            "reference": reference(number) if number is not None else "",
            "link": link_for(session, letter),
        }
        name, queued_at = letter.template, letter.queued_at
        stays = is_demonstration(session, letter)
    return RenderedMessage(claim.letter_id, name, queued_at, address, render(name, facts), stays)


def _carrier_for(parcel: RenderedMessage) -> Backend:
    now = settings()
    if parcel.stays_here:
        return file_backend.send
    if parcel.address.channel == DeliveryChannel.EMAIL:
        return smtp.send if now.mail_host else file_backend.send
    if now.notify_key.get_secret_value():
        return govuk_notify.send
    if now.mail_host:
        raise BackendUnavailable("text messages are not set up")  # a desk that sends mail is no trial: say so
    return file_backend.send
