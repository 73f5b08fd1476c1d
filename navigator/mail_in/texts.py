"""Text messages that come in, by GOV.UK Notify: led to the one ticket that was texted to their number.

A number proves nobody: what comes so is read by staff alone, as a mail that a navigator joins to a ticket.
"""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.fields import is_blank
from navigator.mail_in.join import HELP_PER_TICKET
from navigator.mail_in.put import put_on_ticket
from navigator.mail_in.read_mail import ReadMail, read_mail, storable
from navigator.mail_in.routing import Incoming, unsort
from navigator.mail_in.store import keep_text
from navigator.mail_in.tables import Mail, MailState, UnsortedReason
from navigator.outbox.addresses import service_ids_of
from navigator.outbox.cancel import cancel_waiting
from navigator.outbox.contact_plan import way_now
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import SYSTEM
from navigator.people.private_links import address_hash
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod, Reporter, gave
from navigator.people.support_card import SupportCard
from navigator.phone_numbers import e164
from navigator.settings import settings
from navigator.tickets.actions.messages import notify_reporter
from navigator.tickets.enums import LIVE, Status
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import follow_merges
from navigator.triage.safety_screen import screen

LATELY = timedelta(days=14)
"""So long a text is taken for an answer to what we texted."""
PER_NUMBER = Limit(40, timedelta(hours=1))
_JOINED_BY_ITSELF = LIVE | {Status.RESOLVED}


class ReceivedText(BaseModel):
    """A text as Notify passes it on."""

    id: str = Field(min_length=1, max_length=100)
    source_number: str = Field(max_length=40)
    message: str = Field(default="", max_length=10_000)


def take_text(session: Session, text: ReceivedText) -> None:
    """Keep a text, once; it is read by a job, in a transaction of its own."""
    number = _dialled(text.source_number)
    keep_text(session, _service_of(session, number), text.id, number, text.message)


def _dialled(number: str) -> str:
    """The number as we dial it: Notify writes 447700900123, with no sign of its country."""
    typed = number.strip()
    is_whole = typed.isdecimal() and not typed.startswith("0") and len(typed) > 10
    return e164(f"+{typed}" if is_whole else typed)


def _texted(session: Session, number: str) -> Sequence[OutboxMessage]:
    """What was texted to a number lately, the newest first."""
    is_it = (
        OutboxMessage.sent_to_hash == address_hash(number),
        col(OutboxMessage.sent_to_hash) != "",
        col(OutboxMessage.queued_at) > clock.now() - LATELY,
    )
    return session.exec(select(OutboxMessage).where(*is_it).order_by(col(OutboxMessage.id).desc())).all()


def _service_of(session: Session, number: str) -> int:
    """The service that texted a number last, else that of the settings, else the first one."""
    for letter in _texted(session, number)[:1]:
        if ids := session.scalars(service_ids_of(letter)).all():
            return int(min(ids))
    named = select(Service.id).where(Service.code == settings().texts_service)
    first = select(Service.id).order_by(col(Service.is_demonstration), col(Service.id)).limit(1)
    return session.exec(named).first() or session.exec(first).one()


def read_of(mail: Mail, content: bytes) -> ReadMail:
    """A mail or a text, as it was read."""
    return read_text(mail.from_address, content) if mail.is_text else read_mail(content)


def read_text(number: str, content: bytes) -> ReadMail:
    """A text as a mail is read: all of it is new, and nothing of it is a header."""
    words = storable(content.decode("utf-8", "replace"))
    return ReadMail("" if is_blank(words) else words, words, from_address=number)


def land_text(session: Session, incoming: Incoming) -> UnsortedReason | None:
    """Lead a text to its ticket; else why it is not led there, and it is landed as a stranger’s mail."""
    mail, read = incoming.mail, incoming.read
    letters = [one for one in _texted(session, mail.from_address) if one.recipient == Recipient.REPORTER]
    if _is_stop(read.words):
        _stop(session, mail, letters)
        return None
    tickets = _live(session, letters)
    if len(tickets) > 1:
        return UnsortedReason.SEVERAL
    if not tickets or not read.has_words or not mail.is_whole:
        return UnsortedReason.STRANGER if read.has_words else UnsortedReason.NO_WORDS
    if not hit(session, "text to ticket", mail.from_address, PER_NUMBER):
        return UnsortedReason.TOO_MANY
    put_on_ticket(session, SYSTEM, mail, read, tickets[0].number)
    mail.state, mail.is_of_concern = MailState.JOINED, screen(read.whole).hit
    _show_help(session, mail, tickets[0])
    return None


def _live(session: Session, letters: Sequence[OutboxMessage]) -> Sequence[Ticket]:
    """The tickets that these letters are of and that go on, each once."""
    numbers = {follow_merges(session, one.ticket_number) for one in letters if one.ticket_number is not None}
    is_live = (col(Ticket.number).in_(sorted(numbers)), col(Ticket.status).in_(_JOINED_BY_ITSELF))
    return session.exec(select(Ticket).where(*is_live)).all() if numbers else ()


def _show_help(session: Session, mail: Mail, ticket: Ticket) -> None:
    """Text the page that says who reads it and where to turn, where words of risk came from that number."""
    reporter = session.get_one(Reporter, ticket.reporter_id)
    is_from_there = e164(reporter.phone) == mail.from_address
    if is_from_there and reporter.contact_method == ContactMethod.TEXT:
        reporter.other_way_since_at = None  # they have that phone, and are texted there again
    is_same = is_from_there and way_now(reporter) is ContactMethod.TEXT
    is_shown = mail.is_of_concern and is_same and ticket.has_open_review
    if is_shown and hit(session, "help by mail", str(ticket.number), HELP_PER_TICKET):
        notify_reporter(session, ticket, "mail_of_concern")


def _is_stop(words: str) -> bool:
    said = " ".join("".join(sign if sign.isalnum() else " " for sign in words.casefold()).split())
    return bool(said) and said in {
        " ".join(one.split()) for one in settings().stop_words.casefold().split(",")
    }


def _stop(session: Session, mail: Mail, letters: Sequence[OutboxMessage]) -> None:
    """No more texts to that number, whoever asked: what waits is not texted, and staff see why."""
    for reporter in session.exec(select(Reporter).where(gave("phone", mail.from_address))).all():
        reporter.texts_stopped_at = reporter.texts_stopped_at or clock.now()
        if reporter.contact_method == ContactMethod.TEXT and way_now(reporter) is None:
            cancel_waiting(session, Recipient.REPORTER, reporter.id)
        if reporter.contact_method == ContactMethod.EMAIL and reporter.other_way_since_at:
            reporter.not_arriving_since_at = reporter.not_arriving_since_at or clock.now()
    by_text = SupportCard.contact_method == ContactMethod.TEXT
    cards = (
        select(SupportCard)
        .where(SupportCard.phone == mail.from_address, by_text)
        .order_by(col(SupportCard.id))
    )
    for card in session.exec(cards.with_for_update()).all():
        card.is_safe_to_contact = False  # until its maker looks again
        cancel_waiting(session, Recipient.CARD, card.id)
    tickets = _live(session, letters)
    mail.ticket_number = tickets[0].number if len(tickets) == 1 else None
    unsort(mail, UnsortedReason.STOP)
