"""Moving a mail off a ticket that a person joined it to by mistake: to another one, or to unsorted mail."""

from collections.abc import Sequence

from pydantic import Field
from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict, Invalid
from navigator.fields import Input
from navigator.mail_in.noticed import noticed_in
from navigator.mail_in.tables import Mail, MailOriginal, MailState, UnsortedReason
from navigator.mail_in.unsorted import JoinInput, decide, find_mail, read_original, ticket_in_reach
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import TicketNumber, reference
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import (
    has_review_of_risk,
    notify_clinicians,
    open_reviews_of,
    request_review,
)
from navigator.tickets.actions.messages import notify_user, said_in
from navigator.tickets.actions.reporter import resume
from navigator.tickets.activity import asked_since, note_message
from navigator.tickets.lifecycle import act
from navigator.tickets.redaction import Redaction
from navigator.tickets.ticket import LIVE, NOT_CHECKED, ClinicalReview, Message, Ticket
from navigator.tickets.visibility import follow_merges, lock_tickets
from navigator.triage.safety_screen import ScreeningResult, screen

STAYS = (
    "A clinician is asked to read this mail, or has read it. Move it to the ticket that it belongs to: what "
    "they write goes with it."
)
WITHOUT_WORDS = "Words of it were removed for good. Move it to the ticket that it belongs to."
GONE = "The mail as it came is not kept any more. Move it to the ticket that it belongs to."


class OffInput(Input):
    """The ticket on which whoever takes a mail off it has seen it."""

    off: TicketNumber = Field(title="the ticket that it is on")


class MoveInput(OffInput, JoinInput):
    """The ticket that a mail belongs to, and the one that it is on."""


def movable_from(session: Session, mail: Mail) -> int | None:
    """The ticket off which a mail can be moved: not one to whose link it came, where it belongs."""
    said = session.get(Message, mail.message_id) if mail.message_id else None
    if said is None or mail.state != MailState.JOINED or said.action != Action.JOIN_MAIL:
        return None
    return said.ticket_number


def ticket_to_move_to(session: Session, actor: Actor, id: int, asked: MoveInput) -> Ticket:
    """The ticket that a mail would be moved to, for whoever may have mistyped its number."""
    return _target(session, actor, _joined(session, actor, id, asked.off), asked)


def move(session: Session, actor: Actor, id: int, asked: MoveInput) -> int:
    """Move a mail, its files and its clinical reviews to another ticket; the reporter of neither is told."""
    mail = _joined(session, actor, id, asked.off)
    lock_tickets(session, actor, {asked.off, asked.number})
    number = _target(session, actor, mail, asked).number
    said = session.get_one(Message, mail.message_id)
    left = act(session, actor, Action.MOVE_MAIL, asked.off, mail=mail.id, to=number)
    ticket = act(session, actor, Action.JOIN_MAIL, number, mail=mail.id, off=asked.off)
    said.ticket_number = said.origin_number = number
    session.flush()
    note_message(actor, ticket, said)
    ticket.needs_answer_since_at = ticket.needs_answer_since_at or clock.now()
    resume(session, ticket)
    if _move_reviews(session, said, left, ticket):
        _screen_left(session, left)
    _screen_there(session, mail, said, ticket)
    _settle(session, left, said)
    if ticket.assignee_id is not None and ticket.assignee_id != actor.user_id:
        notify_user(session, ticket, ticket.assignee_id, "reporter_wrote")
    decide(actor, mail, MailState.JOINED, number)
    return number


def take_off(session: Session, actor: Actor, id: int, off: int) -> None:
    """Take a mail and its files off a ticket: it waits for a person again, as it came."""
    mail = _joined(session, actor, id, off)
    lock_tickets(session, actor, {off})
    said = session.get_one(Message, mail.message_id)
    if _reviews_of(session, said):
        raise Conflict(STAYS)
    if session.exec(select(Redaction.id).where(Redaction.message_id == said.id)).first():
        raise Conflict(WITHOUT_WORDS)
    if session.get(MailOriginal, mail.id) is None:
        raise Conflict(GONE)
    left = act(session, actor, Action.MOVE_MAIL, off, mail=mail.id)
    mail.message_id = None
    decide(actor, mail, MailState.UNSORTED, None)
    mail.reason, mail.unopened = UnsortedReason.WRONG_TICKET, []
    session.flush()
    session.delete(said)
    session.flush()
    _settle(session, left, said)


def _joined(session: Session, actor: Actor, id: int, off: int) -> Mail:
    """A mail that a person joined to a ticket, as long as it is there."""
    mail = find_mail(session, actor, id, lock=True)
    if movable_from(session, mail) != off:
        raise Conflict("Somebody has moved this mail already, or it came by the link of its ticket.")
    return mail


def _target(session: Session, actor: Actor, mail: Mail, asked: MoveInput) -> Ticket:
    ticket = ticket_in_reach(session, actor, mail, asked.number)
    if ticket.merged_into:
        goes_on = reference(follow_merges(session, ticket.merged_into))
        raise Invalid("There is a problem", {"number": f"It is merged with another. Enter {goes_on}."})
    if ticket.number == asked.off:
        raise Invalid("There is a problem", {"number": "It is on this ticket already."})
    return ticket


def _reviews_of(session: Session, said: Message) -> Sequence[ClinicalReview]:
    return session.exec(select(ClinicalReview).where(ClinicalReview.message_id == said.id)).all()


def _move_reviews(session: Session, said: Message, left: Ticket, ticket: Ticket) -> bool:
    """The clinical reviews of these words go with them, if any; clinicians are told anew of what is open."""
    reviews = _reviews_of(session, said)
    for review in reviews:
        review.ticket_number = review.origin_number = ticket.number
        session.flush()
        ticket.review_requested_at = ticket.review_requested_at or review.opened_at
        if review.ended_at is None:
            ticket.has_open_review = True
            notify_clinicians(session, review, "clinical_review")
    left.has_open_review = bool(open_reviews_of(session, left.number))
    return bool(reviews)


def _screen_left(session: Session, left: Ticket) -> None:
    """Have other mails of a ticket read that nobody was asked to read: a review was open that is gone."""
    others = select(Mail, Message).join(Message, col(Message.id) == col(Mail.message_id))
    for mail, said in session.exec(others.where(Message.ticket_number == left.number)).all():
        _screen_there(session, mail, said, left)


def _screen_there(session: Session, mail: Mail, said: Message, ticket: Ticket) -> None:
    """Have it read on the ticket where it stands now, if the review that it led to was of another one."""
    read = read_original(session, mail)
    found: ScreeningResult = noticed_in(session, mail, read) if read else screen(said_in(said))
    why = [*found.why, *([NOT_CHECKED] if said.unchecked_language else [])]
    is_read = has_review_of_risk(session, ticket.number) or bool(_reviews_of(session, said))
    if why and not is_read:
        request_review(session, SYSTEM, ticket, why, said)


def _settle(session: Session, left: Ticket, said: Message) -> None:
    """Whether the ticket that it left waits for an answer still: to what else was said there."""
    if left.needs_answer_since_at and left.needs_answer_since_at >= said.created_at:
        left.needs_answer_since_at = asked_since(session, left) if left.status in LIVE else None
