"""Erasing files of tickets: one for good with its copies, or all that a reporter sent on a ticket."""

from sqlmodel import Session, col, delete, select

from navigator.attachments.attachment import Attachment
from navigator.tickets.ticket import Author, Message, Ticket


def tickets_with(session: Session, file: Attachment) -> set[int]:
    """The tickets on whose messages a file stands, or a copy of it."""
    query = select(Message.ticket_number).join(Attachment, col(Attachment.message_id) == col(Message.id))
    return set(session.exec(query.where(Attachment.name == file.name)))


def erase(session: Session, file: Attachment) -> None:
    """Erase a file for good, with the copies of it on other tickets: a job deletes its content at once."""
    rows = session.exec(select(Attachment).where(Attachment.name == file.name)).all()
    ids = {row.message_id for row in rows} - {None}
    for row in rows:
        session.delete(row)
    session.flush()
    left = set(session.exec(select(Attachment.message_id).where(col(Attachment.message_id).in_(ids))))
    for id in ids - left:
        session.get_one(Message, id).has_attachments = False


def erase_of_reporter(session: Session, ticket: Ticket) -> None:
    """Erase what the reporter of a ticket sent on it; what was split from it goes on with its own copy."""
    theirs = (Message.ticket_number == ticket.number, Message.author == Author.REPORTER)
    for message in session.exec(select(Message).where(*theirs, Message.has_attachments)).all():
        session.exec(delete(Attachment).where(col(Attachment.message_id) == message.id))
        message.has_attachments = False
