"""Messages on a ticket: stored, screened for safety, and notifications of them put in the outbox."""

import re
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from navigator import database
from navigator.outbox.addresses import address_of
from navigator.outbox.enqueue import enqueue
from navigator.outbox.hold import held_until
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import SYSTEM, Actor
from navigator.people.rate_limit import Limit, hit
from navigator.people.user import Role
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions.clinical_review import (
    is_of_unproven,
    notify_of_answer,
    open_reviews_of,
    request_review,
)
from navigator.tickets.actions.send_checks import require_confirmed, require_filled
from navigator.tickets.activity import note_message
from navigator.tickets.attached_files import send_staged
from navigator.tickets.bell import ring
from navigator.tickets.ticket import NOT_CHECKED, Author, Message, Ticket
from navigator.triage.language import unchecked_language
from navigator.triage.safety_screen import screen

RECEIPTS = Limit(5, timedelta(hours=24))


def add_message(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    action: Action,
    body: str,
    author: Author = Author.STAFF,
    origin_number: int | None = None,
) -> Message:
    """Store a message; staff's words to a reporter pass the checks before sending, all else the screen.

    What staff write in their own words is read by its rules alone.

    `origin_number` is the ticket on which it was said, where that has become part of this one.
    """
    rule = ACTION_RULES[action]
    if rule.audience is None:
        raise LookupError(f"Nothing says who reads the message of {action}.")
    is_to_reporter = rule.is_staff_to_reporter and author is Author.STAFF
    if is_to_reporter:
        require_filled(body)
        require_confirmed(session, actor, [ticket], body)
    message = Message(
        ticket_number=ticket.number,
        origin_number=origin_number or ticket.number,
        audience=rule.audience,
        author=author,
        author_id=actor.user_id,
        action=action,
        body=body,
        leaves_at=held_until(session) if is_to_reporter else None,
    )
    database.add(session, message)
    send_staged(session, actor, ticket, message)
    note_message(actor, ticket, message)
    if not rule.goes_out:
        _screen_message(session, ticket, message)
    return message


def said_in(message: Message) -> str:
    """What its author said: without what the desk wrote above a mail or a text from whoever sent it."""
    return _OF_THE_DESK.sub("", message.body) if message.action == Action.JOIN_MAIL else message.body


_OF_THE_DESK = re.compile(r"\A\[By (?:text|mail) from [^\n]{1,400}\. Who sent it is not proven\.\]\n\n")


def _screen_message(session: Session, ticket: Ticket, message: Message) -> None:
    """Open a clinical review for words of risk, and for a reporter's words that no screen could read."""
    is_of_staff = is_staff_text(ticket, message)
    said = said_in(message)
    screening = screen(said, is_of_staff=is_of_staff)
    message.unchecked_language = "" if is_of_staff else unchecked_language(said)
    not_checked = [NOT_CHECKED] if message.unchecked_language else []
    if screening.hit or (not_checked and not is_about_to_be_read(session, ticket, message)):
        request_review(session, SYSTEM, ticket, [*screening.why, *not_checked], message)
    elif message.author == Author.REPORTER:
        notify_of_answer(session, ticket, message)


def is_about_to_be_read(session: Session, ticket: Ticket, message: Message) -> bool:
    """Whether a clinician is told already to read what this reporter says, and has not begun.

    A mail that a person joined may be somebody else's, and go to their ticket with its review.
    """
    return any(
        review.acknowledged_at is None
        and review.origin_number == message.origin_number
        and not is_of_unproven(session, review)
        for review in open_reviews_of(session, ticket.number)
    )


def is_staff_text(ticket: Ticket, message: Message) -> bool:
    """Whether staff wrote a message in their own words: not where they passed on what a patient told."""
    if message.author == Author.STAFF:
        return True
    is_passed_on = message.action == Action.REPORT and ticket.reporter_user_id != message.author_id
    return message.author_id is not None and not is_passed_on


def notify_reporter(session: Session, ticket: Ticket, template: str, **context: Any) -> None:
    """Queue a notification to the reporter: it goes only where contact is safe."""
    enqueue(
        session,
        template,
        Recipient.REPORTER,
        ticket.reporter_id,
        ticket_number=ticket.number,
        context=context,
    )


def send_receipt(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Queue the letter that we have a report; of what anybody can send, an address gets so many a day.

    Nobody is refused for that: a stranger who gives somebody's address cannot use up their reports.
    """
    address = address_of(session, Recipient.REPORTER, ticket.reporter_id)
    is_anybody = actor.user_id is None and (actor.key_id is None or actor.has(Role.INTAKE))
    if address and (not is_anybody or hit(session, "report to", address.to.casefold(), RECEIPTS)):
        notify_reporter(session, ticket, "received")


def notify_user(session: Session, ticket: Ticket, user_id: int | None, template: str, **context: Any) -> None:
    """Queue a notification about a ticket to a member of staff, if there is one."""
    if user_id is not None:
        ring(session, ticket, user_id, template)
        enqueue(session, template, Recipient.USER, user_id, ticket_number=ticket.number, context=context)
