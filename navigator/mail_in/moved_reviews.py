"""Clinical reviews of a mail that is moved: they follow its words, and what stays is read where it stands."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, or_, select

from navigator.mail_in.noticed import noticed_in
from navigator.mail_in.tables import Mail
from navigator.mail_in.unsorted import mail_of_messages, read_original
from navigator.people.actor import SYSTEM, Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import (
    notify_clinicians,
    open_reviews_of,
    request_review,
    reviews_of_message,
)
from navigator.tickets.actions.messages import add_message, is_about_to_be_read, said_in
from navigator.tickets.attached_files import words_alone
from navigator.tickets.ticket import NOT_CHECKED, Author, ClinicalReview, Message, Ticket
from navigator.triage.safety_screen import ScreeningResult, screen

HOW_REACHED = "Kept as a mail was moved off. On this ticket’s page somebody said how to reach them: {note}"


def asked_by_staff(session: Session, mail: Mail, said: Message) -> Sequence[ClinicalReview]:
    """The open reviews that staff, or notes of theirs, led to since it is there: it may be what they mean."""
    is_of_staff = or_(
        and_(col(ClinicalReview.message_id).is_(None), col(ClinicalReview.requested_by) != SYSTEM.name),
        col(Message.author) == Author.STAFF,
    )
    query = (
        select(ClinicalReview)
        .join(Message, col(Message.id) == col(ClinicalReview.message_id), isouter=True)
        .where(ClinicalReview.ticket_number == said.ticket_number, is_of_staff)
        .where(col(ClinicalReview.ended_at).is_(None))
        .where(col(ClinicalReview.opened_at) >= (mail.decided_at or said.created_at))
    )
    return session.exec(query.order_by(col(ClinicalReview.id))).all()


def move_reviews(session: Session, actor: Actor, said: Message, left: Ticket, ticket: Ticket) -> None:
    """The clinical reviews of these words go with them, if any; clinicians are told anew of what is open."""
    reviews = reviews_of_message(session, said)
    notes = {review.contact_note for review in reviews} - {""}
    for review in reviews:
        review.ticket_number = review.origin_number = ticket.number
        review.contact_note = ""
        session.flush()
        ticket.review_requested_at = ticket.review_requested_at or review.opened_at
        if review.ended_at is None:
            ticket.has_open_review = True
            notify_clinicians(session, review, "clinical_review")
    left.has_open_review = bool(open_reviews_of(session, left.number))
    _keep(session, actor, left, notes)
    if reviews:
        _screen_left(session, left, min(review.opened_at for review in reviews))


def _keep(session: Session, actor: Actor, left: Ticket, notes: set[str]) -> None:
    """How the reporter of the ticket that it leaves wants to be reached stays there."""
    there = select(ClinicalReview.contact_note).where(ClinicalReview.ticket_number == left.number)
    for note in sorted(notes.difference(session.exec(there).all())):
        with words_alone(session):
            add_message(session, actor, left, Action.NOTE, HOW_REACHED.format(note=note))


def _screen_left(session: Session, left: Ticket, since: datetime) -> None:
    """Have what else was said read that nobody was asked to read, as a review was open that is gone."""
    is_theirs = (Message.ticket_number == left.number, Message.author == Author.REPORTER)
    messages = session.exec(select(Message).where(*is_theirs).order_by(col(Message.id))).all()
    mails = mail_of_messages(session, messages)
    for said in messages:
        if mail := mails.get(said.id):
            screen_there(session, mail, said, left)
        elif said.action != Action.REPORT and said.created_at >= since:
            _request(session, [], said, left)


def screen_there(session: Session, mail: Mail, said: Message, ticket: Ticket) -> None:
    """Have it read on the ticket where it stands now, if the review that it led to was of another one."""
    read = read_original(session, mail)
    found: ScreeningResult = noticed_in(session, mail, read) if read else screen(said_in(said))
    _request(session, found.why, said, ticket)


def _request(session: Session, found: Sequence[str], said: Message, ticket: Ticket) -> None:
    """Have words read of which something was noticed, or which no screen could read, if nobody reads them."""
    not_checked = [NOT_CHECKED] if said.unchecked_language else []
    is_unread = bool(not_checked) and not is_about_to_be_read(session, ticket, said)
    if (found or is_unread) and not reviews_of_message(session, said):
        request_review(session, SYSTEM, ticket, [*found, *not_checked], said)
