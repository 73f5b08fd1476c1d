"""The courier: takes each waiting letter once, writes it out, and carries it; what fails is tried again.

A letter is claimed in one transaction, written out in a second, carried in none and marked in a third. If the
courier dies in between, its claim lapses: a letter goes out at least once, never lost and at worst doubled.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import col, delete, or_, select, update

from navigator import clock, database
from navigator.outbox import folder, mail_server, notify
from navigator.outbox.addresses import address_of, stays_here
from navigator.outbox.directions import link_for
from navigator.outbox.letter import Channel, Letter
from navigator.outbox.mishap import place_of
from navigator.outbox.parcel import Carrier, Parcel, Refusal, Unreachable
from navigator.outbox.render import write
from navigator.people.reporter import reference
from navigator.settings import settings

CLAIM_LASTS = timedelta(minutes=3)
"""Longer than any carrier's patience."""

ROUND = 50
"""So few letters that a process which is asked to stop soon can."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
TRIES = 120
"""About five days: a mail server that is down over Easter loses nothing."""

log = structlog.get_logger("desk.outbox")


@dataclass(frozen=True)
class _Claim:
    letter_id: int
    channel: str
    attempts: int


def send_waiting() -> int:
    """Send letters whose time has come, and say how many were tried; a closed channel waits for next time."""
    closed: set[str] = set()
    for tried in range(ROUND):
        if (claim := _claim(closed)) is None:
            return tried
        try:
            _send(claim)
        except Unreachable as failure:
            closed.add(claim.channel)
            _put_off(claim, str(failure))
    return ROUND


def _claim(closed: Collection[str]) -> _Claim | None:
    now = clock.now()
    free = or_(col(Letter.claimed_until_at).is_(None), col(Letter.claimed_until_at) <= now)
    waiting = (
        select(Letter.id)
        .where(col(Letter.sent_at).is_(None), col(Letter.given_up_at).is_(None))
        .where(Letter.send_at <= now, free, col(Letter.channel).not_in(closed))
        .order_by(col(Letter.send_at), col(Letter.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(Letter)
        .where(col(Letter.id) == waiting.scalar_subquery())
        .values(claimed_until_at=now + CLAIM_LASTS, attempts=col(Letter.attempts) + 1)
        .returning(col(Letter.id), col(Letter.channel), col(Letter.attempts))
    )
    with database.writing() as session:
        row = session.exec(taken).one_or_none()
        return _Claim(*row) if row else None


def _send(claim: _Claim) -> None:
    try:
        parcel = _pack(claim)
        if parcel is not None:
            _carrier_for(parcel)(parcel)
    except Unreachable:
        raise
    except Refusal as refusal:
        if refusal.for_good:
            _give_up(claim, str(refusal))
        else:
            _put_off(claim, str(refusal))
    except Exception as fault:
        _put_off(claim, place_of(fault))
    else:
        _mark_sent(claim, is_sent=parcel is not None)


def _pack(claim: _Claim) -> Parcel | None:
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
        return folder.carry
    if parcel.address.channel == Channel.EMAIL:
        return mail_server.carry if now.mail_host else folder.carry
    if now.notify_key.get_secret_value():
        return notify.carry
    if now.mail_host:
        raise Unreachable("text messages are not set up")  # a desk that sends mail is no trial: say so
    return folder.carry


def _mark_sent(claim: _Claim, *, is_sent: bool) -> None:
    """Mark a letter as sent; one that may not be sent any more is forgotten."""
    this = col(Letter.id) == claim.letter_id
    with database.writing() as session:
        if is_sent:
            session.exec(update(Letter).where(this).values(sent_at=clock.now(), last_error=""))
        else:
            session.exec(delete(Letter).where(this))
    log.info("letter sent" if is_sent else "letter withdrawn", letter=claim.letter_id)


def _put_off(claim: _Claim, error: str) -> None:
    if claim.attempts >= TRIES:
        _give_up(claim, error)
        return
    _mark(claim, send_at=clock.now() + wait_after(claim.attempts), claimed_until_at=None, last_error=error)
    log.warning("letter not sent yet", letter=claim.letter_id, attempts=claim.attempts, error=error)


def _give_up(claim: _Claim, error: str) -> None:
    _mark(claim, given_up_at=clock.now(), last_error=error)
    log.error("letter given up", letter=claim.letter_id, attempts=claim.attempts, error=error)


def _mark(claim: _Claim, **values: object) -> None:
    """Change a letter if it is still ours: another courier may have it since, or have sent it."""
    still_ours = (col(Letter.id) == claim.letter_id, col(Letter.attempts) == claim.attempts)
    with database.writing() as session:
        session.exec(update(Letter).where(*still_ours, col(Letter.sent_at).is_(None)).values(**values))


def wait_after(attempts: int) -> timedelta:
    """How long a letter rests after so many tries: twice as long each time, and not just when others do."""
    spread = random.uniform(0.75, 1.25)  # noqa: S311 - it spreads load and keeps no secret
    return min(FIRST_WAIT * (1 << min(attempts - 1, 10)), LONGEST_WAIT) * spread
