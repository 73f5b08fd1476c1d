"""Files of a mail: pictures and PDFs are stored as those of a form are; what is not opened is named."""

import tempfile
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from sqlmodel import Session

from navigator.attachments.check import workplace
from navigator.attachments.receive import StoredFile, receive
from navigator.errors import Invalid, Refused, Unavailable
from navigator.languages import gettext
from navigator.mail_in.automatic import Machine
from navigator.mail_in.read_mail import MOST_FILES, Part, ReadMail
from navigator.mail_in.tables import Mail
from navigator.tickets.attached_files import attach
from navigator.tickets.ticket import Message

NOT_OPENED = "not opened"
MOST_NAMED = 50


class MailFiles(NamedTuple):
    """The files of a mail: those that were stored, and the others by name, with why they were not."""

    stored: list[StoredFile]
    unopened: list[str]


@dataclass
class _SentFile:
    """A part of a mail, as files are received."""

    file_name: str
    file: BinaryIO
    size: int
    is_too_large: bool = False


def store_files(read: ReadMail) -> MailFiles:
    """Store the pictures and PDFs of a mail that may come to a ticket; name what is not opened, and why.

    It waits for other programs: call it before the transaction in which their rows are made.
    """
    stored: list[StoredFile] = []
    unopened: list[str] = []
    for part in read.parts:
        reason = "" if part.is_file and len(stored) < MOST_FILES and _may_join(read) else NOT_OPENED
        if not reason:
            reason = _store(part, stored)
        if reason:
            unopened.append(_named(part, reason))
    return MailFiles(stored, unopened[:MOST_NAMED])


def _may_join(read: ReadMail) -> bool:
    return read.machine is not Machine.BOUNCE


def _store(part: Part, stored: list[StoredFile]) -> str:
    try:
        with tempfile.TemporaryFile(dir=workplace()) as file:
            file.write(part.content)
            file.seek(0)
            stored += receive([_SentFile(part.name, file, len(part.content))], None)
    except Unavailable:
        raise
    except Refused as refused:
        return gettext(refused.message).partition("was not sent. ")[2] or refused.message
    return ""


def none_opened(read: ReadMail) -> MailFiles:
    """The files of a mail where none can be opened: each is named."""
    return MailFiles([], [_named(part, NOT_OPENED) for part in read.parts[:MOST_NAMED]])


def give_files(session: Session, mail: Mail, read: ReadMail, said: Message, files: MailFiles) -> None:
    """Give the files of a mail to its words on a ticket; where that takes no more, the mail names them."""
    try:
        attach(session, said, files.stored)
    except Invalid:
        files = none_opened(read)
    mail.unopened = files.unopened


def _named(part: Part, reason: str) -> str:
    return f"{part.name} ({_size(len(part.content))}): {reason}"


def _size(count: int) -> str:
    return f"{max(1, round(count / 1000))} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
