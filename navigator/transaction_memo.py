"""What the transaction of a session has read and need not read again."""

from typing import Any

from sqlalchemy import event, orm
from sqlmodel import Session

from navigator.database import MEMO, Table

_TABLES = "memo of tables"
"""Where the session keeps them: to forget what was read is not to forget what changes it."""


def memo(session: Session, tables: tuple[type[Table], ...]) -> dict[str, Any]:
    """What the transaction of a session has read of these tables and need not read again.

    It forgets when this session changes one of them, or is rolled back.
    """
    known: dict[str, Any] = session.info.get(MEMO, {})
    _forget_if_flushed(session)
    session.info[_TABLES] = tables
    return known


def forget(session: Session) -> None:
    """Have a transaction read anew what it has read: it waited for another one, which may have changed it."""
    session.flush()
    session.expire_all()
    session.info.get(MEMO, {}).clear()


@event.listens_for(orm.Session, "after_flush")
def _forget_if_flushed(session: orm.Session, _: object = None) -> None:
    tables = session.info.get(_TABLES, ())
    if any(isinstance(row, tables) for row in (*session.new, *session.dirty, *session.deleted)):
        session.info.get(MEMO, {}).clear()


@event.listens_for(orm.Session, "after_soft_rollback")
def _forget(session: orm.Session, _: object = None) -> None:
    session.info.get(MEMO, {}).clear()


@event.listens_for(orm.Session, "do_orm_execute")
def _forget_if_changed(state: orm.ORMExecuteState) -> None:
    if state.is_select:
        return
    names = {table.__tablename__ for table in state.session.info.get(_TABLES, ())}
    changed = getattr(getattr(state.statement, "table", None), "name", None)
    if changed is None or changed in names:
        state.session.info.get(MEMO, {}).clear()
