"""Minutes between two moments, as both engines work them out: whole seconds, then whole minutes."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class minutes_between(GenericFunction[int]):  # noqa: N801 - it reads as a function of SQL
    """The whole minutes from the first moment to the second."""

    type = BigInteger()
    inherit_cache = True


@compiles(minutes_between, "sqlite")
def _on_sqlite(element: minutes_between, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((strftime('%s', {end}) - strftime('%s', {start})) / 60)"


@compiles(minutes_between, "postgresql")
def _on_postgresql(element: minutes_between, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    seconds = (f"CAST(FLOOR(EXTRACT(EPOCH FROM {moment})) AS BIGINT)" for moment in (start, end))
    first, last = seconds
    return f"(({last} - {first}) / 60)"
