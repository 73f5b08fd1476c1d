"""Outbox worker: claims, renders and sends each waiting message; what fails is retried.

A few are claimed in one transaction. Then each is rendered in another, which also marks the one before it as
sent, and is sent in none. If the worker dies in between, its claims expire: a message is sent at least once,
never lost, and at worst one is sent twice.
"""

from datetime import datetime
from time import monotonic, sleep
from typing import Any

import structlog
from sqlmodel import Session

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
from navigator.outbox.claims import Sent
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

log = structlog.get_logger("desk.outbox")

BATCH_SIZE = 50
"""So few messages that a process which is asked to stop soon can."""
AT_ONCE = 5
"""So many are claimed at once: if the worker dies, no more wait for the end of its claims."""
_LETS_OTHERS_WRITE = 0.0005
"""Seconds before each: who waits in this process to write to SQLite would else come after all letters."""
GOES_ON_SECONDS = 4.0
"""Where more are waiting: less than the job’s interval, for as much as a desk takes in a rush."""


def send_waiting() -> int:
    """Send due messages and return how many were tried; an unavailable channel waits for the next run."""
    turn = _Turn()
    try:
        return _take_due(turn)
    finally:
        turn.mail_server.close()


def _take_due(turn: "_Turn") -> int:
    claimed, ends = 0, monotonic() + GOES_ON_SECONDS
    while number := AT_ONCE if monotonic() < ends else min(AT_ONCE, max(BATCH_SIZE - claimed, 0)):
        messages = claims.claim(number, turn.closed_channels)
        if not messages:
            break
        claimed += len(messages)
        for message in messages:
            sleep(_LETS_OTHERS_WRITE)
            turn.take(message)
        turn.mark()
    return turn.tried


class _Turn:
    """A turn of the worker: which channels are closed, and what was sent last and is not marked yet."""

    def __init__(self) -> None:
        self.mail_server = smtp.MailServer()
        self.closed_channels: set[str] = set()
        self.tried = 0
        self._sent: Sent | None = None

    def take(self, message: OutboxMessage) -> None:
        """Try a claimed message; it is given back if its channel was closed, or its claim has become old."""
        if message.channel in self.closed_channels or not claims.is_fresh(message):
            claims.give_back(message)
            return
        self.tried += 1
        try:
            self._try(message)
        except BackendUnavailable as error:
            self.closed_channels.add(message.channel)
            claims.retry_later(message, str(error))

    def mark(self) -> None:
        """Mark what was sent last."""
        if sent := self._not_marked():
            claims.mark_alone(sent)

    def _not_marked(self) -> Sent | None:
        sent, self._sent = self._sent, None
        return sent

    def _try(self, message: OutboxMessage) -> None:
        try:
            rendered = _render(message, self._not_marked())
            if rendered is None:
                claims.discard(message)
            elif isinstance(rendered, datetime):
                claims.put_off(message, rendered)
            else:
                self._sent = _send(message, rendered, self.mail_server)
        except BackendUnavailable:
            raise
        except DeliveryRefused as error:
            mark = claims.mark_failed if error.is_permanent else claims.retry_later
            mark(message, str(error))
        except Exception as error:
            claims.retry_later(message, exception_location(error))


def _send(message: OutboxMessage, rendered: RenderedMessage, mail_server: smtp.MailServer) -> Sent:
    text = _backend_for(rendered, mail_server)(rendered)
    log.info("message sent", message_id=message.id, attempts=message.attempts)
    return Sent(message, text, address_hash(rendered.address.to) if text else "")


def _render(message: OutboxMessage, sent: Sent | None) -> RenderedMessage | datetime | None:
    """Render a claimed message; None if it is not to be sent any more, until when if it must wait.

    What was sent before it is marked in the same transaction.
    """
    with claims.marking(sent, message) as session:
        person = patient_of(session, message)
        address = address_of(session, message.recipient, message.recipient_id, message.template)
        enclosure = enclosure_of(session, message)
        if address is None or enclosure is None:
            return None
        if until := waits_until(message, person, address.channel):
            _note_way(message, address)
            return until
        link = link_for(session, message, address.channel, address_hash(address.to))
        _note_way(message, address)
        services = services_of(session, message)
        letter = correspondence_of(session, message, link.minted, services)
        context = {**letter.facts, **_facts(session, message, enclosure, link.url)}
        template, language = message.template, language_of(session, message, services)
        queued_at, tries = message.queued_at, message.came_back
        is_local_only = is_demonstration(services)
        is_large = person is not None and person.wants_large_print
    content = render(template, context, language, enclosure.text_ending)
    return RenderedMessage(
        message.id,
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


def _note_way(message: OutboxMessage, address: Address) -> None:
    """By which way a message goes; of one to a reporter also by which address, should it come back."""
    message.channel = address.channel
    if message.recipient == Recipient.REPORTER:
        message.sent_to_hash = address_hash(address.to)


def _backend_for(rendered: RenderedMessage, mail_server: smtp.MailServer) -> Backend:
    config = settings()
    if rendered.is_local_only:
        return file_backend.send
    if rendered.address.channel == DeliveryChannel.EMAIL:
        return mail_server.send if config.mail_host else file_backend.send
    if config.texts_by == NOBODY:  # whoever chose texts before: it goes by their other way, or somebody calls
        raise DeliveryRefused("no texts are sent here", is_permanent=True)
    if config.texts_by == "nhs_notify" and leaves(DeliveryChannel.TEXT):
        return nhs_notify.send
    if config.texts_by == "govuk_notify" and config.notify_key.get_secret_value():
        return govuk_notify.send
    if config.mail_host:
        raise BackendUnavailable("text messages are not set up")  # a desk that sends mail is no trial: say so
    return file_backend.send
