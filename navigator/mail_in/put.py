"""Putting what came in on a ticket, for staff alone: who sent it is not proven."""

from sqlmodel import Session

from navigator import clock
from navigator.mail_in.noticed import noticed_in
from navigator.mail_in.read_mail import ReadMail, shortened
from navigator.mail_in.routing import without_own_links
from navigator.mail_in.tables import Mail
from navigator.people.actor import SYSTEM, Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import request_review, reviews_of_message
from navigator.tickets.actions.messages import add_message, notify_user
from navigator.tickets.actions.reporter import resume
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Author


def put_on_ticket(session: Session, actor: Actor, mail: Mail, read: ReadMail | None, number: int) -> int:
    """Put a mail or a text on a ticket, screened; its assignee is told. The number of the ticket."""
    ticket = act(session, actor, Action.JOIN_MAIL, number, mail=mail.id)
    words = without_own_links(shortened(read.words or read.whole)) if read else ""
    said = add_message(session, actor, ticket, Action.JOIN_MAIL, _words(mail, words), Author.REPORTER)
    session.flush()
    noticed = noticed_in(session, mail, read) if read else None
    if noticed and noticed.hit and not reviews_of_message(session, said):
        request_review(session, SYSTEM, ticket, noticed.why, said)
    ticket.needs_answer_since_at = ticket.needs_answer_since_at or clock.now()
    resume(session, ticket)
    if ticket.assignee_id is not None and ticket.assignee_id != actor.user_id:
        notify_user(session, ticket, ticket.assignee_id, "reporter_wrote")
    mail.message_id, mail.ticket_number = said.id, ticket.number
    return ticket.number


def _words(mail: Mail, words: str) -> str:
    if mail.is_text:
        return f"[By text from …{mail.from_address[-4:]}. Who sent it is not proven.]\n\n{words}"[:5000]
    sender = mail.from_address or "an address that is not known"
    return f"[By mail from {sender}. Who sent it is not proven.]\n\n{words or '[No words.]'}"[:5000]
