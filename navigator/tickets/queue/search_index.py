"""The index of words, made for messages that have none: those of before, and of a process not yet upgraded.

All others are indexed as they are inserted. Migrations use this too, so it names columns and no model.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, column, select, table
from sqlmodel import Session

from navigator.search_words import index_words

BATCH = 2_000

_MESSAGE = table("message", column("id"), column("body"), column("search_words"))
_HAS_NO_WORDS = _MESSAGE.c.search_words.is_(None)
_SET_WORDS = _MESSAGE.update().where(_MESSAGE.c.id == bindparam("of")).values(search_words=bindparam("words"))


def index_all(connection: Connection) -> None:
    """Index every message without words, in this transaction."""
    query = select(_MESSAGE.c.id, _MESSAGE.c.body).where(_HAS_NO_WORDS).limit(BATCH)
    while rows := connection.execute(query).all():
        connection.execute(_SET_WORDS, [{"of": row.id, "words": index_words(row.body)} for row in rows])


def messages_without_words(_: datetime) -> Select[Any]:
    """Messages that no search can find yet."""
    return select(_MESSAGE.c.id).where(_HAS_NO_WORDS)


def index_message(session: Session, _: datetime, message_id: int) -> None:
    """Index one message."""
    body = session.scalars(select(_MESSAGE.c.body).where(_MESSAGE.c.id == message_id)).one()
    session.execute(_SET_WORDS, {"of": message_id, "words": index_words(body)})
