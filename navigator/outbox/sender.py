"""The courier: takes each waiting letter once, writes it out, and carries it; what fails is tried again.

A letter is claimed in one transaction, written out in a second, carried in none and marked in a third. If the
courier dies in between, its claim lapses: a letter goes out at least once, never lost and at worst doubled.
"""

from navigator import database
from navigator.outbox import claims, file_backend, govuk_notify, smtp
from navigator.outbox.addresses import address_of, stays_here
from navigator.outbox.claims import Claim
from navigator.outbox.outbox_message import Channel, Letter
from navigator.outbox.render import write
from navigator.outbox.rendered_message import Carrier, Parcel, Refusal, Unreachable
from navigator.outbox.urls import link_for
from navigator.people.reporter import reference
from navigator.safe_logging import place_of
from navigator.settings import settings

ROUND = 50
"""So few letters that a process which is asked to stop soon can."""


def send_waiting() -> int:
    """Send letters whose time has come, and say how many were tried; a closed channel waits for next time."""
    closed: set[str] = set()
    for tried in range(ROUND):
        if (claim := claims.claim(closed)) is None:
            return tried
        try:
            _send(claim)
        except Unreachable as failure:
            closed.add(claim.channel)
            claims.put_off(claim, str(failure))
    return ROUND


def _send(claim: Claim) -> None:
    try:
        parcel = _pack(claim)
        if parcel is None:
            claims.withdraw(claim)
            return
        _carrier_for(parcel)(parcel)
    except Unreachable:
        raise
    except Refusal as refusal:
        refused = claims.give_up if refusal.for_good else claims.put_off
        refused(claim, str(refusal))
    except Exception as fault:
        claims.put_off(claim, place_of(fault))
    else:
        claims.mark_sent(claim)


def _pack(claim: Claim) -> Parcel | None:
    """A claimed letter written out; None if its recipient is not to be written to any more."""
    with database.writing() as session:
        letter = session.get_one(Letter, claim.letter_id)
        address = address_of(session, letter.recipient, letter.recipient_id)
        if address is None:
            return None
        letter.channel = address.channel
        number = letter.ticket_number
        facts = {
            **letter.facts,
            "reference": reference(number) if number is not None else "",
            "link": link_for(session, letter),
        }
        name, queued_at = letter.template, letter.queued_at
        stays = stays_here(session, letter)
    return Parcel(claim.letter_id, name, queued_at, address, write(name, facts), stays)


def _carrier_for(parcel: Parcel) -> Carrier:
    now = settings()
    if parcel.stays_here:
        return file_backend.carry
    if parcel.address.channel == Channel.EMAIL:
        return smtp.carry if now.mail_host else file_backend.carry
    if now.notify_key.get_secret_value():
        return govuk_notify.carry
    if now.mail_host:
        raise Unreachable("text messages are not set up")  # a desk that sends mail is no trial: say so
    return file_backend.carry
