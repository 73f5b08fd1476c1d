"""Sweeping: content that no attachment needs is deleted, be it noted by the database or without any row."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator.attachments import storage
from navigator.attachments.attachment import Attachment, UnneededFile

WITHOUT_ROW = timedelta(hours=6)
"""So long content may wait for the transaction that names it."""
AT_ONCE = 500


def unneeded_files(_now: datetime) -> Select[Any]:
    """The names of content that lost a row."""
    return select(UnneededFile.name)


def delete_unneeded(session: Session, _now: datetime, name: str) -> None:
    """Delete content that has no row any more: before its note, so that nothing lies there forgotten."""
    if session.exec(select(Attachment.id).where(Attachment.name == name).limit(1)).first() is None:
        storage.delete(name)
    session.delete(session.get_one(UnneededFile, name))


def delete_strays(session: Session, now: datetime) -> None:
    """Delete old content that never got a row: what was sent when its transaction, or the power, failed."""
    before = (now - WITHOUT_ROW).timestamp()
    old = [name for name, stored_at in storage.storage().names() if stored_at < before]
    for begin in range(0, len(old), AT_ONCE):
        _delete_strays(session, old[begin : begin + AT_ONCE])


def _delete_strays(session: Session, names: Collection[str]) -> None:
    roots = {name: name.partition(".")[0] for name in names}
    query = select(Attachment.name).where(col(Attachment.name).in_(set(roots.values())))
    needed = set(session.exec(query))
    for name, root in roots.items():
        if root not in needed or name.rpartition(".")[2].isdecimal():
            storage.storage().delete(name)
