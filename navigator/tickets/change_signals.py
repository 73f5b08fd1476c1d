"""Change notifications between processes: LISTEN and NOTIFY on PostgreSQL, polling on SQLite."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from sqlalchemy import make_url, text
from sqlalchemy.orm import Session as AnySession

from navigator.settings import settings

CHANNEL = "navigator_desk"
"""The PostgreSQL channel that every transaction which changes a ticket notifies."""
_NOTIFY = text(f"NOTIFY {CHANNEL}")

POLL_SECONDS = 1.0
"""Seconds between two polls where the database cannot notify, and before a lost one is connected to again."""

LISTEN_SECONDS = 20.0
"""Seconds after which one looks without a notification."""


def notify_change(session: AnySession) -> None:
    """Notify the other processes, when this transaction is committed, that a ticket changed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_NOTIFY)


async def change_signals() -> AsyncIterator[None]:
    """A signal whenever a ticket may have changed, without end; it holds one connection to PostgreSQL."""
    while not settings().database.startswith("postgresql"):
        await asyncio.sleep(POLL_SECONDS)
        yield
    import psycopg

    while True:
        with suppress(psycopg.OperationalError):
            async for _ in _postgresql_signals():
                yield
        await asyncio.sleep(POLL_SECONDS)


async def _postgresql_signals() -> AsyncIterator[None]:
    import psycopg

    url = make_url(settings().database).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        while True:
            yield
            async for _ in connection.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                pass
