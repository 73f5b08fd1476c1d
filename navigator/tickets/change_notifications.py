"""The moments at which to look whether a ticket changed: PostgreSQL calls, SQLite is asked every second."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session as AnySession

from navigator.settings import settings

CHANNEL = "navigator_desk"
"""Where every transaction that changes a ticket says so, on PostgreSQL."""

LOOKS_EVERY = 1.0
"""Seconds between two looks where the database cannot call, or a lost one is called again."""

LOOKS_ANYWAY = 20.0
"""Seconds after which one looks without being called."""


def notify_change(session: AnySession) -> None:
    """Say, when this transaction is committed, that a ticket changed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {CHANNEL}"))


async def change_signals() -> AsyncIterator[None]:
    """The moments, one after the other, without end; one connection to PostgreSQL while they are wanted."""
    while not settings().database.startswith("postgresql"):
        await asyncio.sleep(LOOKS_EVERY)
        yield
    while True:
        with suppress(psycopg.OperationalError):
            async for _ in _notices():
                yield
        await asyncio.sleep(LOOKS_EVERY)


async def _notices() -> AsyncIterator[None]:
    address = make_url(settings().database).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        while True:
            yield
            async for _ in connection.notifies(timeout=LOOKS_ANYWAY, stop_after=1):
                pass
