"""The webhooks of a service for its administrators: how they go, their secrets, and sending again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from pydantic import Field
from sqlmodel import Session, col, func, or_, select, update

from navigator import clock
from navigator.administration.lookups import service_of
from navigator.catalogue.service import Service
from navigator.errors import Invalid, NotFound
from navigator.fields import Day, Input
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.user import Role, User
from navigator.webhooks import signing
from navigator.webhooks.events import TEST, queue
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint, WebhookSecret, is_waiting

PAGE_SIZE = 50


class SinceInput(Input):
    """From which day on what failed is sent again."""

    since: Day = Field(title="the first day", json_schema_extra={"words": "Enter the first day"})


@dataclass(frozen=True)
class ListedWebhook:
    """A webhook, who answers for it, how many secrets are good, and what waits or failed."""

    endpoint: WebhookEndpoint
    service: Service
    owner: str
    secrets: Sequence[WebhookSecret]
    waiting: int
    failed: int


def own_service(session: Session, actor: Actor, code: str) -> Service:
    """A service that the actor administers."""
    service = service_of(session, (code,))
    if service.id not in actor.services(Role.ADMIN):
        raise NotFound("We cannot find that.")
    return service


def list_webhooks(session: Session, actor: Actor, code: str) -> list[ListedWebhook]:
    """The webhooks of a service, by name."""
    service = own_service(session, actor, code)
    query = select(WebhookEndpoint).where(WebhookEndpoint.service_id == service.id)
    rows = session.exec(query.order_by(col(WebhookEndpoint.name), col(WebhookEndpoint.id)))
    return [_listed(session, row, service) for row in rows]


def show_webhook(session: Session, actor: Actor, id: int) -> ListedWebhook:
    """One webhook of a service that the actor administers."""
    endpoint = _own(session, actor, id)
    return _listed(session, endpoint, session.get_one(Service, endpoint.service_id))


def _own(session: Session, actor: Actor, id: int) -> WebhookEndpoint:
    endpoint = session.get(WebhookEndpoint, id)
    if endpoint is None or endpoint.service_id not in actor.services(Role.ADMIN):
        raise NotFound("We cannot find that.")
    return endpoint


def _listed(session: Session, endpoint: WebhookEndpoint, service: Service) -> ListedWebhook:
    owner = session.get(User, endpoint.owner_id) if endpoint.owner_id else None
    count = select(func.count()).where(WebhookDelivery.endpoint_id == endpoint.id)
    waiting = session.exec(count.where(is_waiting())).one()
    failed = session.exec(count.where(col(WebhookDelivery.failed_at).is_not(None))).one()
    secrets = signing.live_secrets(session, endpoint.id)
    return ListedWebhook(endpoint, service, owner.name if owner else "", secrets, waiting, failed)


def deliveries(
    session: Session, endpoint_id: int, before: int | None = None, only_failed: bool = False
) -> Sequence[WebhookDelivery]:
    """What was to be delivered, the newest first, one page of it."""
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if only_failed:
        query = query.where(col(WebhookDelivery.failed_at).is_not(None))
    if before is not None:
        query = query.where(col(WebhookDelivery.id) < before)
    return session.exec(query.order_by(col(WebhookDelivery.id).desc()).limit(PAGE_SIZE)).all()


def make_secret(session: Session, actor: Actor, id: int) -> str:
    """Make a secret, shown this once; an older one stays good until it is ended."""
    endpoint = _own(session, actor, id)
    secret = signing.make_secret(session, endpoint.id)
    _record(session, actor, endpoint, "Secret of the webhook made")
    return secret


def end_secret(session: Session, actor: Actor, id: int, secret_id: int) -> None:
    """End a secret: calls are signed by the other one alone."""
    endpoint = _own(session, actor, id)
    signing.end_secret(session, endpoint.id, secret_id)
    _record(session, actor, endpoint, "Secret of the webhook ended")


def send_test(session: Session, actor: Actor, id: int) -> None:
    """Queue a call that tells of no ticket."""
    queue(session, _own_that_is_called(session, actor, id).id, TEST, {})


def _own_that_is_called(session: Session, actor: Actor, id: int) -> WebhookEndpoint:
    """An own endpoint to which calls go now: else nobody could be told that they do."""
    endpoint = _own(session, actor, id)
    if endpoint.paused_at is not None or not endpoint.is_active:
        raise Invalid("It is switched off or paused. Have it go on first.")
    if session.get_one(Service, endpoint.service_id).is_demonstration:
        raise Invalid("This is a demonstration service: nothing is sent.")
    return endpoint


def go_on(session: Session, actor: Actor, id: int) -> None:
    """Send again to a paused endpoint: first what was kept for it."""
    endpoint = _own(session, actor, id)
    endpoint.paused_at, endpoint.paused_because, endpoint.failing_since_at = None, "", None
    waits = (col(WebhookDelivery.endpoint_id) == endpoint.id, is_waiting())
    session.exec(update(WebhookDelivery).where(*waits).values(send_at=clock.now(), attempts=0))
    _record(session, actor, endpoint, "Webhook goes on")


def send_again(session: Session, actor: Actor, id: int, delivery_id: int) -> None:
    """Send one delivery again, with the same id, whether it arrived or not."""
    endpoint = _own_that_is_called(session, actor, id)
    if not _queue_again(session, endpoint, col(WebhookDelivery.id) == delivery_id):
        raise NotFound("We cannot find that.")


def send_failed_again(session: Session, actor: Actor, id: int, since: date) -> int:
    """Send again all that was given up since a day; how many there are."""
    endpoint = _own_that_is_called(session, actor, id)
    is_failed = col(WebhookDelivery.failed_at).is_not(None)
    starts_at = clock.london_time(since, time.min)
    count = _queue_again(session, endpoint, is_failed, col(WebhookDelivery.queued_at) >= starts_at)
    _record(session, actor, endpoint, f"{count} calls of the webhook are made again")
    return count


def _queue_again(session: Session, endpoint: WebhookEndpoint, *which: object) -> int:
    now: datetime = clock.now()
    values = {"sent_at": None, "failed_at": None, "attempts": 0, "send_at": now, "claimed_until_at": None}
    is_over = or_(col(WebhookDelivery.sent_at).is_not(None), col(WebhookDelivery.failed_at).is_not(None))
    of_endpoint = (col(WebhookDelivery.endpoint_id) == endpoint.id, or_(is_over, is_waiting()))
    done = session.exec(update(WebhookDelivery).where(*of_endpoint, *which).values(**values))  # type: ignore[arg-type]
    return int(done.rowcount)


def _record(session: Session, actor: Actor, endpoint: WebhookEndpoint, what: str) -> None:
    record_change(session, actor, endpoint.service_id, "webhook_use", f"{what}: {endpoint.name}")
