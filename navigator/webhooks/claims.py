"""Claims on webhook deliveries: one worker at a time makes a call, and writes down how it went."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlmodel import Session, col, or_, select, update

from navigator import clock, database
from navigator.catalogue.service import Service
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.directory import users_with_role
from navigator.people.user import Role
from navigator.webhooks.signing import opened_secrets
from navigator.webhooks.tables import Pause, WebhookDelivery, WebhookEndpoint, is_waiting

CLAIM_LASTS = timedelta(minutes=2)
"""Longer than any call may take."""
DELAYS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""How long is waited after each attempt: ten in about three days."""
PAUSED_AFTER = timedelta(days=3)
"""So long nothing has arrived at an endpoint before it is paused."""
LONGEST_ASKED = timedelta(days=1)
"""Of what an endpoint asks by `Retry-After`."""
OK, GONE = range(200, 300), 410

log = structlog.get_logger("desk.webhooks")


@dataclass(frozen=True)
class Claim:
    """A call that this worker makes now, read at once: its repr shows no key."""

    id: int
    endpoint_id: int
    url: str
    message_id: str
    body: bytes
    attempts: int
    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"<delivery {self.id}, attempt {self.attempts}>"


@dataclass(frozen=True)
class Outcome:
    """How a call went: the status of the answer, or why there was none; what it asks by `Retry-After`."""

    status: int | None
    error: str = ""
    retry_after: timedelta | None = None

    @property
    def has_arrived(self) -> bool:
        """Whether it was taken."""
        return self.status in OK


def endpoints_due() -> list[int]:
    """The endpoints to which something is to be sent now."""
    query = select(WebhookEndpoint.id).join(Service).where(*_may_be_sent(clock.now())).distinct()
    with database.reading() as session:
        return list(session.exec(query.join(WebhookDelivery)))


def _may_be_sent(now: datetime) -> tuple[Any, ...]:
    claimed_until = col(WebhookDelivery.claimed_until_at)
    return (
        col(WebhookEndpoint.is_active),
        col(WebhookEndpoint.paused_at).is_(None),
        ~col(Service.is_demonstration),  # nothing leaves a demonstration
        is_waiting(),
        col(WebhookDelivery.send_at) <= now,
        # What was claimed by a clock that stood ahead is not held until that time comes.
        or_(claimed_until.is_(None), claimed_until <= now, claimed_until > now + 2 * CLAIM_LASTS),
    )


def claim(endpoint_id: int) -> Claim | None:
    """Claim the delivery of an endpoint that has waited longest; None if none is due."""
    now = clock.now()
    with database.writing() as session:
        query = select(WebhookDelivery, WebhookEndpoint).join(WebhookEndpoint).join(Service)
        of_endpoint = WebhookDelivery.endpoint_id == endpoint_id
        due = query.where(of_endpoint, *_may_be_sent(now)).order_by(col(WebhookDelivery.id)).limit(1)
        lock = {"skip_locked": True, "of": WebhookDelivery}
        row = session.exec(due.with_for_update(**lock)).first()  # type: ignore[arg-type]
        if row is None:
            return None
        delivery, endpoint = row
        delivery.claimed_until_at, delivery.attempts = now + CLAIM_LASTS, delivery.attempts + 1
        keys = tuple(opened_secrets(session, endpoint_id))
        facts = (delivery.id, endpoint_id, endpoint.url, delivery.message_id, delivery.body.encode())
        return Claim(*facts, delivery.attempts, keys)


def write_down(claim: Claim, outcome: Outcome) -> None:
    """Write down how a call went, and what follows for its endpoint."""
    now = clock.now()
    with database.writing() as session:
        endpoint = session.get(WebhookEndpoint, claim.endpoint_id, with_for_update=True)
        if endpoint is None or not _is_still_ours(session, claim):
            return  # it was taken away, or somebody else made the call since
        values: dict[str, Any] = {
            "tried_at": now,
            "response_status": outcome.status,
            "last_error": outcome.error,
        }
        values |= {"claimed_until_at": None} | _what_follows(claim, outcome, now)
        session.exec(update(WebhookDelivery).where(col(WebhookDelivery.id) == claim.id).values(**values))
        _note_health(session, endpoint, outcome, now, is_given_up="failed_at" in values)
    said = {"delivery": claim.id, "attempts": claim.attempts, "status": outcome.status}
    if outcome.has_arrived:
        log.info("webhook delivered", **said)
    elif "failed_at" in values:
        log.error("webhook given up", **said, error=outcome.error)
    else:
        log.warning("webhook not delivered yet", **said, error=outcome.error)


def _is_still_ours(session: Session, claim: Claim) -> bool:
    mine = (col(WebhookDelivery.id) == claim.id, col(WebhookDelivery.attempts) == claim.attempts)
    return session.exec(select(WebhookDelivery.id).where(*mine)).first() is not None


def _what_follows(claim: Claim, outcome: Outcome, now: datetime) -> dict[str, object]:
    if outcome.has_arrived:
        return {"sent_at": now, "last_error": ""}
    if outcome.status == GONE or claim.attempts > len(DELAYS):
        return {"failed_at": now}
    return {"send_at": now + max(retry_delay(claim.attempts), outcome.retry_after or timedelta())}


def retry_delay(attempts: int) -> timedelta:
    """How long is waited after so many attempts, never all endpoints for the same time."""
    spread = random.uniform(0.8, 1.2)  # noqa: S311 - it spreads load and keeps no secret
    return DELAYS[min(attempts, len(DELAYS)) - 1] * spread


def _note_health(
    session: Session, endpoint: WebhookEndpoint, outcome: Outcome, now: datetime, *, is_given_up: bool
) -> None:
    """Pause an endpoint that is gone or has failed for days, and tell whoever answers for it."""
    if outcome.has_arrived:
        endpoint.failing_since_at = None
        return
    endpoint.failing_since_at = endpoint.failing_since_at or now
    if outcome.status == GONE:
        _pause(session, endpoint, Pause.GONE, now)
    elif endpoint.failing_since_at <= now - PAUSED_AFTER:
        _pause(session, endpoint, Pause.FAILS, now)
    elif is_given_up:
        tell_owner(session, endpoint, "webhook_given_up", now)


def _pause(session: Session, endpoint: WebhookEndpoint, why: Pause, now: datetime) -> None:
    endpoint.paused_at, endpoint.paused_because = now, why
    log.error("webhook endpoint paused", endpoint=endpoint.id, why=str(why))
    tell_owner(session, endpoint, "webhook_paused", now)


def tell_owner(session: Session, endpoint: WebhookEndpoint, template: str, now: datetime) -> None:
    """Write to whoever answers for an endpoint, else to all administrators of its service; once a day."""
    day = now.date().isoformat()
    admins = [user.id for user in users_with_role(session, endpoint.service_id, Role.ADMIN)]
    owners = [endpoint.owner_id] if endpoint.owner_id in admins else admins
    context = {"endpoint": endpoint.id}
    for id in owners:
        key = f"{template} {endpoint.id} {id} {day}"
        enqueue(session, template, Recipient.USER, id, context=context, dedupe_key=key)
