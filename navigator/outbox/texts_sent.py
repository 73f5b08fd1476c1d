"""Texts that were sent, by service and month: how many, and in how many parts that are charged; of nobody."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import inspect
from sqlmodel import Field, Session

from navigator import clock, database
from navigator.database import Table
from navigator.outbox.addresses import service_ids_of
from navigator.outbox.outbox_message import OutboxMessage


class TextsSent(Table, table=True):
    """The texts of a service in a month, named by its first day."""

    __tablename__ = "textssent"

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    month_on: date = Field(primary_key=True)
    texts: int = 0
    parts: int = 0


def count_text(session: Session, message: OutboxMessage, parts: int) -> None:
    """Count a text that its carrier took; one of several services is counted once, with the first."""
    service_id = min(session.scalars(service_ids_of(message)), default=None)
    if service_id is not None:
        month_on = clock.today().replace(day=1)
        row = {"service_id": service_id, "month_on": month_on, "texts": 1, "parts": parts}
        session.execute(database.upsert(session, _add), row)


def _add(insert: Callable[[Any], Any]) -> Any:
    table: Any = inspect(TextsSent).local_table
    statement = insert(table)
    added = {name: table.c[name] + statement.excluded[name] for name in ("texts", "parts")}
    return statement.on_conflict_do_update(index_elements=["service_id", "month_on"], set_=added)
