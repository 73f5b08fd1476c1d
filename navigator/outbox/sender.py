"""Outbox worker: claims, renders and sends each waiting message; what fails is retried.

A message is claimed in one transaction, rendered in a second, sent in none and marked in a third. If the
worker dies in between, its claim expires: a message is sent at least once, never lost and at worst twice.
"""

from datetime import datetime
from time import monotonic
from typing import Any

from sqlmodel import Session

from navigator import database
from navigator.outbox import claims, file_backend, govuk_notify, nhs_notify, smtp
from navigator.outbox.addresses import (
    Address,
    address_of,
    is_demonstration,
    language_of,
    patient_of,
    services_of,
    waits_until,
    words_of,
)
from navigator.outbox.card_lines import lines_of_cards
from navigator.outbox.claims import OutboxClaim
from navigator.outbox.correspondence import correspondence_of
from navigator.outbox.delivery import NOBODY, leaves
from navigator.outbox.enclosures import Enclosure, enclosure_of
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage, Recipient
from navigator.outbox.render import render
from navigator.outbox.rendered_message import Backend, BackendUnavailable, DeliveryRefused, RenderedMessage
from navigator.outbox.urls import link_for
from navigator.people.private_links import address_hash
from navigator.people.reporter import reference
from navigator.safe_logging import exception_location
from navigator.settings import settings

BATCH_SIZE = 50
"""So few messages that a process which is asked to stop soon can."""
GOES_ON_SECONDS = 4.0
"""Where more are waiting: less than the job’s interval, for as much as a desk takes in a rush."""


def send_waiting() -> int:
    """Send due messages and return how many were tried; an unavailable channel waits for the next run."""
    closed_channels: set[str] = set()
    handled, ends = 0, monotonic() + GOES_ON_SECONDS
    while (handled < BATCH_SIZE or monotonic() < ends) and (claim := claims.claim(closed_channels)):
        handled += 1
        try:
            _send(claim)
        except BackendUnavailable as error:
            closed_channels.add(claim.channel)
            claims.retry_later(claim, str(error))
    return handled


def _send(claim: OutboxClaim) -> None:
    try:
        rendered = _render(claim)
        if rendered is None:
            claims.discard(claim)
            return
        if isinstance(rendered, datetime):
            claims.put_off(claim, rendered)
            return
        text = _backend_for(rendered)(rendered)
    except BackendUnavailable:
        raise
    except DeliveryRefused as error:
        mark = claims.mark_failed if error.is_permanent else claims.retry_later
        mark(claim, str(error))
    except Exception as error:
        claims.retry_later(claim, exception_location(error))
    else:
        claims.mark_sent(claim, text, address_hash(rendered.address.to) if text else "")


def _render(claim: OutboxClaim) -> RenderedMessage | datetime | None:
    """Render a claimed message; None if it is not to be sent any more, until when if it must wait."""
    with database.writing() as session:
        message = session.get_one(OutboxMessage, claim.message_id)
        person = patient_of(session, message)
        address = address_of(session, message.recipient, message.recipient_id, message.template)
        enclosure = enclosure_of(session, message)
        if address is None or enclosure is None:
            return None
        _note_address(message, address)
        if until := waits_until(message, person):
            return until
        link = link_for(session, message, address.to)
        services = services_of(session, message)
        letter = correspondence_of(session, message, link, services)
        context = {**letter.facts, **_facts(session, message, enclosure, link)}
        template, language = message.template, language_of(session, message, services)
        queued_at, tries = message.queued_at, message.came_back
        is_local_only = is_demonstration(services)
        is_large = person is not None and person.wants_large_print
    content = render(template, context, language, enclosure.text_ending)
    return RenderedMessage(
        claim.message_id,
        template,
        queued_at,
        address,
        content,
        is_local_only,
        is_large,
        enclosure.files,
        {**letter.headers, **enclosure.headers},
        language,
        tries,
    )


def _facts(session: Session, message: OutboxMessage, enclosure: Enclosure, link: str) -> dict[str, Any]:
    """What its template is filled with."""
    return {
        **message.context,
        **words_of(session, message),
        **enclosure.facts,
        "reference": reference(message.ticket_number) if message.ticket_number is not None else "",
        "link": link,
        **lines_of_cards(session, message),
    }


def _note_address(message: OutboxMessage, address: Address) -> None:
    """Where a message goes this time; of one to a reporter also by which address, should it come back."""
    message.channel = address.channel
    if message.recipient == Recipient.REPORTER:
        message.sent_to_hash = address_hash(address.to)


def _backend_for(rendered: RenderedMessage) -> Backend:
    config = settings()
    if rendered.is_local_only:
        return file_backend.send
    if rendered.address.channel == DeliveryChannel.EMAIL:
        return smtp.send if config.mail_host else file_backend.send
    if config.texts_by == NOBODY:  # whoever chose texts before: it goes by their other way, or somebody calls
        raise DeliveryRefused("no texts are sent here", is_permanent=True)
    if config.texts_by == "nhs_notify" and leaves(DeliveryChannel.TEXT):
        return nhs_notify.send
    if config.texts_by == "govuk_notify" and config.notify_key.get_secret_value():
        return govuk_notify.send
    if config.mail_host:
        raise BackendUnavailable("text messages are not set up")  # a desk that sends mail is no trial: say so
    return file_backend.send
