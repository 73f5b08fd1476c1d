"""Moving a mail off a ticket that a person joined it to by mistake: to another one, or to unsorted mail."""

from collections.abc import Collection

from pydantic import Field
from sqlmodel import Session, select

from navigator.errors import Conflict, Invalid
from navigator.fields import Input
from navigator.mail_in.moved_reviews import asked_by_staff, move_reviews, screen_there
from navigator.mail_in.tables import Mail, MailOriginal, MailState, UnsortedReason
from navigator.mail_in.unsorted import JoinInput, decide, find_mail, ticket_in_reach
from navigator.people.actor import Actor
from navigator.people.reporter import TicketNumber, reference
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import request_review, reviews_of_message
from navigator.tickets.actions.messages import notify_user
from navigator.tickets.actions.reporter import resume
from navigator.tickets.activity import asked_since, note_message
from navigator.tickets.attached_files import require_room
from navigator.tickets.lifecycle import act
from navigator.tickets.redaction import REMOVED, Redaction
from navigator.tickets.ticket import LIVE, Message, Ticket
from navigator.tickets.visibility import follow_merges, lock_tickets

STAYS = (
    "A clinician has read this mail, or was asked to read here since it came. Move it to the ticket that it "
    "belongs to: what they are asked, or write of it, goes with it."
)
WITHOUT_WORDS = "Words of it were removed for good. Move it to the ticket that it belongs to."
HELD = "Its ticket is on hold, so nothing is taken off it. Ask whoever looks after your records."
EMPTIED = "The words of this mail were deleted, so there is nothing to move."
FULL = "That ticket takes no more files, and this mail has some."
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
    mail = find_mail(session, actor, id)
    _require_there(session, mail, asked.off)
    return _target(session, actor, mail, asked)


def move(session: Session, actor: Actor, id: int, asked: MoveInput, held: Collection[int] = ()) -> int:
    """Move a mail, its files and its clinical reviews to another ticket; the reporter of neither is told.

    Nothing leaves the tickets that are `held`.
    """
    mail, said = _joined(session, actor, id, asked.off, held, asked.number)
    number = _target(session, actor, mail, asked).number
    meant = asked_by_staff(session, mail, said)
    left = act(session, actor, Action.MOVE_MAIL, asked.off, mail=mail.id, to=number)
    ticket = act(session, actor, Action.JOIN_MAIL, number, mail=mail.id, off=asked.off, said=said.id)
    said.ticket_number = said.origin_number = number
    said.author_id = actor.user_id
    session.flush()
    _note_asked(session, actor, ticket, said)
    move_reviews(session, actor, said, left, ticket)
    for review in meant:
        request_review(session, actor, ticket, review.reasons, said)
    screen_there(session, mail, said, ticket)
    _settle(session, left, said)
    if ticket.assignee_id is not None and ticket.assignee_id != actor.user_id:
        notify_user(session, ticket, ticket.assignee_id, "reporter_wrote")
    decide(actor, mail, MailState.JOINED, number)
    return number


def _note_asked(session: Session, actor: Actor, ticket: Ticket, said: Message) -> None:
    """It waits for an answer since it was written, wherever that was."""
    note_message(actor, ticket, said)
    waits_since = ticket.needs_answer_since_at or said.created_at
    ticket.needs_answer_since_at = min(waits_since, said.created_at)
    resume(session, ticket)


def take_off(session: Session, actor: Actor, id: int, off: int, held: Collection[int] = ()) -> None:
    """Take a mail and its files off a ticket: it waits for a person again, as it came."""
    mail, said = _joined(session, actor, id, off, held)
    if reviews_of_message(session, said) or asked_by_staff(session, mail, said):
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


def _joined(
    session: Session, actor: Actor, id: int, off: int, held: Collection[int], *others: int
) -> tuple[Mail, Message]:
    """A mail that a person joined to a ticket, and its words, as long as they are there and may leave it.

    The tickets are locked before it, as by whoever removes words from both.
    """
    _require_there(session, find_mail(session, actor, id), off)
    lock_tickets(session, actor, {off, *others})
    mail = find_mail(session, actor, id, lock=True)
    _require_there(session, mail, off)
    if off in held:
        raise Conflict(HELD)
    said = session.get_one(Message, mail.message_id)
    if said.body in ("", REMOVED):
        raise Conflict(EMPTIED)
    return mail, said


def _require_there(session: Session, mail: Mail, off: int) -> None:
    if movable_from(session, mail) != off:
        raise Conflict("Somebody has moved this mail already, or it came by the link of its ticket.")


def _target(session: Session, actor: Actor, mail: Mail, asked: MoveInput) -> Ticket:
    ticket = ticket_in_reach(session, actor, mail, asked.number)
    if ticket.merged_into:
        goes_on = reference(follow_merges(session, ticket.merged_into))
        raise Invalid("There is a problem", {"number": f"It is merged with another. Enter {goes_on}."})
    if ticket.number == asked.off:
        raise Invalid("There is a problem", {"number": "It is on this ticket already."})
    try:
        require_room(session, ticket.number, session.get_one(Message, mail.message_id))
    except Invalid:
        raise Invalid("There is a problem", {"number": FULL}) from None
    return ticket


def _settle(session: Session, left: Ticket, said: Message) -> None:
    """Whether the ticket that it left waits for an answer still: to what else was said there."""
    if left.needs_answer_since_at and left.needs_answer_since_at >= said.created_at:
        left.needs_answer_since_at = asked_since(session, left) if left.status in LIVE else None
