"""Sweeping: content that no attachment needs is deleted, be it noted by the database or without any row.

The store may be at the end of a network: no transaction is open while it is asked.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import takewhile

import structlog
from sqlmodel import col, delete, or_, select

from navigator import clock, database
from navigator.attachments import storage
from navigator.attachments.attachment import Attachment, UnneededFile
from navigator.attachments.storage import NAME, NotStored

WITHOUT_ROW = timedelta(hours=6)
"""So long content may wait for the transaction that names it."""
AT_ONCE = 500

log = structlog.get_logger("desk.attachments")

_HAS_ROW = select(Attachment.id).where(col(Attachment.name) == col(UnneededFile.name)).exists()


def delete_unneeded() -> int:
    """Delete content that lost its row, before its note, so that nothing lies there forgotten; how much."""
    with database.reading() as session:
        noted = session.exec(select(UnneededFile.name, _HAS_ROW).limit(AT_ONCE)).all()
    if not noted:
        return 0
    # A store that does not answer is not asked for each of them.
    deleted = [*takewhile(_is_deleted, [name for name, has_row in noted if not has_row])]
    with database.writing() as session:
        session.exec(delete(UnneededFile).where(or_(col(UnneededFile.name).in_(deleted), _HAS_ROW)))
    return len(deleted)


def _is_deleted(name: str) -> bool:
    try:
        storage.delete(name)
    except (OSError, NotStored) as error:
        log.error("a file could not be deleted", error=type(error).__name__)
        return False
    return True


def delete_strays() -> None:
    """Delete old content that never got a row: what was sent when its transaction, or the power, failed.

    What lies there and is not the desk's stays.
    """
    before = (clock.now() - WITHOUT_ROW).timestamp()
    names = storage.storage().names()
    old = [name for name, stored_at in names if stored_at < before and NAME.fullmatch(name)]
    for begin in range(0, len(old), AT_ONCE):
        _delete_strays(old[begin : begin + AT_ONCE])


def _delete_strays(names: Sequence[str]) -> None:
    roots = {name: name.partition(".")[0] for name in names}
    with database.reading() as session:
        query = select(Attachment.name).where(col(Attachment.name).in_(set(roots.values())))
        needed = set(session.exec(query))
    for name, root in roots.items():
        if root not in needed or name.rpartition(".")[2].isdecimal():
            storage.storage().delete(name)
