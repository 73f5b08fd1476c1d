"""Unsorted mail: a person reads it safely, makes a report of it, joins it to a ticket, or sets it aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from navigator import clock, database
from navigator.catalogue.lookups import service_of
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid, NotFound, Unavailable
from navigator.fields import Input, Line, YesNo
from navigator.mail_in.files import MailFiles, give_files, none_opened, store_files
from navigator.mail_in.noticed import noticed_in
from navigator.mail_in.put import put_on_ticket
from navigator.mail_in.read_mail import NotReadable, Part, ReadMail, as_it_came
from navigator.mail_in.routing import without_own_links
from navigator.mail_in.strangers import channel_of, contact_of, first_message, is_unsafe, report_input
from navigator.mail_in.tables import Mail, MailOriginal, MailState
from navigator.mail_in.texts import read_of
from navigator.pagination import SortKey, decode, encode, moment, no_such_page, sort_key
from navigator.people import audit_spool
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_log import Act, record
from navigator.people.reporter import TicketNumber, reference
from navigator.people.user import Role
from navigator.tickets.actions.clinical_review import has_review_of_risk, request_review
from navigator.tickets.actions.staff import report
from navigator.tickets.report_input import ContactInput
from navigator.tickets.ticket import Message, Ticket
from navigator.tickets.visibility import find, follow_merges

MAY_SORT = (Role.NAVIGATOR,)
"""Who sees whom a report is from: nobody else reads whom a mail is from."""
Shown = Literal["unsorted", "automatic", "sorted"]
MOST = 100
NOT_SAFE = "Somebody who is reached there said that nothing may be sent. Take the tick out"
NO_FILES = MailFiles([], [])
_TO_DECIDE = (MailState.UNSORTED, MailState.AUTOMATIC, MailState.SET_ASIDE)
_STATES: Mapping[Shown, tuple[MailState, ...]] = {
    "unsorted": (MailState.UNSORTED,),
    "automatic": (MailState.AUTOMATIC, MailState.BOUNCE),
    "sorted": (MailState.JOINED, MailState.REPORTED, MailState.SET_ASIDE),
}


class ReportOfMailInput(Input):
    """That a mail becomes a report, and whether its sender is written to."""

    answers: YesNo = Field(default=False, title="whether they are written to")


class JoinInput(Input):
    """The ticket that a mail belongs to."""

    number: TicketNumber = Field(
        title="the ticket", json_schema_extra={"words": "Enter the number of a ticket, like DN-000123"}
    )


class AsideInput(Input):
    """Why a mail belongs nowhere."""

    decision: Annotated[Line, Field(min_length=1)] = Field(title="why it belongs nowhere")


@dataclass(frozen=True)
class MailDetail:
    """A mail as staff read it: its text alone, with no private link of ours, and what came with it."""

    mail: Mail
    service: Service
    text: str
    parts: Sequence[Part]
    has_original: bool
    is_cut: bool


def count_unsorted(session: Session, actor: Actor) -> int:
    """How many mails wait for a person in one’s services."""
    query = select(func.count()).select_from(Mail).where(Mail.state == MailState.UNSORTED, _own(actor))
    return session.exec(query).one()


def list_mail(session: Session, actor: Actor, shown: Shown, after: str | None = None) -> Sequence[Mail]:
    """Mails of one’s services: what may be about safety first, then the newest; those `after` a cursor."""
    query = select(Mail).where(col(Mail.state).in_(_STATES[shown]), _own(actor))
    if after:
        query = query.where(_is_after(decode(after)))
    return session.exec(
        query.order_by(
            col(Mail.is_of_concern).desc(), col(Mail.received_at).desc(), col(Mail.id).desc()
        ).limit(MOST)
    ).all()


def cursor_after(mails: Sequence[Mail]) -> str | None:
    """The cursor of the page that follows, if there may be one."""
    last = mails[-1] if len(mails) == MOST else None
    return encode(sort_key(last.is_of_concern, last.received_at, last.id)) if last else None


def _is_after(key: SortKey) -> ColumnElement[bool]:
    if len(key) != 3:
        raise no_such_page()
    is_of_concern, received_at, id = bool(key[0]), moment(key[1]), key[2]
    is_older = or_(
        col(Mail.received_at) < received_at, and_(Mail.received_at == received_at, col(Mail.id) < id)
    )
    is_same = col(Mail.is_of_concern).is_(is_of_concern)
    is_less = and_(is_of_concern, col(Mail.is_of_concern).is_(False))
    return or_(is_less, and_(is_same, is_older))


def _own(actor: Actor) -> ColumnElement[bool]:
    return col(Mail.service_id).in_(sorted(actor.services(*MAY_SORT)))


def find_mail(session: Session, actor: Actor, id: int, lock: bool = False) -> Mail:
    """One mail, if it is of one’s services."""
    query = select(Mail).where(Mail.id == id, _own(actor))
    mail = session.exec(query.with_for_update() if lock else query).one_or_none()
    if mail is None:
        raise NotFound("We cannot find that.")
    return mail


def mail_detail(session: Session, actor: Actor, id: int) -> MailDetail:
    """A mail to be read; that they looked is noted for the audit log."""
    mail = find_mail(session, actor, id)
    _note(actor, mail, Act.OPENED_MAIL)
    read = read_original(session, mail)
    text = without_own_links(read.whole) if read else ""
    parts = read.parts if read else ()
    is_cut = read is not None and read.is_cut
    return MailDetail(mail, service_of(session, mail.service_id), text, parts, read is not None, is_cut)


def read_original(session: Session, mail: Mail) -> ReadMail | None:
    """What a mail says, of the mail as it came; None where that is not kept any more."""
    original = session.get(MailOriginal, mail.id)
    if original is None:
        return None
    try:
        return read_of(mail, original.content)
    except NotReadable:
        return as_it_came(original.content)


def part_of(session: Session, actor: Actor, id: int, place: int) -> Part:
    """A file of a mail, as it came: nobody has checked it."""
    parts = mail_detail(session, actor, id).parts
    if not 0 <= place < len(parts):
        raise NotFound("We cannot find that file.")
    _note(actor, find_mail(session, actor, id), Act.OPENED_FILE, f"File {place + 1} of ")
    return parts[place]


def _note(actor: Actor, mail: Mail, act: Act, which: str = "") -> None:
    title, number = f"{which}mail {mail.id}", mail.ticket_number
    audit_spool.note(actor, act, title, service_id=mail.service_id, ticket_number=number)


def open_files(actor: Actor, id: int) -> MailFiles:
    """Store the files of a mail that somebody is about to sort: before the transaction in which they do."""
    with database.reading() as session:
        mail = find_mail(session, actor, id)
        read = read_original(session, mail)
    if read is None or mail.state not in _TO_DECIDE:
        return NO_FILES
    try:
        return store_files(read)
    except Unavailable:  # its words do not wait for that
        return none_opened(read)


def make_report(
    session: Session, actor: Actor, id: int, asked: ReportOfMailInput, files: MailFiles = NO_FILES
) -> int:
    """Make a report of a mail and its files; its sender is written to only if whoever decides says so."""
    mail = _to_decide(session, actor, id)
    read = read_original(session, mail)
    if read is None or not (read.has_words or read.whole or read.subject):
        raise Conflict("Nothing can be read of this mail. Tell the problem in your own words instead.")
    if asked.answers and is_unsafe(session, mail):
        raise Invalid("There is a problem", {"answers": NOT_SAFE})
    contact = contact_of(mail) if asked.answers else ContactInput()
    told = report_input(service_of(session, mail.service_id).code, read, contact)
    ticket = report(session, actor, told, channel_of(mail)).ticket
    noticed = noticed_in(session, mail, read)
    if noticed.hit and not has_review_of_risk(session, ticket.number):
        request_review(session, SYSTEM, ticket, noticed.why)
    mail.message_id = first_message(session, ticket.number)
    give_files(session, mail, read, session.get_one(Message, mail.message_id), files)
    decide(actor, mail, MailState.REPORTED, ticket.number)
    return ticket.number


def join(session: Session, actor: Actor, id: int, asked: JoinInput, files: MailFiles = NO_FILES) -> int:
    """Join a mail and its files to a ticket, where staff alone read it: who sent it is not proven."""
    mail = _to_decide(session, actor, id)
    ticket_in_reach(session, actor, mail, asked.number)
    read = read_original(session, mail)
    number = put_on_ticket(session, actor, mail, read, asked.number)
    if read:
        give_files(session, mail, read, session.get_one(Message, mail.message_id), files)
    decide(actor, mail, MailState.JOINED, number)
    return number


def ticket_to_join(session: Session, actor: Actor, id: int, asked: JoinInput) -> Ticket:
    """The ticket that a mail would be joined to, for whoever may have mistyped its number."""
    ticket = ticket_in_reach(session, actor, _to_decide(session, actor, id), asked.number)
    if ticket.merged_into:
        goes_on = reference(follow_merges(session, ticket.merged_into))
        raise Invalid("There is a problem", {"number": f"It is merged with another. Enter {goes_on}."})
    return ticket


def ticket_in_reach(session: Session, actor: Actor, mail: Mail, number: int) -> Ticket:
    """A ticket of the mail's service that the actor may see; refused as a mistyped number else."""
    try:
        ticket = find(session, actor, number)
    except NotFound:
        ticket = None
    if ticket is None or ticket.service_id != mail.service_id:
        raise Invalid("There is a problem", {"number": "We cannot find that ticket."})
    return ticket


def set_aside(session: Session, actor: Actor, id: int, asked: AsideInput) -> None:
    """Set a mail aside, with the reason: it is kept for a while, found again, and who did it outlives it."""
    mail = _to_decide(session, actor, id)
    if mail.is_of_concern and mail.service_id not in actor.services(Role.MANAGER, Role.CLINICIAN):
        raise Conflict(
            "This may be about somebody’s safety. Make a report of it, so that a clinician reads it."
        )
    mail.decision = asked.decision
    decide(actor, mail, MailState.SET_ASIDE, mail.ticket_number)
    where = {"service_id": mail.service_id, "ticket_number": mail.ticket_number}
    record(session, actor, Act.SET_ASIDE_MAIL, f"mail {mail.id}", **where)


def _to_decide(session: Session, actor: Actor, id: int) -> Mail:
    mail = find_mail(session, actor, id, lock=True)
    if mail.state not in _TO_DECIDE:
        raise Conflict("Somebody has sorted this mail already. Nothing was saved.")
    return mail


def decide(actor: Actor, mail: Mail, state: MailState, number: int | None) -> None:
    """Note where a mail belongs, and who says so."""
    mail.state, mail.ticket_number = state, number
    mail.decided_at, mail.decided_by = clock.now(), actor.user_id


def mail_of_messages(session: Session, messages: Sequence[Message]) -> Mapping[int, Mail]:
    """By which mail messages came, for staff who read these."""
    ids = [message.id for message in messages]
    rows = session.exec(select(Mail).where(col(Mail.message_id).in_(ids))) if ids else ()
    return {mail.message_id: mail for mail in rows if mail.message_id is not None}
