"""Keeping a mail: its bytes are in the database, committed, before its server is told that we have it."""

from dataclasses import dataclass
from typing import Any

import structlog
from sqlmodel import Session, col, select, update

from navigator import database
from navigator.mail_in.read_mail import fingerprint
from navigator.mail_in.tables import Mail, MailboxState, MailChannel, MailOriginal, MailState, UnsortedReason

LARGEST = 50_000_000
"""Bytes of a mail that is kept whole: of a larger one the beginning, where its words are."""
BEGINNING = 262_144
MOST_AT_ONCE = 1_000

log = structlog.get_logger("desk.mail")


@dataclass(frozen=True)
class Arrived:
    """A mail as it came, its size, and where it lies on its server, if on any."""

    content: bytes
    size: int
    uid_validity: int | None = None
    uid: int | None = None

    def __repr__(self) -> str:
        return f"<a mail of {self.size} bytes>"

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was left behind."""
        return len(self.content) >= self.size


def keep(session: Session, service_id: int, arrived: Arrived) -> int:
    """Keep a mail and return its id; the same mail again is the one that is kept."""
    row: dict[str, Any] = {
        "service_id": service_id,
        "fingerprint": fingerprint(arrived.content),
        "size": arrived.size,
        "is_whole": arrived.is_whole,
        "uid_validity": arrived.uid_validity,
        "uid": arrived.uid,
    }
    return _insert_once(session, row, arrived.content)


def keep_text(session: Session, service_id: int, text_id: str, number: str, words: str) -> int:
    """Keep a text message and return its id here; the same text again is the one that is kept."""
    mark, content = f"text {text_id}", words.encode("utf-8", "replace")
    known = session.exec(select(Mail.id).where(Mail.fingerprint == mark)).first()
    row = {"service_id": service_id, "fingerprint": mark, "channel": MailChannel.TEXT}
    row |= {"from_address": number, "size": len(content)}
    return known or _insert_once(session, row, content)


def _insert_once(session: Session, row: dict[str, Any], content: bytes) -> int:
    insert = database.insert(session, Mail).on_conflict_do_nothing(
        index_elements=["service_id", "fingerprint"]
    )
    new = Mail(**row).model_dump(exclude={"id"})
    id: int | None = session.execute(insert.returning(Mail.id), [new]).scalar_one_or_none()
    if id is None:
        is_known = (Mail.service_id == row["service_id"], Mail.fingerprint == row["fingerprint"])
        return session.exec(select(Mail.id).where(*is_known)).one()
    session.add(MailOriginal(mail_id=id, content=content))
    session.flush()
    log.info("mail kept", mail_id=id, size=row["size"])
    return id


def keep_fetched(service_id: int, arrived: Arrived) -> bool:
    """Keep a mail of a server, and that the mailbox was read so far, in one transaction.

    False for another copy of a mail that is kept: the server is told of it, too.
    """
    with database.writing() as session:
        id = keep(session, service_id, arrived)
        is_first = session.get_one(Mail, id).uid == arrived.uid
        state = session.get_one(MailboxState, service_id, with_for_update=True)
        if state.uid_validity == arrived.uid_validity:
            state.last_uid = max(state.last_uid, arrived.uid or 0)
        state.failed_uid = state.failed_times = 0
    return is_first


def keep_unfetchable(service_id: int, uid_validity: int, uid: int) -> None:
    """Note a mail that its server does not give: it lies there, and a person must look."""
    with database.writing() as session:
        state = session.get_one(MailboxState, service_id, with_for_update=True)
        state.last_uid, state.failed_uid, state.failed_times = max(state.last_uid, uid), 0, 0
        session.add(
            Mail(
                service_id=service_id,
                fingerprint=f"not fetched {uid_validity} {uid}",
                size=0,
                is_whole=False,
                uid_validity=uid_validity,
                uid=uid,
                is_marked=True,
                state=MailState.UNSORTED,
                reason=UnsortedReason.UNREADABLE,
            )
        )


def unmarked(session: Session, service_id: int, uid_validity: int) -> list[int]:
    """The UIDs of mails that are kept whole, and of which their server was not told yet."""
    query = select(Mail.uid).where(
        Mail.service_id == service_id,
        col(Mail.is_marked).is_not(True),
        col(Mail.uid).is_not(None),
        Mail.uid_validity == uid_validity,
        col(Mail.is_whole),
    )
    return sorted(uid for uid in session.exec(query) if uid is not None)


def mark(session: Session, service_id: int, uid_validity: int, uids: list[int]) -> None:
    """Note that the server was told."""
    of_mailbox = (col(Mail.service_id) == service_id, col(Mail.uid_validity) == uid_validity)
    for first in range(0, len(uids), MOST_AT_ONCE):
        of_these = (*of_mailbox, col(Mail.uid).in_(uids[first : first + MOST_AT_ONCE]))
        session.exec(update(Mail).where(*of_these).values(is_marked=True))
