"""A clinician writes to the person of a clinical review: on their private page, told of by the safe route."""

from sqlmodel import Session

from navigator import clock
from navigator.errors import Conflict
from navigator.outbox.addresses import address_of
from navigator.outbox.outbox_message import DeliveryChannel, Recipient
from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import ReviewDetail, note_read, review_detail
from navigator.tickets.actions.messages import add_message, notify_reporter
from navigator.tickets.inputs import SayInput
from navigator.tickets.lifecycle import act

_ONLY_BY_LINK = "No message is sent: they read it when they open their private link."
_TOLD_BY = {
    DeliveryChannel.EMAIL: "They are told by email that there is an answer, without its words.",
    DeliveryChannel.TEXT: "They are told by text message that there is an answer, without its words.",
}


def write_to_person(session: Session, actor: Actor, review_id: int, message: SayInput) -> None:
    """Write to whoever's words are reviewed; the technical problem and its clocks go on as they were.

    After a merge that is the reporter of the ticket on which it was said, and no other reporter reads it.
    """
    found = review_detail(session, actor, review_id)
    ticket = act(session, actor, Action.WRITE_TO_PERSON, found.review.ticket_number, hand_over=review_id)
    session.refresh(found.review)
    if found.review.ended_at is not None:
        raise Conflict("This clinical review has already ended.")
    note_read(found.review, actor, clock.now())
    own = found.person_ticket
    add_message(session, actor, ticket, Action.WRITE_TO_PERSON, message.body, origin_number=own.number)
    notify_reporter(session, own, "answered")


def how_they_are_told(session: Session, found: ReviewDetail) -> str:
    """How the person is told that a clinician wrote to them, in words."""
    address = address_of(session, Recipient.REPORTER, found.person_ticket.reporter_id, "answered")
    return _TOLD_BY[address.channel] if address else _ONLY_BY_LINK
