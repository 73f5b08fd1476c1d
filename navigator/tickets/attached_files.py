"""Files on tickets: of a message, for whoever reads that, or waiting for the words that they go with."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select, update

from navigator.attachments import limits
from navigator.attachments.attachment import Attachment
from navigator.attachments.receive import StoredFile
from navigator.errors import Forbidden, NotFound
from navigator.people import audit_spool
from navigator.people.actor import Actor
from navigator.people.audit_log import Act
from navigator.tickets.action_rules import ACTION_AT, ACTION_RULES, Action
from navigator.tickets.lifecycle import allowed_actions
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.ticket import Message, Ticket
from navigator.tickets.visibility import find, readable_messages

Files = Mapping[int, Sequence[Attachment]]
"""The files of messages, by the message's id."""

TAKES_FILES = tuple(ACTION_RULES[action].address for action in (Action.REPLY, Action.NOTE, Action.ANSWER))
"""The addresses of actions whose words files go with."""

_ALONE = "words alone"


def files_of(session: Session, messages: Sequence[Message]) -> Files:
    """The files of messages; nothing is asked where no message has any, as most have not."""
    ids = [message.id for message in messages if message.has_attachments]
    found: dict[int, list[Attachment]] = {}
    if ids:
        query = select(Attachment).where(col(Attachment.message_id).in_(ids)).order_by(col(Attachment.id))
        for row in session.exec(query):
            found.setdefault(row.message_id or 0, []).append(row)
    return found


def readable_file(session: Session, actor: Actor, number: int, file_id: int) -> Attachment:
    """A file of a ticket whose message an actor may read; for anybody else there is none."""
    ticket = find(session, actor, number)
    query = select(Attachment).join(Message, col(Message.id) == col(Attachment.message_id))
    condition = readable_messages(session, actor, ticket)
    if found := session.exec(query.where(Attachment.id == file_id, condition)).one_or_none():
        audit_spool.note_look(actor, number, ticket.service_id, Act.OPENED_FILE, f"File {file_id}")
        return found
    raise NotFound("We cannot find that file.")


def attach(session: Session, message: Message, stored: Sequence[StoredFile]) -> None:
    """Give files to a message that is written in the same transaction."""
    if not stored:
        return
    session.flush()
    limits.require_few(_count_on(session, message.ticket_number), len(stored), limits.MOST_OF_A_TICKET)
    session.add_all(one.row(message_id=message.id) for one in stored)
    message.has_attachments = True


def require_room(session: Session, number: int, message: Message) -> None:
    """Refuse to move a message to a ticket that takes no more files."""
    own = session.exec(select(func.count()).where(Attachment.message_id == message.id)).one()
    if own:
        limits.require_few(_count_on(session, number), own, limits.MOST_OF_A_TICKET)


def attach_to_newest(session: Session, ticket: Ticket, stored: Sequence[StoredFile]) -> None:
    """Give files to what was written last on a ticket, in the same transaction."""
    session.flush()
    query = select(Message).where(Message.ticket_number == ticket.number).order_by(col(Message.id).desc())
    attach(session, session.exec(query.limit(1)).one(), stored)


def _count_on(session: Session, number: int) -> int:
    query = select(func.count(col(Attachment.id))).join(
        Message, col(Message.id) == col(Attachment.message_id)
    )
    return session.exec(query.where(Message.ticket_number == number)).one()


def copy_files(session: Session, message: Message, copy: Message) -> None:
    """Give a copy of a message the same files: their content is stored once."""
    if not message.has_attachments:
        return
    session.flush()
    for row in files_of(session, [message])[message.id]:
        session.add(Attachment(**row.model_dump(exclude={"id"}) | {"message_id": copy.id}))
    copy.has_attachments = True


def draft_files(session: Session, draft: ReportDraft | None) -> Sequence[Attachment]:
    """The files that wait with a report draft, oldest first."""
    return _staged(session, col(Attachment.draft_hash) == draft.token_hash) if draft else ()


def add_to_draft(session: Session, draft: ReportDraft, stored: Sequence[StoredFile]) -> None:
    """Let files wait until the report is sent; they go with the draft if it is not."""
    limits.require_few(len(draft_files(session, draft)), len(stored))
    session.add_all(one.row(draft_hash=draft.token_hash) for one in stored)


def remove_from_draft(session: Session, draft: ReportDraft, file_id: int) -> None:
    """Remove a file that waits with a draft."""
    for row in draft_files(session, draft):
        if row.id == file_id:
            session.delete(row)


def staged_files(session: Session, actor: Actor, number: int, address: str) -> Sequence[Attachment]:
    """The files that wait for an actor's next words on a ticket."""
    return _staged(session, *_is_staged(actor, number, address))


def stage(session: Session, actor: Actor, number: int, address: str, stored: Sequence[StoredFile]) -> None:
    """Let files wait for an actor's next words on a ticket, as its draft does."""
    require_may_send(actor, find(session, actor, number), address)
    waiting = len(staged_files(session, actor, number, address))
    limits.require_few(waiting, len(stored))
    limits.require_few(_count_on(session, number) + waiting, len(stored), limits.MOST_OF_A_TICKET)
    belongs = {"ticket_number": number, "user_id": actor.user_id, "address": address}
    session.add_all(one.row(**belongs) for one in stored)


def require_may_send(actor: Actor, ticket: Ticket, address: str) -> None:
    """Refuse files for words that an actor could not write now."""
    if ACTION_AT[address] not in allowed_actions(actor, ticket):
        raise Forbidden("You cannot do that to this ticket.")


def unstage(session: Session, actor: Actor, number: int, address: str, file_id: int) -> None:
    """Remove a file that waits for an actor's next words."""
    for row in staged_files(session, actor, number, address):
        if row.id == file_id:
            session.delete(row)


def send_staged(session: Session, actor: Actor, ticket: Ticket, message: Message) -> None:
    """Give what an actor let wait to the words that they write now."""
    address = ACTION_RULES[Action(message.action)].address
    if actor.user_id is not None and address in TAKES_FILES and not session.info.get(_ALONE):
        _move(session, message, *_is_staged(actor, ticket.number, address))


@contextmanager
def words_alone(session: Session) -> Iterator[None]:
    """Let what waits for somebody's next words wait on: these go to many, and were looked at without it."""
    session.info[_ALONE] = True
    try:
        yield
    finally:
        del session.info[_ALONE]


def send_of_draft(session: Session, draft: ReportDraft, message: Message) -> None:
    """Give what waits with a draft to the report that it becomes."""
    _move(session, message, col(Attachment.draft_hash) == draft.token_hash)


def wait_again(session: Session, actor: Actor, message: Message) -> None:
    """Let the files of a message that is taken back wait for its next words."""
    address = ACTION_RULES[Action(message.action)].address
    waiting = {"ticket_number": message.ticket_number, "user_id": actor.user_id, "address": address}
    is_of_it = col(Attachment.message_id) == message.id
    session.execute(update(Attachment).where(is_of_it).values(message_id=None, **waiting))


def _move(session: Session, message: Message, *condition: ColumnElement[bool]) -> None:
    if not _staged(session, *condition):
        return
    session.flush()
    sent = {"message_id": message.id, "draft_hash": None, "ticket_number": None, "user_id": None}
    session.execute(update(Attachment).where(*condition).values(address="", **sent))
    message.has_attachments = True


def _is_staged(actor: Actor, number: int, address: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Attachment.ticket_number) == number,
        col(Attachment.user_id) == actor.user_id,
        col(Attachment.address) == address,
    )


def _staged(session: Session, *condition: ColumnElement[bool]) -> Sequence[Attachment]:
    return session.exec(select(Attachment).where(*condition).order_by(col(Attachment.id))).all()
