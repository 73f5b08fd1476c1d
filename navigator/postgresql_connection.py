"""Connections to PostgreSQL that give up on a server which says nothing."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import psycopg
import psycopg._queries
from sqlalchemy import ExceptionContext
from sqlalchemy.exc import OperationalError

ANSWER_WITHIN = 15.0
"""Seconds within which PostgreSQL must answer a statement; migrations may take longer."""

# A ticket has more columns than those of statements that psycopg remembers: each report was parsed anew.
psycopg._queries.MAX_CACHED_STATEMENT_PARAMS = 100


class _Columns(Sequence[psycopg.Column]):
    """The columns of a result, described when somebody asks.

    SQLAlchemy asks at a statement’s first run alone; psycopg described 190 of them for each page of a ticket.
    """

    def __init__(self, number: int, describe: Callable[[], Sequence[psycopg.Column]]) -> None:
        self._number, self._describe = number, describe

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, index: Any) -> Any:
        return self._described[index]

    @cached_property
    def _described(self) -> Sequence[psycopg.Column]:
        return self._describe()


class _Cursor(psycopg.Cursor[Any]):
    """A cursor that describes no columns unasked."""

    @property
    def description(self) -> Any:
        """The columns of the result; None where it has none."""
        if (result := self.pgresult) and result.nfields:
            return _Columns(result.nfields, lambda: super(_Cursor, self).description or [])
        return super().description


class _Impatient(psycopg.Connection[Any]):
    """A connection that gives up on a server which says nothing: it may hang, and enforce no limit itself."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server; OperationalError, and a closed connection, after `ANSWER_WITHIN`."""
        try:
            return super().wait(gen, interval, timeout or ANSWER_WITHIN)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError("the server does not answer") from None


def connect(_: object, _record: object, args: Any, parameters: Any) -> psycopg.Connection[Any]:
    """A connection as SQLAlchemy asks for one, that is not waited for without end."""
    return _Impatient.connect(*args, **parameters, cursor_factory=_Cursor)


def note_read_only(context: ExceptionContext) -> OperationalError | None:
    """A server that takes no changes, as a standby that was not promoted yet, is down for whoever writes."""
    error = context.original_exception
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return OperationalError(context.statement, None, error, hide_parameters=True)
    return None
