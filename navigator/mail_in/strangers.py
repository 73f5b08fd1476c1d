"""Mail that answers no letter: screened first, then a report, an answer with the link, or unsorted."""

from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr

import email_validator
from sqlmodel import Session, and_, col, or_, select

from navigator.attachments.receive import StoredFile
from navigator.catalogue.mailbox import StrangersMail
from navigator.catalogue.service import Service
from navigator.errors import Refused
from navigator.mail_in.automatic import Machine, has_null_path, wants_no_answer
from navigator.mail_in.letters import answer_stranger
from navigator.mail_in.noticed import noticed_in
from navigator.mail_in.read_mail import ReadMail, shortened
from navigator.mail_in.routing import Incoming, unsort, without_own_links
from navigator.mail_in.tables import Mail, MailState, UnsortedReason
from navigator.outbox import delivery
from navigator.people.actor import ANONYMOUS, SYSTEM
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod, Reporter, gave
from navigator.phone_numbers import can_get_texts
from navigator.settings import settings
from navigator.tickets.actions.clinical_review import has_review_of_risk, request_review
from navigator.tickets.actions.staff import report
from navigator.tickets.attached_files import attach_to_newest
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Channel, Message, Ticket
from navigator.triage.language import unchecked_language

ANSWERS = Limit(1, timedelta(days=1))
"""To one address: whoever answers our answer gets no other, and two machines stop after one exchange."""
ANSWERS_OF_SERVICE = Limit(200, timedelta(days=1))
REPORTS = Limit(5, timedelta(days=1))
"""Of one address: what comes beyond is looked at by a person."""
_BY_PERSON = frozenset({UnsortedReason.STRANGER, UnsortedReason.UNKNOWN_TOKEN})


def land(session: Session, incoming: Incoming, reason: UnsortedReason) -> None:
    """Land a mail that goes to no ticket by itself; words of risk become a report, whatever else is set."""
    mail, read = incoming.mail, incoming.read
    mail.ticket_number = incoming.link.ticket_number if incoming.link else None
    noticed = noticed_in(session, mail, read)
    mail.is_of_concern = noticed.hit
    is_unchecked = read.machine is Machine.NO and bool(unchecked_language(read.words))
    wants_report = reason is UnsortedReason.STRANGER and _takes_reports(incoming)
    is_tried = mail.is_of_concern or is_unchecked or wants_report
    if is_tried and _report(session, incoming, noticed.why):
        return
    if read.machine is not Machine.NO and not mail.is_of_concern and incoming.is_read_whole:
        mail.state = MailState.AUTOMATIC
        return
    unsort(mail, UnsortedReason.NO_REPORTS if is_tried else reason)
    if reason in _BY_PERSON and may_answer(session, incoming):
        answer_stranger(session, mail)


def _takes_reports(incoming: Incoming) -> bool:
    mailbox = incoming.mailbox
    return mailbox is not None and mailbox.strangers == StrangersMail.REPORT and _is_of_person(incoming.read)


def _is_of_person(read: ReadMail) -> bool:
    return read.machine is Machine.NO and not _is_ours(read)


def _is_ours(read: ReadMail) -> bool:
    """Whether it says that it is from the desk itself: somebody’s loop, or a lie."""
    own = parseaddr(settings().mail_from)[1].casefold()
    return bool(own) and read.from_address.casefold() == own


def _report(session: Session, incoming: Incoming, noticed: Sequence[str]) -> bool:
    """Make a report of a mail; whether that could be done now."""
    mail, read = incoming.mail, incoming.read
    is_first = hit(session, "mail report", read.from_address.casefold() or "nobody", REPORTS)
    if not is_first and not mail.is_of_concern:
        return False
    service = session.get_one(Service, mail.service_id)
    may_write = _is_of_person(read) and not is_unsafe(session, mail)
    contact = contact_of(mail) if may_write else ContactInput()
    is_answered = contact.route is not None
    try:
        with session.begin_nested():
            told = report_input(service.code, read, contact)
            result = report(session, ANONYMOUS, told, channel_of(mail), is_unsent=not is_answered)
            attach_files(session, incoming.stored, result.ticket.number)
            if noticed and not has_review_of_risk(session, result.ticket.number):
                request_review(session, SYSTEM, result.ticket, noticed)
    except Refused:  # its service takes no reports now: a person must look
        return False
    mail.state, mail.ticket_number = MailState.REPORTED, result.ticket.number
    mail.message_id = first_message(session, result.ticket.number)
    return True


def first_message(session: Session, number: int) -> int | None:
    """The id of the words by which a ticket was reported."""
    query = select(Message.id).where(Message.ticket_number == number).order_by(col(Message.id))
    return session.exec(query.limit(1)).first()


def channel_of(mail: Mail) -> Channel:
    """By what the report came that is made of a mail or of a text."""
    return Channel.TEXT if mail.is_text else Channel.EMAIL


def contact_of(mail: Mail) -> ContactInput:
    """Where a mail or a text says that it is from, if it can be answered there."""
    if mail.is_text:
        is_answered = can_get_texts(mail.from_address) and delivery.works(ContactMethod.TEXT)
        given = ContactInput(route=ContactMethod.TEXT, phone=mail.from_address) if is_answered else None
    else:
        address = valid_address(mail.from_address)
        given = ContactInput(route=ContactMethod.EMAIL, email=address) if address else None
    return given or ContactInput()


def report_input(code: str, read: ReadMail, contact: ContactInput) -> ReportInput:
    """A report of what a mail says, answered where it says that it is from."""
    words = without_own_links(shortened(read.words or read.whole or read.subject))
    subject = (
        f"{read.subject}\n\n" if read.subject and read.subject.casefold() not in words.casefold() else ""
    )
    text = f"{subject}{words}"[:5000]
    return ReportInput(service=code, text=text, contact=contact)


def attach_files(session: Session, stored: list[StoredFile], number: int) -> None:
    """Give the files of a mail to the report that it became."""
    if stored:
        attach_to_newest(session, session.get_one(Ticket, number), stored)


def _address(read: ReadMail) -> str:
    return valid_address(read.from_address)


def valid_address(address: str) -> str:
    """An address to which mail can be sent; empty for anything else."""
    try:
        return email_validator.validate_email(address, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return ""


def is_unsafe(session: Session, mail: Mail) -> bool:
    """Whether somebody said that nothing may be sent to where this came from, whoever writes from it now."""
    is_unsafe, stopped = col(Reporter.is_safe_to_contact).is_(False), col(Reporter.texts_stopped_at)
    if mail.is_text:
        said_so = and_(gave("phone", mail.from_address), or_(is_unsafe, stopped.is_not(None)))
    else:
        said_so = and_(gave("email", valid_address(mail.from_address).lower()), is_unsafe)
    return session.exec(select(Reporter.id).where(said_so).limit(1)).first() is not None


def may_answer(session: Session, incoming: Incoming) -> bool:
    """Whether a mail is answered: never a machine’s, a list’s, our own, or the same address again today."""
    mail, read = incoming.mail, incoming.read
    is_silent = has_null_path(read.message) or wants_no_answer(read.message)
    if not _is_of_person(read) or is_silent or not _address(read) or _is_mailbox(incoming):
        return False
    if is_unsafe(session, mail):
        return False
    is_first = hit(session, "mail answered", f"{mail.service_id} {_address(read).casefold()}", ANSWERS)
    return is_first and hit(session, "mail answers", str(mail.service_id), ANSWERS_OF_SERVICE)


def _is_mailbox(incoming: Incoming) -> bool:
    """Whether it says that it is from the mailbox, or from one of its addresses for answers."""
    return incoming.mailbox is not None and incoming.mailbox.is_at(incoming.read.from_address)
