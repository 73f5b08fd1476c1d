"""What the safety screen notices in a mail: in all its words, and of its subject in what its writer put."""

from sqlmodel import Session

from navigator.languages import gettext, speaking
from navigator.mail_in.read_mail import ReadMail
from navigator.mail_in.routing import without_own_links
from navigator.mail_in.tables import Mail
from navigator.people.reporter import Reporter, ReporterLink, reference
from navigator.tickets.ticket import Ticket
from navigator.triage.safety_screen import ScreeningResult, screen

ANSWERED = "%(reference)s: there is an answer for you"
"""The subject of the letter that is answered most: `outbox/templates/answered.txt`."""


def noticed_in(session: Session, mail: Mail, read: ReadMail) -> ScreeningResult:
    """Screen all that a mail says, not only what seemed new in it; wherever it belongs, in the same way."""
    return screen(without_own_links(read.whole), _before_our_subject(session, mail, read.subject))


def _before_our_subject(session: Session, mail: Mail, subject: str) -> str:
    """The subject without that of the letter, as we wrote it: what stands before it is the writer’s."""
    link = session.get(ReporterLink, mail.link_id) if mail.link_id else None
    if link is None:
        return subject
    ticket = session.get_one(Ticket, link.ticket_number)
    with speaking(session.get_one(Reporter, ticket.reporter_id).page_language):
        ours = (ANSWERED, gettext(ANSWERED))
    for words in ours:
        subject = subject.removesuffix(words % {"reference": reference(ticket.number)})
    return subject
