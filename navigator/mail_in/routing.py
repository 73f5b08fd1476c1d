"""Where a mail belongs: by the signed address or header of the letter that it answers, never by subject."""

import re
from dataclasses import dataclass, field
from itertools import islice

from sqlmodel import Session, select

from navigator import clock
from navigator.attachments.receive import StoredFile
from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in.read_mail import ReadMail
from navigator.mail_in.tables import Mail, MailState, UnsortedReason
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.reply_tokens import has_token, link_of_reply
from navigator.people.reporter import ReporterLink
from navigator.settings import settings
from navigator.tickets.ticket import Ticket

MOST_TOKENS = 50
"""So many are looked for: a mail that was made to keep the database busy has thousands."""
OWN_LETTER = re.compile(r"^(\d{1,9})\.(\d{20})@")


@dataclass(frozen=True)
class Incoming:
    """A mail that is being landed: its row, what was read in it, its mailbox, its link and its files."""

    mail: Mail
    read: ReadMail
    mailbox: Mailbox | None
    link: ReporterLink | None
    stored: list[StoredFile] = field(default_factory=list)

    @property
    def is_read_whole(self) -> bool:
        """Whether all of its words were read: what stands in the rest, nobody knows."""
        return self.mail.is_whole and not self.read.is_cut


def link_of(session: Session, service_id: int, read: ReadMail) -> ReporterLink | None:
    """The live private link in whose letter the address or header stood to which a mail answers."""
    tokens = (text for text in (*read.recipients, *read.references) if has_token(text))
    for text in islice(tokens, MOST_TOKENS):
        link = link_of_reply(session, text)
        if link is not None and session.get_one(Ticket, link.ticket_number).service_id == service_id:
            return link
    return None


def own_letter(session: Session, number: int, moment: str) -> OutboxMessage | None:
    """A letter of ours by the two parts of its Message-ID, of which the second is hard to guess."""
    letter = session.get(OutboxMessage, number) if number < 2**31 else None
    return letter if letter is not None and f"{letter.queued_at:%Y%m%d%H%M%S%f}" == moment else None


def letter_to_staff(session: Session, read: ReadMail) -> bool:
    """Whether a mail answers a letter to staff: nothing that is written so is an act of theirs."""
    for text in read.references:
        found = OWN_LETTER.match(text)
        letter = own_letter(session, int(found[1]), found[2]) if found else None
        if letter is not None and letter.recipient != Recipient.REPORTER:
            return True
    return False


def unsort(mail: Mail, reason: UnsortedReason) -> None:
    """Leave a mail to a person, with the reason."""
    mail.state, mail.reason, mail.landed_at = MailState.UNSORTED, reason, clock.now()


def without_own_links(text: str) -> str:
    """A text without the private links of our letters, which its writer quoted and nobody else may open."""
    base = re.escape(settings().base_url.rstrip("/"))
    text = re.sub(rf"(?:{base}|https?://\S{{1,200}}?)/t/[\w-]{{16,}}", "[private link]", text)
    return re.sub(r"\br\d{1,10}\.[a-z2-7]{26}\b", "[reply address]", text)


def mail_of_id(session: Session, id: int) -> Mail | None:
    """A mail by its id, locked."""
    return session.exec(select(Mail).where(Mail.id == id).with_for_update()).one_or_none()
