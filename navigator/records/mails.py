"""Mail that came in: its originals, whose words no column holds, are read to find a person, and go whole."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, delete, select, update

from navigator.mail_in.read_mail import NotReadable, ReadMail, read_mail
from navigator.mail_in.tables import Mail, MailOriginal, MailState
from navigator.people.reporter import reference
from navigator.records.identifiers import Identifier

AT_ONCE = 20
SENDER = ("from_address", "from_name")
DECISION = "Erased, as its person asked."
OF_CONCERN = "A mail that may be about safety waits to be sorted: a navigator makes a report of it first."
_TO_SORT = (MailState.WAITING, MailState.UNSORTED)


def ids_naming(session: Session, services: Collection[int], identifiers: Sequence[Identifier]) -> list[int]:
    """The mails on no ticket whose original names somebody: what is on a ticket is found by its words there.

    What has not been read yet is left out: within a minute it is on a ticket, or waits to be sorted.
    """
    query = select(MailOriginal).join(Mail, col(Mail.id) == col(MailOriginal.mail_id))
    is_loose = (col(Mail.message_id).is_(None), Mail.state != MailState.WAITING)
    query = query.where(col(Mail.service_id).in_(services), *is_loose).order_by(col(MailOriginal.mail_id))
    found, after = [], 0
    while rows := session.exec(query.where(col(MailOriginal.mail_id) > after).limit(AT_ONCE)).all():
        after = rows[-1].mail_id
        found += [row.mail_id for row in rows if _is_named(row.content, identifiers)]
        for row in rows:
            session.expunge(row)
    return found


def _is_named(content: bytes, identifiers: Sequence[Identifier]) -> bool:
    texts = [*texts_of(content)]
    return any(each.pattern.search(text) for each in identifiers for text in texts)


def texts_of(content: bytes) -> Iterator[str]:
    """Everything in a mail that can be read: its words, its header, the names of what came with it."""
    read = _read(content)
    if read is None:
        yield content.decode("latin-1")
        return
    if read.is_cut:
        yield content.decode("utf-8", "replace")
    yield from (read.whole, read.subject, f"{read.from_name} <{read.from_address}>")
    yield from (str(value) for value in read.message.values())
    yield from (part.name for part in read.parts)


def _read(content: bytes) -> ReadMail | None:
    try:
        return read_mail(content)
    except NotReadable:
        return None


def original_texts(session: Session, mail_id: int) -> list[str]:
    """What can be read in the original of a mail, as long as it is kept."""
    original = session.get(MailOriginal, mail_id)
    return [*texts_of(original.content)] if original else []


def shown(content: bytes) -> dict[str, str]:
    """A mail as its person reads it: its words, and the names of what came with it."""
    read = _read(content)
    if read is None:
        return {"words": "It cannot be read."}
    return {
        "subject": read.subject,
        "words": read.whole,
        "files": ", ".join(part.name for part in read.parts),
    }


def forget_of_mail(session: Session, mail_id: int) -> None:
    """Delete the original of a mail; one that waited to be sorted is set aside, and says why."""
    session.exec(delete(MailOriginal).where(col(MailOriginal.mail_id) == mail_id))
    waits = (col(Mail.id) == mail_id, col(Mail.state) == MailState.UNSORTED)
    session.exec(update(Mail).where(*waits).values(state=MailState.SET_ASIDE, decision=DECISION))


def forget_of_message(session: Session, message_id: int) -> None:
    """Delete the original of the mail by which a message came: its words cannot go one by one."""
    ids = select(Mail.id).where(Mail.message_id == message_id)
    session.exec(delete(MailOriginal).where(col(MailOriginal.mail_id).in_(ids)))


def waiting(session: Session, numbers: Collection[int], ids: Collection[int]) -> list[str]:
    """Why these tickets and mails cannot be erased: mail of theirs was not sorted, or may be about safety."""
    of_tickets = select(Mail.ticket_number).where(
        col(Mail.ticket_number).in_(numbers), col(Mail.state).in_(_TO_SORT)
    )
    of_concern = select(Mail.id).where(
        col(Mail.id).in_(ids), Mail.state == MailState.UNSORTED, col(Mail.is_of_concern)
    )
    tickets = sorted({number for number in session.exec(of_tickets) if number})
    concern = session.exec(of_concern).first() is not None
    reasons = [f"Mail of {reference(number)} waits to be sorted." for number in tickets]
    return reasons + ([OF_CONCERN] if concern else [])


def is_from(row: Mapping[str, Any], identifiers: Sequence[Identifier]) -> bool:
    """Whether a mail says that it is from somebody."""
    return any(each.pattern.search(row[name]) for each in identifiers for name in SENDER)
