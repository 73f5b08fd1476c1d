"""No concern: whoever's own words opened a clinical review says why they are none; clinicians read both."""

from pydantic import Field, field_validator
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.errors import Conflict, NotFound
from navigator.fields import Input, RequiredText
from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import next_working_morning, open_reviews_of
from navigator.tickets.actions.messages import is_staff_text
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import ClinicalReview, Message, Ticket
from navigator.tickets.visibility import find

MIN_REASON_LENGTH = 10


class NoConcernInput(Input):
    """Why one's own words, which opened a clinical review, are no concern."""

    reason: RequiredText = Field(title="why it is no concern")

    @field_validator("reason")
    @classmethod
    def _in_words(cls, value: str) -> str:
        if len(value) < MIN_REASON_LENGTH:
            raise ValueError("Say in a few words why it is no concern")
        return value


def say_no_concern(
    session: Session, actor: Actor, review_id: int, no_concern: NoConcernInput
) -> ClinicalReview:
    """Mark a clinical review that one's own words opened; it stays open, and its alerts wait for a morning.

    A clinician was alerted at once, sees the words and the reason, and alone ends it. If nobody has read it
    by the next working morning, the alerts go on as for any other.
    """
    review = review_of_own_words(session, actor, review_id)
    act(session, actor, Action.NO_CONCERN, review.ticket_number, hand_over=review_id)
    session.refresh(review)  # as it is now that the ticket is locked
    if review.ended_at is not None:
        raise Conflict("This clinical review has already ended.")
    if review.no_concern_at is not None:
        raise Conflict("You have already said why this is no concern.")
    review.no_concern_reason = no_concern.reason
    review.no_concern_by, review.no_concern_at = actor.name, clock.now()
    if review.acknowledged_at is None:
        service = session.get_one(Service, review.service_id)
        review.next_alert_at = next_working_morning(service, review.no_concern_at)
        review.acknowledge_by_at = review.next_alert_at
    return review


def review_of_own_words(session: Session, actor: Actor, review_id: int) -> ClinicalReview:
    """An open clinical review that an actor's own words opened; for everybody else there is none."""
    review = session.get(ClinicalReview, review_id)
    if review is None or review.message_id is None or review.ended_at is not None:
        raise NotFound("We cannot find that clinical review.")
    ticket = find(session, actor, review.ticket_number)
    if not _is_own(actor, ticket, session.get_one(Message, review.message_id)):
        raise NotFound("We cannot find that clinical review.")
    return review


def _is_own(actor: Actor, ticket: Ticket, message: Message) -> bool:
    return is_staff_text(ticket, message) and message.author_id == actor.user_id


def reviews_of_own_words(session: Session, actor: Actor, ticket: Ticket) -> list[ClinicalReview]:
    """The open clinical reviews of a ticket that an actor's own words opened."""
    reviews = [review for review in open_reviews_of(session, ticket.number) if review.message_id is not None]
    messages = {review.id: session.get_one(Message, review.message_id) for review in reviews}
    return [review for review in reviews if _is_own(actor, ticket, messages[review.id])]


def review_opened_by(session: Session, ticket: Ticket, words: str) -> ClinicalReview | None:
    """The clinical review that words of staff opened, which were just written on a ticket."""
    last = select(Message).where(Message.ticket_number == ticket.number).order_by(col(Message.id).desc())
    message = session.exec(last.limit(1)).first()
    if not words or message is None or message.body != words or not is_staff_text(ticket, message):
        return None
    query = select(ClinicalReview).where(ClinicalReview.message_id == message.id)
    return session.exec(query.order_by(col(ClinicalReview.id)).limit(1)).first()
