"""Landing: each kept mail is read and led to its ticket, to a report, or to Unsorted mail, exactly once."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

import structlog
from sqlmodel import Session, col, select, update

from navigator import clock, database
from navigator.attachments.receive import StoredFile, deleted_unless_named
from navigator.catalogue.mailbox import Mailbox
from navigator.errors import Unavailable
from navigator.mail_in import strangers
from navigator.mail_in.automatic import Machine
from navigator.mail_in.bounced import note_bounce
from navigator.mail_in.files import store_files
from navigator.mail_in.join import join_by_link
from navigator.mail_in.noticed import noticed_in
from navigator.mail_in.read_mail import (
    NotReadable,
    ReadMail,
    as_it_came,
    checks_of,
)
from navigator.mail_in.routing import Incoming, letter_to_staff, link_of, unsort, without_own_links
from navigator.mail_in.tables import Mail, MailOriginal, MailState, UnsortedReason
from navigator.mail_in.texts import land_text, read_of
from navigator.people.private_links import address_hash
from navigator.people.reply_tokens import has_token
from navigator.safe_logging import exception_location
from navigator.triage.safety_screen import screen

BATCH_SIZE = 20
MOST_ATTEMPTS = 3
"""So often a mail is tried, before a person must look: a process that dies of one goes on with the others."""

log = structlog.get_logger("desk.mail")
_busy: set[int] = set()
_lock = Lock()


def land_waiting() -> int:
    """Land the mails that wait, oldest first; how many were tried."""
    tried: set[int] = set()
    while len(tried) < BATCH_SIZE:
        with _claimed(tried) as claimed:
            if claimed is None:
                break
            tried.add(claimed)
            _try(claimed)
    return len(tried)


def _try(claimed: int) -> None:
    try:
        _land(claimed)
    except (Unavailable, *database.STORAGE_DOWN) as error:
        log.warning("mail waits", mail_id=claimed, error=type(error).__name__)
        _uncount(claimed)
    except Exception as error:
        log.error("mail not landed", mail_id=claimed, error=exception_location(error))


@contextmanager
def _claimed(tried: set[int]) -> Iterator[int | None]:
    """The next mail, which no other thread tries meanwhile: that would be counted as a failure."""
    with _lock:
        claimed = _claim(tried | _busy)
        if claimed is not None:
            _busy.add(claimed)
    try:
        yield claimed
    finally:
        with _lock:
            _busy.discard(claimed or 0)


def _claim(others: set[int]) -> int | None:
    """The next mail, with one attempt more counted; what was tried too often goes to a person."""
    with database.writing() as session:
        waiting = select(Mail).where(Mail.state == MailState.WAITING, col(Mail.id).not_in(others))
        query = waiting.order_by(col(Mail.attempts), col(Mail.id)).limit(1)
        mail = session.exec(query.with_for_update(skip_locked=True)).first()
        if mail is None:
            return None
        mail.attempts += 1
        if mail.attempts > MOST_ATTEMPTS:
            unsort(mail, UnsortedReason.FAILED)
        return mail.id


def _uncount(mail_id: int) -> None:
    """It was not the mail’s fault: it waits for as long as it takes."""
    with suppress(*database.STORAGE_DOWN), database.writing() as session:
        session.exec(update(Mail).where(col(Mail.id) == mail_id).values(attempts=Mail.attempts - 1))


def _land(mail_id: int) -> None:
    with database.reading() as session:
        mail = session.get_one(Mail, mail_id)
        if mail.state != MailState.WAITING and mail.reason != UnsortedReason.FAILED:
            return
        is_given_up = mail.state != MailState.WAITING
        content = session.get_one(MailOriginal, mail_id).content
    try:
        read, is_readable = read_of(mail, content), True
    except NotReadable:
        read, is_readable = as_it_came(content), False
    if is_given_up or not is_readable:
        _leave_to_a_person(mail_id, screen(read.whole, read.subject).hit)
        return
    stored, unopened = store_files(read)
    screen(read.words, read.whole)  # it is remembered: the transaction is short
    screen(without_own_links(read.whole), read.subject)
    with deleted_unless_named(stored), database.writing() as session:
        mail = session.get_one(Mail, mail_id, with_for_update=True)
        if mail.state != MailState.WAITING:
            return
        land(session, mail, read, stored, unopened)


def _leave_to_a_person(mail_id: int, is_of_concern: bool) -> None:
    """Leave what cannot be read, or was tried too often, to a person: words of risk are seen in it too."""
    with database.writing() as session:
        mail = session.get_one(Mail, mail_id, with_for_update=True)
        if mail.state == MailState.WAITING:
            unsort(mail, UnsortedReason.UNREADABLE)
        mail.is_of_concern = mail.is_of_concern or is_of_concern


def land(session: Session, mail: Mail, read: ReadMail, stored: list[StoredFile], unopened: list[str]) -> None:
    """Lead a mail to where it belongs; the mail is locked, and what is done is of this transaction."""
    mail.landed_at = clock.now()
    incoming = _describe(session, mail, read, stored, unopened)
    if read.machine is Machine.BOUNCE and note_bounce(session, mail, read):
        return
    if incoming.link is not None and _belongs(session, incoming):
        join_by_link(session, incoming)
        return
    reason = land_text(session, incoming) if mail.is_text else _reason(session, incoming)
    if reason:
        strangers.land(session, incoming, reason)


def _describe(
    session: Session, mail: Mail, read: ReadMail, stored: list[StoredFile], unopened: list[str]
) -> Incoming:
    """Write down what the mail says of itself: all of it claims."""
    mailbox = session.get(Mailbox, mail.service_id)
    mail.from_address, mail.from_name, mail.subject = read.from_address, read.from_name, read.subject
    mail.message_ref = read.message_ref[:250]
    mail.checks = checks_of(read.message, mailbox.receiving_server if mailbox else "")
    mail.unopened = unopened
    link = link_of(session, mail.service_id, read)
    if link is not None:
        mail.link_id, mail.differs = link.id, address_hash(read.from_address) != link.sent_to_hash
    return Incoming(mail, read, mailbox, link, stored)


def _belongs(session: Session, incoming: Incoming) -> bool:
    """Whether an answer goes to its ticket by itself: a person wrote something in it that can be read."""
    read = incoming.read
    is_by_person = read.machine in (Machine.NO, Machine.BULK)
    is_written = is_by_person or noticed_in(session, incoming.mail, read).hit
    has_something = read.has_words or bool(incoming.stored)
    can_be_read = incoming.is_read_whole and not (read.is_encrypted and not read.has_words)
    return can_be_read and is_written and has_something


def _reason(session: Session, incoming: Incoming) -> UnsortedReason:
    read = incoming.read
    if not incoming.is_read_whole:
        return UnsortedReason.TOO_LONG if incoming.mail.is_whole else UnsortedReason.TOO_LARGE
    if read.is_encrypted and not read.has_words:
        return UnsortedReason.ENCRYPTED
    if not read.has_words:
        return UnsortedReason.NO_WORDS
    if letter_to_staff(session, read):
        return UnsortedReason.STAFF_LETTER
    if any(has_token(text) for text in (*read.recipients, *read.references)):
        return UnsortedReason.UNKNOWN_TOKEN
    return UnsortedReason.STRANGER
