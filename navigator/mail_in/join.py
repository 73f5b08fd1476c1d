"""Joining: an answer by mail becomes words of its reporter on their ticket, as by their link."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, col, select

from navigator.mail_in.files import MailFiles, give_files
from navigator.mail_in.noticed import noticed_in
from navigator.mail_in.read_mail import shortened
from navigator.mail_in.routing import Incoming, unsort, without_own_links
from navigator.mail_in.tables import MailState, UnsortedReason
from navigator.people.actor import SYSTEM
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.actions import reporter
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.actions.messages import notify_reporter
from navigator.tickets.inputs import SayInput
from navigator.tickets.safety_notice import safety_notice
from navigator.tickets.ticket import Message, Ticket
from navigator.tickets.visibility import reporter_by
from navigator.triage.safety_screen import screen

PER_LINK = Limit(40, timedelta(hours=1))
"""Answers by one link: a program that answers each of our letters would write more."""
HELP_PER_TICKET = Limit(2, timedelta(hours=24))
ONLY_FILES = "[Sent by mail, without words.]"


def join_by_link(session: Session, incoming: Incoming) -> None:
    """Add a mail to the ticket of the link that it came by; its words pass the screen as all others do."""
    mail, read, link = incoming.mail, incoming.read, incoming.link
    if link is None:
        raise LookupError("A mail is joined by its link.")
    if not hit(session, "mail by link", str(link.id), PER_LINK):
        mail.ticket_number = link.ticket_number
        mail.is_of_concern = screen(read.words).hit or noticed_in(session, mail, read).hit
        unsort(mail, UnsortedReason.TOO_MANY)
        return
    actor = replace(reporter_by(session, link), extra_details={"by_mail": True})
    words = without_own_links(shortened(read.words)) or ONLY_FILES
    own = reporter.answer(session, actor, actor.own_ticket, SayInput(body=words))
    said = _newest(session, own.number)
    give_files(session, mail, read, said, MailFiles(incoming.stored, mail.unopened))
    mail.state, mail.ticket_number, mail.message_id = MailState.JOINED, said.ticket_number, said.id
    _screen_rest(session, incoming, said)
    if not mail.differs:  # what was sent there arrived
        told = session.get_one(Reporter, own.reporter_id)
        told.not_arriving_since_at = None
        if told.contact_method == ContactMethod.EMAIL:
            told.other_way_since_at = None


def _newest(session: Session, origin: int) -> Message:
    query = select(Message).where(Message.origin_number == origin).order_by(col(Message.id).desc())
    return session.exec(query.limit(1)).one()


def _screen_rest(session: Session, incoming: Incoming, said: Message) -> None:
    """Screen all that the mail says, not only what seemed new in it; show help where it speaks of risk."""
    ticket = session.get_one(Ticket, said.ticket_number)
    found = noticed_in(session, incoming.mail, incoming.read)
    if found.hit and safety_notice(session, ticket, {said.origin_number}) is None:  # of their own words
        request_review(session, SYSTEM, ticket, found.why, said)
    is_of_concern = ticket.has_open_review and (found.hit or screen(said.body, incoming.read.whole).hit)
    if is_of_concern and hit(session, "help by mail", str(ticket.number), HELP_PER_TICKET):
        own = session.get_one(Ticket, said.origin_number)
        notify_reporter(session, own, "mail_of_concern")
