"""Connections to PostgreSQL that give up on a server which says nothing."""

from typing import Any

import psycopg
import psycopg._queries
from sqlalchemy import ExceptionContext
from sqlalchemy.exc import OperationalError

ANSWER_WITHIN = 15.0
"""Seconds within which PostgreSQL must answer a statement; migrations may take longer."""

# A ticket has more columns than those of statements that psycopg remembers: each report was parsed anew.
psycopg._queries.MAX_CACHED_STATEMENT_PARAMS = 100


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
    return _Impatient.connect(*args, **parameters)


def note_read_only(context: ExceptionContext) -> OperationalError | None:
    """A server that takes no changes, as a standby that was not promoted yet, is down for whoever writes."""
    error = context.original_exception
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return OperationalError(context.statement, None, error, hide_parameters=True)
    return None
